"""Receivers on this machine that the senders send to, and what sends all of a snapshot."""

import http.server
import json
import ssl
import threading
from collections.abc import Callable
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import attrs
import pydicom
from phantom_snapshot import left_sided_snapshot

from planner.export.registry import Writers, discover
from planner.export.sender import SendReceipt
from planner.export.snapshot import PlanSnapshot
from planner.foundation.progress import Progress, no_progress
from planner.workflow.send_plan import send_plan, writers_for


def send(
    sender: Any,
    connection: dict[str, str],
    snapshot: PlanSnapshot | None = None,
    progress: Progress = no_progress,
) -> SendReceipt:
    """Send all that a sender can send of a snapshot."""
    writers: Writers = discover()
    infos = [installed.info for installed in writers.writers]
    ids = [info.id for info in writers_for(sender.info, infos)]
    return send_plan(
        snapshot or left_sided_snapshot(), (writers, ids), sender, connection, progress
    )


@attrs.define
class Certificates:
    """An authority of our own, and a receiver's context that it vouches for."""

    authority: Path
    server: ssl.SSLContext


@attrs.define
class Archive:
    """What came into an archive, and how it answers."""

    port: int
    stored: list[pydicom.Dataset] = attrs.field(factory=list)
    answer: Callable[[Any], int] = lambda _event: 0x0000
    """Returns the status for an object, or ends the line."""

    def on_store(self, event: Any) -> int:
        """Take an object, or not."""
        dataset = event.dataset
        dataset.file_meta = event.file_meta
        status = self.answer(event)
        if status in {0x0000, 0xB000}:
            self.stored.append(dataset)
        return status


@attrs.define
class WebArchive:
    """A small STOW-RS service: what came into it, and how it answers."""

    context: ssl.SSLContext | None = None
    url: str = ""
    parts: list[bytes] = attrs.field(factory=list)
    requests: list[tuple[str, str, str]] = attrs.field(factory=list)
    """Method, path and authorization."""
    answers: Callable[[str, int], tuple[int, object]] = lambda _method, _number: (200, {})
    """Returns status and document for the n-th request."""
    _server: http.server.HTTPServer | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve until it is stopped."""
        self._server = server = _QuietServer(("127.0.0.1", 0), _Handler)
        server.archive = self
        if self.context is not None:
            server.socket = self.context.wrap_socket(server.socket, server_side=True)
        scheme = "https" if self.context else "http"
        self.url = f"{scheme}://localhost:{server.server_address[1]}/dicom-web"
        self._thread = threading.Thread(target=server.serve_forever)
        self._thread.start()

    def stop(self) -> None:
        """Let go of the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _QuietServer(http.server.HTTPServer):
    archive: WebArchive

    def handle_error(self, *_args: object) -> None:
        """Say nothing where a client does not trust us or a test ends the line."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _QuietServer

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        whole = BytesParser().parsebytes(kind + body)
        assert whole.get_content_type() == "multipart/related"
        boundary = f"--{whole.get_boundary()}".encode()
        for part in body.split(boundary)[1:-1]:
            data = part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")
            self.server.archive.parts.append(data)
        self._answer()

    def _answer(self) -> None:
        archive = self.server.archive
        number = len(archive.requests)
        archive.requests.append((self.command, self.path, self.headers.get("Authorization", "")))
        status, document = archive.answers(self.command, number)
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/dicom+json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        pass

"""Receivers on this machine that the senders send to."""

import gc
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from receivers import Archive, Certificates, WebArchive


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    authority = trustme.CA()
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(server)
    return Certificates(path, server)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def start_archive() -> Iterator[Callable[..., Archive]]:
    """Return what starts a pynetdicom storage provider on this machine."""
    from pynetdicom import AE, AllStoragePresentationContexts, evt
    from pynetdicom.sop_class import Verification

    running = []

    def start(*, refuses: str = "", context: ssl.SSLContext | None = None) -> Archive:
        entity = AE("ARCHIVE")
        entity.require_called_aet = True
        entity.add_supported_context(Verification)
        for kind in AllStoragePresentationContexts:
            if kind.abstract_syntax != refuses:
                entity.add_supported_context(kind.abstract_syntax)
        archive = Archive(0)
        server = entity.start_server(
            ("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, archive.on_store)],
            ssl_context=context,
        )  # fmt: skip
        archive.port = server.server_address[1]
        running.append(server)
        return archive

    yield start
    for server in running:
        server.shutdown()
    # A server of pynetdicom forgets the socket of a client that fails at TLS: here, not later.
    gc.collect()


@pytest.fixture
def start_web_archive() -> Iterator[Callable[..., WebArchive]]:
    """Return what starts a small STOW-RS service on this machine."""
    running = []

    def start(context: ssl.SSLContext | None = None) -> WebArchive:
        archive = WebArchive(context)
        archive.start()
        running.append(archive)
        return archive

    yield start
    for archive in running:
        archive.stop()

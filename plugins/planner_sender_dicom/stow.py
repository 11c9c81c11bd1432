"""Sender of DICOM objects by DICOMweb STOW-RS; loads httpx when it is used."""

import contextlib
import hashlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from planner.export.sender import (
    Connection,
    ConnectionField,
    ConnectionProblem,
    FieldKind,
    Parcel,
    Refused,
    SenderInfo,
    SendParcel,
    entered,
)
from planner.export.snapshot import PlanSnapshot
from planner.foundation.errors import WriterProblem
from planner_sender_dicom import connection as line

if TYPE_CHECKING:
    import httpx

_JSON = "application/dicom+json"
_FAILED_SEQUENCE, _REASON, _WARNING = "00081198", "00081197", "00081196"
_REASONS: Mapping[int, str] = {
    0x0110: "it could not process the object",
    0x0122: "it takes no objects of this kind",
    0xA700: "it is out of room",
    0xA900: "the object is not what it takes",
    0xC122: "it does not take this encoding",
}
"""Of PS3.18, Store instances response."""


class StowSender:
    """Stores objects in an archive over the web, in the clear or with TLS (https)."""

    info = SenderInfo(
        id="dicomweb-stow",
        title="PACS (DICOMweb STOW-RS)",
        fields=(
            ConnectionField(
                "url",
                "Address of the service",
                hint="Such as https://pacs/dicom-web",
                is_required=True,
            ),
            ConnectionField("user", "User", hint="Empty: nobody signs in."),
            ConnectionField("password", "Password", FieldKind.HIDDEN, hint="It is never kept."),
            *line.TLS_FILES,
        ),
        sends=line.DICOM_FILES,
        note=line.NOTE,
    )

    def __init__(self) -> None:
        if importlib.util.find_spec("httpx") is None:
            raise WriterProblem("it needs the extra 'network': install vertebroplan[network]")

    def test(self, connection: Connection) -> str:
        """Search for one study: nothing of the case is sent."""
        values = entered(self.info, connection)
        with _client(values) as client:
            answer = _answered(
                client, "GET", "/studies", params={"limit": "1"}, headers={"Accept": _JSON}
            )
        _check_service(answer)
        if not answer.is_success:
            raise ConnectionProblem(
                f"The service answers with status {answer.status_code}.",
                hint="Check the address: it ends where /studies begins.",
            )
        is_safe = answer.url.scheme == "https"
        return "The service answered." + ("" if is_safe else f" {line.NOT_ENCRYPTED}")

    def parcels(self, snapshot: PlanSnapshot, files: Sequence[Path]) -> Sequence[Parcel]:
        """Return the objects as written."""
        del snapshot
        return line.dicom_parcels(files)

    @contextlib.contextmanager
    def connected(self, connection: Connection, parcels: Sequence[Parcel]) -> Iterator[SendParcel]:
        """Hold a client ready; each object is a request of its own, so that each has an answer."""
        del parcels
        with _client(entered(self.info, connection)) as client:

            def send(parcel: Parcel) -> str:
                return _store(client, parcel)

            yield send


def _store(client: "httpx.Client", parcel: Parcel) -> str:
    # A boundary may not occur in the data: one made of the data's own hash does not.
    boundary = hashlib.sha256(parcel.data).hexdigest()
    head = f"--{boundary}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    answer = _answered(
        client,
        "POST",
        "/studies",
        content=head + parcel.data + f"\r\n--{boundary}--\r\n".encode(),
        headers={
            "Accept": _JSON,
            "Content-Type": f'multipart/related; type="application/dicom"; boundary={boundary}',
        },
    )
    _check_service(answer)
    failure = _first(answer, _FAILED_SEQUENCE, _REASON)
    if not answer.is_success or failure is not None:
        reason = _REASONS.get(failure or 0, "no reason was given")
        raise Refused(f"{parcel.name}: refused with status {answer.status_code}: {reason}.")
    if _first(answer, "00081199", _WARNING) is not None:
        return f"{parcel.name}: stored, but some values were changed."
    return ""


def _first(answer: "httpx.Response", sequence: str, tag: str) -> int | None:
    """Return a number of the answer's first item that has it; None where there is none."""
    try:
        document = answer.json()
        document = document[0] if isinstance(document, list) else document
        items = document.get(sequence, {}).get("Value", [])
        return next((int(i[tag]["Value"][0]) for i in items if tag in i), None)
    except (ValueError, AttributeError, KeyError, TypeError, IndexError):
        return None


def _check_service(answer: "httpx.Response") -> None:
    if answer.status_code in {401, 403}:
        raise ConnectionProblem(
            "The service refuses this user and password.", hint="Ask who runs it for access."
        )
    if answer.status_code == 404:
        raise ConnectionProblem(
            "There is no DICOMweb service at this address.",
            hint="Check it: it ends where /studies begins.",
        )


def _client(values: Mapping[str, str]) -> "httpx.Client":
    import httpx  # noqa: PLC0415

    url = values["url"].rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise ConnectionProblem("The address is none of a web service.", hint="Begin with https://")
    return httpx.Client(
        base_url=url,
        auth=(values["user"], values["password"]) if values["user"] else None,
        verify=line.tls_context(values),
        timeout=httpx.Timeout(line.WAIT_FOR_STORING_S, connect=line.WAIT_S),
        # Neither a proxy nor a redirect may carry a patient's data to somebody else.
        trust_env=False,
        follow_redirects=False,
    )


def _answered(
    client: "httpx.Client",
    method: str,
    path: str,
    *,
    headers: Mapping[str, str],
    params: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> "httpx.Response":
    import httpx  # noqa: PLC0415

    try:
        return client.request(method, path, headers=headers, params=params, content=content)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise ConnectionProblem(
            f"The service at {client.base_url.host} cannot be reached: {error}.",
            hint="Check the address and, with https, the certificates.",
        ) from error

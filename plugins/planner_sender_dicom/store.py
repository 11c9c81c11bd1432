"""Sender of DICOM objects by C-STORE; loads pynetdicom when it is used."""

import contextlib
import importlib.util
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pydicom

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
    from pynetdicom.association import Association
    from pynetdicom.presentation import PresentationContext

_VERIFICATION = "1.2.840.10008.1.1"
_SUCCESS = 0x0000
_WARNINGS: Mapping[int, str] = {
    0xB000: "some values were changed",
    0xB006: "some elements were left out",
    0xB007: "it does not match its kind",
}
_FAILURES: Mapping[int, str] = {0xA7: "it is out of room", 0xA9: "the object is not what it takes"}


class StoreSender:
    """Stores objects in an archive with the DICOM protocol, in the clear or with TLS."""

    info = SenderInfo(
        id="dicom-store",
        title="PACS (DICOM C-STORE)",
        fields=(
            ConnectionField("host", "Receiver", hint="Its name or address.", is_required=True),
            ConnectionField("port", "Port", FieldKind.PORT, default="104"),
            ConnectionField("called_title", "Its AE title", is_required=True),
            ConnectionField(
                "calling_title", "Our AE title", default="VERTEBROPLAN", is_required=True
            ),
            ConnectionField("tls", "Encrypt with TLS", FieldKind.SWITCH),
            *line.TLS_FILES,
        ),
        sends=line.DICOM_FILES,
        note=line.NOTE,
    )

    def __init__(self) -> None:
        if importlib.util.find_spec("pynetdicom") is None:
            raise WriterProblem("it needs the extra 'network': install vertebroplan[network]")

    def test(self, connection: Connection) -> str:
        """Ask for a C-ECHO."""
        from pynetdicom.presentation import build_context  # noqa: PLC0415

        values = entered(self.info, connection)
        with _associated(values, [build_context(_VERIFICATION)]) as association:
            status = association.send_c_echo().get("Status")
        if status != _SUCCESS:
            raise ConnectionProblem("The receiver took the line but did not answer the echo.")
        sentence = f"{values['called_title']} at {values['host']} answered the echo."
        return sentence if values["tls"] else f"{sentence} {line.NOT_ENCRYPTED}"

    def parcels(self, snapshot: PlanSnapshot, files: Sequence[Path]) -> Sequence[Parcel]:
        """Return the objects as written."""
        del snapshot
        return line.dicom_parcels(files)

    @contextlib.contextmanager
    def connected(self, connection: Connection, parcels: Sequence[Parcel]) -> Iterator[SendParcel]:
        """Hold an association open that offers the kinds of these objects."""
        from pynetdicom.presentation import build_context  # noqa: PLC0415

        offered: dict[str, set[str]] = {}
        for parcel in parcels:
            meta = pydicom.dcmread(io.BytesIO(parcel.data), stop_before_pixels=True).file_meta
            kinds = offered.setdefault(meta.MediaStorageSOPClassUID, set())
            kinds.add(meta.TransferSyntaxUID)
        contexts = [build_context(kind, sorted(coded)) for kind, coded in sorted(offered.items())]
        with _associated(entered(self.info, connection), contexts) as association:

            def send(parcel: Parcel) -> str:
                return _store(association, parcel)

            yield send


def _store(association: "Association", parcel: Parcel) -> str:
    dataset = pydicom.dcmread(io.BytesIO(parcel.data))
    try:
        status = association.send_c_store(dataset).get("Status")
    except ValueError as error:
        # No context was accepted for it: the receiver does not take objects of this kind.
        raise Refused(f"{parcel.name}: the receiver takes no {_kind(dataset)}.") from error
    except RuntimeError as error:
        raise _lost() from error
    if status is None:
        raise _lost()
    if status == _SUCCESS:
        return ""
    if status in _WARNINGS:
        return f"{parcel.name}: stored, but {_WARNINGS[status]}."
    reason = _FAILURES.get(status >> 8, "no reason was given")
    raise Refused(f"{parcel.name}: refused with status {status:04X}: {reason}.")


@contextlib.contextmanager
def _associated(
    values: Mapping[str, str], contexts: "list[PresentationContext]"
) -> "Iterator[Association]":
    # Its own log would name what is sent and where.
    from pynetdicom import AE, _config  # noqa: PLC0415

    _config.LOG_HANDLER_LEVEL = "none"
    host, port = values["host"], int(values["port"])
    context = line.tls_context(values) if values["tls"] else None
    reason = line.why_no_line(host, port, context)
    if reason:
        # Asked for first, because an association that does not come about gives no reason.
        raise ConnectionProblem(reason, hint="Check address, port and TLS.")
    entity = AE(values["calling_title"])
    entity.connection_timeout = entity.acse_timeout = line.WAIT_S
    entity.dimse_timeout = entity.network_timeout = line.WAIT_FOR_STORING_S
    try:
        association = entity.associate(
            host,
            port,
            contexts,
            values["called_title"],
            tls_args=(context, host) if context else None,
        )
    except ValueError as error:
        raise ConnectionProblem(f"The connection cannot be used: {error}.") from error
    if not association.is_established:
        raise _refused(association, values["called_title"])
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


def _refused(association: "Association", called_title: str) -> ConnectionProblem:
    if association.is_rejected:
        reason = getattr(association.acceptor.primitive, "reason_str", "no reason was given")
        return ConnectionProblem(
            f"{called_title} refuses the connection: {reason}.",
            hint="Compare both AE titles with those that the receiver knows.",
        )
    return ConnectionProblem(
        "What answers there does not take these DICOM objects.",
        hint="Check the port, whether it wants TLS, and which objects it stores.",
    )


def _kind(dataset: pydicom.Dataset) -> str:
    return str(pydicom.uid.UID(dataset.SOPClassUID).name)


def _lost() -> ConnectionProblem:
    return ConnectionProblem(
        "The line to the receiver was lost.", hint="See whether it still runs, then send again."
    )

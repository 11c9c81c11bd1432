"""What both ways to an archive share: TLS, the files, and why a line does not come about."""

import socket
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.export.sender import ConnectionField, ConnectionProblem, FieldKind, Parcel
from planner.foundation.errors import WriterProblem

WAIT_S = 10.0
"""For the receiver to take up a line; longer waits only look like a program that hangs."""
WAIT_FOR_STORING_S = 60.0
"""For an answer to one object, which an archive may index first."""
NOT_ENCRYPTED = "The line is not encrypted."
DICOM_FILES = (".dcm",)
NOTE = "The objects join the patient's study at the receiver, beside its images."
TLS_FILES = (
    ConnectionField(
        "ca_file",
        "Authority certificate (PEM)",
        FieldKind.FILE,
        hint="Whom to trust, with TLS; empty: whom this computer trusts.",
    ),
    ConnectionField(
        "certificate_file",
        "Own certificate (PEM)",
        FieldKind.FILE,
        hint="With its key in the same file, where the receiver asks for one.",
    ),
)


def tls_context(values: Mapping[str, str]) -> ssl.SSLContext:
    """Return how to encrypt: the receiver's certificate and name are always checked.

    Raises
    ------
    ConnectionProblem
        If a certificate cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=values["ca_file"] or None)
        if values["certificate_file"]:
            context.load_cert_chain(values["certificate_file"])
    except (OSError, ssl.SSLError) as error:
        raise ConnectionProblem(
            f"A certificate cannot be read: {_words(error)}.",
            hint="Choose files in PEM form.",
        ) from error
    return context


def dicom_parcels(files: Sequence[Path]) -> tuple[Parcel, ...]:
    """Return each file as it lies on the disk.

    Raises
    ------
    WriterProblem
        If there is none.
    """
    if not files:
        raise WriterProblem("There is no DICOM object to send: choose one that can be written.")
    return tuple(Parcel(path.name, path.read_bytes()) for path in files)


def why_no_line(host: str, port: int, context: ssl.SSLContext | None) -> str:
    """Return why a receiver cannot be reached; empty where a plain line to it can be opened."""
    try:
        with socket.create_connection((host, port), timeout=WAIT_S) as line:
            if context is not None:
                context.wrap_socket(line, server_hostname=host).close()
    except ssl.SSLError as error:
        return f"TLS with {host} failed: {_words(error)}."
    except OSError as error:
        return f"Nothing answers at {host}, port {port}: {_words(error)}."
    return ""


def _words(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return error.strerror or str(error) or type(error).__name__

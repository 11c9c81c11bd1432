"""The contract between the program and a plugin that sends a plan to another machine."""

import enum
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import attrs

from planner.export.snapshot import PlanSnapshot
from planner.foundation.errors import PlannerError

SENDER_API_VERSION = 1

Connection = Mapping[str, str]
"""What the user entered for each of a sender's fields, by its key; switches are "yes" or ""."""


class FieldKind(enum.Enum):
    """How a field of a connection is entered."""

    TEXT = "text"
    PORT = "port"
    FILE = "file"
    SWITCH = "switch"
    HIDDEN = "hidden"
    """Hidden as it is typed and never kept on the disk."""


@attrs.frozen
class ConnectionField:
    """One thing that must be known to reach the receiver."""

    key: str
    title: str
    kind: FieldKind = FieldKind.TEXT
    default: str = ""
    hint: str = ""
    is_required: bool = False


@attrs.frozen
class SenderInfo:
    """All the connection dialog knows of a sender."""

    id: str
    """Unique, never translated, such as ``dicom-store``."""
    title: str
    fields: tuple[ConnectionField, ...]
    sends: tuple[str, ...] = ()
    """The endings of the files it sends, such as ``(".dcm",)``; empty: it needs no files."""
    note: str = ""
    """What the user must know before sending, in a sentence."""
    api_version: int = SENDER_API_VERSION


@attrs.frozen
class Parcel:
    """One thing that arrives as a whole or not at all."""

    name: str
    """For people and for the receipt; it never names the patient."""
    data: bytes = attrs.field(repr=False)


class ConnectionProblem(PlannerError):
    """The receiver cannot be reached, or is gone: nothing more can be sent."""

    code = "connection"


class Refused(PlannerError):
    """The receiver did not take one parcel; others may still be sent."""

    code = "refused"


SendParcel = Callable[[Parcel], str]
"""Sends one parcel and returns what the receiver had to say, empty where it took it as it is."""


class PlanSender(Protocol):
    """Sends a snapshot, or files written of it, to another machine.

    The host promises that nobody else is reached than the user named, and asks before. The sender
    promises no Qt, a limit to every wait, nothing of the patient in a log, and
    `ConnectionProblem` in words when the receiver is not there.
    """

    info: SenderInfo

    def test(self, connection: Connection) -> str:
        """Reach the receiver without sending anything of the case; return what it is, in words."""
        ...

    def parcels(self, snapshot: PlanSnapshot, files: Sequence[Path]) -> Sequence[Parcel]:
        """Return what is to be sent, of the snapshot or of the files written of it."""
        ...

    def connected(
        self, connection: Connection, parcels: Sequence[Parcel]
    ) -> AbstractContextManager[SendParcel]:
        """Return an open line for these parcels."""
        ...


@attrs.frozen
class SendReceipt:
    """What arrived, and what did not and why."""

    sender_id: str
    destination: str
    sent: tuple[str, ...] = ()
    """The names of the parcels that the receiver took."""
    not_sent: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What the receiver changed or remarked."""
    problems: tuple[str, ...] = ()
    is_cancelled: bool = False


def entered(info: SenderInfo, connection: Connection) -> dict[str, str]:
    """Return a value for every field, without blanks at its ends.

    Raises
    ------
    ConnectionProblem
        If a field that is needed is empty or a port is none.
    """
    values = {f.key: connection.get(f.key, f.default).strip() for f in info.fields}
    for field in info.fields:
        value = values[field.key]
        if field.is_required and not value:
            raise ConnectionProblem(f"{field.title} is empty.", hint="Enter it.")
        if field.kind is FieldKind.PORT and not _is_port(value):
            raise ConnectionProblem(
                f"{field.title} {value!r} is no port.", hint="Enter a number from 1 to 65535."
            )
    return values


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536

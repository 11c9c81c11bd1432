"""The table of entries in a case file, which only grows."""

import datetime as dt
import sqlite3
from typing import cast

import attrs

from planner.storage.audit_chain import CaseEntry, entry_after

_COLUMNS = tuple(field.name for field in attrs.fields(CaseEntry))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM entries"  # noqa: S608  (names of our own fields)
_INSERT = (
    f"INSERT INTO entries ({', '.join(_COLUMNS)}) "  # noqa: S608  (names of our own fields)
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)


class EntryTable:
    """Reads and appends entries; transactions and errors are the caller's."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self) -> tuple[CaseEntry, ...]:
        """Return every entry, the oldest first."""
        return self._entries("ORDER BY number")

    def of_plans(self) -> tuple[CaseEntry, ...]:
        """Return the entries that hold a plan, the oldest first."""
        return self._entries("WHERE kind = 'plan' ORDER BY number")

    def latest(self) -> tuple[CaseEntry, ...]:
        """Return the last entry of each kind and subject."""
        return self._entries(
            "WHERE number IN (SELECT MAX(number) FROM entries GROUP BY kind, subject)"
        )

    def append(
        self, kind: str, subject: str, payload: str | None, description: str, who: str
    ) -> CaseEntry:
        """Write an entry at this moment, chained to the last one."""
        last = self._entries("ORDER BY number DESC LIMIT 1")
        entry = entry_after(
            last[0] if last else None,
            CaseEntry(
                number=0,
                kind=kind,
                subject=subject,
                made_at=dt.datetime.now(dt.UTC).isoformat(),
                who=who,
                description=description,
                payload=payload,
                previous_sha256="",
                sha256="",
            ),
        )
        self._connection.execute(_INSERT, attrs.astuple(entry))
        return entry

    def _entries(self, condition: str) -> tuple[CaseEntry, ...]:
        rows = self._connection.execute(f"{_SELECT} {condition}")
        return tuple(_entry_of(row) for row in rows)


def _entry_of(row: tuple[object, ...]) -> CaseEntry:
    number, kind, subject, made_at, who, description, payload, previous_sha256, sha256 = cast(
        "tuple[int, str, str, str, str, str, str | None, str, str]", row
    )
    return CaseEntry(
        number=number,
        kind=kind,
        subject=subject,
        made_at=made_at,
        who=who,
        description=description,
        payload=payload,
        previous_sha256=previous_sha256,
        sha256=sha256,
    )

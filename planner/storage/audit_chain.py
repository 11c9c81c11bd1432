"""The record of who changed what and when: each entry carries the hash of the one before.

A changed, inserted or removed entry breaks every hash after it. Cutting entries off the end
cannot be told from the file alone.
"""

import hashlib
import json
from collections.abc import Iterable

import attrs

NO_PREVIOUS_SHA256 = "0" * 64
"""What the first entry carries in place of a previous hash."""


@attrs.frozen
class CaseEntry:
    """One change to a case, as it stands in the file."""

    number: int
    kind: str
    """``study``, ``vertebra`` or ``plan``."""
    subject: str
    """The level of a vertebra; empty otherwise."""
    made_at: str
    """ISO 8601, in UTC; kept as written, because the hash is over it."""
    who: str
    description: str
    payload: str | None = attrs.field(repr=False)
    """The value as JSON text; None for a vertebra that was taken out."""
    previous_sha256: str
    sha256: str

    @property
    def is_intact(self) -> bool:
        """Whether the entry reads as it was written."""
        return self.sha256 == _sha256_of(self)


@attrs.frozen
class ChainCheck:
    """Whether the record is whole, and the first place where it is not."""

    intact: bool
    first_broken_number: int | None = None
    problem: str = ""


def entry_after(previous: CaseEntry | None, entry: CaseEntry) -> CaseEntry:
    """Return an entry numbered and chained to the one before it."""
    chained = attrs.evolve(
        entry,
        number=previous.number + 1 if previous else 1,
        previous_sha256=previous.sha256 if previous else NO_PREVIOUS_SHA256,
    )
    return attrs.evolve(chained, sha256=_sha256_of(chained))


def check_chain(entries: Iterable[CaseEntry]) -> ChainCheck:
    """Return whether entries, in order, are all there and as they were written."""
    expected, previous_sha256 = 1, NO_PREVIOUS_SHA256
    for entry in entries:
        problem = ""
        if entry.number != expected:
            problem = f"Entry {expected} is missing from the record."
        elif entry.previous_sha256 != previous_sha256:
            problem = f"Entry {entry.number} does not follow the entry before it."
        elif not entry.is_intact:
            problem = f"Entry {entry.number} was changed after it was written."
        if problem:
            return ChainCheck(intact=False, first_broken_number=expected, problem=problem)
        expected, previous_sha256 = expected + 1, entry.sha256
    return ChainCheck(intact=True)


def _sha256_of(entry: CaseEntry) -> str:
    content = [
        entry.previous_sha256,
        entry.number,
        entry.kind,
        entry.subject,
        entry.made_at,
        entry.who,
        entry.description,
        entry.payload,
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()

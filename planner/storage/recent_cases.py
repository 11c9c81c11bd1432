"""Which cases were opened last, for the start page."""

import datetime as dt
import json
from pathlib import Path

import attrs

from planner.foundation.app_paths import config_folder
from planner.storage.place_file import part_file_beside, place_over

_FILE = "recent-cases.json"
_MOST = 12
"""As many as fit on the start page."""


@attrs.frozen
class RecentCase:
    """A case file and when it was last open. Nothing of the patient is kept here."""

    path: Path
    opened_at: dt.datetime
    """In UTC."""

    @property
    def is_there(self) -> bool:
        """Whether the file is still where it was."""
        return self.path.is_file()


def recent_cases() -> tuple[RecentCase, ...]:
    """Return the cases opened last, the latest first; a damaged list counts as empty."""
    try:
        rows = json.loads((config_folder() / _FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return ()
    if not isinstance(rows, list):
        return ()
    return tuple(case for row in rows if (case := _case_of(row)) is not None)[:_MOST]


def remember_case(path: Path, now: dt.datetime) -> None:
    """Put a case first in the list.

    Parameters
    ----------
    path
        The case file.
    now
        The time, with its zone.
    """
    case = RecentCase(path.resolve(), now.astimezone(dt.UTC))
    others = [other for other in recent_cases() if other.path != case.path]
    _write([case, *others][:_MOST])


def forget_case(path: Path) -> None:
    """Take a case off the list; the file stays."""
    _write([case for case in recent_cases() if case.path != path.resolve()])


def _case_of(row: object) -> RecentCase | None:
    try:
        # A row of the wrong kind is one that somebody else wrote: it is left out.
        return RecentCase(
            Path(str(row["path"])),  # type: ignore[index]
            dt.datetime.fromisoformat(str(row["opened_at"])).astimezone(dt.UTC),  # type: ignore[index]
        )
    except (KeyError, TypeError, ValueError):
        return None


def _write(cases: list[RecentCase]) -> None:
    rows = [{"path": str(c.path), "opened_at": c.opened_at.isoformat()} for c in cases]
    target = config_folder() / _FILE
    with part_file_beside(target) as part:
        part.write_text(json.dumps(rows, indent=1), "utf-8")
        place_over(part, target)

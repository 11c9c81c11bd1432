"""Where a case lies until the user gives it a name: nothing is ever only in memory."""

import datetime as dt
import secrets
from pathlib import Path

from planner.foundation.app_paths import data_folder

_FOLDER = "unnamed-cases"
CASE_SUFFIX = ".vplan"


def next_unnamed_path(now: dt.datetime) -> Path:
    """Return a free path for a new case; its name says when, not whose.

    Parameters
    ----------
    now
        The time, with its zone.
    """
    moment = now.astimezone(dt.UTC).strftime("%Y%m%d-%H%M%S")
    return _folder() / f"case-{moment}-{secrets.token_hex(2)}{CASE_SUFFIX}"


def unnamed_cases() -> tuple[Path, ...]:
    """Return the cases that were never given a name, the newest first."""
    return tuple(sorted(_folder().glob(f"case-*{CASE_SUFFIX}"), reverse=True))


def _folder() -> Path:
    folder = data_folder() / _FOLDER
    folder.mkdir(exist_ok=True)
    return folder

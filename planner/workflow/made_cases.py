"""Digital-spine cases made on this machine: where they lie, and that each is made once."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from planner import __version__
from planner.digital_spine.case_spec import CaseSpec
from planner.foundation.app_paths import data_folder
from planner.foundation.progress import Progress, no_progress
from planner.workflow.make_case import make_case

_FOLDER = "made-cases"


def made_case_folder(spec: CaseSpec, progress: Progress = no_progress) -> Path:
    """Return the folder of a case's images and truth, made if it was not before.

    The case lies with the user's cases, not in the cache: a case planned on it needs its images.

    Raises
    ------
    PlannerError
        If it cannot be made.
    Cancelled
        If the user has cancelled; nothing is left behind.
    """
    folder = data_folder() / _FOLDER / _name_of(spec)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            made = Path(scratch) / "case"
            make_case(spec, made, progress)
            if not folder.exists():
                shutil.move(made, folder)
    return folder


def _name_of(spec: CaseSpec) -> str:
    """Return a name that tells cases apart: the same spec gives the same images."""
    recipe = f"{spec!r} {__version__}".encode()
    return f"{spec.focus_level.name}-{hashlib.sha256(recipe).hexdigest()[:12]}"

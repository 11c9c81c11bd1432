"""The contract between the program and a writer plugin."""

import enum
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import attrs

from planner.export.snapshot import PlanSnapshot
from planner.foundation.progress import Progress
from planner.planning.plan import Plan

API_VERSION = 1


class PlanPart(enum.Enum):
    """What must be in the case before a writer has anything to write."""

    NEEDLES = "needles"
    BALLOONS = "balloons"
    CEMENT = "cement"
    DICOM_IMAGES = "dicom-images"
    """The plan lies on a DICOM series, whose study new objects can join."""


@attrs.frozen
class WriterInfo:
    """All the export dialog and the command line know of a writer."""

    id: str
    """Unique, never translated, such as ``mesh-stl``."""
    title: str
    file_suffixes: tuple[str, ...]
    """Such as ``(".stl",)``."""
    needs: frozenset[PlanPart] = frozenset()
    api_version: int = API_VERSION
    carries_identity: bool = False
    """True when what it writes names the patient."""


@attrs.frozen
class WriteProblem:
    """Why a writer cannot write this snapshot, in a sentence the user can act on."""

    message: str


class PlanWriter(Protocol):
    """Writes a snapshot as files into an empty private folder.

    The host promises immutable values, an empty private folder, a worker thread, and the move
    into place after success. The writer promises no Qt, no global state, only files in the
    folder and the same bytes for the same snapshot; it raises `WriterProblem` for what the user
    can mend.
    """

    info: WriterInfo

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return why this snapshot cannot be written; nothing when it can."""
        ...

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write the files and return their paths."""
        ...


@runtime_checkable
class ReadsBack(Protocol):
    """A writer that can also read its own files; the host lets it before they are handed on."""

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return in what the files, read again, differ from the snapshot."""
        ...


@attrs.frozen
class ExportedPlan:
    """A plan out of a file, and which images its points lie in, as the file says."""

    plan: Plan
    study_uid: str
    series_uid: str
    """Empty where the file does not name it."""
    frame_of_reference_uid: str | None


@runtime_checkable
class ReadsPlan(Protocol):
    """A writer whose files hold the whole plan, and that can take it out of them again."""

    def recognises(self, path: Path) -> bool:
        """Return whether a file looks like one of this writer's kind; never raises."""
        ...

    def read_plan(self, path: Path) -> ExportedPlan:
        """Return the plan of a file, equal to the one written; `PlanProblem` where it cannot."""
        ...


@attrs.frozen
class WrittenFile:
    """One file in its final place."""

    path: Path
    sha256: str
    size_bytes: int


@attrs.frozen
class WriteReceipt:
    """What a writer wrote, or why it wrote nothing."""

    writer_id: str
    files: tuple[WrittenFile, ...] = ()
    problems: tuple[WriteProblem, ...] = ()
    clashes: tuple[Path, ...] = ()
    """Files of the same names that hold something else and were left as they are."""

"""The contract between the program and what outlines vertebrae for it."""

from pathlib import Path
from typing import Protocol

import attrs

from planner.anatomy.level_naming import LevelNaming
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.progress import Progress
from planner.geometry.points import Triple, as_triple
from planner.imaging.labels import LabelMap
from planner.imaging.volume import Volume

API_VERSION = 1


@attrs.frozen
class SegmenterInfo:
    """All the window knows of a segmenter."""

    id: str
    """Unique, never translated, such as ``totalsegmentator``."""
    title: str
    program: str = ""
    """The name of another program that it runs; empty for none. The host looks for it."""
    how_to_get: str = ""
    """A sentence on how to install that program."""
    api_version: int = API_VERSION


@attrs.frozen
class LevelAnchor:
    """A point inside a body whose level is known; it names all others."""

    level: VertebraLevel
    at_lps_mm: Triple = attrs.field(converter=as_triple)


@attrs.frozen(eq=False)
class SegmenterJob:
    """What a segmenter is given."""

    volume: Volume
    anchor: LevelAnchor | None = None
    """What is known of the names; a segmenter that names by itself may leave it."""
    program: Path | None = None
    """Where `SegmenterInfo.program` lies."""


@attrs.frozen(eq=False)
class FoundLevels:
    """Every whole vertebra of a study."""

    vertebrae: tuple[VertebraModel, ...]
    """From the head down."""
    naming: LevelNaming
    left_out: tuple[str, ...]
    """Sentences about levels that could be seen but not outlined, and about what is unusual."""


class Segmenter(Protocol):
    """Outlines the vertebrae of a CT.

    The host promises immutable values and a worker thread. The segmenter promises no Qt, no
    change outside its own temporary files, and to report progress often: a report may raise
    `Cancelled`, after which nothing of its work may go on. It raises `PlannerError` for what the
    user can mend. It returns labels, which the host reads, checks and measures as it does a label
    map from a file, or vertebrae that it has measured itself.
    """

    info: SegmenterInfo

    def segment(self, job: SegmenterJob, progress: Progress) -> LabelMap | FoundLevels:
        """Return what it found in the volume."""
        ...

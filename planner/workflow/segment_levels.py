"""Which segmenters are installed, and the levels of a study as one of them sees them."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import attrs

from planner.anatomy.segmenter import (
    API_VERSION,
    FoundLevels,
    Segmenter,
    SegmenterInfo,
    SegmenterJob,
)
from planner.foundation.errors import AnatomyProblem, PlannerError
from planner.foundation.plugins import PluginFailure, PluginKind, usable_plugins
from planner.foundation.progress import Cancelled, Progress, no_progress, part_of
from planner.workflow.find_levels import known_anchor
from planner.workflow.label_levels import LabelledLevels, levels_of_map
from planner.workflow.open_study import OpenStudy
from planner.workflow.own_segmenter import OWN_ID

GROUP = "planner.segmenters"
_KIND = PluginKind("segmenter", SegmenterInfo, ("segment",), API_VERSION)
_SHARE_OF_SEGMENTING = 0.8


@attrs.frozen(eq=False)
class Segmenters:
    """Every segmenter that can be used, the built-in one first, and every plugin that cannot."""

    segmenters: tuple[Segmenter, ...]
    failures: tuple[PluginFailure, ...] = ()

    def named(self, segmenter_id: str) -> Segmenter:
        """Return the segmenter of an id; the built-in one where none is installed.

        A choice that was kept may be of a package that has gone since.
        """
        by_id = {segmenter.info.id: segmenter for segmenter in self.segmenters}
        return by_id.get(segmenter_id) or by_id[OWN_ID]


def discover_segmenters(group: str = GROUP) -> Segmenters:
    """Return the segmenters of all installed packages; one that is broken becomes a failure."""
    found, failures = usable_plugins(group, _KIND)
    segmenters = [cast("Segmenter", one.plugin) for one in found]
    segmenters.sort(key=lambda segmenter: segmenter.info.id != OWN_ID)
    return Segmenters(tuple(segmenters), failures)


def program_of(info: SegmenterInfo, known_programs: Mapping[str, str]) -> Path | None:
    """Return where the program that a segmenter runs lies, None where it needs none.

    Parameters
    ----------
    info
        Of the segmenter.
    known_programs
        Paths that the user has chosen, by the segmenter's id; before what the system finds.

    Raises
    ------
    AnatomyProblem
        If the program is not installed; the sentence says how to get it.
    """
    if not info.program:
        return None
    chosen = known_programs.get(info.id, "")
    found = shutil.which(chosen) if chosen else shutil.which(info.program)
    if found is None:
        where = Path(chosen) if chosen else None
        text = f"{info.title} is not installed here, or cannot be run."
        raise AnatomyProblem(text, path=where, hint=info.how_to_get)
    return Path(found)


def segment_levels(
    study: OpenStudy, segmenter: Segmenter, program: Path | None, progress: Progress = no_progress
) -> LabelledLevels:
    """Return every whole level as a segmenter sees it, measured, with what is to be said of it.

    Raises
    ------
    PlannerError
        If it finds nothing, fails, or what it finds does not lie on the bone of this CT.
    """
    info = segmenter.info
    job = SegmenterJob(study.volume, known_anchor(study), program)
    try:
        found = segmenter.segment(job, part_of(progress, 0.0, _SHARE_OF_SEGMENTING))
    except (PlannerError, Cancelled):
        raise
    except Exception as error:
        raise AnatomyProblem(
            f"The segmenter {info.title} failed: {type(error).__name__}: {error}.",
            hint="The built-in one is not affected.",
        ) from error
    if isinstance(found, FoundLevels):
        return LabelledLevels(found.vertebrae, (found.naming.evidence, *found.left_out))
    rest = part_of(progress, _SHARE_OF_SEGMENTING, 1.0)
    return levels_of_map(study, found, f"of {info.title}", rest)

"""How deep a needle is at each thing it passes."""

from collections.abc import Iterator

import attrs
import numpy as np

from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import LevelAssessment
from planner.planning.balloon_placement import cannula_end_mm
from planner.planning.needle_path import posterior_wall_mm
from planner.planning.plan import LevelPlan, NeedleRoute, PlannedNeedle


@attrs.frozen
class DepthMark:
    """One place on a needle's way."""

    words: str
    from_skin_mm: float
    """Along the needle; an estimate, since the skin of a prone patient lies elsewhere."""
    from_bone_mm: float | None
    """Along the needle from where it meets bone; None where that is not known."""


def depth_marks(
    level: LevelPlan, needle: PlannedNeedle, assessed: LevelAssessment, vertebra: VertebraModel
) -> tuple[DepthMark, ...]:
    """Return the places on a needle's way, the shallowest first."""
    measures = assessed.needle(needle.side)
    bone_mm = None
    if measures is not None and measures.depth_from_bone_mm is not None:
        bone_mm = measures.depth_from_skin_mm - measures.depth_from_bone_mm
    found = sorted(_places(level, needle, assessed, vertebra), key=lambda place: place[1])
    if bone_mm is not None:
        # A needle past the pedicle crosses the plane of the wall before it meets the body.
        found = [place for place in found if place[1] >= bone_mm]
        found.insert(0, ("Meets bone", bone_mm))
    return tuple(
        DepthMark(words, mm, None if bone_mm is None else mm - bone_mm) for words, mm in found
    )


def _places(
    level: LevelPlan, needle: PlannedNeedle, assessed: LevelAssessment, vertebra: VertebraModel
) -> Iterator[tuple[str, float]]:
    path = needle.path
    pedicle = vertebra.pedicle(needle.side)
    if pedicle is not None and needle.route is NeedleRoute.TRANSPEDICULAR:
        offset = np.subtract(pedicle.isthmus_lps_mm, path.start_lps_mm)
        yield "Pedicle isthmus", float(offset @ np.asarray(path.direction_lps))
    wall_mm = posterior_wall_mm(path, vertebra)
    if wall_mm is not None and 0.0 < wall_mm <= path.length_mm:
        yield "Posterior wall", wall_mm
    yield "Needle tip", path.length_mm
    balloon = assessed.balloon(needle.side)
    if level.balloon(needle.side) is not None and balloon is not None:
        yield "Working cannula's end", cannula_end_mm(path, vertebra)
        for words, marker in (
            ("Balloon, rear marker", balloon.rear_marker_lps_mm),
            ("Balloon, front marker", balloon.front_marker_lps_mm),
        ):
            offset = np.subtract(marker, path.start_lps_mm)
            yield words, float(offset @ np.asarray(path.direction_lps))

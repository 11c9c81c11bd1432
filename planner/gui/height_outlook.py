"""What the balloons on the desk may do to the selected vertebra's heights."""

import functools
from typing import TYPE_CHECKING

import attrs
import numpy as np

from planner.assessment.findings import LevelAssessment
from planner.devices.device_values import DeviceCatalog
from planner.mesh.triangle_mesh import TriangleMesh
from planner.planning.plan import LevelPlan
from planner.rendering.fill_picture import GhostPicture
from planner.rendering.plan_picture import VertebraPicture

if TYPE_CHECKING:  # these load scipy, which the start page does without
    from collections.abc import Sequence

    from planner.simulation.height_restoration import HeightPrediction
    from planner.workflow.measure_levels import LevelReport

_LEAST_LIFT_MM = 0.1
_SEEN_MM = 0.05
_KEPT = 4


@attrs.frozen
class HeightOutlook:
    """A prediction, and the local kyphosis over the level's neighbours it goes with."""

    prediction: "HeightPrediction"
    kyphosis_now_deg: float | None
    """None without a neighbour on both sides."""

    @property
    def kyphosis_after_deg(self) -> float | None:
        """With the wedge that is expected to go."""
        if self.kyphosis_now_deg is None:
            return None
        return self.kyphosis_now_deg - self.prediction.kyphosis_gain_deg

    @property
    def lift_mm(self) -> tuple[float, float, float]:
        """How far the upper endplate is expected to end higher: front, middle, back."""
        now, after = self.prediction.now_mm, self.prediction.after_mm
        front, middle, back = (band.expected - n for band, n in zip(after, now, strict=True))
        return front, middle, back


def height_outlook(
    planned: LevelPlan | None,
    assessed: LevelAssessment | None,
    reports: "Sequence[LevelReport]",
    catalog: DeviceCatalog | None,
) -> HeightOutlook | None:
    """Return what a level's balloons may lift; None while they are not judged, or unknown.

    Without a neighbour nothing tells what was lost, and nothing is predicted.
    """
    if planned is None or assessed is None or catalog is None or not planned.balloons:
        return None
    report = next((r for r in reports if r.vertebra.level is planned.level), None)
    if report is None or report.reference is None:
        return None
    from planner.simulation.height_restoration import lift_limit_mm, predict_heights
    from planner.workflow.measure_levels import kyphosis_deg

    measured = tuple(b for b in planned.balloons if assessed.balloon(b.side) is not None)
    shapes = tuple(m.shape for b in measured if (m := assessed.balloon(b.side)) is not None)
    models = tuple(catalog.balloon(balloon.model_id) for balloon in measured)
    limit_mm = lift_limit_mm(shapes, models, report.vertebra)
    prediction = predict_heights(
        report.vertebra, report.reference, limit_mm, is_healed=planned.is_healed
    )
    above, below = (_neighbour_name(planned, step) for step in (-1, 1))
    angles = kyphosis_deg([r.vertebra for r in reports])
    return HeightOutlook(prediction, angles.get(f"{above}-{below}"))


def _neighbour_name(planned: LevelPlan, step: int) -> str:
    from planner.foundation.errors import AnatomyProblem

    try:
        return planned.level.below(step).name
    except AnatomyProblem:
        return ""


def ghost_of(outlook: HeightOutlook | None, picture: VertebraPicture | None) -> GhostPicture | None:
    """Return the vertebra as it may be once its balloons are out; None where nothing moves."""
    if outlook is None or picture is None or max(outlook.lift_mm) < _LEAST_LIFT_MM:
        return None
    front, middle, back = (round(lift, 1) for lift in outlook.lift_mm)
    return _ghost(picture, (front, middle, back))


@functools.lru_cache(maxsize=_KEPT)
def _ghost(picture: VertebraPicture, lift_mm: tuple[float, float, float]) -> GhostPicture:
    from planner.simulation.height_restoration import lifted_points

    bone = picture.coarse_bone if len(picture.coarse_bone.faces) else picture.bone
    vertices = lifted_points(bone.vertices_lps_mm, picture.model, lift_mm)
    moved_mm = np.abs(vertices - bone.vertices_lps_mm).max(axis=1)
    # What stays where it is would only hide the bone and the canal.
    moved = (moved_mm > _SEEN_MM)[bone.faces].any(axis=1)
    return GhostPicture(TriangleMesh(vertices, bone.faces[moved]))

"""A finished run in 3D: where needles and cement really were, and what the plan said."""

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.mesh.shapes import cylinder_mesh
from planner.mesh.triangle_mesh import TriangleMesh
from planner.planning.plan import LevelPlan, Plan
from planner.rehearsal.run_state import RunState
from planner.rehearsal.stage import RehearsalStage
from planner.rendering.fill_picture import CementPicture, FillPicture, GhostPicture
from planner.rendering.picture_of_plan import plan_picture_of
from planner.rendering.plan_picture import PlanPicture
from planner.simulation.fill_arrival import ArrivalMap
from planner.simulation.live_fill import CementFill

_PLANNED_RADIUS_MM = 2.5
"""Wider than any needle, so that a plan that was kept to is still seen about it."""


def picture_of_run(final: RunState, stage: RehearsalStage, wanted: LevelPlan | None) -> PlanPicture:
    """Return what the debrief's 3D view draws.

    Parameters
    ----------
    final
        The run at its end; needles as they stood when they gave way to what follows.
    stage
        Its patient and instruments.
    wanted
        The program's own plan, drawn as see-through rods; None where there is none.
    """
    scenario = stage.scenario
    needles = {needle.side: needle for needle in final.final_needles}
    done = LevelPlan(scenario.level, scenario.procedure, tuple(needles.values()))
    drawn = plan_picture_of(
        Plan((done,)), None, (stage.vertebra,), stage.catalog, scenario.level, Side.LEFT
    )
    rods = [
        cylinder_mesh(needle.path, _PLANNED_RADIUS_MM)
        for needle in (wanted.needles if wanted else ())
    ]
    return attrs.evolve(
        drawn,
        ghost=GhostPicture(_together(rods)) if rods else None,
        cement=_cement(final.fill, stage),
    )


def _together(meshes: list[TriangleMesh]) -> TriangleMesh:
    starts = np.cumsum([0, *(len(mesh.vertices_lps_mm) for mesh in meshes[:-1])])
    return TriangleMesh(
        np.concatenate([mesh.vertices_lps_mm for mesh in meshes]),
        np.concatenate([mesh.faces + first for mesh, first in zip(meshes, starts, strict=True)]),
    )


def _cement(fill: CementFill, stage: RehearsalStage) -> CementPicture | None:
    """Return the cement at the end of the run, what lies outside the bone apart."""
    if fill.filled.is_empty:
        return None
    geometry, filled = fill.filled.geometry, fill.filled.voxels
    outside = np.zeros(filled.shape, np.bool_)
    places = np.argwhere(filled)
    outside[filled] = stage.maps.bone.at(geometry.lps_of(places[:, ::-1])) < 0.0
    at_ml = np.where(filled, 0.0, np.inf).astype(np.float32)
    words = f"{fill.volume_ml:.1f} ml, as modelled in the run"
    return CementPicture(
        FillPicture(ArrivalMap(at_ml, outside, geometry, fill.volume_ml)), fill.volume_ml, words
    )

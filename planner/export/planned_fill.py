"""Where planned cement would come to lie: its volume as planned, its shape an illustration."""

import numpy as np

from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import LevelAssessment
from planner.export.snapshot import PlannedFill
from planner.geometry.points import FloatArray
from planner.imaging.volume import VoxelMask
from planner.planning.plan import LevelPlan
from planner.simulation.fill_arrival import ArrivalMap


def planned_fill(
    level_plan: LevelPlan,
    assessed: LevelAssessment,
    vertebra: VertebraModel,
    arrival: ArrivalMap | None = None,
) -> PlannedFill | None:
    """Return the part of the body that modelled cement comes to first.

    Parameters
    ----------
    level_plan
        What is planned at the level.
    assessed
        Its balloons as they lie.
    vertebra
        Whose body is filled, never beyond it: what the model has leak is no part of a plan.
    arrival
        When modelled cement comes to each place; where it does not, and without it, what lies
        nearest to the balloons, or to the tips, is next.

    Returns
    -------
    fill
        As many voxels as the planned volume has; None where there is no cement or no way in.
    """
    if level_plan.cement is None or not level_plan.needles:
        return None
    body = vertebra.body
    places_kji = np.argwhere(body.voxels)
    places_lps_mm = body.geometry.lps_of(places_kji[:, ::-1])
    distances_mm = _distances_mm(level_plan, assessed, places_lps_mm)
    comes_ml = np.zeros(len(places_kji)) if arrival is None else arrival.at(places_lps_mm)
    count = round(1000.0 * level_plan.cement.volume_ml / body.geometry.voxel_mm3)
    # Stable, so that equal distances always fall the same way.
    nearest = places_kji[np.lexsort((distances_mm, comes_ml))[:count]]
    if not len(nearest):
        return None
    voxels = np.zeros_like(body.voxels)
    voxels[tuple(nearest.T)] = True
    return PlannedFill(level_plan.level, VoxelMask(voxels, body.geometry))


def _distances_mm(
    level_plan: LevelPlan, assessed: LevelAssessment, points_lps_mm: FloatArray
) -> FloatArray:
    distances: list[FloatArray] = []
    for needle in level_plan.needles:
        balloon = assessed.balloon(needle.side)
        if balloon is not None:
            distances.append(balloon.shape.signed_distance_mm(points_lps_mm))
        else:
            distances.append(np.linalg.norm(points_lps_mm - np.array(needle.tip_lps_mm), axis=1))
    nearest: FloatArray = np.min(distances, axis=0)
    return nearest

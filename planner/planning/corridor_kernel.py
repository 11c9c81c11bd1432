"""The compiled part of the corridor search: many straight paths in a few distance maps."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.planning.compiled import compiled
from planner.planning.needle_ranking import TipAim, margin_score, path_score, tip_score

FloatMap = NDArray[np.float32]
Floats = NDArray[np.float64]

REFUSED = -1.0
"""The score of a path that breaks a hard limit."""
_SHORTEST_STEP_MM = 0.6
"""A signed distance falls by at most what one goes, so a path far from a surface is taken in
leaps; at the surface itself it is looked at this closely."""
_LEAST_COSINE = 0.3
"""To the pedicle's axis and to the normal of the posterior wall; below it a line runs across."""
_REFINING_STEPS_MM = (0.8, 0.4, 0.2)


class Field(NamedTuple):
    """A distance map on a grid with equal edges along L, P and S, read ``values[k, j, i]``."""

    values: FloatMap
    origin: Floats
    edge_mm: float
    sign: float
    """1 where the inside is safe, -1 where it is the danger: safe distances are positive."""


class Line(NamedTuple):
    """A straight path through a point of the isthmus, places on it in millimetres from there."""

    through: Floats
    direction: Floats
    length_mm: float
    """To the tip."""


class SearchMaps(NamedTuple):
    """The fields a path is looked up in."""

    bone: Field
    canal: Field
    other_bone: Field
    between_endplates: Field
    behind_anterior_wall: Field


class SearchTask(NamedTuple):
    """One pedicle and what a path through it must keep to; points and directions in LPS."""

    axis: Floats
    posterior_point: Floats
    posterior_normal: Floats
    anterior_point: Floats
    anterior_normal: Floats
    middle: Floats
    """A point of the mid-sagittal plane."""
    lateral: Floats
    """Unit vector to the needle's own side."""
    medial_border_mm: float
    """From the mid-sagittal plane."""
    half_width_mm: float
    behind_isthmus_mm: float
    outside_mm: float
    """How far behind the isthmus canal and neighbours are watched."""
    radius_mm: float
    canal_limit_mm: float
    endplate_limit_mm: float
    anterior_limit_mm: float
    skin_to_bone_mm: float


@compiled
def value_at(field: Field, place: Floats) -> float:
    """Return a field's safe distance between voxel centres, clamped to its grid."""
    values = field.values
    n_k, n_j, n_i = values.shape
    x = min(max((place[0] - field.origin[0]) / field.edge_mm, 0.0), n_i - 1.0)
    y = min(max((place[1] - field.origin[1]) / field.edge_mm, 0.0), n_j - 1.0)
    z = min(max((place[2] - field.origin[2]) / field.edge_mm, 0.0), n_k - 1.0)
    i, j, k = min(int(x), n_i - 2), min(int(y), n_j - 2), min(int(z), n_k - 2)
    x, y, z = x - i, y - j, z - k
    low = (values[k, j, i] * (1 - x) + values[k, j, i + 1] * x) * (1 - y) + (
        values[k, j + 1, i] * (1 - x) + values[k, j + 1, i + 1] * x
    ) * y
    high = (values[k + 1, j, i] * (1 - x) + values[k + 1, j, i + 1] * x) * (1 - y) + (
        values[k + 1, j + 1, i] * (1 - x) + values[k + 1, j + 1, i + 1] * x
    ) * y
    return field.sign * float(low * (1 - z) + high * z)


@compiled
def least_along(field: Field, line: Line, from_mm: float, to_mm: float, enough: float) -> float:
    """Return the least safe distance on a stretch of a line; stops once it is below `enough`."""
    least = math.inf
    along = from_mm
    while True:
        here = value_at(field, line.through + along * line.direction)
        least = min(least, here)
        if least < enough or along >= to_mm:
            return least
        along = min(along + max(here - least, _SHORTEST_STEP_MM), to_mm)


@compiled
def path_quality(
    through: Floats, tip: Floats, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> float:
    """Return the score of the path through a point of the isthmus to a tip, or `REFUSED`."""
    length_mm = float(np.sqrt(np.sum((tip - through) ** 2)))
    line = Line(through, (tip - through) / length_mm, length_mm)
    to_wall_mm = _to_posterior_wall_mm(line, task)
    if to_wall_mm < 0.0:
        return REFUSED
    wall_mm, canal_mm, endplate_mm, anterior_mm = _margins_mm(line, to_wall_mm, maps, task)
    if wall_mm < 0.0:
        return REFUSED
    depth_mm = float(np.sum((task.posterior_point - tip) * task.posterior_normal))
    rest_mm = float(np.sum((task.anterior_point - tip) * task.anterior_normal))
    lateral_mm = float(np.sum((tip - task.middle) * task.lateral))
    slope = float(np.sum(line.direction * task.axis))
    return (
        margin_score(wall_mm, canal_mm, endplate_mm, anterior_mm)
        + path_score(math.degrees(math.acos(min(slope, 1.0))), task.skin_to_bone_mm)
        + tip_score(depth_mm / (depth_mm + rest_mm), lateral_mm / task.half_width_mm, aim)
    )


@compiled
def _to_posterior_wall_mm(line: Line, task: SearchTask) -> float:
    """Return where the line crosses the posterior wall; negative where it must not cross it."""
    inwards = -float(np.sum(line.direction * task.posterior_normal))
    if inwards < _LEAST_COSINE or np.sum(line.direction * task.axis) < _LEAST_COSINE:
        return REFUSED
    behind_mm = float(np.sum((line.through - task.posterior_point) * task.posterior_normal))
    to_wall_mm = max(behind_mm / inwards, 0.0)
    at_wall = line.through + to_wall_mm * line.direction
    lateral_mm = float(np.sum((at_wall - task.middle) * task.lateral))
    if to_wall_mm >= line.length_mm or lateral_mm < task.medial_border_mm:
        return REFUSED
    return to_wall_mm


@compiled
def _margins_mm(
    line: Line, to_wall_mm: float, maps: SearchMaps, task: SearchTask
) -> tuple[float, float, float, float]:
    """Return wall, canal, endplate and anterior margin; all refused where one limit is broken."""
    refused = (REFUSED, REFUSED, REFUSED, REFUSED)
    radius_mm = task.radius_mm
    tip = line.through + line.length_mm * line.direction
    anterior_mm = value_at(maps.behind_anterior_wall, tip) - radius_mm
    if anterior_mm < task.anterior_limit_mm:
        return refused
    start_mm = -task.behind_isthmus_mm / float(np.sum(line.direction * task.axis))
    wall_mm = least_along(maps.bone, line, start_mm, to_wall_mm, radius_mm) - radius_mm
    if wall_mm < 0.0:
        return refused
    enough_mm = radius_mm + task.canal_limit_mm
    canal_mm = least_along(maps.canal, line, -task.outside_mm, line.length_mm, enough_mm)
    if canal_mm < enough_mm:
        return refused
    enough_mm = radius_mm + task.endplate_limit_mm
    endplate_mm = least_along(maps.between_endplates, line, to_wall_mm, line.length_mm, enough_mm)
    if (
        endplate_mm < enough_mm
        or least_along(maps.bone, line, to_wall_mm, line.length_mm, radius_mm) < radius_mm
        or least_along(maps.other_bone, line, -task.outside_mm, line.length_mm, radius_mm)
        < radius_mm
    ):
        return refused
    return wall_mm, canal_mm - radius_mm, endplate_mm - radius_mm, anterior_mm


@compiled
def score_all(
    throughs: Floats, tips: Floats, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> Floats:
    """Return the score of each path from each of `throughs` (n, 3) to each of `tips` (m, 3)."""
    scores = np.empty((len(throughs), len(tips)))
    for n in range(len(throughs)):
        for m in range(len(tips)):
            scores[n, m] = path_quality(throughs[n], tips[m], maps, task, aim)
    return scores


@compiled
def refined(
    through: Floats, tip: Floats, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> tuple[Floats, Floats, float]:
    """Return a path moved bit by bit to the best place near by, and its score."""
    across = np.cross(task.axis, task.lateral)
    across /= math.sqrt(np.sum(across**2))
    sideways = np.cross(across, task.axis)
    best = path_quality(through, tip, maps, task, aim)
    moves = np.zeros((5, 2, 3))
    moves[0, 0], moves[1, 0] = across, sideways
    for n in range(3):
        moves[2 + n, 1, n] = 1.0
    for step_mm in _REFINING_STEPS_MM:
        for n in range(5):
            for way in (-step_mm, step_mm):
                other_through, other_tip = through + way * moves[n, 0], tip + way * moves[n, 1]
                score = path_quality(other_through, other_tip, maps, task, aim)
                if score > best:
                    best, through, tip = score, other_through, other_tip
    return through, tip, best

"""The compiled part of the corridor search: many straight paths in a few distance maps."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.foundation.compiled import compiled
from planner.planning.needle_path import (
    ENTRY_SLOPE_MM,
    LEAST_TURN_DEG,
    MOST_TURN_DEG,
    SKIM_DEPTH_MM,
    SKIM_REACH_MM,
)
from planner.planning.needle_ranking import (
    CANAL_FULL_MM,
    ENDPLATE_FULL_MM,
    ROOT_FULL_MM,
    WALL_FULL_MM,
    TipAim,
    beside_score,
    margin_score,
    path_score,
    tip_score,
    turn_score,
)

FloatMap = NDArray[np.float32]
Floats = NDArray[np.float64]

REFUSED = -1.0
"""The score of a path that breaks a hard limit."""
_NO_MARGIN = -math.inf
_SHORTEST_STEP_MM = 0.6
"""A signed distance falls by at most what one goes, so a path far from a surface is taken in
leaps; at the surface itself it is looked at this closely."""
_LEAST_COSINE = 0.3
"""To the pedicle's axis and to the normal of the posterior wall; below it a line runs across."""
_SKIM_STEP_MM = 0.5
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
    foramina: Field
    lung: Field
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
    wall_limit_mm: float
    """Of the needle's surface to the surface of its bone."""
    neighbour_limit_mm: float
    canal_limit_mm: float
    foramen_limit_mm: float
    lung_limit_mm: float
    endplate_limit_mm: float
    anterior_limit_mm: float
    skin_to_bone_mm: float
    is_beside: bool
    """Whether paths go past the pedicle instead of through it."""


@compiled
def dot(a: Floats, b: Floats) -> float:
    """Return the scalar product; arrays in between would cost more than the arithmetic."""
    return float(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])


@compiled
def height_over(point: Floats, plane_point: Floats, normal: Floats) -> float:
    """Return the distance of a point from a plane, on the normal's side."""
    return dot(point, normal) - dot(plane_point, normal)


@compiled
def value_at(field: Field, line: Line, along_mm: float) -> float:
    """Return a field's safe distance at a place of a line, clamped to the field's grid."""
    values = field.values
    n_k, n_j, n_i = values.shape
    x = (line.through[0] + along_mm * line.direction[0] - field.origin[0]) / field.edge_mm
    x = min(max(x, 0.0), n_i - 1.0)
    y = (line.through[1] + along_mm * line.direction[1] - field.origin[1]) / field.edge_mm
    y = min(max(y, 0.0), n_j - 1.0)
    z = (line.through[2] + along_mm * line.direction[2] - field.origin[2]) / field.edge_mm
    z = min(max(z, 0.0), n_k - 1.0)
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
def least_along(
    field: Field, line: Line, stretch_mm: tuple[float, float], enough: float, plenty: float
) -> float:
    """Return the least safe distance on a stretch of a line.

    Not looked into further once it is below `enough`; above `plenty` it is `plenty`.
    """
    along, end = stretch_mm
    here = value_at(field, line, along)
    least = min(here, plenty)
    while least >= enough and along < end:
        along = min(along + max(here - least, _SHORTEST_STEP_MM), end)
        here = value_at(field, line, along)
        least = min(least, here)
    return least


@compiled
def path_quality(
    through: Floats, tip: Floats, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> float:
    """Return the score of the path through a point of the isthmus to a tip, or `REFUSED`."""
    way = tip - through
    length_mm = math.sqrt(dot(way, way))
    line = Line(through, way / length_mm, length_mm)
    to_wall_mm = _to_posterior_wall_mm(line, task)
    if to_wall_mm < 0.0:
        return REFUSED
    wall_mm, canal_mm, endplate_mm, anterior_mm = _margins_mm(line, to_wall_mm, maps, task)
    if wall_mm == _NO_MARGIN:
        return REFUSED
    return (
        margin_score(wall_mm, canal_mm, endplate_mm, anterior_mm)
        + path_score(
            math.degrees(math.acos(min(dot(line.direction, task.axis), 1.0))),
            task.skin_to_bone_mm,
            _skimmed_mm(maps.bone, line, -task.behind_isthmus_mm / dot(line.direction, task.axis)),
        )
        + _score_of_tip(tip, task, aim)
    )


@compiled
def _score_of_tip(tip: Floats, task: SearchTask, aim: TipAim) -> float:
    depth_mm = -height_over(tip, task.posterior_point, task.posterior_normal)
    rest_mm = -height_over(tip, task.anterior_point, task.anterior_normal)
    lateral_mm = height_over(tip, task.middle, task.lateral)
    return tip_score(depth_mm / (depth_mm + rest_mm), lateral_mm / task.half_width_mm, aim)


@compiled
def quality_beside(
    through: Floats, tip: Floats, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> float:
    """Return the score of the path that enters a body at its back corner, or `REFUSED`."""
    way = tip - through
    length_mm = math.sqrt(dot(way, way))
    line = Line(through, way / length_mm, length_mm)
    medially, forwards = (
        -dot(line.direction, task.lateral),
        -dot(line.direction, task.posterior_normal),
    )
    turned_deg = math.degrees(math.atan2(medially, forwards))
    if forwards < _LEAST_COSINE or not LEAST_TURN_DEG <= turned_deg <= MOST_TURN_DEG:
        return REFUSED
    canal_mm, endplate_mm, anterior_mm = _margins_beside_mm(line, maps, task)
    if canal_mm == _NO_MARGIN:
        return REFUSED
    off_roots_mm = least_along(
        maps.foramina,
        line,
        (-task.outside_mm, line.length_mm),
        task.foramen_limit_mm,
        task.radius_mm + ROOT_FULL_MM,
    )
    return (
        beside_score(off_roots_mm - task.radius_mm, canal_mm, endplate_mm, anterior_mm)
        + turn_score(turned_deg, task.skin_to_bone_mm)
        + _score_of_tip(tip, task, aim)
    )


@compiled
def _margins_beside_mm(
    line: Line, maps: SearchMaps, task: SearchTask
) -> tuple[float, float, float]:
    """Return canal, endplate and anterior margin; all refused where one limit is broken."""
    refused = (_NO_MARGIN, _NO_MARGIN, _NO_MARGIN)
    radius_mm = task.radius_mm
    anterior_mm = value_at(maps.behind_anterior_wall, line, line.length_mm) - radius_mm
    whole = (-task.outside_mm, line.length_mm)
    in_body = (min(ENTRY_SLOPE_MM, line.length_mm), line.length_mm)
    off_canal = radius_mm + task.canal_limit_mm
    off_endplate = radius_mm + task.endplate_limit_mm
    in_bone = radius_mm + task.wall_limit_mm
    if anterior_mm < task.anterior_limit_mm:
        return refused
    canal_mm = least_along(maps.canal, line, whole, off_canal, radius_mm + CANAL_FULL_MM)
    if canal_mm < off_canal or not _is_clear(line, whole, maps, task):
        return refused
    endplate_mm = least_along(
        maps.between_endplates, line, in_body, off_endplate, radius_mm + ENDPLATE_FULL_MM
    )
    if (
        endplate_mm < off_endplate
        or least_along(maps.bone, line, in_body, in_bone, in_bone) < in_bone
    ):
        return refused
    return canal_mm - radius_mm, endplate_mm - radius_mm, anterior_mm


@compiled
def _is_clear(
    line: Line, stretch_mm: tuple[float, float], maps: SearchMaps, task: SearchTask
) -> bool:
    """Return whether a stretch keeps away from roots, lung, ribs and neighbours."""
    off_others = task.radius_mm + task.neighbour_limit_mm
    off_roots = task.radius_mm + task.foramen_limit_mm
    off_lung = task.radius_mm + task.lung_limit_mm
    return (
        least_along(maps.foramina, line, stretch_mm, off_roots, off_roots) >= off_roots
        and least_along(maps.other_bone, line, stretch_mm, off_others, off_others) >= off_others
        and least_along(maps.lung, line, stretch_mm, off_lung, off_lung) >= off_lung
    )


@compiled
def _to_posterior_wall_mm(line: Line, task: SearchTask) -> float:
    """Return where the line crosses the posterior wall; negative where it must not cross it."""
    inwards = -dot(line.direction, task.posterior_normal)
    if inwards < _LEAST_COSINE or dot(line.direction, task.axis) < _LEAST_COSINE:
        return REFUSED
    behind_mm = height_over(line.through, task.posterior_point, task.posterior_normal)
    to_wall_mm = max(behind_mm / inwards, 0.0)
    lateral_mm = height_over(line.through, task.middle, task.lateral) + to_wall_mm * dot(
        line.direction, task.lateral
    )
    if to_wall_mm >= line.length_mm or lateral_mm < task.medial_border_mm:
        return REFUSED
    return to_wall_mm


@compiled
def _margins_mm(
    line: Line, to_wall_mm: float, maps: SearchMaps, task: SearchTask
) -> tuple[float, float, float, float]:
    """Return wall, canal, endplate and anterior margin; all refused where one limit is broken."""
    refused = (_NO_MARGIN, _NO_MARGIN, _NO_MARGIN, _NO_MARGIN)
    radius_mm = task.radius_mm
    anterior_mm = value_at(maps.behind_anterior_wall, line, line.length_mm) - radius_mm
    if anterior_mm < task.anterior_limit_mm:
        return refused
    pedicle = (-task.behind_isthmus_mm / dot(line.direction, task.axis), to_wall_mm)
    body, whole = (to_wall_mm, line.length_mm), (-task.outside_mm, line.length_mm)
    in_bone = radius_mm + task.wall_limit_mm
    wall_mm = least_along(maps.bone, line, pedicle, in_bone, radius_mm + WALL_FULL_MM)
    if wall_mm < in_bone:
        return refused
    off_canal = radius_mm + task.canal_limit_mm
    canal_mm = least_along(maps.canal, line, whole, off_canal, radius_mm + CANAL_FULL_MM)
    if canal_mm < off_canal:
        return refused
    off_endplate = radius_mm + task.endplate_limit_mm
    endplate_mm = least_along(
        maps.between_endplates, line, body, off_endplate, radius_mm + ENDPLATE_FULL_MM
    )
    if (
        endplate_mm < off_endplate
        or least_along(maps.bone, line, body, in_bone, in_bone) < in_bone
        or not _is_clear(line, whole, maps, task)
    ):
        return refused
    return wall_mm - radius_mm, canal_mm - radius_mm, endplate_mm - radius_mm, anterior_mm


@compiled
def _skimmed_mm(bone: Field, line: Line, start_mm: float) -> float:
    """Return how much of the line behind a place runs along the surface of the bone."""
    skimmed_mm, behind_mm = 0.0, 0.0
    while behind_mm < SKIM_REACH_MM:
        off_mm = abs(value_at(bone, line, start_mm - behind_mm)) - SKIM_DEPTH_MM
        if off_mm < 0.0:
            skimmed_mm += _SKIM_STEP_MM
        behind_mm += max(off_mm, _SKIM_STEP_MM)
    return skimmed_mm


@compiled
def score_all(
    throughs: Floats, tips: Floats, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> Floats:
    """Return the score of each path from each of `throughs` (n, 3) to each of `tips` (m, 3)."""
    scores = np.empty((len(throughs), len(tips)))
    for n in range(len(throughs)):
        for m in range(len(tips)):
            scores[n, m] = quality_of(throughs[n], tips[m], maps, task, aim)
    return scores


@compiled
def quality_of(
    through: Floats, tip: Floats, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> float:
    """Return the score of a path through the pedicle, or past it, or `REFUSED`."""
    if task.is_beside:
        return quality_beside(through, tip, maps, task, aim)
    return path_quality(through, tip, maps, task, aim)


@compiled
def refined(
    through: Floats, tip: Floats, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> tuple[Floats, Floats, float]:
    """Return a path moved bit by bit to the best place near by, and its score."""
    across = np.cross(task.axis, task.lateral)
    across /= math.sqrt(np.sum(across**2))
    sideways = np.cross(across, task.axis)
    best = quality_of(through, tip, maps, task, aim)
    moves = np.zeros((5, 2, 3))
    moves[0, 0], moves[1, 0] = across, sideways
    for n in range(3):
        moves[2 + n, 1, n] = 1.0
    for step_mm in _REFINING_STEPS_MM:
        for n in range(5):
            for way in (-step_mm, step_mm):
                other_through, other_tip = through + way * moves[n, 0], tip + way * moves[n, 1]
                score = quality_of(other_through, other_tip, maps, task, aim)
                if score > best:
                    best, through, tip = score, other_through, other_tip
    return through, tip, best

"""The compiled part of the corridor search: many straight paths in a few distance maps."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.foundation.compiled import compiled
from planner.geometry.points import Triple
from planner.planning.field_lines import (
    Field,
    Floats,
    Line,
    along,
    dot,
    height_over,
    least_along,
    line_between,
    point_of,
    value_at,
)
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

REFUSED = -1.0
"""The score of a path that breaks a hard limit."""
_NO_MARGIN = -math.inf
_LEAST_COSINE = 0.3
"""To the pedicle's axis and to the normal of the posterior wall; below it a line runs across."""
_SKIM_STEP_MM = 0.5
_REFINING_STEPS_MM = (0.8, 0.4, 0.2)


class SearchMaps(NamedTuple):
    """The fields a path is looked up in."""

    bone: Field
    canal: Field
    foramina: Field
    lung: Field
    vessels: Field
    other_bone: Field
    between_endplates: Field
    behind_anterior_wall: Field


class SearchTask(NamedTuple):
    """One pedicle and what a path through it must keep to; points and directions in LPS."""

    axis: Triple
    posterior_point: Triple
    posterior_normal: Triple
    anterior_point: Triple
    anterior_normal: Triple
    middle: Triple
    """A point of the mid-sagittal plane."""
    lateral: Triple
    """Unit vector to the needle's own side."""
    up: Triple
    """Unit vector to the head."""
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
    vessel_limit_mm: float
    endplate_limit_mm: float
    anterior_limit_mm: float
    skin_to_bone_mm: float
    step_mm: float
    """A signed distance falls by at most what one goes, so a path far from a surface is taken in
    leaps; at the surface itself it is looked at this closely."""
    is_beside: bool
    """Whether paths go past the pedicle instead of through it."""


@compiled
def path_quality(
    through: Triple, tip: Triple, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> float:
    """Return the score of the path through a point of the isthmus to a tip, or `REFUSED`."""
    line = line_between(through, tip)
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
def _score_of_tip(tip: Triple, task: SearchTask, aim: TipAim) -> float:
    depth_mm = -height_over(tip, task.posterior_point, task.posterior_normal)
    rest_mm = -height_over(tip, task.anterior_point, task.anterior_normal)
    lateral_mm = height_over(tip, task.middle, task.lateral)
    return tip_score(depth_mm / (depth_mm + rest_mm), lateral_mm / task.half_width_mm, aim)


@compiled
def quality_beside(
    through: Triple, tip: Triple, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> float:
    """Return the score of the path that enters a body at its back corner, or `REFUSED`."""
    line = line_between(through, tip)
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
        (-task.outside_mm, line.length_mm, 0.0),
        (task.foramen_limit_mm, task.radius_mm + ROOT_FULL_MM),
        task.step_mm,
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
    whole = (-task.outside_mm, line.length_mm, 0.0)
    in_body = (min(ENTRY_SLOPE_MM, line.length_mm), line.length_mm, line.length_mm)
    off_canal = radius_mm + task.canal_limit_mm
    off_endplate = radius_mm + task.endplate_limit_mm
    in_bone = radius_mm + task.wall_limit_mm
    if anterior_mm < task.anterior_limit_mm:
        return refused
    canal_mm = least_along(
        maps.canal, line, whole, (off_canal, radius_mm + CANAL_FULL_MM), task.step_mm
    )
    if canal_mm < off_canal or not _is_clear(line, whole, maps, task):
        return refused
    endplate_mm = least_along(
        maps.between_endplates,
        line,
        in_body,
        (off_endplate, radius_mm + ENDPLATE_FULL_MM),
        task.step_mm,
    )
    if endplate_mm < off_endplate or not _is_off(maps.bone, line, in_body, in_bone, task):
        return refused
    return canal_mm - radius_mm, endplate_mm - radius_mm, anterior_mm


@compiled
def _is_off(
    field: Field,
    line: Line,
    stretch_mm: tuple[float, float, float],
    limit_mm: float,
    task: SearchTask,
) -> bool:
    """Return whether a stretch keeps a limit."""
    return least_along(field, line, stretch_mm, (limit_mm, limit_mm), task.step_mm) >= limit_mm


@compiled
def _is_clear(
    line: Line, stretch_mm: tuple[float, float, float], maps: SearchMaps, task: SearchTask
) -> bool:
    """Return whether a stretch keeps away from roots, lung, vessels, ribs and neighbours."""
    radius_mm = task.radius_mm
    return (
        _is_off(maps.foramina, line, stretch_mm, radius_mm + task.foramen_limit_mm, task)
        and _is_off(maps.other_bone, line, stretch_mm, radius_mm + task.neighbour_limit_mm, task)
        and _is_off(maps.lung, line, stretch_mm, radius_mm + task.lung_limit_mm, task)
        and _is_off(maps.vessels, line, stretch_mm, radius_mm + task.vessel_limit_mm, task)
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
    start_mm = -task.behind_isthmus_mm / dot(line.direction, task.axis)
    whole = (-task.outside_mm, line.length_mm, 0.0)
    body = (to_wall_mm, line.length_mm, line.length_mm)
    in_bone = radius_mm + task.wall_limit_mm
    wall_mm = least_along(
        maps.bone,
        line,
        (start_mm, to_wall_mm, 0.0),
        (in_bone, radius_mm + WALL_FULL_MM),
        task.step_mm,
    )
    if wall_mm < in_bone:
        return refused
    off_canal = radius_mm + task.canal_limit_mm
    canal_mm = least_along(
        maps.canal, line, whole, (off_canal, radius_mm + CANAL_FULL_MM), task.step_mm
    )
    if canal_mm < off_canal:
        return refused
    off_endplate = radius_mm + task.endplate_limit_mm
    endplate_mm = least_along(
        maps.between_endplates,
        line,
        body,
        (off_endplate, radius_mm + ENDPLATE_FULL_MM),
        task.step_mm,
    )
    if (
        endplate_mm < off_endplate
        or not _is_off(maps.bone, line, body, in_bone, task)
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
    """Return the score of each path from each of `throughs` (n, 3) to each of `tips` (m, 3).

    What forbids a place forbids all paths through it, and is looked up once.
    """
    scores = np.full((len(throughs), len(tips)), REFUSED)
    may_end = np.empty(len(tips), np.bool_)
    for m in range(len(tips)):
        may_end[m] = _may_end_at(point_of(tips, m), maps, task)
    for n in range(len(throughs)):
        through = point_of(throughs, n)
        if not _may_lead_through(through, maps, task):
            continue
        for m in range(len(tips)):
            if may_end[m]:
                scores[n, m] = quality_of(through, point_of(tips, m), maps, task, aim)
    return scores


@compiled
def _safe_mm(field: Field, point: Triple) -> float:
    return value_at(field, Line(point, (0.0, 0.0, 0.0), 0.0), 0.0)


@compiled
def _may_end_at(tip: Triple, maps: SearchMaps, task: SearchTask) -> bool:
    radius_mm = task.radius_mm
    return (
        _safe_mm(maps.behind_anterior_wall, tip) >= radius_mm + task.anterior_limit_mm
        and _safe_mm(maps.between_endplates, tip) >= radius_mm + task.endplate_limit_mm
        and _safe_mm(maps.bone, tip) >= radius_mm + task.wall_limit_mm
        and _safe_mm(maps.canal, tip) >= radius_mm + task.canal_limit_mm
    )


@compiled
def _may_lead_through(point: Triple, maps: SearchMaps, task: SearchTask) -> bool:
    if _safe_mm(maps.canal, point) < task.radius_mm + task.canal_limit_mm:
        return False
    # Past the pedicle it is a slanting wall, in which the needle still comes in.
    return task.is_beside or _safe_mm(maps.bone, point) >= task.radius_mm + task.wall_limit_mm


@compiled
def best_apart(
    scores: Floats, throughs: Floats, tips: Floats, most: int, least: tuple[float, float]
) -> NDArray[np.int64]:
    """Return the best paths that differ from the better ones, as rows of through and tip.

    `least` is what tips (mm) or directions (radians) differ by at least, or a part of both.
    """
    left = scores.copy().ravel()
    found = np.empty((most, 2), np.int64)
    count = len(tips)
    for number in range(most):
        best = int(np.argmax(left))
        if left[best] <= REFUSED:
            return found[:number]
        found[number, 0], found[number, 1] = best // count, best % count
        tip = point_of(tips, best % count)
        line = line_between(point_of(throughs, best // count), tip)
        for n in range(len(left)):
            if left[n] <= REFUSED:
                continue
            other = line_between(point_of(throughs, n // count), point_of(tips, n % count))
            off = along(point_of(tips, n % count), tip, -1.0)
            turned = math.acos(min(dot(line.direction, other.direction), 1.0))
            if math.sqrt(dot(off, off)) / least[0] + turned / least[1] <= 1.0:
                left[n] = REFUSED
    return found


@compiled
def quality_of(
    through: Triple, tip: Triple, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> float:
    """Return the score of a path through the pedicle, or past it, or `REFUSED`."""
    if task.is_beside:
        return quality_beside(through, tip, maps, task, aim)
    return path_quality(through, tip, maps, task, aim)


@compiled
def refined(
    through: Triple, tip: Triple, maps: SearchMaps, task: SearchTask, aim: TipAim
) -> tuple[Triple, Triple, float]:
    """Return a path moved bit by bit to the best place near by, and its score."""
    # Along the vertebra, not the grid: turned or mirrored it gets the same answer.
    nowhere = (0.0, 0.0, 0.0)
    upwards = along(task.up, task.axis, -dot(task.up, task.axis))
    sideways = along(task.lateral, task.axis, -dot(task.lateral, task.axis))
    moves = (
        (along(nowhere, upwards, 1.0 / math.sqrt(dot(upwards, upwards))), nowhere),
        (along(nowhere, sideways, 1.0 / math.sqrt(dot(sideways, sideways))), nowhere),
        (nowhere, task.lateral),
        (nowhere, task.up),
        (nowhere, task.posterior_normal),
    )
    best = quality_of(through, tip, maps, task, aim)
    for step_mm in _REFINING_STEPS_MM:
        for move_through, move_tip in moves:
            for way in (-step_mm, step_mm):
                other_through = along(through, move_through, way)
                other_tip = along(tip, move_tip, way)
                score = quality_of(other_through, other_tip, maps, task, aim)
                if score > best:
                    best, through, tip = score, other_through, other_tip
    return through, tip, best

"""All straight paths through a pedicle to a body's tips: scored, told apart, the best refined."""

import math

import numpy as np
from numpy.typing import NDArray

from planner.foundation.compiled import compiled
from planner.geometry.points import Triple
from planner.planning.corridor_kernel import REFUSED, SearchMaps, SearchTask, quality_of
from planner.planning.field_lines import (
    Field,
    Floats,
    Line,
    along,
    dot,
    line_between,
    point_of,
    value_at,
)
from planner.planning.needle_ranking import TipAim

_REFINING_STEPS_MM = (0.8, 0.4, 0.2)


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

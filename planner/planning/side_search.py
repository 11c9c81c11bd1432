"""The search through one pedicle: hard limits first, then the best of what is left."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import attrs
import numpy as np

from planner.anatomy.vertebra import Pedicle
from planner.devices.device_values import DeviceCatalog, NeedleModel
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, Triple, angle_deg, as_triple, distance_mm
from planner.imaging.distance_maps import DistanceMap
from planner.planning.corridor_kernel import SearchMaps, SearchTask
from planner.planning.corridor_scan import best_apart, refined, score_all
from planner.planning.field_lines import Field
from planner.planning.measures import NeedleMeasures
from planner.planning.needle_checks import NeedleCheck, needle_checks, unmet
from planner.planning.needle_margins import entry_on_skin, measure_needle
from planner.planning.needle_path import (
    PEDICLE_BEHIND_ISTHMUS_MM,
    medial_border_mm,
)
from planner.planning.needle_ranking import (
    USUAL_SKIN_TO_BONE_MM,
    score_of,
    tip_aim,
)
from planner.planning.needle_surface import field_of
from planner.planning.plan import NeedleRoute, PlannedNeedle
from planner.planning.safety_maps import SafetyMaps

_ACROSS_PEDICLE = 13
_TIP_DEPTHS = np.linspace(0.6, 0.86, 6)
_TIP_HEIGHTS = np.linspace(-0.7, 0.7, 11)
"""In shares of half the body's height."""
_TIP_LATERALS_OF_TWO = np.linspace(0.1, 0.65, 8)
_TIP_LATERALS_OF_ONE = np.linspace(-0.25, 0.5, 14)
"""In shares of half the body's width, to the needle's own side."""
_ISTHMUS_ERROR_MM = 1.0
"""Paths are tried this far outside the isthmus as found; the maps decide whether they pass."""
_WATCHED_BEHIND_ISTHMUS_MM = 70.0
_TIPS_SKIPPED = 3
"""With limits let go hardly any path stops early, and the least bad one needs no fine choice."""
_SEEDS = 14
_LEAST_TIP_STEP_MM = 6.0
_LEAST_TURN = math.radians(6.0)
"""Two paths are different when their tips are this far apart, their directions are turned this
far, or a part of both."""
_REFINED_DIFFERENCE = 0.6
"""The least share of that difference which is left after refining."""
_ENTRY_WITHOUT_SKIN_MM = 120.0
_DIRECTIONS_OF_A_TASK = 8
_CORNER_STEP_MM = 1.25
_CORNER_DEPTH_MM = 14.0
_CORNER_SKIN_MM = 1.2
_MOST_CORNER_POINTS = 110
_NOTHING_NEAR_MM = 99.0
_NOWHERE = GridGeometry.axis_aligned((2, 2, 2), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
_MOST_MEASURED, _MEASURED_OF_ALTERNATIVES = 8, 3
_COARSE_STEP_MM, _CLOSE_STEP_MM = 1.0, 0.5
"""How closely paths are looked at among all of them, and when the best are refined."""
_Way = tuple[FloatArray, FloatArray, FloatArray]
"""A point of the way in, a tip and the direction between them."""


class _Slack(NamedTuple):
    """How far hard limits are let go, in millimetres."""

    canal: float = 0.0
    roots: float = 0.0
    neighbours: float = 0.0
    others: float = 0.0


_RIDGE_MM = 0.25
"""In the middle of a narrow pedicle the axis reads this much too little of a margin; what counts
is measured around the needle afterwards."""
_STRICT = _Slack(canal=_RIDGE_MM, roots=_RIDGE_MM, others=_RIDGE_MM)
_SLACKS_MM = (
    _Slack(canal=0.75, roots=0.5),
    _Slack(canal=1.25, roots=1.0),
    _Slack(canal=2.0, roots=1.0),
    _Slack(neighbours=99.0),
    _Slack(canal=2.0, roots=2.0, neighbours=1.0, others=1.0),
    _Slack(canal=4.0, roots=4.0, neighbours=3.0, others=3.0),
    _Slack(canal=9.0, roots=99.0, neighbours=99.0, others=8.0),
)
"""One after the other, to name the least bad path. In a narrow pedicle the distance to the canal
gives way first, down to contact: its medial wall is the canal's."""


@attrs.frozen
class FoundNeedle:
    """A path with its measures; `broken` names the hard limits it does not keep."""

    needle: PlannedNeedle
    measures: NeedleMeasures
    score: float
    broken: tuple[NeedleCheck, ...]

    @property
    def is_admissible(self) -> bool:
        """Whether every hard limit is kept."""
        return not self.broken


@attrs.frozen
class SideResult:
    """What was found through one pedicle, the best first, and how many paths were tried."""

    found: tuple[FoundNeedle, ...]
    tried: int


@attrs.frozen(eq=False)
class SideSearch:
    """One pedicle, the needles of one gauge for it, and what is aimed at."""

    maps: SafetyMaps
    pedicle: Pedicle
    models: Sequence[NeedleModel]
    """The shortest first."""
    catalog: DeviceCatalog
    is_bipedicular: bool
    route: NeedleRoute = NeedleRoute.TRANSPEDICULAR
    is_rough: bool = False
    """Whether a third of the tips will do, for an alternative."""

    def run(self, *, is_strict: bool) -> SideResult:
        """Return paths that differ from each other, admissible ones first.

        A strict search finds nothing where no path keeps the hard limits. Otherwise they are let
        go step by step until some path is left, so that the least bad one can be shown with what
        forbids it.
        """
        fields, aim = search_maps(self.maps), tip_aim(is_bipedicular=self.is_bipedicular)
        is_beside = self.route is NeedleRoute.EXTRAPEDICULAR
        throughs = (
            back_corner_points(self.maps, self.pedicle) if is_beside else self.isthmus_points()
        )
        tips, tried, found = self.tips()[:: _TIPS_SKIPPED if self.is_rough else 1], 0, []
        if not len(throughs):
            return SideResult((), 0)
        for slack in (_STRICT,) if is_strict else (_STRICT, *_SLACKS_MM):
            task = self.task(slack)
            ends = tips if slack is _STRICT else tips[::_TIPS_SKIPPED]
            scores = score_all(throughs, ends, fields, task, aim)
            tried += scores.size
            seeds = best_apart(scores, throughs, ends, _SEEDS, (_LEAST_TIP_STEP_MM, _LEAST_TURN))
            closely = task._replace(step_mm=_CLOSE_STEP_MM)
            ways = [
                refined(as_triple(throughs[n]), as_triple(ends[m]), fields, closely, aim)
                for n, m in seeds
            ]
            most = _MEASURED_OF_ALTERNATIVES if self.is_rough else _MOST_MEASURED
            found = [self._measured(way[0], way[1]) for way in _apart(ways)[:most]]
            if slack is _STRICT and is_strict:
                found = [item for item in found if not item.broken]
            if found and (slack is not _STRICT or any(item.is_admissible for item in found)):
                break
        found.sort(key=lambda item: (len(item.broken), _shortfall(item), -item.score))
        return SideResult(tuple(_different_first(found)), tried)

    def ways_in(self) -> FloatArray:
        """Return the points that paths lead through, LPS, shape (n, 3)."""
        if self.route is NeedleRoute.EXTRAPEDICULAR:
            return back_corner_points(self.maps, self.pedicle)
        return self.isthmus_points()

    def isthmus_points(self) -> FloatArray:
        """Return points of the isthmus's cross-section, LPS, shape (n, 3)."""
        radius_mm = self.models[0].outer_radius_mm
        axis = np.asarray(self.pedicle.axis_lps)
        upwards = self.maps.vertebra.lps_from_vertebra.vector((0.0, 0.0, 1.0))
        across = np.cross(axis, upwards) * self.pedicle.side.sign
        across /= np.linalg.norm(across)
        half_width_mm, half_height_mm = (
            max(size_mm / 2.0 - radius_mm, 0.0) + _ISTHMUS_ERROR_MM
            for size_mm in (self.pedicle.width_mm, self.pedicle.height_mm)
        )
        shares = np.linspace(-1.0, 1.0, _ACROSS_PEDICLE)
        u, v = (grid.ravel() for grid in np.meshgrid(shares, shares))
        u, v = u[u**2 + v**2 <= 1.0] * half_width_mm, v[u**2 + v**2 <= 1.0] * half_height_mm
        points: FloatArray = (
            np.asarray(self.pedicle.isthmus_lps_mm)
            + u[:, np.newaxis] * across
            + v[:, np.newaxis] * np.cross(across, axis) * self.pedicle.side.sign
        )
        return points

    def tips(self) -> FloatArray:
        """Return tips in the front half of the body, LPS, shape (n, 3)."""
        vertebra = self.maps.vertebra
        centre = np.array([vertebra.centre_lps_mm])
        behind_mm = -float(vertebra.walls.posterior.signed_distance_mm(centre)[0])
        before_mm = -float(vertebra.walls.anterior.signed_distance_mm(centre)[0])
        laterals = _TIP_LATERALS_OF_TWO if self.is_bipedicular else _TIP_LATERALS_OF_ONE
        x = laterals * self.maps.half_width_mm * self.pedicle.side.sign
        y = behind_mm - _TIP_DEPTHS * (behind_mm + before_mm)
        z = _TIP_HEIGHTS * vertebra.heights.middle_mm / 2.0
        grid = np.stack(np.meshgrid(x, y, z), axis=-1).reshape(-1, 3)
        return vertebra.lps_from_vertebra.points(grid)

    def task(self, slack: _Slack = _STRICT) -> SearchTask:
        """Return what the compiled loops must know of this side."""
        vertebra, pedicle = self.maps.vertebra, self.pedicle
        posterior, anterior = vertebra.walls.posterior, vertebra.walls.anterior
        model = self.models[0]
        return SearchTask(
            axis=as_triple(pedicle.axis_lps),
            posterior_point=as_triple(posterior.point_lps_mm),
            posterior_normal=as_triple(posterior.normal_lps),
            anterior_point=as_triple(anterior.point_lps_mm),
            anterior_normal=as_triple(anterior.normal_lps),
            middle=as_triple(vertebra.centre_lps_mm),
            lateral=as_triple(vertebra.lps_from_vertebra.vector((pedicle.side.sign, 0.0, 0.0))),
            up=as_triple(vertebra.lps_from_vertebra.vector((0.0, 0.0, 1.0))),
            medial_border_mm=medial_border_mm(pedicle, vertebra) - slack.others,
            half_width_mm=self.maps.half_width_mm,
            behind_isthmus_mm=PEDICLE_BEHIND_ISTHMUS_MM,
            outside_mm=_WATCHED_BEHIND_ISTHMUS_MM,
            radius_mm=model.outer_radius_mm,
            wall_limit_mm=clinical_number("pedicle-wall-limit") - slack.others,
            neighbour_limit_mm=clinical_number("pedicle-wall-limit") - slack.neighbours,
            canal_limit_mm=clinical_number("canal-margin-limit") - slack.canal,
            foramen_limit_mm=clinical_number("foramen-margin-limit") - slack.roots,
            lung_limit_mm=clinical_number("lung-margin-limit") - slack.others,
            vessel_limit_mm=clinical_number("vessel-margin-limit") - slack.others,
            endplate_limit_mm=clinical_number("endplate-limit") - slack.others,
            anterior_limit_mm=clinical_number("anterior-cortex-limit") - slack.others,
            skin_to_bone_mm=USUAL_SKIN_TO_BONE_MM,
            step_mm=_COARSE_STEP_MM,
            is_beside=self.route is NeedleRoute.EXTRAPEDICULAR,
        )

    def _measured(self, through: FloatArray, tip: FloatArray) -> FoundNeedle:
        outwards = (through - tip) / np.linalg.norm(through - tip)
        needle = PlannedNeedle(
            side=self.pedicle.side,
            model_id=self.models[-1].id,
            skin_lps_mm=as_triple(tip + _ENTRY_WITHOUT_SKIN_MM * outwards),
            tip_lps_mm=as_triple(tip),
            route=self.route,
        )
        needle = entry_on_skin(needle, self.maps) or needle
        model = self._long_enough(needle)
        needle = attrs.evolve(needle, model_id=model.id)
        measures = measure_needle(needle, self.maps, self.catalog)
        return FoundNeedle(
            needle,
            measures,
            score_of(measures, is_bipedicular=self.is_bipedicular),
            unmet(needle_checks(measures, model, self.maps.vertebra)),
        )

    def _long_enough(self, needle: PlannedNeedle) -> NeedleModel:
        needed_mm = needle.path.length_mm + clinical_number("hub-reserve")
        enough = (model for model in self.models if model.length_mm >= needed_mm)
        return next(enough, self.models[-1])


def _shortfall(item: FoundNeedle) -> float:
    return -sum(check.slack for check in item.broken)


def _different_first(ranked: Sequence[FoundNeedle]) -> list[FoundNeedle]:
    """Return the paths with those that hardly differ from a better one put to the end.

    Paths that began apart may have been refined towards the same place.
    """
    first: list[FoundNeedle] = []
    for item in ranked:
        if all(_difference(item.needle, other.needle) > _REFINED_DIFFERENCE for other in first):
            first.append(item)
    return first + [item for item in ranked if item not in first]


def _difference(one: PlannedNeedle, other: PlannedNeedle) -> float:
    tips_mm = distance_mm(one.tip_lps_mm, other.tip_lps_mm)
    turned = angle_deg(one.path.direction_lps, other.path.direction_lps)
    return tips_mm / _LEAST_TIP_STEP_MM + math.radians(turned) / _LEAST_TURN


def back_corner_points(maps: SafetyMaps, pedicle: Pedicle) -> FloatArray:
    """Return points just inside a body's surface at its back corner, LPS, shape (n, 3).

    There needles that pass lateral of the pedicle come in.
    """
    vertebra, sign = maps.vertebra, pedicle.side.sign
    inverse = vertebra.lps_from_vertebra.inverse
    middle = inverse.point(pedicle.isthmus_lps_mm)
    wall_y = float(inverse.point(vertebra.walls.posterior.point_lps_mm)[1])
    x = np.arange(abs(float(middle[0])), maps.half_width_mm + 1.0, _CORNER_STEP_MM) * sign
    y = np.arange(wall_y - _CORNER_DEPTH_MM, wall_y + 3.0, _CORNER_STEP_MM)
    z = np.linspace(-0.7, 0.9, 7) * vertebra.heights.middle_mm / 2.0
    grid = np.stack(np.meshgrid(x, y, z), axis=-1).reshape(-1, 3)
    points = vertebra.lps_from_vertebra.points(grid)
    depth_mm = maps.bone.at(points)
    points = points[(depth_mm >= 0.0) & (depth_mm <= _CORNER_SKIN_MM)]
    found: FloatArray = points[:: max(len(points) // _MOST_CORNER_POINTS, 1)]
    return found


def search_maps(maps: SafetyMaps) -> SearchMaps:
    """Return the maps as the compiled loops read them."""
    # Where there is nothing, a field without an inside is as far as its grid is wide.
    nothing = DistanceMap(np.full((2, 2, 2), -_NOTHING_NEAR_MM, np.float32), _NOWHERE)
    return SearchMaps(
        bone=field_of(maps.bone, 1.0),
        canal=field_of(maps.canal, -1.0),
        foramina=field_of(maps.foramina or nothing, -1.0),
        lung=field_of(maps.lung or nothing, -1.0),
        vessels=field_of((maps.vessels and maps.vessels.outlined) or nothing, -1.0),
        other_bone=field_of(maps.other_bone or nothing, -1.0),
        between_endplates=field_of(maps.between_endplates, 1.0),
        behind_anterior_wall=field_of(maps.behind_anterior_wall, 1.0),
    )


def _apart(ways: Sequence[tuple[Triple, Triple, float]]) -> list[_Way]:
    """Return refined paths without those that came to where a better one is."""
    kept: list[_Way] = []
    for way in sorted(ways, key=lambda one: -one[2]):
        through, tip = np.array(way[0]), np.array(way[1])
        direction = (tip - through) / np.linalg.norm(tip - through)
        if all(
            float(np.linalg.norm(tip - other[1])) / _LEAST_TIP_STEP_MM
            + math.acos(min(float(direction @ other[2]), 1.0)) / _LEAST_TURN
            > _REFINED_DIFFERENCE
            for other in kept
        ):
            kept.append((through, tip, direction))
    return kept


def warm_up_side_search() -> None:
    """Run the compiled loops once on a handful of voxels."""
    values = np.zeros((2, 2, 2), dtype=np.float32)
    values.flags.writeable = False
    fields = SearchMaps(*[Field(values, (0.0, 0.0, 0.0), 1.0, 1.0) for _ in SearchMaps._fields])
    right, up = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
    numbers = dict.fromkeys(SearchTask._fields[_DIRECTIONS_OF_A_TASK:-1], 1.0)
    task = SearchTask(right, right, right, right, right, right, up, up, is_beside=False, **numbers)
    point, aim = np.zeros((1, 3)), tip_aim(is_bipedicular=True)
    best_apart(score_all(point, point + 1.0, fields, task, aim), point, point + 1.0, 1, (1.0, 1.0))
    refined(right, up, fields, task, aim)

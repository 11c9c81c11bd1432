"""Everything measured of one needle, from its surface, by the search and the assessment alike."""

import attrs
import numpy as np

from planner.anatomy import skin
from planner.anatomy.levels import Side
from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import PointLike, Triple, as_triple, distance_mm
from planner.geometry.shapes import Segment
from planner.imaging.distance_maps import DistanceMap
from planner.planning.measures import (
    BreachGrade,
    Margin,
    NeedleLandmarks,
    NeedleMargins,
    NeedleMeasures,
    WallMargins,
)
from planner.planning.needle_path import (
    ENTRY_SLOPE_MM,
    SKIM_DEPTH_MM,
    SKIM_REACH_MM,
    STEP_MM,
    Stretch,
    angle_to_pedicle_deg,
    axis_angle_deg,
    beside_isthmus_mm,
    bone_entry_mm,
    en_face_angles,
    frame_angles_deg,
    lateral_mm,
    medial_wall_mm,
    outward_lps,
    pedicle_stretch,
    points_on,
    posterior_wall_mm,
    stretch_in_grid,
    wall_name,
)
from planner.planning.needle_surface import (
    CLOCK_HOURS,
    clock_face_mm,
    field_of,
    least_from_surface,
)
from planner.planning.plan import NeedleRoute, PlannedNeedle
from planner.planning.safety_maps import SafetyMaps
from planner.planning.skin_entry import skin_crossing_lps_mm

_CLOCK_STEP_MM = 1.0


def measure_needle(
    needle: PlannedNeedle,
    maps: SafetyMaps,
    catalog: DeviceCatalog,
    *,
    slice_step_mm: float | None = None,
) -> NeedleMeasures:
    """Return the measures of a needle in its vertebra.

    Margins run from the surface of the needle, a cylinder of its outer radius with a round end
    at the tip, and are negative once it is inside what it shall keep away from.

    Parameters
    ----------
    needle
        With a model of the catalogue.
    maps
        Of the vertebra it goes into.
    slice_step_mm
        Of the CT; above the limit for grades no grade is given. None: not known.

    Raises
    ------
    PlanProblem
        If the catalogue has no such needle.
    """
    model = catalog.needle(needle.model_id)
    path, side, vertebra = needle.path, needle.side, maps.vertebra
    is_beside = needle.route is NeedleRoute.EXTRAPEDICULAR
    pedicle = vertebra.pedicle(side)
    gone_through = None if is_beside else pedicle
    reach = _Reach(path, maps, model.outer_radius_mm)
    transverse_deg, sagittal_deg = frame_angles_deg(path, vertebra, side)
    entry_mm = bone_entry_mm(path, maps.bone)
    wall = None if gone_through is None else reach.to_pedicle_wall(gone_through, side)
    return NeedleMeasures(
        side=side,
        route=needle.route,
        skin_lps_mm=needle.skin_lps_mm,
        bone_entry_lps_mm=None if entry_mm is None else path.point_at(entry_mm),
        tip_lps_mm=needle.tip_lps_mm,
        transverse_deg=transverse_deg,
        sagittal_deg=sagittal_deg,
        axis_angle_deg=axis_angle_deg(path, vertebra),
        skin_entry_from_midline_mm=lateral_mm(needle.skin_lps_mm, vertebra, side),
        depth_from_skin_mm=path.length_mm,
        depth_from_bone_mm=None if entry_mm is None else path.length_mm - entry_mm,
        pedicle_fill_share=(
            None if gone_through is None else model.outer_diameter_mm / gone_through.width_mm
        ),
        margins=NeedleMargins(
            pedicle_wall=None if wall is None else wall.margin,
            canal=reach.away_from(maps.canal),
            foramen=None if maps.foramina is None else reach.away_from(maps.foramina),
            endplate=reach.to_endplate(),
            anterior_cortex=reach.before_front_wall(),
        ),
        walls=None if gone_through is None else reach.walls(gone_through, side),
        grade=None if wall is None else breach_grade(wall.margin, slice_step_mm),
        en_face=en_face_angles(path),
        tip_depth_share=tip_depth_share(needle.tip_lps_mm, vertebra),
        tip_lateral_share=lateral_mm(needle.tip_lps_mm, vertebra, side) / maps.half_width_mm,
        nearest_pedicle_wall=None if wall is None else wall.name,
        angle_to_pedicle_deg=(
            None if gone_through is None else angle_to_pedicle_deg(path, gone_through)
        ),
        medial_wall_mm=(
            None if gone_through is None else medial_wall_mm(path, gone_through, vertebra)
        ),
        bone_depth_mm=reach.bone_depth_mm(gone_through, entry_mm, is_beside=is_beside),
        neighbour_bone=None if maps.other_bone is None else reach.away_from(maps.other_bone),
        lung=None if maps.lung is None else reach.away_from(maps.lung, is_whole=True),
        vessel=reach.to_vessel(is_possible=False),
        possible_vessel=reach.to_vessel(is_possible=True),
        landmarks=_landmarks(path, pedicle, vertebra, entry_mm),
        skin_gap_mm=skin_gap_mm(needle, maps),
        skimmed_mm=None if gone_through is None else reach.skimmed_mm(gone_through),
    )


def _landmarks(
    path: Segment, pedicle: Pedicle | None, vertebra: VertebraModel, entry_mm: float | None
) -> NeedleLandmarks | None:
    if entry_mm is None:
        return None
    wall_mm = posterior_wall_mm(path, vertebra)
    isthmus_mm = None if pedicle is None else beside_isthmus_mm(path, pedicle)
    return NeedleLandmarks(
        isthmus_mm=_passed(isthmus_mm, entry_mm, path),
        posterior_wall_mm=_passed(wall_mm, entry_mm, path),
        tip_mm=path.length_mm - entry_mm,
    )


def _passed(at_mm: float | None, entry_mm: float, path: Segment) -> float | None:
    return None if at_mm is None or not 0.0 <= at_mm <= path.length_mm else at_mm - entry_mm


def breach_grade(pedicle_wall: Margin, slice_step_mm: float | None) -> BreachGrade | None:
    """Return the Gertzbein-Robbins grade of a pedicle wall margin.

    None where the slices are too far apart to grade.
    """
    if slice_step_mm is not None and slice_step_mm > clinical_number("slice-step-no-grade"):
        return None
    breach_mm = -pedicle_wall.distance_mm
    if breach_mm <= 0.0:
        return BreachGrade.A
    for grade, limit in (
        (BreachGrade.B, "breach-grade-b-below"),
        (BreachGrade.C, "breach-grade-c-below"),
        (BreachGrade.D, "breach-grade-d-below"),
    ):
        if breach_mm < clinical_number(limit):
            return grade
    return BreachGrade.E


def tip_depth_share(tip_lps_mm: Triple, vertebra: VertebraModel) -> float:
    """Return where a tip lies between the posterior (0) and the anterior (1) wall plane."""
    tip = np.array([tip_lps_mm])
    from_posterior_mm = -float(vertebra.walls.posterior.signed_distance_mm(tip)[0])
    from_anterior_mm = -float(vertebra.walls.anterior.signed_distance_mm(tip)[0])
    return from_posterior_mm / (from_posterior_mm + from_anterior_mm)


def skin_gap_mm(needle: PlannedNeedle, maps: SafetyMaps) -> float | None:
    """Return how far the entry lies outside the skin along the needle; None where not imaged."""
    outwards = -np.asarray(needle.path.direction_lps)
    crossing = skin_crossing_lps_mm(maps.skin, needle.tip_lps_mm, outwards)
    if crossing is None:
        return None
    return needle.path.length_mm - distance_mm(crossing, needle.tip_lps_mm)


def entry_on_skin(needle: PlannedNeedle, maps: SafetyMaps) -> PlannedNeedle | None:
    """Return the needle with its entry slid along its line to the skin; None where not imaged.

    The CT says where exactly; without it the outline of the patient does.
    """
    outwards = -np.asarray(needle.path.direction_lps)
    crossing = (
        skin_crossing_lps_mm(maps.skin, needle.tip_lps_mm, outwards)
        if maps.volume is None
        else skin.skin_crossing_lps_mm(maps.volume, maps.skin, needle.tip_lps_mm, outwards)
    )
    return None if crossing is None else attrs.evolve(needle, skin_lps_mm=as_triple(crossing))


@attrs.frozen
class _WallMargin:
    margin: Margin
    name: str


@attrs.frozen(eq=False)
class _Reach:
    """A needle's cylinder in the maps."""

    path: Segment
    maps: SafetyMaps
    radius_mm: float

    @property
    def whole(self) -> Stretch:
        """The part of the path inside the grid of the masks; at least its tip."""
        end_mm = self.path.length_mm
        return stretch_in_grid(self.path, self.maps.reach) or Stretch(end_mm, end_mm)

    def away_from(self, danger: DistanceMap, *, is_whole: bool = False) -> Margin:
        """Return the margin to what must not be touched, over the part near the vertebra."""
        stretch = self.whole
        if is_whole:
            end_mm = self.path.length_mm
            stretch = stretch_in_grid(self.path, danger.geometry) or Stretch(end_mm, end_mm)
        return self._margin(danger, -1.0, stretch)

    def to_vessel(self, *, is_possible: bool) -> Margin | None:
        """Return the margin to the great vessels, or to what may be one; None without any."""
        vessels = self.maps.vessels
        if vessels is None:
            return None
        found = vessels.possible if is_possible else vessels.outlined
        return None if found is None else self.away_from(found, is_whole=True)

    def _margin(self, distances: DistanceMap, sign: float, stretch: Stretch) -> Margin:
        field, ends = field_of(distances, sign), (stretch.start_mm, stretch.end_mm)
        distance_mm, place_mm = least_from_surface(field, self.path, ends, self.radius_mm)
        place = self.path.point_at(place_mm)
        return Margin(distance_mm, uncertainty_mm(self.maps, outward_lps(place, distances)), place)

    def before_front_wall(self) -> Margin:
        end_mm = self.path.length_mm
        return self._margin(self.maps.behind_anterior_wall, 1.0, Stretch(end_mm, end_mm))

    def least(self, inside: DistanceMap, stretch: Stretch) -> float:
        return float(inside.at(points_on(self.path, stretch.distances_mm())).min())

    def to_pedicle_wall(self, pedicle: Pedicle, side: Side) -> _WallMargin:
        bone = self.maps.bone
        stretch = pedicle_stretch(self.path, pedicle, self.maps.vertebra)
        margin = self._margin(bone, 1.0, stretch)
        place = margin.place_lps_mm or self.path.end_lps_mm
        return _WallMargin(margin, wall_name(place, bone, self.maps.vertebra, side))

    def walls(self, pedicle: Pedicle, side: Side) -> WallMargins:
        """Return the margin to each wall: the least straight outwards within its quarter."""
        vertebra = self.maps.vertebra
        stretch = pedicle_stretch(self.path, pedicle, vertebra)
        places_mm = stretch.distances_mm(_CLOCK_STEP_MM)
        medial = vertebra.lps_from_vertebra.vector((-float(side.sign), 0.0, 0.0))
        face = clock_face_mm(
            field_of(self.maps.bone, 1.0), self.path, places_mm, self.radius_mm, medial
        )
        upwards = np.cross(self.path.direction_lps, medial) @ vertebra.lps_from_vertebra.vector(
            (0.0, 0.0, 1.0)
        )
        quarter = CLOCK_HOURS // 4
        hours = np.arange(CLOCK_HOURS)
        names = ["medial", "superior", "lateral", "inferior"]
        if upwards < 0.0:
            names = ["medial", "inferior", "lateral", "superior"]
        found = {}
        for number, name in enumerate(names):
            from_middle = (hours - number * quarter + CLOCK_HOURS // 2) % CLOCK_HOURS
            mine = np.abs(from_middle - CLOCK_HOURS // 2) <= quarter // 2
            axis = (0.0, 0.0, 1.0) if name in {"superior", "inferior"} else (1.0, 0.0, 0.0)
            across = vertebra.lps_from_vertebra.vector(axis)
            found[name] = Margin(float(face[:, mine].min()), uncertainty_mm(self.maps, across))
        return WallMargins(**found)

    def to_endplate(self) -> Margin | None:
        """Over the part in front of the posterior wall; None before the needle is there."""
        wall_mm = posterior_wall_mm(self.path, self.maps.vertebra)
        if wall_mm is None or wall_mm >= self.path.length_mm:
            return None
        stretch = Stretch(max(wall_mm, 0.0), self.path.length_mm)
        return self._margin(self.maps.between_endplates, 1.0, stretch)

    def skimmed_mm(self, pedicle: Pedicle) -> float:
        start_mm = pedicle_stretch(self.path, pedicle, self.maps.vertebra).start_mm
        behind = Stretch(max(start_mm - SKIM_REACH_MM, 0.0), start_mm)
        depths_mm = self.maps.bone.at(points_on(self.path, behind.distances_mm()))
        share = float((np.abs(depths_mm) < SKIM_DEPTH_MM).mean())
        return share * (behind.end_mm - behind.start_mm)

    def bone_depth_mm(
        self, pedicle: Pedicle | None, entry_mm: float | None, *, is_beside: bool
    ) -> float | None:
        """Return the least depth of the axis in bone, from the pedicle or past its way in."""
        if entry_mm is None:
            return None
        start_mm = entry_mm + STEP_MM
        if pedicle is not None:
            start_mm = pedicle_stretch(self.path, pedicle, self.maps.vertebra).start_mm
        elif is_beside:
            start_mm = self._last_entry_mm() + ENTRY_SLOPE_MM
        stretch = Stretch(min(start_mm, self.path.length_mm), self.path.length_mm)
        return self.least(self.maps.bone, stretch)

    def _last_entry_mm(self) -> float:
        """Return where the axis comes into bone and stays until its tip."""
        places_mm = self.whole.distances_mm()
        outside = np.flatnonzero(self.maps.bone.at(points_on(self.path, places_mm)) < 0.0)
        return float(places_mm[outside[-1]]) if len(outside) else float(places_mm[0])


def uncertainty_mm(maps: SafetyMaps, direction_lps: PointLike) -> float:
    """Return how far an outline may be off along a direction, not scaled.

    The error of the outline itself and half a voxel's edge along the direction, which is half
    the slice step straight across the slices. Without the CT it is the same in all directions.
    """
    known_mm = maps.vertebra.boundary_uncertainty_mm
    direction = np.asarray(direction_lps, dtype=np.float64)
    length = float(np.linalg.norm(direction))
    if maps.volume is None or length == 0.0:
        return known_mm
    grid = maps.volume.geometry
    halves_mm = np.array(grid.spacing_ijk_mm) / 2.0
    error_2 = max(known_mm**2 - float(halves_mm.mean()) ** 2, 0.0)
    along = np.abs(direction / length @ grid.axes_lps)
    return float(np.sqrt(error_2 + np.sum((along * halves_mm) ** 2)))

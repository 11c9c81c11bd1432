"""Everything measured of one needle, from its surface, by the search and the assessment alike."""

import attrs
import numpy as np

from planner.anatomy import skin
from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import Triple, as_triple, distance_mm
from planner.geometry.shapes import Segment
from planner.imaging.distance_maps import DistanceMap
from planner.planning.measures import BreachGrade, Margin, NeedleMargins, NeedleMeasures
from planner.planning.needle_path import (
    SKIM_DEPTH_MM,
    SKIM_REACH_MM,
    STEP_MM,
    Stretch,
    angle_to_pedicle_deg,
    bone_entry_mm,
    en_face_angles,
    frame_angles_deg,
    lateral_mm,
    medial_wall_mm,
    pedicle_stretch,
    points_on,
    posterior_wall_mm,
    stretch_in_grid,
    wall_name,
)
from planner.planning.plan import PlannedNeedle
from planner.planning.safety_maps import SafetyMaps
from planner.planning.skin_entry import skin_crossing_lps_mm


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
    pedicle = vertebra.pedicle(side)
    reach = _Reach(path, maps, model.outer_radius_mm)
    transverse_deg, sagittal_deg = frame_angles_deg(path, vertebra, side)
    entry_mm = bone_entry_mm(path, maps.bone)
    wall = None if pedicle is None else reach.to_pedicle_wall(pedicle)
    return NeedleMeasures(
        side=side,
        skin_lps_mm=needle.skin_lps_mm,
        bone_entry_lps_mm=None if entry_mm is None else path.point_at(entry_mm),
        tip_lps_mm=needle.tip_lps_mm,
        transverse_deg=transverse_deg,
        sagittal_deg=sagittal_deg,
        skin_entry_from_midline_mm=lateral_mm(needle.skin_lps_mm, vertebra, side),
        depth_from_skin_mm=path.length_mm,
        depth_from_bone_mm=None if entry_mm is None else path.length_mm - entry_mm,
        pedicle_fill_share=None if pedicle is None else model.outer_diameter_mm / pedicle.width_mm,
        margins=NeedleMargins(
            pedicle_wall=None if wall is None else wall.margin,
            canal=reach.margin(-reach.deepest(maps.canal, reach.whole)),
            foramen=None,
            endplate=reach.to_endplate(),
            anterior_cortex=reach.margin(reach.at_tip(maps.behind_anterior_wall)),
        ),
        grade=None if wall is None else breach_grade(wall.margin, slice_step_mm),
        en_face=en_face_angles(path),
        tip_depth_share=tip_depth_share(needle.tip_lps_mm, vertebra),
        tip_lateral_share=lateral_mm(needle.tip_lps_mm, vertebra, side) / maps.half_width_mm,
        nearest_pedicle_wall=(
            None if wall is None else wall_name(wall.place_lps_mm, maps.bone, vertebra, side)
        ),
        angle_to_pedicle_deg=None if pedicle is None else angle_to_pedicle_deg(path, pedicle),
        medial_wall_mm=None if pedicle is None else medial_wall_mm(path, pedicle, vertebra),
        bone_depth_mm=reach.bone_depth_mm(pedicle, entry_mm),
        neighbour_bone=reach.to_neighbours(),
        skin_gap_mm=skin_gap_mm(needle, maps),
        skimmed_mm=None if pedicle is None else reach.skimmed_mm(pedicle),
    )


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
    place_lps_mm: Triple


@attrs.frozen(eq=False)
class _Reach:
    """A needle's axis in the maps, with the radius that every margin loses."""

    path: Segment
    maps: SafetyMaps
    radius_mm: float

    @property
    def whole(self) -> Stretch:
        """The part of the path inside the grid of the masks; at least its tip."""
        end_mm = self.path.length_mm
        return stretch_in_grid(self.path, self.maps.bone) or Stretch(end_mm, end_mm)

    def margin(self, axis_distance_mm: float) -> Margin:
        return Margin(axis_distance_mm - self.radius_mm, self.maps.vertebra.boundary_uncertainty_mm)

    def least(self, inside: DistanceMap, stretch: Stretch) -> tuple[float, Triple]:
        points = points_on(self.path, stretch.distances_mm())
        values = inside.at(points)
        place = int(values.argmin())
        return float(values[place]), as_triple(points[place])

    def deepest(self, inside: DistanceMap, stretch: Stretch) -> float:
        return float(inside.at(points_on(self.path, stretch.distances_mm())).max())

    def at_tip(self, inside: DistanceMap) -> float:
        return float(inside.at(np.array([self.path.end_lps_mm]))[0])

    def to_pedicle_wall(self, pedicle: Pedicle) -> _WallMargin:
        stretch = pedicle_stretch(self.path, pedicle, self.maps.vertebra)
        depth_mm, place = self.least(self.maps.bone, stretch)
        return _WallMargin(self.margin(depth_mm), place)

    def to_endplate(self) -> Margin | None:
        """Over the part in front of the posterior wall; None before the needle is there."""
        wall_mm = posterior_wall_mm(self.path, self.maps.vertebra)
        if wall_mm is None or wall_mm >= self.path.length_mm:
            return None
        stretch = Stretch(max(wall_mm, 0.0), self.path.length_mm)
        return self.margin(self.least(self.maps.between_endplates, stretch)[0])

    def to_neighbours(self) -> Margin | None:
        if self.maps.other_bone is None:
            return None
        return self.margin(-self.deepest(self.maps.other_bone, self.whole))

    def skimmed_mm(self, pedicle: Pedicle) -> float:
        start_mm = pedicle_stretch(self.path, pedicle, self.maps.vertebra).start_mm
        behind = Stretch(max(start_mm - SKIM_REACH_MM, 0.0), start_mm)
        depths_mm = self.maps.bone.at(points_on(self.path, behind.distances_mm()))
        share = float((np.abs(depths_mm) < SKIM_DEPTH_MM).mean())
        return share * (behind.end_mm - behind.start_mm)

    def bone_depth_mm(self, pedicle: Pedicle | None, entry_mm: float | None) -> float | None:
        """Least depth of the axis from the pedicle, or else a step past the entry, to the tip."""
        if entry_mm is None:
            return None
        start_mm = entry_mm + STEP_MM
        if pedicle is not None:
            start_mm = pedicle_stretch(self.path, pedicle, self.maps.vertebra).start_mm
        stretch = Stretch(min(start_mm, self.path.length_mm), self.path.length_mm)
        return self.least(self.maps.bone, stretch)[0]

import math
import time

import attrs
import numpy as np
import pytest
from phantom_vertebra import (
    IN_PLACE,
    PhantomShape,
    phantom_needle,
    phantom_skin,
    phantom_vertebra,
)

from planner.anatomy.levels import Side
from planner.devices.device_values import DeviceCatalog
from planner.geometry.transforms import RigidTransform
from planner.planning.measures import BreachGrade, Margin, NeedleMeasures
from planner.planning.needle_margins import breach_grade, entry_on_skin, measure_needle
from planner.planning.needle_ranking import reasons_for, score_of
from planner.planning.plan import PlannedNeedle
from planner.planning.safety_maps import SafetyMaps, build_safety_maps

SHAPE = PhantomShape()
RADIUS_11G_MM = 1.524
VOXEL_TOLERANCE_MM = 0.35
RIDGE_TOLERANCE_MM = 0.35


def along_pedicle(side: Side, medially_mm: float = 0.0, tip_mm: float = 25.0) -> PlannedNeedle:
    """A needle parallel to the pedicle's axis, moved medially."""
    axis = SHAPE.axis(side)
    medial = -side.sign * np.cross(axis, [0.0, 0.0, 1.0]) * -1.0
    medial *= math.copysign(1.0, -side.sign * medial[0])
    through = SHAPE.isthmus_mm(side) + medially_mm * medial
    tip = through + tip_mm * axis
    return phantom_needle(side, tip_mm=tuple(tip), through_mm=tuple(through))


def measured(needle: PlannedNeedle, maps: SafetyMaps, catalog: DeviceCatalog) -> NeedleMeasures:
    return measure_needle(needle, maps, catalog)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("medially_mm", [-2.0, -1.0, 1.0, 2.0])
def test_the_pedicle_wall_is_as_far_as_the_formula_says(
    side: Side, medially_mm: float, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    wall = measured(along_pedicle(side, medially_mm), the_maps, the_catalog).margins.pedicle_wall
    expected_mm = SHAPE.width_mm(side) / 2 - abs(medially_mm) - RADIUS_11G_MM
    assert wall is not None
    assert wall.distance_mm == pytest.approx(expected_mm, abs=VOXEL_TOLERANCE_MM)
    assert wall.uncertainty_mm == the_maps.vertebra.boundary_uncertainty_mm


@pytest.mark.parametrize("side", Side)
def test_a_margin_in_the_middle_of_a_pedicle_is_never_overstated(
    side: Side, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    wall = measured(along_pedicle(side), the_maps, the_catalog).margins.pedicle_wall
    expected_mm = SHAPE.width_mm(side) / 2 - RADIUS_11G_MM
    assert wall is not None
    assert expected_mm - RIDGE_TOLERANCE_MM < wall.distance_mm < expected_mm + 0.2


@pytest.mark.parametrize("side", Side)
def test_a_thicker_needle_loses_its_radius_from_every_margin(
    side: Side, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    thin = along_pedicle(side)
    thick = attrs.evolve(thin, model_id="access-8g-125")
    less_mm = (4.191 - 3.048) / 2
    for name in ("pedicle_wall", "canal", "endplate", "anterior_cortex"):
        one, other = (
            getattr(measured(needle, the_maps, the_catalog).margins, name)
            for needle in (thin, thick)
        )
        assert one.distance_mm - other.distance_mm == pytest.approx(less_mm, abs=0.15)


@pytest.mark.parametrize("side", Side)
def test_the_canal_is_as_far_as_the_formula_says(
    side: Side, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = along_pedicle(side, medially_mm=1.5)
    points = IN_PLACE.inverse.points(np.linspace(needle.skin_lps_mm, needle.tip_lps_mm, 4000))
    axis_mm = np.hypot(points[:, 0], points[:, 1] - SHAPE.canal_y_mm).min()
    canal = measured(needle, the_maps, the_catalog).margins.canal
    assert canal is not None
    expected_mm = axis_mm - SHAPE.canal_radius_mm - RADIUS_11G_MM
    assert canal.distance_mm == pytest.approx(expected_mm, abs=VOXEL_TOLERANCE_MM)


def test_a_needle_through_the_canal_has_a_negative_margin_to_it(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(Side.LEFT, tip_mm=(0.0, 0.0, 0.0), through_mm=(5.0, 24.0, 0.0))
    canal = measured(needle, the_maps, the_catalog).margins.canal
    assert canal is not None
    assert canal.distance_mm < -RADIUS_11G_MM


def test_a_needle_one_mm_through_the_medial_wall_is_grade_b_and_names_the_wall(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = along_pedicle(Side.LEFT, SHAPE.left_width_mm / 2 - RADIUS_11G_MM + 1.0)
    measures = measured(needle, the_maps, the_catalog)
    assert measures.margins.pedicle_wall is not None
    assert measures.margins.pedicle_wall.distance_mm == pytest.approx(-1.0, abs=VOXEL_TOLERANCE_MM)
    assert measures.grade is BreachGrade.B
    assert measures.nearest_pedicle_wall == "medial"


@pytest.mark.parametrize("side", Side)
def test_the_lateral_wall_is_called_lateral_on_both_sides(
    side: Side, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    measures = measured(along_pedicle(side, -2.0), the_maps, the_catalog)
    assert measures.nearest_pedicle_wall == "lateral"


@pytest.mark.parametrize(
    ("distance_mm", "grade"),
    [(0.5, "A"), (0.0, "A"), (-0.1, "B"), (-1.9, "B"), (-2.0, "C"), (-4.0, "D"), (-6.0, "E")],
)
def test_a_breach_is_graded_by_gertzbein_and_robbins(distance_mm: float, grade: str) -> None:
    assert breach_grade(Margin(distance_mm, 0.5), 1.0) is BreachGrade(grade)


def test_no_grade_is_given_from_slices_more_than_three_mm_apart() -> None:
    assert breach_grade(Margin(1.0, 0.5), 3.0) is BreachGrade.A
    assert breach_grade(Margin(1.0, 0.5), 3.1) is None


@pytest.mark.parametrize("side", Side)
def test_angles_are_medial_and_caudad_positive_in_the_vertebras_frame(
    side: Side, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    tip = np.array([side.sign * 8.0, -7.0, -1.0])
    needle = phantom_needle(side, tip_mm=tuple(tip))
    from_entry = tip - SHAPE.isthmus_mm(side)
    measures = measured(needle, the_maps, the_catalog)
    medially, forwards, down = -side.sign * from_entry[0], -from_entry[1], -from_entry[2]
    assert medially > 0
    assert down > 0
    assert measures.transverse_deg == pytest.approx(
        math.degrees(math.atan2(medially, forwards)), abs=0.1
    )
    assert measures.sagittal_deg == pytest.approx(math.degrees(math.atan2(down, forwards)), abs=0.1)


@pytest.mark.parametrize("side", Side)
def test_en_face_the_detector_swings_to_the_needles_side_and_towards_the_head(
    side: Side, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(side, tip_mm=(side.sign * 8.0, -7.0, -1.0))
    angles = measured(needle, the_maps, the_catalog).en_face
    orbital, angular = math.radians(angles.orbital_deg), math.radians(angles.angular_deg)
    to_detector = (
        math.cos(angular) * math.sin(orbital),
        math.cos(angular) * math.cos(orbital),
        math.sin(angular),
    )
    assert to_detector == pytest.approx([-d for d in needle.path.direction_lps])
    assert angles.orbital_deg * side.sign > 0
    assert angles.angular_deg > 0


def test_the_bone_entry_lies_on_the_surface_of_the_bone(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = along_pedicle(Side.LEFT)
    measures = measured(needle, the_maps, the_catalog)
    assert measures.bone_entry_lps_mm is not None
    assert measures.depth_from_bone_mm is not None
    points = IN_PLACE.inverse.points(np.linspace(needle.skin_lps_mm, needle.tip_lps_mm, 8000))
    first = int(SHAPE.in_whole(points).argmax())
    expected_mm = (1 - first / 7999) * needle.path.length_mm
    assert measures.depth_from_bone_mm == pytest.approx(expected_mm, abs=VOXEL_TOLERANCE_MM)


def test_a_needle_that_meets_the_bone_squarely_hardly_skims_it_and_ranks_higher(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    square = measured(phantom_needle(Side.LEFT, tip_mm=(9.0, -7.0, 0.0)), the_maps, the_catalog)
    assert square.skimmed_mm is not None
    assert 1.0 <= square.skimmed_mm <= 5.0
    sliding = attrs.evolve(square, skimmed_mm=12.0)
    assert score_of(sliding) < score_of(square) - 5.0
    assert any("skims the bone's surface for 12 mm" in reason for reason in reasons_for(sliding))
    assert not any("skims" in reason for reason in reasons_for(square))


def test_a_needle_that_misses_the_vertebra_has_no_bone_entry(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(Side.LEFT, tip_mm=(60.0, 0.0, 0.0), through_mm=(60.0, 30.0, 0.0))
    measures = measured(needle, the_maps, the_catalog)
    assert measures.bone_entry_lps_mm is None
    assert measures.depth_from_bone_mm is None


def test_the_tips_place_and_the_skin_are_told_in_the_vertebras_frame(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(Side.RIGHT, tip_mm=(-8.0, -7.0, 0.0))
    measures = measured(needle, the_maps, the_catalog)
    assert measures.tip_depth_share == pytest.approx((15.5 + 7.0) / 31.0)
    assert measures.tip_lateral_share == pytest.approx(8.0 / 22.0, abs=0.01)
    skin_x = IN_PLACE.inverse.point(needle.skin_lps_mm)[0]
    assert measures.skin_entry_from_midline_mm == pytest.approx(-skin_x)
    assert measures.skin_gap_mm == pytest.approx(0.0, abs=1.5)


def test_an_entry_held_over_the_skin_slides_down_to_it_along_the_needle(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = along_pedicle(Side.LEFT)
    lifted = attrs.evolve(needle, skin_lps_mm=needle.path.point_at(-20.0))
    assert measured(lifted, the_maps, the_catalog).skin_gap_mm == pytest.approx(20.0, abs=1.5)
    back = entry_on_skin(lifted, the_maps)
    assert back is not None
    assert measured(back, the_maps, the_catalog).skin_gap_mm == pytest.approx(0.0, abs=0.05)
    assert back.path.direction_lps == pytest.approx(needle.path.direction_lps)


def test_the_medial_wall_rule_measures_at_the_posterior_wall(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    tip = np.array([0.0, -7.0, 0.0])
    isthmus = SHAPE.isthmus_mm(Side.LEFT)
    share = (isthmus[1] - SHAPE.body_half_depth_mm) / (isthmus[1] - tip[1])
    at_wall_x = isthmus[0] + share * (tip[0] - isthmus[0])
    border_x = isthmus[0] - SHAPE.left_width_mm / 2 * math.cos(math.radians(SHAPE.convergence_deg))
    measures = measured(phantom_needle(Side.LEFT, tip_mm=tuple(tip)), the_maps, the_catalog)
    assert measures.medial_wall_mm == pytest.approx(at_wall_x - border_x, abs=1e-6)


def test_a_whole_patient_turned_and_moved_keeps_every_measure(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    turn = math.radians(17.0)
    tilted = RigidTransform.from_axes(
        (-40.0, 66.0, 120.0),
        (math.cos(turn), math.sin(turn), 0.0),
        (-math.sin(turn), math.cos(turn), 0.0),
        (0.0, 0.0, 1.0),
    ) @ RigidTransform.from_axes(
        (0.0, 0.0, 0.0),
        (1.0, 0.0, 0.0),
        (0.0, math.cos(turn), math.sin(turn)),
        (0.0, -math.sin(turn), math.cos(turn)),
    )
    moved_maps = build_safety_maps(
        phantom_vertebra(lps_from_vertebra=tilted), phantom_skin(lps_from_vertebra=tilted)
    )
    tip_mm = (9.0, -7.0, 0.0)
    upright = measured(phantom_needle(Side.LEFT, tip_mm=tip_mm), the_maps, the_catalog)
    turned = measured(
        phantom_needle(Side.LEFT, tip_mm=tip_mm, lps_from_vertebra=tilted), moved_maps, the_catalog
    )
    assert turned.transverse_deg == pytest.approx(upright.transverse_deg)
    assert turned.sagittal_deg == pytest.approx(upright.sagittal_deg)
    assert turned.tip_depth_share == pytest.approx(upright.tip_depth_share)
    assert turned.medial_wall_mm == pytest.approx(upright.medial_wall_mm)
    assert turned.grade is upright.grade
    for name in ("pedicle_wall", "canal", "endplate", "anterior_cortex"):
        one, other = getattr(upright.margins, name), getattr(turned.margins, name)
        assert other.distance_mm == pytest.approx(one.distance_mm, abs=0.6)


def test_in_a_mirror_left_and_right_change_places_and_nothing_else(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    mirrored_shape = SHAPE.mirrored()
    mirrored_maps = build_safety_maps(phantom_vertebra(mirrored_shape), phantom_skin())
    left = measured(phantom_needle(Side.LEFT, tip_mm=(8.0, -7.0, 0.0)), the_maps, the_catalog)
    right = measured(
        phantom_needle(Side.RIGHT, tip_mm=(-8.0, -7.0, 0.0), shape=mirrored_shape),
        mirrored_maps,
        the_catalog,
    )
    assert right.transverse_deg == pytest.approx(left.transverse_deg)
    assert right.sagittal_deg == pytest.approx(left.sagittal_deg)
    assert right.en_face.orbital_deg == pytest.approx(-left.en_face.orbital_deg)
    assert right.en_face.angular_deg == pytest.approx(left.en_face.angular_deg)
    assert right.pedicle_fill_share == left.pedicle_fill_share
    for name in ("pedicle_wall", "canal", "endplate", "anterior_cortex"):
        one, other = getattr(left.margins, name), getattr(right.margins, name)
        assert other.distance_mm == pytest.approx(one.distance_mm, abs=0.3)


def test_a_needle_is_measured_fast_enough_to_be_dragged(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = along_pedicle(Side.LEFT)
    measured(needle, the_maps, the_catalog)
    start = time.process_time()
    for _ in range(20):
        measured(needle, the_maps, the_catalog)
    assert (time.process_time() - start) / 20 < 0.010

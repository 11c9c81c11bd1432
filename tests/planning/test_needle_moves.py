import attrs
import numpy as np
import pytest
from phantom_vertebra import IN_PLACE, PhantomShape, phantom_needle

from planner.anatomy.levels import Side
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlanProblem
from planner.geometry.points import distance_mm
from planner.planning.needle_margins import measure_needle
from planner.planning.needle_moves import Held, moved, turned, with_angles, with_depth
from planner.planning.needle_path import frame_angles_deg
from planner.planning.needle_snap import snapped
from planner.planning.plan import PlannedNeedle
from planner.planning.safety_maps import SafetyMaps


def a_needle(side: Side) -> PlannedNeedle:
    return phantom_needle(side, tip_mm=(side.sign * 8.0, -7.0, -1.0))


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("held", [Held.TIP, Held.ENTRY])
def test_a_typed_angle_is_the_measured_one_and_the_held_end_stays(
    side: Side, held: Held, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    before = a_needle(side)
    after = with_angles(before, the_maps.vertebra, 21.5, -7.25, held=held)
    measures = measure_needle(after, the_maps, the_catalog)
    assert measures.transverse_deg == pytest.approx(21.5, abs=1e-6)
    assert measures.sagittal_deg == pytest.approx(-7.25, abs=1e-6)
    kept = "tip_lps_mm" if held is Held.TIP else "skin_lps_mm"
    assert getattr(after, kept) == getattr(before, kept)
    assert after.path.length_mm == pytest.approx(before.path.length_mm)


def test_an_angle_across_the_patient_is_refused(the_maps: SafetyMaps) -> None:
    with pytest.raises(PlanProblem, match="80"):
        with_angles(a_needle(Side.LEFT), the_maps.vertebra, 85.0, 0.0)


def test_a_typed_depth_moves_the_tip_along_the_needle_and_nothing_else(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    before = a_needle(Side.RIGHT)
    after = with_depth(before, 3.5)
    depths = [measure_needle(n, the_maps, the_catalog).depth_from_bone_mm for n in (before, after)]
    assert depths[0] is not None
    assert depths[1] == pytest.approx(depths[0] + 3.5, abs=0.01)
    assert after.skin_lps_mm == before.skin_lps_mm
    assert after.path.direction_lps == pytest.approx(before.path.direction_lps)


def test_a_nudge_moves_both_ends_by_the_step_in_the_vertebras_axes(the_maps: SafetyMaps) -> None:
    before = a_needle(Side.LEFT)
    after = moved(before, the_maps.vertebra, (0.5, 0.0, 0.0))
    for end in ("skin_lps_mm", "tip_lps_mm"):
        step = np.subtract(getattr(after, end), getattr(before, end))
        assert IN_PLACE.inverse.vector(step) == pytest.approx((0.5, 0.0, 0.0))
    only_tip = moved(before, the_maps.vertebra, (0.0, 0.0, 0.5), held=Held.ENTRY)
    assert only_tip.skin_lps_mm == before.skin_lps_mm
    assert distance_mm(only_tip.tip_lps_mm, before.tip_lps_mm) == pytest.approx(0.5)


@pytest.mark.parametrize("side", Side)
def test_a_turn_by_keys_adds_half_a_degree_medially_on_either_side(
    side: Side, the_maps: SafetyMaps
) -> None:
    before = a_needle(side)
    after = turned(before, the_maps.vertebra, 0.5, -0.5)
    old, new = (frame_angles_deg(n.path, the_maps.vertebra, side) for n in (before, after))
    assert new[0] == pytest.approx(old[0] + 0.5)
    assert new[1] == pytest.approx(old[1] - 0.5)


def test_a_needle_near_a_proposed_one_snaps_to_it_and_keeps_its_product(
    the_maps: SafetyMaps,
) -> None:
    proposed = a_needle(Side.LEFT)
    near = attrs.evolve(
        moved(proposed, the_maps.vertebra, (0.6, 0.0, -0.6)), model_id="access-8g-125"
    )
    taken = snapped(near, the_maps.vertebra, [proposed])
    assert taken.tip_lps_mm == proposed.tip_lps_mm
    assert taken.model_id == "access-8g-125"
    far = moved(proposed, the_maps.vertebra, (4.0, 0.0, 0.0))
    assert snapped(far, the_maps.vertebra, [proposed]) == far
    assert snapped(near, the_maps.vertebra, [a_needle(Side.RIGHT)]) == near


def test_a_needle_near_the_axis_of_its_pedicle_is_drawn_onto_it(the_maps: SafetyMaps) -> None:
    shape = PhantomShape()
    isthmus, axis = shape.isthmus_mm(Side.LEFT), shape.axis(Side.LEFT)
    near = phantom_needle(
        Side.LEFT,
        tip_mm=tuple(isthmus + 24.0 * axis + np.array([0.5, 0.0, 0.5])),
        through_mm=tuple(isthmus + np.array([0.4, 0.0, 0.4])),
    )
    drawn = snapped(near, the_maps.vertebra, ())
    pedicle = the_maps.vertebra.left_pedicle
    assert pedicle is not None
    assert drawn.path.direction_lps == pytest.approx(pedicle.axis_lps, abs=1e-9)
    off = np.cross(
        np.subtract(pedicle.isthmus_lps_mm, drawn.tip_lps_mm), np.asarray(pedicle.axis_lps)
    )
    assert np.linalg.norm(off) < 1e-9

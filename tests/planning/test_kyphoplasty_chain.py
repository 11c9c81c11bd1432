import math

import attrs
import numpy as np
import pytest
from phantom_vertebra import phantom_needle

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.clinical_numbers import clinical_number
from planner.planning.balloon_placement import cannula_end_mm, measure_balloon
from planner.planning.kyphoplasty_chain import kyphoplasty_chain, pedicle_en_face
from planner.planning.measures import Margin, NeedleMeasures
from planner.planning.needle_margins import measure_needle
from planner.planning.needle_path import bone_entry_mm, posterior_wall_mm
from planner.planning.plan import Plan, PlannedBalloon
from planner.planning.safety_maps import SafetyMaps

L1 = VertebraLevel.L1


@pytest.fixture
def the_measures(
    a_bipedicular_plan: Plan, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> NeedleMeasures:
    planned = a_bipedicular_plan.at(L1)
    assert planned is not None
    needle = planned.needle(Side.LEFT)
    assert needle is not None
    return measure_needle(needle, the_maps, the_catalog)


def test_the_cannula_ends_past_the_posterior_wall_and_the_drill_short_of_the_front(
    the_measures: NeedleMeasures, a_phantom_vertebra: VertebraModel
) -> None:
    chain = kyphoplasty_chain(the_measures, a_phantom_vertebra)
    landmarks, cortex = the_measures.landmarks, the_measures.margins.anterior_cortex
    assert chain is not None
    assert landmarks is not None
    assert landmarks.posterior_wall_mm is not None
    assert cortex is not None
    assert the_measures.depth_from_bone_mm is not None
    past_mm = clinical_number("cannula-past-posterior-wall")
    short_mm = clinical_number("drill-short-of-anterior-cortex")
    assert chain.cannula_end_mm == pytest.approx(landmarks.posterior_wall_mm + past_mm, abs=0.05)
    to_cortex_mm = the_measures.depth_from_bone_mm + cortex.distance_mm
    assert chain.drill_mm == pytest.approx(to_cortex_mm - short_mm, abs=1e-9)
    assert chain.room_mm == pytest.approx(chain.drill_mm - chain.cannula_end_mm)
    assert chain.room_mm > 10.0


def test_a_drill_is_held_back_from_a_tip_that_is_too_near_the_front(
    the_measures: NeedleMeasures, a_phantom_vertebra: VertebraModel
) -> None:
    margins = attrs.evolve(the_measures.margins, anterior_cortex=Margin(1.0, 0.5))
    chain = kyphoplasty_chain(attrs.evolve(the_measures, margins=margins), a_phantom_vertebra)
    assert chain is not None
    assert the_measures.depth_from_bone_mm is not None
    assert chain.drill_mm == pytest.approx(the_measures.depth_from_bone_mm - 3.0)


def test_a_needle_that_misses_the_bone_has_no_chain(
    the_measures: NeedleMeasures, a_phantom_vertebra: VertebraModel
) -> None:
    missing = attrs.evolve(the_measures, depth_from_bone_mm=None)
    assert kyphoplasty_chain(missing, a_phantom_vertebra) is None


@pytest.mark.parametrize("side", list(Side))
def test_the_arm_that_looks_down_a_pedicle_turns_to_the_pedicles_own_side(
    side: Side, a_phantom_vertebra: VertebraModel
) -> None:
    angles, pedicle = pedicle_en_face(a_phantom_vertebra, side), a_phantom_vertebra.pedicle(side)
    assert angles is not None
    assert pedicle is not None
    # The detector looks against the axis: the direction that the two angles stand for.
    orbital, angular = math.radians(angles.orbital_deg), math.radians(angles.angular_deg)
    to_detector = (
        math.sin(orbital) * math.cos(angular),
        math.cos(orbital) * math.cos(angular),
        math.sin(angular),
    )
    assert to_detector == pytest.approx(-np.asarray(pedicle.axis_lps), abs=1e-9)
    assert angles.orbital_deg * side.sign > 0.0


def test_without_a_pedicle_there_is_nothing_to_look_down(
    a_phantom_vertebra: VertebraModel,
) -> None:
    bare = attrs.evolve(a_phantom_vertebra, left_pedicle=None)
    assert pedicle_en_face(bare, Side.LEFT) is None
    assert pedicle_en_face(bare, Side.RIGHT) is not None


@pytest.mark.parametrize("side", list(Side))
def test_past_the_pedicle_the_cannula_ends_as_far_inside_the_body(
    side: Side, the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    # Into the body from beside it, in front of the plane of the posterior wall.
    needle = phantom_needle(
        side, tip_mm=(side.sign * 5.0, -5.0, 0.0), through_mm=(side.sign * 21.0, 8.0, 0.0)
    )
    vertebra, path = the_maps.vertebra, needle.path
    wall_mm, bone_mm = posterior_wall_mm(path, vertebra), bone_entry_mm(path, the_maps.bone)
    assert wall_mm is not None
    assert bone_mm is not None
    assert bone_mm > wall_mm + 5.0
    end_mm = bone_mm + clinical_number("cannula-past-posterior-wall")
    assert cannula_end_mm(path, vertebra) == pytest.approx(end_mm, abs=0.5)
    balloon = PlannedBalloon(side, the_catalog.balloons[0].id, 0.0, 1.0)
    measures = measure_balloon(balloon, needle, the_maps, the_catalog)
    rear_mm = path.length_mm - the_catalog.balloons[0].working_length_mm
    assert measures.rear_marker_beyond_cannula_mm == pytest.approx(rear_mm - end_mm, abs=0.5)

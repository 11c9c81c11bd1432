"""How much height may come back: never less for more, none for healed bone, between the known."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.anatomy.fracture import ReferenceHeights, wedge_angle_deg
from planner.anatomy.levels import VertebraLevel
from planner.devices.balloon_inflation import inflated_size
from planner.devices.catalog import device_catalog
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.pathology import fracture_of_kind
from planner.digital_spine.truth import vertebra_truth
from planner.geometry.shapes import capsule_between
from planner.samples.wedge_fracture import sample_truth
from planner.simulation.height_restoration import (
    lift_limit_mm,
    lifted_points,
    predict_heights,
    stop_advice,
)

MODEL = device_catalog().balloon("kyphon-xpander-20-3")
SHARED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def a_wedge():
    """A wedge of T12 that has lost a third in front, with its heights before."""
    level = VertebraLevel.T12
    model = build_model(ModelPatient(), (fracture_of_kind(level, "wedge", 0.35),), seed=3)
    return vertebra_truth(model, level, step_mm=2.0)


def _usual(heights):
    return ReferenceHeights(heights.anterior_mm, heights.middle_mm, heights.posterior_mm)


def _limit(vertebra, volume_ml):
    size = inflated_size(MODEL, volume_ml)
    centre = vertebra.centre_lps_mm
    shape = capsule_between(centre, centre, size.diameter_mm / 2.0)
    return lift_limit_mm((shape,), (MODEL,), vertebra)


@given(volume_ml=st.floats(0.0, 5.0), more_ml=st.floats(0.0, 1.0))
@SHARED
def test_inflating_never_lowers_a_height(a_wedge, volume_ml, more_ml):
    vertebra, usual = a_wedge.model, _usual(a_wedge.heights_before)
    less = predict_heights(vertebra, usual, _limit(vertebra, volume_ml))
    more = predict_heights(vertebra, usual, _limit(vertebra, volume_ml + more_ml))
    for before, after, now in zip(less.after_mm, more.after_mm, less.now_mm, strict=True):
        assert now <= before.least
        assert before.least <= after.least
        assert before.expected <= after.expected
        assert before.most <= after.most
    assert all(a <= b for a, b in zip(less.inflated_mm, more.inflated_mm, strict=True))


@pytest.mark.parametrize("volume_ml", [1.0, 3.0, 5.0, 6.0])
def test_the_expected_height_lies_between_the_broken_and_the_whole_one(a_wedge, volume_ml):
    vertebra = a_wedge.model
    seen = predict_heights(vertebra, _usual(a_wedge.heights_before), _limit(vertebra, volume_ml))
    before = a_wedge.heights_before
    whole = (before.anterior_mm, before.middle_mm, before.posterior_mm)
    for now, band, was in zip(seen.now_mm, seen.after_mm, whole, strict=True):
        assert now - 1e-9 <= band.expected <= was + 1e-9
    assert seen.wedge_deg.most <= wedge_angle_deg(vertebra) + 1e-9


def test_on_the_sample_s_fracture_the_expected_height_lies_between_both_known_ones(a_wedge):
    truth = sample_truth()
    import attrs

    vertebra = attrs.evolve(a_wedge.model, heights=truth.after)
    seen = predict_heights(vertebra, _usual(truth.before), _limit(vertebra, 5.0))
    assert truth.after.anterior_mm < seen.after_mm[0].expected < truth.before.anterior_mm
    assert truth.after.middle_mm <= seen.after_mm[1].expected < truth.before.middle_mm
    assert seen.wedge_deg.expected < seen.wedge_now_deg
    assert seen.kyphosis_gain_deg > 0.0


def test_healed_bone_is_not_lifted(a_wedge):
    vertebra, usual = a_wedge.model, _usual(a_wedge.heights_before)
    seen = predict_heights(vertebra, usual, 9.0, is_healed=True)
    assert [band.most for band in seen.after_mm] == list(seen.now_mm)
    assert seen.wedge_deg.expected == pytest.approx(seen.wedge_now_deg)


def test_without_a_balloon_nothing_is_promised(a_wedge):
    seen = predict_heights(a_wedge.model, _usual(a_wedge.heights_before), 0.0)
    assert [band.most for band in seen.after_mm] == list(seen.now_mm)


def test_the_ghost_lifts_the_upper_endplate_by_the_height_and_leaves_the_lower_one(a_wedge):
    heights = a_wedge.model.heights
    tops = np.array([heights.anterior.superior_lps_mm, heights.posterior.superior_lps_mm])
    bottoms = np.array([heights.anterior.inferior_lps_mm, heights.posterior.inferior_lps_mm])
    lift = (4.0, 2.0, 1.0)
    moved_tops = lifted_points(tops, a_wedge.model, lift)
    assert np.linalg.norm(moved_tops - tops, axis=1) == pytest.approx([4.0, 1.0], abs=1e-6)
    assert lifted_points(bottoms, a_wedge.model, lift) == pytest.approx(bottoms, abs=1e-6)
    up = a_wedge.model.lps_from_vertebra.rotation[:, 2]
    assert (moved_tops - tops) @ up == pytest.approx([4.0, 1.0], abs=1e-6)


def test_inflation_is_told_to_stop_at_cortex_volume_height_and_the_users_own_gauge(a_wedge):
    seen = predict_heights(a_wedge.model, _usual(a_wedge.heights_before), 30.0)
    reasons = stop_advice(seen, 42.0, MODEL.maximum_volume_ml, MODEL, gauge_psi=500.0)
    assert len(reasons) == 4
    assert sum("unverified" in reason for reason in reasons) == 2
    small = predict_heights(a_wedge.model, _usual(a_wedge.heights_before), 0.5)
    assert stop_advice(small, 0.0, 1.0, MODEL) == ()

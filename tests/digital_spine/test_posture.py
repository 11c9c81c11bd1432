"""Curves of the whole spine, measured from where its vertebrae stand."""

import attrs
import numpy as np
import pytest
from model_spines import MEAN, mean_model

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.pathology import Fracture, fracture_of_kind
from planner.digital_spine.rib_shape import rib_limbs
from planner.foundation.errors import PlanProblem

T4, T9, T12, T13, L1, L5, L6 = map(
    VertebraLevel.named, ("T4", "T9", "T12", "T13", "L1", "L5", "L6")
)


def endplate_normal(model: ModelSpine, level: VertebraLevel, *, is_upper: bool) -> np.ndarray:
    """The rim's plane in LPS, pointing to the head, from four points on the rim."""
    vertebra = model.spine.vertebra(level)
    body = attrs.evolve(vertebra.body, fracture=None)
    plate = body.upper_mm if is_upper else body.lower_mm
    v = 0.96 * np.array([-body.half_depth_mm, body.half_depth_mm])
    front, back = (np.array([0.0, y, float(plate(0.0, np.float64(y)))]) for y in v)
    across = np.array([1.0, 0.0, 0.0])
    normal = np.cross(across, back - front)
    return vertebra.lps_from_vertebra.rotation @ (normal / np.linalg.norm(normal))


def sagittal_deg(normal: np.ndarray) -> float:
    """How far a plane leans to the front, in the patient's sagittal plane."""
    return float(np.degrees(np.arctan2(-normal[1], normal[2])))


def posed(**changes) -> ModelSpine:
    return build_model(attrs.evolve(MEAN, **changes), (), 1)


@pytest.mark.parametrize("asked_deg", [10.0, 32.0, 60.0])
def test_the_chest_is_as_kyphotic_as_asked(asked_deg: float) -> None:
    model = posed(kyphosis_deg=asked_deg)
    upper = sagittal_deg(endplate_normal(model, T4, is_upper=True))
    lower = sagittal_deg(endplate_normal(model, T12, is_upper=False))
    assert upper - lower == pytest.approx(asked_deg, abs=0.5)


@pytest.mark.parametrize("asked_deg", [10.0, 44.0, 60.0])
def test_the_loin_is_as_lordotic_as_asked(asked_deg: float) -> None:
    model = posed(lordosis_deg=asked_deg)
    upper = sagittal_deg(endplate_normal(model, L1, is_upper=True))
    sacrum = sagittal_deg(model.spine.lps_from_sacral_plate.rotation[:, 2])
    assert sacrum - upper == pytest.approx(asked_deg, abs=0.5)


def test_the_sacrum_leans_forward() -> None:
    assert sagittal_deg(mean_model().spine.lps_from_sacral_plate.rotation[:, 2]) > 15.0


def coronal_deg(model: ModelSpine, level: VertebraLevel) -> float:
    """How far a vertebra's axis leans to the patient's left."""
    up = model.spine.vertebra(level).lps_from_vertebra.rotation[:, 2]
    return float(np.degrees(np.arctan2(up[0], up[2])))


@pytest.mark.parametrize("asked_deg", [-25.0, 15.0, 30.0])
def test_a_scoliosis_has_the_cobb_angle_that_was_asked_for(asked_deg: float) -> None:
    model = posed(scoliosis_deg=asked_deg)
    tilts = [coronal_deg(model, vertebra.level) for vertebra in model.spine.vertebrae]
    assert max(tilts) - min(tilts) == pytest.approx(abs(asked_deg), rel=0.06)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_positive_scoliosis_is_convex_to_the_patients_left(sign: float) -> None:
    model = posed(scoliosis_deg=30.0 * sign)
    apex, ends = (
        np.mean(
            [model.spine.vertebra(level).lps_from_vertebra.translation_mm[0] for level in levels]
        )
        for levels in ((T12, L1), (T9, L5))
    )
    assert sign * (apex - ends) > 5.0


@pytest.mark.parametrize("asked_deg", [-20.0, 15.0])
def test_the_vertebra_at_the_apex_is_turned_as_asked_its_front_to_the_left(
    asked_deg: float,
) -> None:
    turned, straight = posed(rotation_deg=asked_deg), posed()
    fronts = []
    for model in (turned, straight):
        upper, apex = (
            -model.spine.vertebra(level).lps_from_vertebra.rotation[:, 1] for level in (T4, L1)
        )
        fronts.append(np.degrees(np.arctan2(apex[0], -apex[1]) - np.arctan2(upper[0], -upper[1])))
    assert fronts[0] - fronts[1] == pytest.approx(asked_deg, abs=1.0)


def test_without_scoliosis_or_rotation_nothing_leans_to_a_side() -> None:
    for vertebra in mean_model().spine.vertebrae:
        assert vertebra.lps_from_vertebra.translation_mm[0] == pytest.approx(0.0, abs=1e-9)
        assert abs(vertebra.lps_from_vertebra.rotation[0, 0]) == pytest.approx(1.0)


def test_a_fracture_makes_the_spine_above_it_lean_forward_and_sink() -> None:
    whole, broken = mean_model(), mean_model(fracture_of_kind(L1, "wedge", 0.5))
    for level in (T4, T9):
        before, after = (
            sagittal_deg(m.spine.vertebra(level).lps_from_vertebra.rotation[:, 2])
            - sagittal_deg(m.spine.vertebra(L5).lps_from_vertebra.rotation[:, 2])
            for m in (whole, broken)
        )
        assert 5.0 < after - before < 25.0
    span = [
        np.linalg.norm(
            m.spine.vertebra(T12).lps_from_vertebra.translation_mm
            - m.spine.vertebra(VertebraLevel.L2).lps_from_vertebra.translation_mm
        )
        for m in (whole, broken)
    ]
    assert 2.0 < span[0] - span[1] < 10.0


def test_a_restored_body_lets_the_spine_above_rise_again() -> None:
    leans = []
    for restored in (0.0, 0.5, 1.0):
        model = mean_model(Fracture(L1, 0.5, 0.3, 0.0, restored=restored))
        up, foot = (model.spine.vertebra(n).lps_from_vertebra.rotation[:, 2] for n in (T9, L5))
        leans.append(sagittal_deg(up) - sagittal_deg(foot))
    assert leans[0] > leans[1] > leans[2]


def names(model: ModelSpine) -> list[str]:
    return [vertebra.level.name for vertebra in model.spine.vertebrae]


def test_an_extra_level_stands_between_its_neighbours_and_renames_nobody() -> None:
    usual = names(mean_model())
    assert usual == [f"T{n}" for n in range(4, 13)] + [f"L{n}" for n in range(1, 6)]
    thirteen, six = (
        names(build_model(attrs.evolve(MEAN, extra_level=level), (), 1)) for level in (T13, L6)
    )
    assert thirteen == [*usual[:9], "T13", *usual[9:]]
    assert six == [*usual, "L6"]


def test_an_extra_level_leaves_each_other_vertebra_the_shape_of_its_name() -> None:
    usual = {v.level: v.anatomy for v in mean_model().spine.vertebrae}
    for extra in (T13, L6):
        model = build_model(attrs.evolve(MEAN, extra_level=extra), (), 1)
        for vertebra in model.spine.vertebrae:
            if vertebra.level is not extra:
                assert vertebra.anatomy == usual[vertebra.level]


def test_an_extra_thoracic_level_bears_a_rib_and_an_extra_lumbar_one_none() -> None:
    for extra, is_there in ((T13, True), (L6, False)):
        patient = ModelPatient(extra_level=extra)
        model = build_model(patient, (), 1)
        bearers = {level for level, _, _ in rib_limbs(model.spine, patient.scale)}
        assert (extra in bearers) is is_there


def test_a_level_that_the_patient_lacks_is_refused_with_the_way_out() -> None:
    with pytest.raises(PlanProblem, match="no vertebra T13") as refused:
        build_model(MEAN, (Fracture(T13),), 1)
    assert "T4 to L5" in refused.value.hint


def test_neighbours_stand_a_disc_apart() -> None:
    model = mean_model()
    for upper, lower in zip(model.spine.vertebrae, model.spine.vertebrae[1:], strict=False):
        floor, _ = upper.body.rim_plane(is_upper=False)
        roof, _ = lower.body.rim_plane(is_upper=True)
        gap = np.linalg.norm(
            upper.lps_from_vertebra.point((0.0, 0.0, floor))
            - lower.lps_from_vertebra.point((0.0, 0.0, roof))
        )
        measures = upper.anatomy.body
        assert gap == pytest.approx((measures.disc_anterior + measures.disc_posterior) / 2, abs=0.3)

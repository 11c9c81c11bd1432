"""Heights and wedge of broken bodies, measured on their voxels, beside what was asked for."""

import numpy as np
import pytest
from measured_body import measured_heights_mm, measured_wedge_deg
from model_spines import MEAN, mean_model

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.body_walls import wedge_deg
from planner.digital_spine.case_truth import level_facts
from planner.digital_spine.level_table import table_levels
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.pathology import Fracture, fracture_of_kind
from planner.foundation.errors import PlanProblem

_MM, _DEG = 0.2, 0.2
T7, T12, L1, L2, L4 = map(VertebraLevel.named, ("T7", "T12", "L1", "L2", "L4"))
ASKED_BY_SHARES = [
    fracture_of_kind(T12, "wedge", 0.3),
    fracture_of_kind(L1, "biconcave", 0.35),
    fracture_of_kind(L2, "crush", 0.42),
    Fracture(T7, 0.4, 0.3, 0.1),
    Fracture(L4, 0.3, 0.3, 0.3, upper_share=0.5, step_mm=2.0),
    Fracture(T12, 0.6, 0.5, 0.2, upper_share=0.0),
]


@pytest.mark.parametrize("fracture", ASKED_BY_SHARES, ids=lambda f: f.level.name)
def test_each_height_has_lost_the_share_that_was_asked_for(fracture: Fracture) -> None:
    level = fracture.level
    before = measured_heights_mm(mean_model(), level)
    after = measured_heights_mm(mean_model(fracture), level)
    losses = (fracture.anterior_loss, fracture.middle_loss, fracture.posterior_loss)
    expected = [height * (1.0 - loss) for height, loss in zip(before, losses, strict=True)]
    assert after == pytest.approx(expected, abs=_MM)


@pytest.mark.parametrize("restored", [0.0, 0.5, 1.0])
def test_a_treatment_gives_back_the_share_of_each_loss_that_was_asked_for(restored: float) -> None:
    fracture = Fracture(T12, 0.4, 0.3, 0.1, restored=restored)
    before = measured_heights_mm(mean_model(), T12)
    after = measured_heights_mm(mean_model(fracture), T12)
    for loss, whole, height in zip((0.4, 0.3, 0.1), before, after, strict=True):
        assert height == pytest.approx(whole * (1.0 - loss * (1.0 - restored)), abs=_MM)


def test_a_body_has_the_three_heights_that_were_asked_for() -> None:
    asked = (15.0, 18.0, 23.0)
    model = mean_model(Fracture(L1, heights_mm=asked))
    assert measured_heights_mm(model, L1) == pytest.approx(asked, abs=_MM)


def test_heights_that_were_asked_for_are_those_after_a_treatment() -> None:
    asked = (20.0, 19.0, 24.0)
    model = mean_model(Fracture(L1, heights_mm=asked, restored=0.5))
    assert measured_heights_mm(model, L1) == pytest.approx(asked, abs=_MM)


@pytest.mark.parametrize(("level", "asked_deg"), [(T7, 16.0), (T12, 18.0), (L2, 12.0)])
def test_a_body_is_wedged_by_the_angle_that_was_asked_for(
    level: VertebraLevel, asked_deg: float
) -> None:
    model = mean_model(Fracture(level, wedge_deg=asked_deg))
    assert measured_wedge_deg(model, level) == pytest.approx(asked_deg, abs=_DEG)


@pytest.mark.parametrize(
    "fracture", ASKED_BY_SHARES[:4], ids=lambda f: f"{f.level.name}-{f.anterior_loss:.2f}"
)
def test_the_truth_names_the_heights_and_the_wedge_of_the_voxels(fracture: Fracture) -> None:
    model, level = mean_model(fracture), fracture.level
    facts = level_facts(model, level)
    assert facts.heights_mm == pytest.approx(measured_heights_mm(model, level), abs=_MM)
    assert facts.wedge_deg == pytest.approx(measured_wedge_deg(model, level), abs=_DEG)
    assert facts.heights_before_mm == pytest.approx(
        measured_heights_mm(mean_model(), level), abs=_MM
    )


def test_the_wedge_is_kyphotic_where_the_front_is_lower() -> None:
    low_front = mean_model(Fracture(L1, 0.4, 0.2, 0.0)).spine.vertebra(L1).body
    low_back = mean_model(Fracture(L1, 0.0, 0.2, 0.4)).spine.vertebra(L1).body
    assert wedge_deg(low_front) > 8.0
    assert wedge_deg(low_back) < -8.0


def test_a_healthy_thoracic_body_is_a_little_wedged_and_a_low_lumbar_one_the_other_way() -> None:
    model = mean_model()
    assert measured_wedge_deg(model, T7) > 0.0
    assert measured_wedge_deg(model, VertebraLevel.L5) < 0.0


def test_an_upper_endplate_fracture_leaves_the_lower_endplate_where_it_was() -> None:
    whole = mean_model().spine.vertebra(L1).body
    broken = mean_model(fracture_of_kind(L1, "wedge", 0.4)).spine.vertebra(L1).body
    assert broken.landmarks.lower_mm == pytest.approx(whole.landmarks.lower_mm)
    assert broken.landmarks.upper_mm[0] < whole.landmarks.upper_mm[0] - 5.0


def test_a_step_stands_on_the_left_half_of_the_broken_endplate() -> None:
    body = mean_model(Fracture(L1, 0.3, 0.2, 0.0, step_mm=3.0)).spine.vertebra(L1).body
    flat = mean_model(Fracture(L1, 0.3, 0.2, 0.0)).spine.vertebra(L1).body
    u, v = np.array([-12.0, 0.0, 12.0]), np.zeros(3)
    assert flat.upper_mm(u, v) - body.upper_mm(u, v) == pytest.approx([0.0, 0.0, 3.0], abs=1e-6)


@pytest.mark.parametrize("level", table_levels(), ids=lambda level: level.name)
def test_each_level_can_be_wedged_by_a_third(level: VertebraLevel) -> None:
    model = mean_model(fracture_of_kind(level, "wedge", 1 / 3))
    now, before = (f(model, level) for f in (_now, _before))
    assert 1.0 - now[0] / before[0] == pytest.approx(1 / 3, abs=0.002)


def _now(model, level):
    return level_facts(model, level).heights_mm


def _before(model, level):
    return level_facts(model, level).heights_before_mm


@pytest.mark.parametrize(
    "fracture",
    [
        Fracture(L1, heights_mm=(60.0, 20.0, 25.0)),
        Fracture(L1, heights_mm=(2.0, 20.0, 25.0)),
        Fracture(L1, heights_mm=(20.0, 20.0, 20.0), restored=1.0),
        Fracture(T12, wedge_deg=44.0),
    ],
)
def test_a_fracture_that_no_body_can_have_is_refused_with_the_way_out(fracture: Fracture) -> None:
    with pytest.raises(PlanProblem) as refused:
        build_model(MEAN, (fracture,), 1)
    assert fracture.level.name in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("loss", [-0.1, 0.81, 3.0])
def test_a_loss_beyond_a_body_cannot_be_written_down(loss: float) -> None:
    with pytest.raises(ValueError, match="anterior_loss"):
        Fracture(L1, anterior_loss=loss)


def test_a_level_breaks_once() -> None:
    with pytest.raises(PlanProblem, match="L1 has two fractures"):
        build_model(MEAN, (Fracture(L1), Fracture(L1)), 1)


def test_a_kind_of_fracture_that_is_not_known_is_refused() -> None:
    with pytest.raises(PlanProblem, match="shatter"):
        fracture_of_kind(L1, "shatter", 0.3)

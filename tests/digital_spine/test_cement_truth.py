"""Cement and cavities: their volume in voxels that they were not made on, and where they lie."""

import functools

import numpy as np
import pytest
from measured_body import filled_points_mm, measured_ml
from model_spines import MEAN, mean_model

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.pathology import Cavity, Cement, LeakClass
from planner.foundation.errors import PlanProblem
from planner.geometry.points import FloatArray

pytestmark = pytest.mark.slow

_STEP_MM = 0.45
_SHARE = 0.005
L1, T6, T4 = VertebraLevel.L1, VertebraLevel.T6, VertebraLevel.T4
LUMP = Cement(L1, 4.0)
FILLED = [
    LUMP,
    Cement(L1, 3.0, spongy=0.0),
    Cement(T6, 1.5, spongy=1.0),
    *(Cement(L1, 4.0, leaks=(leak,)) for leak in LeakClass),
    Cement(L1, 5.0, leaks=(LeakClass.BASIVERTEBRAL, LeakClass.CORTICAL), leak_share=0.3),
    Cavity(L1, 1.5),
    Cavity(T6, 0.8),
]


@functools.cache
def points_of(filled: Cement | Cavity) -> FloatArray:
    return filled_points_mm(mean_model(filled), filled, _STEP_MM)


def outside_of(filled: Cement | Cavity) -> FloatArray:
    """The voxels beyond the body's surface."""
    points = points_of(filled)
    body = mean_model(filled).spine.vertebra(filled.level).body
    away, _ = body.distance_mm(*(points[:, axis] for axis in range(3)))
    return points[away > 0.0]


def leak_of(leak: LeakClass) -> FloatArray:
    return outside_of(Cement(L1, 4.0, leaks=(leak,)))


@pytest.mark.parametrize("filled", FILLED, ids=lambda f: f"{type(f).__name__}-{f.level.name}")
def test_the_volume_is_what_was_asked_for(filled: Cement | Cavity) -> None:
    assert measured_ml(points_of(filled), _STEP_MM) == pytest.approx(filled.volume_ml, rel=_SHARE)


@pytest.mark.parametrize("filled", [LUMP, Cavity(L1, 1.5)], ids=["cement", "cavity"])
def test_what_has_not_leaked_stays_within_the_cortex(filled: Cement | Cavity) -> None:
    assert len(outside_of(filled)) == 0


def test_cement_fills_both_halves_of_the_body() -> None:
    points = points_of(LUMP)
    left = np.count_nonzero(points[:, 0] > 0.0) / len(points)
    assert 0.25 < left < 0.75


@pytest.mark.parametrize("leak", list(LeakClass), ids=lambda leak: leak.value)
def test_a_leak_takes_its_share_of_the_volume_outside(leak: LeakClass) -> None:
    outside_ml = measured_ml(leak_of(leak), _STEP_MM)
    assert 0.8 * 0.12 * 4.0 < outside_ml < 1.05 * 0.12 * 4.0


def body_of_l1():
    return mean_model().spine.vertebra(L1).body


def test_a_basivertebral_leak_lies_in_the_canal() -> None:
    points, body = leak_of(LeakClass.BASIVERTEBRAL), body_of_l1()
    anatomy = mean_model().spine.vertebra(L1).anatomy.body
    assert points[:, 1].min() > 0.8 * body.back_mm
    assert points[:, 1].max() < body.half_depth_mm + anatomy.canal_depth
    assert np.abs(points[:, 0]).max() < anatomy.canal_width / 2.0


def test_a_segmental_leak_lies_beside_the_body_on_the_left() -> None:
    points, body = leak_of(LeakClass.SEGMENTAL), body_of_l1()
    assert points[:, 0].min() > 0.7 * body.half_width_mm
    assert np.abs(points[:, 2]).max() < body.half_height_mm


def test_a_cortical_leak_lies_in_front_of_the_wall() -> None:
    points, body = leak_of(LeakClass.CORTICAL), body_of_l1()
    assert points[:, 1].max() < -0.6 * body.half_depth_mm
    assert points[:, 1].min() < -body.half_depth_mm - 1.0
    assert np.abs(points[:, 2]).max() < body.half_height_mm


def test_a_disc_leak_lies_above_the_upper_endplate() -> None:
    model = mean_model()
    points, body = leak_of(LeakClass.DISC), body_of_l1()
    assert points[:, 2].min() > body.landmarks.upper_mm[1] - 0.5
    disc_mm = model.spine.vertebra(VertebraLevel.T12).anatomy.body.disc_anterior
    assert points[:, 2].max() < body.half_height_mm + disc_mm
    assert np.abs(points[:, 0]).max() < body.half_width_mm
    assert np.abs(points[:, 1]).max() < body.half_depth_mm


def test_another_seed_pours_another_shape_of_the_same_volume() -> None:
    shapes = []
    for seed in (1, 2):
        model = build_model(MEAN, (LUMP,), seed)
        shapes.append(filled_points_mm(model, LUMP, 0.8))
    assert len(shapes[0]) == pytest.approx(len(shapes[1]), rel=0.01)
    assert {tuple(p) for p in shapes[0].round(3)} != {tuple(p) for p in shapes[1].round(3)}


@pytest.mark.parametrize("filled", [Cement(T4, 12.0), Cavity(T4, 9.0)], ids=["cement", "cavity"])
def test_more_than_a_body_holds_is_refused(filled: Cement | Cavity) -> None:
    with pytest.raises(PlanProblem, match=r"T4 has room for \d\.\d ml"):
        build_model(MEAN, (filled,), 1)


def test_what_leaks_needs_no_room_in_the_body() -> None:
    leaking = Cement(T4, 6.0, leaks=(LeakClass.DISC, LeakClass.SEGMENTAL), leak_share=0.4)
    build_model(MEAN, (leaking,), 1)

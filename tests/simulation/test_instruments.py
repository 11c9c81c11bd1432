"""Instruments look like themselves: solid or hollow, pointed, with contrast and markers."""

import numpy as np
import pytest

from planner.devices.catalog import device_catalog
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import Triple
from planner.geometry.shapes import Segment, capsule_between
from planner.simulation.attenuating_bodies import add_bodies
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of
from planner.simulation.instruments import (
    Bodies,
    access_needle,
    bevelled_needle,
    inflated_balloon,
    table_top,
    working_cannula,
)
from planner.simulation.plan_in_beam import bodies_of_level

MODEL = device_catalog().needle("access-11g-125")
FROM_LEFT = Segment((60.0, 0.0, 0.0), (0.0, 0.0, 0.0))


def shot(bodies: Bodies, centre: Triple = (0.0, 0.0, 0.0), pixels: int = 513) -> np.ndarray:
    view = view_of(mobile_c_arm(pixels), CArmPose(centre))
    image = np.zeros((pixels, pixels), np.float32)
    add_bodies(image, bodies, view)
    return image


def test_a_needle_with_its_stylet_is_solid_and_a_cannula_is_hollow() -> None:
    steel = clinical_number("xray-steel")
    column = 200  # Image left: the patient's left, where the needle comes from.
    needle = shot(access_needle(MODEL, FROM_LEFT))[:, column]
    cannula = shot(working_cannula(MODEL, FROM_LEFT))[:, column]
    assert needle.max() == pytest.approx(MODEL.outer_diameter_mm * steel, rel=0.02)
    wall_mm = MODEL.outer_diameter_mm - MODEL.inner_diameter_mm
    assert cannula[256] == pytest.approx(wall_mm * steel, rel=0.03)


def test_a_trocar_is_pointed_at_its_tip_and_the_tip_is_where_it_was_put() -> None:
    image = shot(access_needle(MODEL, FROM_LEFT)) > 1.0
    columns = np.flatnonzero(image.any(axis=0))
    assert columns[-1] == pytest.approx(256, abs=1.5)
    assert image[:, columns[-1] - 1].sum() < image[:, columns[-1] - 12].sum() / 2


def test_a_bevel_turned_half_round_shows_its_other_side() -> None:
    up, down = (
        shot(bevelled_needle(MODEL, FROM_LEFT, bevel_turn_deg=turn)) > 1.0 for turn in (0.0, 180.0)
    )
    np.testing.assert_array_equal(up, down[::-1])
    assert up[:256].sum() < up[257:].sum()


def test_a_needle_is_as_long_as_its_model_wherever_its_path_begins() -> None:
    short = shot(access_needle(MODEL, Segment((20.0, 0.0, 0.0), (0.0, 0.0, 0.0))))
    np.testing.assert_allclose(short, shot(access_needle(MODEL, FROM_LEFT)))


def test_a_balloon_is_grey_and_its_two_markers_are_dark() -> None:
    shape = capsule_between((-4.0, 0.0, 0.0), (4.0, 0.0, 0.0), 6.0)
    markers = ((-10.0, 0.0, 0.0), (10.0, 0.0, 0.0))
    shaft = Segment((60.0, 0.0, 0.0), (-10.0, 0.0, 0.0))
    row = shot(inflated_balloon(shape, shaft, markers))[256]
    assert row[256] == pytest.approx(12.0 * clinical_number("xray-contrast"), rel=0.05)
    dark = np.flatnonzero(row > row[256] * 0.6)
    scale = 1020.0 / 530.0 / (298.0 / 513)
    marks = row.copy()
    marks[np.abs(np.arange(513) - 256) < 9.0 * scale] = 0.0
    assert len(dark) > 0
    left, right = marks[:256].argmax(), 257 + marks[257:].argmax()
    assert (left, right) == pytest.approx((256 - 10.0 * scale, 256 + 10.0 * scale), abs=2.5)


def test_a_table_lies_in_front_of_a_prone_patient() -> None:
    table = table_top((0.0, -100.0, 0.0))
    image = shot((table,))
    assert image[256, 256] == pytest.approx(45.0 * clinical_number("xray-table"), rel=0.01)
    assert table.shape.centre_lps_mm[1] < -100.0


def test_a_plan_shows_balloons_in_front_of_open_cannulas(
    a_phantom_vertebra, a_bipedicular_plan
) -> None:
    (level_plan,) = a_bipedicular_plan.levels
    bodies = bodies_of_level(level_plan, a_phantom_vertebra, device_catalog())
    centre = a_phantom_vertebra.centre_lps_mm
    picture = shot(bodies, centre)
    contrast = clinical_number("xray-contrast")
    waters = [body.water for body in bodies]
    assert waters.count(contrast) == 2
    assert waters.count(-clinical_number("xray-steel")) == 2
    # Both sides of the picture show one.
    assert picture[:, :256].max() > 20.0
    assert picture[:, 257:].max() > 20.0

"""What balloons press on: volumes by closed formulas, contact that only grows."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.anatomy.levels import Side
from planner.devices.balloon_inflation import inflated_size
from planner.devices.catalog import device_catalog
from planner.foundation.errors import PlanProblem
from planner.geometry.shapes import CutCapsule, capsule_between
from planner.planning.balloon_contact import shared_volume_mm3, volume_inside_mm3, walls_touched

SHARED = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _balloon(maps, place_mm, volume_ml, model_id="kyphon-xpander-15-3"):
    """Return a balloon along the body's depth whose middle lies at a place of its frame."""
    size = inflated_size(device_catalog().balloon(model_id), volume_ml)
    half = (size.length_mm - size.diameter_mm) / 2.0
    x, y, z = place_mm
    frame = maps.vertebra.lps_from_vertebra
    return capsule_between(
        frame.point((x, y - half, z)), frame.point((x, y + half, z)), size.diameter_mm / 2.0
    )


@given(
    smaller_ml=st.floats(0.3, 5.0),
    more_ml=st.floats(0.0, 2.0),
    x=st.floats(-14.0, 14.0),
    z=st.floats(-6.0, 6.0),
)
@SHARED
def test_more_volume_never_presses_on_less_cortex(the_maps, smaller_ml, more_ml, x, z):
    small = walls_touched(_balloon(the_maps, (x, -4.0, z), smaller_ml), the_maps)
    large = walls_touched(_balloon(the_maps, (x, -4.0, z), smaller_ml + more_ml), the_maps)
    area = {contact.wall: contact.area_mm2 for contact in large}
    for contact in small:
        assert area[contact.wall] >= contact.area_mm2


@given(volume_ml=st.floats(0.2, 6.0))
@SHARED
def test_an_inflated_balloon_holds_its_volume(volume_ml):
    for model in device_catalog().balloons:
        size = inflated_size(model, volume_ml)
        if size.diameter_mm > model.deflated_diameter_mm:
            assert size.volume_ml == pytest.approx(volume_ml, rel=0.01)


def test_a_balloon_amid_the_body_touches_nothing_and_keeps_its_volume(the_maps):
    shape = _balloon(the_maps, (0.0, 0.0, 0.0), 1.0)
    assert walls_touched(shape, the_maps) == ()
    inside_mm3 = volume_inside_mm3(CutCapsule(shape), the_maps)
    assert inside_mm3 == pytest.approx(shape.volume_mm3, rel=0.01)


def test_a_balloon_through_the_upper_endplate_is_clipped_there_over_the_disc_it_cuts(the_maps):
    frame = the_maps.vertebra.lps_from_vertebra
    radius_mm = 8.0
    depths = np.linspace(0.0, 20.0, 401)
    column = frame.points(np.stack([0 * depths, 0 * depths - 3.0, depths], axis=1))
    plate_mm = float(np.interp(0.0, -the_maps.body.at(column), depths))
    centre = frame.point((0.0, -3.0, plate_mm - 5.0))
    shape = capsule_between(centre, centre, radius_mm)
    touched = walls_touched(shape, the_maps)
    assert touched[0].wall == "superior endplate"
    # A plane 5 mm from the centre cuts a disc of this area, and a cap of this volume.
    disc_mm2 = math.pi * (radius_mm**2 - 5.0**2)
    cap_mm3 = math.pi * 3.0**2 * (3.0 * radius_mm - 3.0) / 3.0
    assert touched[0].area_mm2 == pytest.approx(disc_mm2, rel=0.2)
    inside = volume_inside_mm3(CutCapsule(shape), the_maps)
    assert inside == pytest.approx(shape.volume_mm3 - cap_mm3, rel=0.03)


def test_a_balloon_at_the_patients_left_presses_on_the_left_side_of_the_wall(the_maps):
    left = _balloon(the_maps, (the_maps.half_width_mm - 4.0, 0.0, 0.0), 2.0)
    assert walls_touched(left, the_maps)[0].wall == "lateral wall"
    x = the_maps.vertebra.lps_from_vertebra.inverse.point(left.axis.start_lps_mm)[0]
    assert x * Side.LEFT.sign > 0.0


def test_two_balloons_share_the_lens_between_two_spheres():
    one = capsule_between((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 8.0)
    other = capsule_between((10.0, 0.0, 0.0), (10.0, 0.0, 0.0), 8.0)
    lens_mm3 = math.pi * (4.0 * 8.0 + 10.0) * (2.0 * 8.0 - 10.0) ** 2 / 12.0
    assert shared_volume_mm3(one, other) == pytest.approx(lens_mm3, rel=0.03)
    away = capsule_between((17.0, 0.0, 0.0), (17.0, 0.0, 0.0), 8.0)
    assert shared_volume_mm3(one, away) == 0.0


def test_limits_stay_unverified_until_somebody_says_where_they_were_read():
    model = device_catalog().balloon("kyphon-xpander-15-3")
    assert not model.limits_confirmed
    with pytest.raises(PlanProblem, match="where"):
        model.with_limits(4.0, 400.0, " ")
    confirmed = model.with_limits(3.5, 300.0, "IFU rev. 4, page 2")
    assert confirmed.limits_confirmed
    assert confirmed.maximum_volume_ml == 3.5
    assert "IFU rev. 4" in confirmed.limits_source.text
    # The gauge it asks for was not among what was read.
    assert not confirmed.cannula_source.verified

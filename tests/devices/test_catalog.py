import itertools

import pytest
from phantom_vertebra import phantom_plan

from planner.devices.catalog import device_catalog
from planner.foundation.errors import PlanProblem


def test_an_eleven_gauge_needle_has_the_tube_of_the_gauge_table() -> None:
    needle = device_catalog().needle("access-11g-125")
    assert (needle.outer_diameter_mm, needle.inner_diameter_mm) == (3.048, 2.388)
    assert needle.length_mm == 125.0


def test_a_hundred_millimetres_of_eleven_gauge_hold_0_45_ml() -> None:
    assert device_catalog().needle("access-11g-100").dead_volume_ml == pytest.approx(0.45, abs=5e-3)


def test_a_smaller_gauge_number_is_a_wider_needle_with_a_wider_lumen() -> None:
    by_gauge = sorted(
        {(n.gauge, n.outer_diameter_mm, n.inner_diameter_mm) for n in device_catalog().needles}
    )
    for wider, narrower in itertools.pairwise(by_gauge):
        assert wider[1] > narrower[1]
        assert wider[2] > narrower[2]


def test_every_id_is_unique() -> None:
    catalog = device_catalog()
    for models in (catalog.needles, catalog.balloons, catalog.cements):
        ids = [model.id for model in models]
        assert len(set(ids)) == len(ids)


def test_a_deflated_balloon_passes_the_cannula_it_asks_for() -> None:
    catalog = device_catalog()
    for balloon in catalog.balloons:
        lumen_mm = catalog.needles_of_gauge(balloon.minimum_gauge)[0].inner_diameter_mm
        assert balloon.deflated_diameter_mm < lumen_mm


def test_limits_nobody_has_read_are_marked_unverified() -> None:
    catalog = device_catalog()
    assert not any(balloon.limits_source.verified for balloon in catalog.balloons)
    assert not any(needle.length_source.verified for needle in catalog.needles)


def test_an_unknown_instrument_is_refused_by_its_name() -> None:
    catalog = device_catalog()
    for look_up in (catalog.needle, catalog.balloon, catalog.cement):
        with pytest.raises(PlanProblem, match="no-such-thing"):
            look_up("no-such-thing")
    with pytest.raises(PlanProblem, match="12 G"):
        catalog.needles_of_gauge(12)


def test_the_phantoms_plan_names_instruments_of_the_catalogue() -> None:
    catalog, (level,) = device_catalog(), phantom_plan().levels
    for needle in level.needles:
        catalog.needle(needle.model_id)
    for balloon in level.balloons:
        catalog.balloon(balloon.model_id)
    assert level.cement is not None
    catalog.cement(level.cement.model_id)

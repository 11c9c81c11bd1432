"""Great vessels: a hard limit where they are seen, a sentence where they may be."""

import pytest
from phantom_aorta import phantom_aorta
from phantom_vertebra import phantom_needle

from planner.anatomy.great_vessels import VesselCertainty
from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.imaging.volume import VoxelMask
from planner.planning.needle_checks import needle_checks, unmet
from planner.planning.needle_margins import measure_needle
from planner.planning.needle_ranking import reasons_for
from planner.planning.safety_maps import SafetyMaps, build_safety_maps

RADIUS_11G_MM = 1.524


def with_aorta(vertebra: VertebraModel, skin: VoxelMask, certainty: VesselCertainty) -> SafetyMaps:
    return build_safety_maps(vertebra, skin, vessels=phantom_aorta(certainty))


def test_a_needle_through_the_front_of_the_body_breaks_the_limit_of_a_vessel_that_is_seen(
    a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask, the_catalog: DeviceCatalog
) -> None:
    maps = with_aorta(a_phantom_vertebra, a_phantom_skin, VesselCertainty.SEEN)
    needle = phantom_needle(Side.LEFT, tip_mm=(10.0, -16.0, 0.0))
    measures = measure_needle(needle, maps, the_catalog)
    assert measures.vessel is not None
    assert measures.vessel.distance_mm == pytest.approx(10.0 - 9.0 - RADIUS_11G_MM, abs=0.35)
    broken = unmet(needle_checks(measures, the_catalog.needle(needle.model_id), maps.vertebra))
    assert "vessel-margin" in {check.code for check in broken}
    other = measure_needle(phantom_needle(Side.RIGHT, tip_mm=(-10.0, -7.0, 0.0)), maps, the_catalog)
    assert other.vessel is not None
    assert other.vessel.distance_mm > measures.vessel.distance_mm + 10.0


def test_what_may_be_a_vessel_is_told_with_its_distance_and_forbids_nothing(
    a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask, the_catalog: DeviceCatalog
) -> None:
    maps = with_aorta(a_phantom_vertebra, a_phantom_skin, VesselCertainty.POSSIBLE)
    needle = phantom_needle(Side.LEFT, tip_mm=(10.0, -9.0, 0.0))
    measures = measure_needle(needle, maps, the_catalog)
    assert measures.vessel is None
    assert measures.possible_vessel is not None
    assert any("may be a great vessel" in reason for reason in reasons_for(measures))
    checks = needle_checks(measures, the_catalog.needle(needle.model_id), maps.vertebra)
    assert "vessel-margin" not in {check.code for check in checks}


def test_where_vessels_were_not_looked_for_nothing_is_said_of_them(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    measures = measure_needle(
        phantom_needle(Side.LEFT, tip_mm=(10.0, -9.0, 0.0)), the_maps, the_catalog
    )
    assert measures.vessel is None
    assert measures.possible_vessel is None

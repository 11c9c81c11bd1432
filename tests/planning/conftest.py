import pytest

from planner.anatomy.vertebra import VertebraModel
from planner.devices.catalog import device_catalog
from planner.devices.device_values import DeviceCatalog
from planner.imaging.volume import VoxelMask
from planner.planning.safety_maps import SafetyMaps, build_safety_maps

_MAPS: list[SafetyMaps] = []


@pytest.fixture
def the_maps(a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask) -> SafetyMaps:
    """The phantom's safety maps, built once."""
    if not _MAPS:
        _MAPS.append(build_safety_maps(a_phantom_vertebra, a_phantom_skin))
    return _MAPS[0]


@pytest.fixture
def the_catalog() -> DeviceCatalog:
    return device_catalog()

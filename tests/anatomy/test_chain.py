import numpy as np
import pytest

from planner.anatomy.chain import _Body, _by_ribs, find_chain
from planner.anatomy.levels import VertebraLevel
from planner.imaging.volume import Volume

RIB, DOUBTFUL, NONE = (160.0, 140.0), (90.0, 100.0), (2.0, 0.0)


def bodies(*rib_mm3: tuple[float, float]) -> list[_Body]:
    made = []
    for n, volumes in enumerate(rib_mm3):
        centre = (0.0, 0.0, -25.0 * n)
        made.append(_Body(centre, (0.0, 0.0, 25.0), (0.0, 0.0, -25.0), volumes, 22.0))
    return made


@pytest.mark.slow
def test_a_chain_names_its_levels_from_the_one_named_by_hand(a_made_spine: Volume) -> None:
    i, j, _ = a_made_spine.geometry.shape_ijk
    part = a_made_spine.geometry.cropped((0, 0, 15), (i, j, 135))
    chain = find_chain(
        Volume(a_made_spine.voxels[15:135], part), anchor=(VertebraLevel.L2, (1.0, 0.0, 1.0))
    )
    assert chain.naming.certain
    found = {place.level: place.centre_lps_mm for place in chain.levels}
    expected = {VertebraLevel.L1: 32.0, VertebraLevel.L2: 0.0, VertebraLevel.L3: -32.0}
    for level, s_mm in expected.items():
        assert np.allclose(found[level], (0.0, 0.0, s_mm), atol=1.5)


def test_the_lowest_vertebra_with_ribs_is_t12() -> None:
    chain = _by_ribs(bodies(RIB, RIB, RIB, NONE, NONE))
    assert [place.level.name for place in chain.levels] == ["T10", "T11", "T12", "L1", "L2"]
    assert chain.naming.certain


def test_a_broad_transverse_process_below_does_not_shift_the_names() -> None:
    chain = _by_ribs(bodies(RIB, RIB, RIB, NONE, DOUBTFUL))
    assert [place.level.name for place in chain.levels] == ["T10", "T11", "T12", "L1", "L2"]


@pytest.mark.parametrize("volumes", [(RIB, RIB, RIB), (NONE, NONE, NONE), (RIB, NONE)])
def test_names_without_a_plain_end_of_the_ribs_are_doubtful(
    volumes: tuple[tuple[float, float], ...],
) -> None:
    assert not _by_ribs(bodies(*volumes)).naming.certain


def test_a_lumbar_spine_begins_with_l1() -> None:
    chain = _by_ribs(bodies(NONE, NONE, NONE, DOUBTFUL, RIB))
    assert chain.levels[0].level is VertebraLevel.L1

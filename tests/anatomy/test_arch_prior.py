import numpy as np
import pytest

from planner.anatomy.arch_prior import PriorPlace, own_log_odds
from planner.anatomy.levels import VertebraLevel

HALF_WIDTH_MM, STEP_MM = 22.0, 34.0


def odds(level: VertebraLevel, beside_mm: float, behind_mm: float, above_mm: float) -> float:
    place = PriorPlace(
        np.array([beside_mm]), np.array([behind_mm]), np.array([above_mm]), HALF_WIDTH_MM, STEP_MM
    )
    return float(own_log_odds(level, place)[0])


@pytest.mark.parametrize("level", [VertebraLevel.T8, VertebraLevel.L3])
def test_a_pedicle_is_the_vertebras_own_and_those_a_level_away_are_not(
    level: VertebraLevel,
) -> None:
    assert odds(level, 14.0, -5.0, 5.0) > 1.0
    assert odds(level, 14.0, -5.0, 5.0 + STEP_MM) < -1.0
    assert odds(level, 14.0, -5.0, 5.0 - STEP_MM) < -1.0


def test_both_sides_are_alike() -> None:
    assert odds(VertebraLevel.L2, 17.0, 8.0, -9.0) == odds(VertebraLevel.L2, -17.0, 8.0, -9.0)


def test_an_extra_level_is_taken_for_its_neighbour() -> None:
    place = (12.0, 14.0, -20.0)
    assert odds(VertebraLevel.L6, *place) == odds(VertebraLevel.L5, *place)


def test_nothing_is_claimed_of_levels_without_models() -> None:
    assert odds(VertebraLevel.C5, 14.0, -5.0, 5.0) == 0.0

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geometry.units import ml_from_mm3, mm3_from_ml


def test_a_cube_of_one_centimetre_is_a_millilitre() -> None:
    assert ml_from_mm3(10.0**3) == 1.0


@given(st.floats(0, 1e6))
def test_a_volume_comes_back_unchanged(volume_ml: float) -> None:
    assert ml_from_mm3(mm3_from_ml(volume_ml)) == pytest.approx(volume_ml)

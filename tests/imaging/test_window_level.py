import pytest

from planner.imaging.window_level import BONE, SOFT_TISSUE, SPINE, WindowLevel


def test_a_window_narrower_than_one_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="width_hu"):
        WindowLevel(width_hu=0.0, level_hu=40.0)


def test_bone_is_shown_over_more_units_than_soft_tissue() -> None:
    assert BONE.width_hu > SPINE.width_hu > SOFT_TISSUE.width_hu

"""Work on a part of an array gives what work on all of it would."""

import numpy as np
import pytest
from scipy import ndimage

from planner.anatomy.implants import implant_voxels
from planner.anatomy.mask_box import box_of, voxels_of


def a_mask() -> np.ndarray:
    mask = np.zeros((6, 7, 8), np.bool_)
    mask[1, 2, 3] = mask[4, 2, 6] = True
    return mask


def test_the_box_holds_the_mask_and_no_more() -> None:
    assert box_of(a_mask()) == (slice(1, 5), slice(2, 3), slice(3, 7))


def test_a_margin_ends_where_the_array_does() -> None:
    k, j, i = box_of(a_mask(), 2)
    assert (k.start, j.start, i.start) == (0, 0, 1)
    assert a_mask()[k, j, i].shape == (6, 5, 7)


def test_nothing_lies_in_an_empty_box() -> None:
    assert not a_mask()[box_of(np.zeros((6, 7, 8), np.bool_))].size


def test_voxels_are_told_by_column_row_and_slice() -> None:
    assert voxels_of(a_mask()).tolist() == [[3, 2, 1], [6, 2, 4]]


@pytest.mark.parametrize("spacing_mm", [0.6, 0.8, 1.2])
def test_an_implant_is_what_hangs_together_with_something_thick(spacing_mm: float) -> None:
    spread = np.random.default_rng(4)
    hu = np.where(spread.random((30, 31, 29)) < 0.9, 2000.0, 0.0).astype(np.float32)
    hu[:, :, 15:] *= spread.random((30, 31, 14)) < 0.2
    width = max(round(2.4 / spacing_mm), 2)
    core = ndimage.binary_opening(hu > 1300.0, np.ones((width,) * 3))
    wanted = ndimage.binary_propagation(core, mask=hu > 1300.0)
    assert core.sum() * spacing_mm**3 > 60.0
    assert not wanted[hu > 1300.0].all()
    assert np.array_equal(implant_voxels(hu, spacing_mm), wanted)

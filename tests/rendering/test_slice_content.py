import numpy as np
import pytest

from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume
from planner.imaging.window_level import WindowLevel
from planner.rendering.slice_content import SliceContent


def _ramp() -> Volume:
    """Return 3 HU a millimetre to the left and 2 HU a millimetre to the back, about zero."""
    grid = GridGeometry.axis_aligned((64, 64, 9), (-31.5, -31.5, -4.0), (1.0, 1.0, 1.0))
    _, j, i = np.indices(grid.shape_kji)
    return Volume((3 * (i - 31) + 2 * (j - 31)).astype(np.int16), grid)


def _content(width_px: int, height_px: int, height_mm: float) -> SliceContent:
    content = SliceContent()
    content.show_volume(_ramp())
    content.show_window_level(WindowLevel(255.0, 0.0))
    content.resize(width_px, height_px)
    content.show_height(height_mm)
    return content


def test_a_moving_slice_reads_fewer_pixels_where_they_are_finer_than_voxels() -> None:
    content = _content(200, 160, 32.0)
    moving, still = content.pixels(still=False), content.pixels(still=True)
    assert (moving.shape, still.shape) == ((80, 100), (160, 200))
    pairs = still.astype(float).reshape(80, 2, 100, 2).mean(axis=(1, 3))
    assert moving == pytest.approx(pairs, abs=1.6), "nothing moves when the slice comes to rest"


def test_a_moving_slice_leaves_out_no_voxel() -> None:
    content = _content(60, 60, 60.0)
    assert content.pixels(still=False).shape == (60, 60)


def test_pixels_that_are_kept_go_with_whatever_they_were_read_from() -> None:
    content = _content(60, 60, 60.0)
    first = content.pixels(still=False).copy()
    assert np.array_equal(content.pixels(still=False), first)
    content.show_window_level(WindowLevel(100.0, 20.0))
    windowed = content.pixels(still=False).copy()
    assert not np.array_equal(windowed, first)
    content.recentre((4.0, 0.0, 0.0))
    moved = content.pixels(still=False).copy()
    assert not np.array_equal(moved, windowed)
    mirrored = Volume(_ramp().voxels[:, :, ::-1].copy(), _ramp().geometry)
    content.show_volume(mirrored)
    assert not np.array_equal(content.pixels(still=False), moved)

import numpy as np
import pytest

from planner.geometry.grids import GridGeometry
from planner.geometry.transforms import RigidTransform, rotation_about
from planner.imaging.hounsfield import sample_hu
from planner.imaging.slab import Slab, SlabMode
from planner.imaging.volume import Volume
from planner.rendering.cameras import SlicePlane
from planner.rendering.picking import SliceMapping
from planner.rendering.slice_sampler import OUTSIDE, SliceSampler


def _volume() -> Volume:
    """Return a smooth volume on an oblique, mirrored, feet-first grid of uneven spacing."""
    axes = rotation_about((1, 2, 3), 25.0) @ np.diag([-0.8, 0.9, -2.0])
    shape = (50, 44, 30)
    matrix = np.eye(4)
    matrix[:3, :3] = axes
    matrix[:3, 3] = -axes @ ((np.array(shape) - 1) / 2)
    grid = GridGeometry(shape, matrix)
    k, j, i = np.indices(grid.shape_kji)
    lps = grid.lps_of(np.stack([i, j, k], axis=-1))
    values = 300 + 8 * lps[..., 0] - 5 * lps[..., 1] + 3 * lps[..., 2]
    return Volume(np.rint(values).astype(np.int16), grid)


def _mapping(centre: tuple[float, ...] = (1.0, -2.0, 3.0)) -> SliceMapping:
    turned = rotation_about((0, 1, 1), 40.0)
    return SliceMapping(SlicePlane(centre, turned[:, 0], turned[:, 1]), 32, 24, 0.5)


@pytest.mark.parametrize("finely", [False, True])
def test_each_pixel_holds_the_volumes_value_at_its_middle(finely: bool) -> None:
    volume, mapping = _volume(), _mapping()
    sampler = SliceSampler()
    sampler.show(volume)
    found = sampler.sample(mapping, finely=finely)
    points = np.array([[mapping.lps_of((x + 0.5, y + 0.5)) for x in range(32)] for y in range(24)])
    wanted = sample_hu(volume, points.reshape(-1, 3)).reshape(24, 32)
    assert found == pytest.approx(wanted, abs=1.01)


def test_a_moved_volume_is_read_where_it_lies_now() -> None:
    volume = _volume()
    moved = RigidTransform(rotation_about((0, 0, 1), 10.0), np.array([4.0, -3.0, 2.0]))
    mapping, sampler = _mapping(), SliceSampler()
    sampler.show(volume, moved)
    found = sampler.sample(mapping, finely=False)
    middle = moved.inverse.point(mapping.lps_of((16.5, 12.5)))
    assert found[12, 16] == pytest.approx(sample_hu(volume, middle[np.newaxis])[0], abs=1.01)


def _bright_sheet(depth_mm: float) -> Volume:
    grid = GridGeometry.axis_aligned((20, 20, 61), (-10, -10, -30), (1.0, 1.0, 1.0))
    voxels = np.zeros(grid.shape_kji, dtype=np.int16)
    voxels[round(30 + depth_mm)] = 1000
    return Volume(voxels, grid)


@pytest.mark.parametrize("depth_mm", [-4.0, 4.0])
def test_a_slab_reaches_half_its_thickness_before_and_behind_the_plane(depth_mm: float) -> None:
    plane = SlicePlane((0, 0, 0), (1, 0, 0), (0, 1, 0))
    mapping, sampler = SliceMapping(plane, 8, 8, 1.0), SliceSampler()
    sampler.show(_bright_sheet(depth_mm))
    thick = sampler.sample(mapping, Slab(SlabMode.MAXIMUM, 10.0), finely=True)
    thinner = sampler.sample(mapping, Slab(SlabMode.MAXIMUM, 6.0), finely=True)
    assert thick[4, 4] == 1000
    assert thinner[4, 4] == 0


def test_an_average_slab_is_the_mean_of_what_lies_in_it() -> None:
    plane = SlicePlane((0, 0, 0), (1, 0, 0), (0, 1, 0))
    mapping, sampler = SliceMapping(plane, 8, 8, 1.0), SliceSampler()
    sampler.show(_bright_sheet(0.0))
    found = sampler.sample(mapping, Slab(SlabMode.AVERAGE, 10.0), finely=True)
    assert found[4, 4] == pytest.approx(1000 / 11, abs=2)


def test_beside_the_volume_there_is_nothing() -> None:
    sampler = SliceSampler()
    sampler.show(_volume())
    assert (sampler.sample(_mapping((900.0, 0.0, 0.0)), finely=True) == OUTSIDE).all()

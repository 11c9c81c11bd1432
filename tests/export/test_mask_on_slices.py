import attrs
import numpy as np
import pytest

from planner.export.mask_on_slices import SliceRange, mask_on_slices, slices_through
from planner.export.source_images import SourceImage, SourceImages
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import VoxelMask

CENTRE = np.array([14.0, -20.0, -300.0])
RADIUS_MM = 12.0


@pytest.fixture
def a_ball() -> VoxelMask:
    """A ball to the patient's left, on a fine grid of its own."""
    grid = GridGeometry.axis_aligned((40, 40, 40), CENTRE - 15.0, (0.75, 0.75, 0.75))
    k, j, i = np.indices(grid.shape_kji)
    places = grid.lps_of(np.stack([i, j, k], axis=-1))
    return VoxelMask(np.linalg.norm(places - CENTRE, axis=-1) < RADIUS_MM, grid)


def slices(step_lps_mm: tuple[float, float, float], tilt_deg: float = 0.0) -> SourceImages:
    tilt = np.radians(tilt_deg)
    first = np.array([-40.0, -70.0, -330.0])
    return SourceImages(
        images=tuple(
            SourceImage("1.2", f"1.2.{n}", first + n * np.array(step_lps_mm)) for n in range(30)
        ),
        row_lps=(1.0, 0.0, 0.0),
        column_lps=(0.0, np.cos(tilt), np.sin(tilt)),
        spacing_ij_mm=(0.8, 0.9),
        columns=120,
        rows=110,
        slice_step_mm=2.0,
    )


@pytest.mark.parametrize("tilt_deg", [0.0, 20.0], ids=["straight", "tilted-gantry"])
def test_a_voxel_is_drawn_when_its_centre_lies_in_the_ball(
    a_ball: VoxelMask, tilt_deg: float
) -> None:
    source = slices((0.0, 0.0, 2.0), tilt_deg)
    drawn = mask_on_slices(a_ball, source, SliceRange(0, 30))
    j, i = np.indices((source.rows, source.columns))
    ij1 = np.stack([i, j, np.ones_like(i)], axis=-1)
    for number in range(30):
        distances = np.linalg.norm(ij1 @ source.lps_from_ij(number).T - CENTRE, axis=-1)
        # Half a voxel's diagonal of the ball's own grid may fall either way.
        assert drawn[number][distances < RADIUS_MM - 0.65].all()
        assert not drawn[number][distances > RADIUS_MM + 0.65].any()
    volume_ml = drawn.sum() * 0.8 * 0.9 * 2.0 * np.cos(np.radians(tilt_deg)) / 1000.0
    assert volume_ml == pytest.approx(4.0 / 3.0 * np.pi * RADIUS_MM**3 / 1000.0, rel=0.02)


def test_a_ball_on_the_left_is_drawn_in_the_columns_of_the_left(a_ball: VoxelMask) -> None:
    drawn = mask_on_slices(a_ball, slices((0.0, 0.0, 2.0)), SliceRange(0, 30))
    columns = np.nonzero(drawn)[2]
    assert -40.0 + 0.8 * columns.mean() == pytest.approx(CENTRE[0], abs=0.1)


def test_only_slices_near_the_grid_are_named(a_ball: VoxelMask) -> None:
    source = slices((0.0, 0.0, 2.0))
    found = slices_through(a_ball.geometry, source)
    heights_mm = [source.images[n].position_lps_mm[2] for n in (found.first, found.end - 1)]
    assert heights_mm == pytest.approx([-315.0, -285.0], abs=2.0)
    far = attrs.evolve(
        source, images=tuple(attrs.evolve(i, position_lps_mm=(0, 0, 500)) for i in source.images)
    )
    assert len(slices_through(a_ball.geometry, far)) == 0


def test_an_empty_mask_draws_nothing(a_ball: VoxelMask) -> None:
    empty = VoxelMask(np.zeros_like(a_ball.voxels), a_ball.geometry)
    assert not mask_on_slices(empty, slices((0.0, 0.0, 2.0)), SliceRange(3, 9)).any()

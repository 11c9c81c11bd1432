import numpy as np
import pytest

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume, VoxelMask


@pytest.fixture
def a_grid() -> GridGeometry:
    return GridGeometry.axis_aligned((4, 3, 2), (0, 0, 0), (0.5, 1, 2))


def test_voxels_of_another_shape_or_type_are_refused(a_grid: GridGeometry) -> None:
    with pytest.raises(GeometryProblem):
        Volume(np.zeros(a_grid.shape_ijk, np.int16), a_grid)
    with pytest.raises(GeometryProblem):
        Volume(np.zeros(a_grid.shape_kji, np.float32), a_grid)  # type: ignore[arg-type]  # refused
    with pytest.raises(GeometryProblem):
        VoxelMask(np.zeros(a_grid.shape_kji, np.uint8), a_grid)  # type: ignore[arg-type]  # refused


def test_voxels_cannot_be_written_to(a_grid: GridGeometry) -> None:
    volume = Volume(np.zeros(a_grid.shape_kji, np.int16), a_grid)
    with pytest.raises(ValueError, match="read-only"):
        volume.voxels[0, 0, 0] = 1


def test_the_volume_of_a_mask_counts_its_voxels_in_cubic_millimetres(a_grid: GridGeometry) -> None:
    voxels = np.zeros(a_grid.shape_kji, np.bool_)
    voxels[0, 0, :3] = True
    mask = VoxelMask(voxels, a_grid)
    assert mask.volume_mm3 == pytest.approx(3.0)
    assert not mask.is_empty
    assert VoxelMask(np.zeros(a_grid.shape_kji, np.bool_), a_grid).is_empty

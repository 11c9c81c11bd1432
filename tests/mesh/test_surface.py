import numpy as np
import pytest

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import VoxelMask
from planner.mesh.surface import surface_of_mask


def _ellipsoid(lps_from_ijk: np.ndarray, centre_ijk: tuple[float, float, float]) -> VoxelMask:
    k, j, i = np.ogrid[:40, :44, :48]
    distance = ((i - centre_ijk[0]) / 16) ** 2 + ((j - centre_ijk[1]) / 12) ** 2
    return VoxelMask(
        distance + ((k - centre_ijk[2]) / 10) ** 2 < 1, GridGeometry((48, 44, 40), lps_from_ijk)
    )


@pytest.fixture
def an_ellipsoid() -> VoxelMask:
    matrix = np.diag([0.7, 0.7, 1.25, 1.0])
    matrix[:3, 3] = (-20.0, 35.0, -250.0)
    return _ellipsoid(matrix, (23, 21, 19))


@pytest.mark.parametrize("iterations", [0, 30])
def test_a_surface_is_closed_and_holds_the_volume_of_its_mask(
    an_ellipsoid: VoxelMask, iterations: int
) -> None:
    surface = surface_of_mask(an_ellipsoid, smoothing_iterations=iterations)
    assert surface.is_watertight
    assert surface.volume_mm3 == pytest.approx(an_ellipsoid.volume_mm3, rel=0.02)


def test_a_surface_lies_where_its_voxels_lie_in_the_patient(an_ellipsoid: VoxelMask) -> None:
    surface = surface_of_mask(an_ellipsoid)
    centre = an_ellipsoid.geometry.lps_of((23, 21, 19))
    assert surface.centroid_lps_mm() == pytest.approx(centre, abs=0.1)
    reach = np.ptp(surface.vertices_lps_mm, axis=0)
    assert reach == pytest.approx([2 * 16 * 0.7, 2 * 12 * 0.7, 2 * 10 * 1.25], rel=0.05)


def test_faces_turn_outwards_on_a_grid_that_runs_backwards() -> None:
    matrix = np.diag([0.7, -0.7, 1.25, 1.0])
    surface = surface_of_mask(_ellipsoid(matrix, (23, 21, 19)))
    assert surface.volume_mm3 > 0
    assert surface.centroid_lps_mm()[1] == pytest.approx(-0.7 * 21, abs=0.1)


def test_a_mask_cut_off_by_its_grid_still_has_a_closed_surface() -> None:
    mask = _ellipsoid(np.eye(4), (0, 43, 19))
    surface = surface_of_mask(mask)
    assert surface.is_watertight
    assert surface.volume_mm3 == pytest.approx(mask.volume_mm3, rel=0.02)


def test_a_large_surface_is_thinned_without_opening_it(an_ellipsoid: VoxelMask) -> None:
    whole = surface_of_mask(an_ellipsoid)
    thinned = surface_of_mask(an_ellipsoid, largest_triangle_count=1500)
    assert len(whole.faces) > 3000
    assert len(thinned.faces) <= 1500
    assert thinned.is_watertight
    assert thinned.volume_mm3 == pytest.approx(an_ellipsoid.volume_mm3, rel=0.02)


def test_smoothing_takes_the_stairs_away(an_ellipsoid: VoxelMask) -> None:
    stairs = surface_of_mask(an_ellipsoid, smoothing_iterations=0)
    smooth = surface_of_mask(an_ellipsoid)
    assert smooth.area_mm2 < 0.96 * stairs.area_mm2


def test_an_empty_mask_is_refused() -> None:
    grid = GridGeometry.axis_aligned((4, 4, 4), (0, 0, 0), (1, 1, 1))
    with pytest.raises(GeometryProblem):
        surface_of_mask(VoxelMask(np.zeros((4, 4, 4), dtype=bool), grid))

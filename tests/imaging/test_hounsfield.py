import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.shapes import Segment
from planner.imaging.hounsfield import profile_along, sample_hu
from planner.imaging.volume import Volume


def _ramp_hu(lps_mm: np.ndarray) -> np.ndarray:
    return lps_mm @ [3.0, -2.0, 5.0]


def _a_ramp() -> Volume:
    """A volume whose value is linear in space, with steps that are whole numbers."""
    grid = GridGeometry.axis_aligned((9, 8, 7), (-4.0, 10.0, 50.0), (1.0, 2.0, 3.0))
    ijk = np.stack(np.meshgrid(*[np.arange(n) for n in grid.shape_ijk], indexing="ij"), -1)
    voxels = _ramp_hu(grid.lps_of(ijk)).transpose(2, 1, 0)
    return Volume(np.ascontiguousarray(np.rint(voxels).astype(np.int16)), grid, padding_hu=-2000)


@given(st.tuples(st.floats(-4, 4), st.floats(10, 24), st.floats(50, 68)))
def test_between_voxel_centres_a_linear_volume_is_read_exactly(
    point_lps_mm: tuple[float, float, float],
) -> None:
    point = np.array([point_lps_mm])
    assert sample_hu(_a_ramp(), point)[0] == pytest.approx(_ramp_hu(point)[0], abs=1e-6)


def test_beyond_the_outermost_voxels_the_value_is_unknown() -> None:
    points = np.array([[4.4, 10, 50], [4.6, 10, 50], [0, 8.9, 50], [0, 10, 70]])
    values_hu = sample_hu(_a_ramp(), points)
    assert values_hu[0] == _ramp_hu(np.array([4.0, 10, 50]))
    assert np.isnan(values_hu[1:]).all()


def test_a_value_that_padding_takes_part_in_is_unknown() -> None:
    ramp = _a_ramp()
    voxels = np.array(ramp.voxels)
    voxels[0, 0, 0] = -2000
    padded = Volume(voxels, ramp.geometry, padding_hu=-2000)
    values_hu = sample_hu(padded, np.array([[-3.5, 10, 50], [-2.5, 10, 50]]))
    assert np.isnan(values_hu[0])
    assert values_hu[1] == pytest.approx(_ramp_hu(np.array([-2.5, 10, 50])))


def test_a_profile_runs_from_end_to_end_in_equal_steps_no_longer_than_asked() -> None:
    line = Segment((-4, 10, 50), (4, 10, 50))
    profile = profile_along(_a_ramp(), line, step_mm=3.0)
    np.testing.assert_allclose(profile.distance_mm, [0, 8 / 3, 16 / 3, 8])
    np.testing.assert_allclose(profile.value_hu[[0, -1]], [218, 242])


@pytest.mark.parametrize("step_mm", [0.0, -1.0, float("nan")])
def test_a_profile_without_a_step_is_refused(step_mm: float) -> None:
    with pytest.raises(GeometryProblem, match="step"):
        profile_along(_a_ramp(), Segment((0, 10, 50), (1, 10, 50)), step_mm)

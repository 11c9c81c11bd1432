import numpy as np
import pytest

from planner.foundation.errors import GeometryProblem
from planner.foundation.progress import Cancelled
from planner.geometry.grids import GridGeometry
from planner.geometry.transforms import RigidTransform
from planner.imaging.registration import initial_alignment, register_rigidly
from planner.imaging.volume import Volume

MARKER_LPS_MM = np.array([38.0, -20.0, 25.0])
"""The brightest ball: to the patient's left, in front and above."""
_BODIES = (
    # centre, half axes, CT value, MR value: no scale leads from one to the other
    ((0, 0, 0), (70, 50, 60), 40, 300),
    ((0, 30, 0), (14, 14, 55), 700, 80),
    ((0, 0, -30), (20, 16, 13), 350, 520),
    ((0, 0, 5), (20, 16, 13), 380, 560),
    ((0, 0, 40), (20, 16, 13), 360, 540),
    ((-42, -12, -10), (18, 14, 22), 90, 900),
    (MARKER_LPS_MM, (11, 9, 10), 1200, 30),
)


def _values(points: np.ndarray, of_mr: bool) -> np.ndarray:
    values = np.full(points.shape[:-1], 0 if of_mr else -1000.0)
    for centre, half_axes, ct, mr in _BODIES:
        inside = (((points - np.asarray(centre)) / np.asarray(half_axes)) ** 2).sum(axis=-1) < 1
        values[inside] = mr if of_mr else ct
    return values


def _scan(grid: GridGeometry, of_mr: bool, lps_from_scan: RigidTransform, uid: str) -> Volume:
    """Return the phantom as a scanner sees it in which it lies moved."""
    k, j, i = np.indices(grid.shape_kji)
    points = lps_from_scan.points(grid.lps_of(np.stack([i, j, k], axis=-1)).reshape(-1, 3))
    values = _values(points, of_mr).reshape(grid.shape_kji)
    noise = np.random.default_rng(5).normal(0.0, 12.0, values.shape)
    return Volume((values + noise).astype(np.int16), grid, uid)


def _motion(angles_deg: tuple[float, float, float], shift_mm: tuple[float, ...]) -> RigidTransform:
    rotation = np.eye(3)
    for axis, angle in enumerate(np.radians(angles_deg)):
        turn = np.eye(3)
        a, b = [n for n in range(3) if n != axis]
        turn[a, a] = turn[b, b] = np.cos(angle)
        turn[a, b], turn[b, a] = -np.sin(angle), np.sin(angle)
        rotation = turn @ rotation
    return RigidTransform(rotation, np.array(shift_mm))


def _ct() -> Volume:
    grid = GridGeometry.axis_aligned((80, 60, 60), (-79, -59, -73), (2.0, 2.0, 2.5))
    return _scan(grid, False, RigidTransform.identity(), "1.2.3")


def _sagittal_mr(lps_from_scan: RigidTransform, uid: str = "1.2.3") -> Volume:
    """Return thick sagittal slices, as a spine's MR is scanned: columns back, rows down."""
    matrix = np.eye(4)
    matrix[:3, :3] = np.array([[0, 0, 4.0], [1.5, 0, 0], [0, -1.5, 0]])
    matrix[:3, 3] = (-74.0, -59.0, 70.0)
    return _scan(GridGeometry((80, 94, 38), matrix), True, lps_from_scan, uid)


@pytest.mark.slow
@pytest.mark.parametrize(
    "motion",
    [
        _motion((0, 0, 0), (0, 0, 0)),
        _motion((3, -4, 5), (6, -8, 5)),
        _motion((-6, 2, -7), (-10, 5, -9)),
    ],
    ids=["still", "moved", "moved further"],
)
def test_a_known_motion_is_found_to_a_millimetre_and_a_degree(motion: RigidTransform) -> None:
    found = register_rigidly(_ct(), _sagittal_mr(motion))
    off = found.fixed_from_moving @ motion.inverse
    corners = np.array([[x, y, z] for x in (-60, 60) for y in (-40, 40) for z in (-50, 50)], float)
    assert np.linalg.norm(off.points(corners) - corners, axis=1).max() < 1.0
    turn_deg = np.degrees(np.arccos(np.clip((np.trace(off.rotation) - 1) / 2, -1, 1)))
    assert turn_deg < 1.0
    assert found.residual_mm < 1.0
    assert found.is_reliable


@pytest.mark.slow
def test_what_lies_left_in_the_mr_lands_left_in_the_ct() -> None:
    motion = _motion((2, 3, -4), (5, 7, -6))
    mr = _sagittal_mr(motion)
    marker_in_mr = motion.inverse.point(MARKER_LPS_MM)
    i, j, k = np.rint(mr.geometry.ijk_of(marker_in_mr)).astype(int)
    assert mr.voxels[k, j, i] < 100, "the marker is dark in the MR"
    found = register_rigidly(_ct(), mr)
    landed = found.fixed_from_moving.point(marker_in_mr)
    assert landed == pytest.approx(MARKER_LPS_MM, abs=1.0)
    mirrored = MARKER_LPS_MM * (-1, 1, 1)
    assert np.linalg.norm(landed - mirrored) > 60.0


@pytest.mark.slow
def test_series_of_different_frames_begin_centre_on_centre_and_are_found_too() -> None:
    far = _motion((2, -2, 3), (220, -130, 400))
    found = register_rigidly(_ct(), _sagittal_mr_about(far))
    off = found.fixed_from_moving @ far.inverse
    assert np.linalg.norm(off.point(MARKER_LPS_MM) - MARKER_LPS_MM) < 1.0


def _sagittal_mr_about(lps_from_scan: RigidTransform) -> Volume:
    """Return an MR of another frame, whose grid lies where its scanner saw the patient."""
    centred = _sagittal_mr(RigidTransform.identity())
    matrix = np.array(centred.geometry.lps_from_ijk)
    scan_from_lps = lps_from_scan.inverse
    matrix[:3, 3] += scan_from_lps.point((0, 0, 0))
    return _scan(GridGeometry(centred.geometry.shape_ijk, matrix), True, lps_from_scan, "9.9")


def test_a_shared_frame_of_reference_is_where_it_begins() -> None:
    mr = _sagittal_mr(RigidTransform.identity())
    assert initial_alignment(_ct(), mr) == RigidTransform.identity()


@pytest.mark.slow
def test_an_image_of_nothing_is_never_called_reliable() -> None:
    mr = _sagittal_mr(RigidTransform.identity())
    noise = np.random.default_rng(3).normal(300, 60, mr.voxels.shape).astype(np.int16)
    try:
        found = register_rigidly(_ct(), Volume(noise, mr.geometry, "1.2.3"))
    except GeometryProblem:
        return
    assert not found.is_reliable
    assert found.doubt


def test_series_that_lie_apart_are_refused_in_a_sentence() -> None:
    mr = _sagittal_mr(RigidTransform.identity())
    matrix = np.array(mr.geometry.lps_from_ijk)
    matrix[:3, 3] += 900.0
    with pytest.raises(GeometryProblem, match="lie apart"):
        register_rigidly(
            _ct(), Volume(mr.voxels, GridGeometry(mr.geometry.shape_ijk, matrix), "1.2.3")
        )


def test_it_stops_when_it_is_asked_to() -> None:
    def stop_soon(fraction: float, _message: str = "") -> None:
        if fraction > 0.06:
            raise Cancelled

    with pytest.raises(Cancelled):
        register_rigidly(_ct(), _sagittal_mr(RigidTransform.identity()), stop_soon)

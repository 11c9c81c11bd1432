"""One volume laid onto another of the same patient: rigid, by mutual information (SimpleITK)."""

from typing import TYPE_CHECKING

import attrs
import numpy as np
import SimpleITK

from planner.foundation.errors import GeometryProblem
from planner.foundation.progress import Cancelled, Progress, no_progress, part_of
from planner.geometry.grids import GridGeometry
from planner.geometry.transforms import RigidTransform
from planner.imaging.resample import isotropic_crop_geometry, resample_volume
from planner.imaging.sitk_image import image_on_grid
from planner.imaging.volume import Volume

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.geometry.points import FloatArray

_WORKING_MM = 1.5
"""Both images are compared on voxels of this edge: on the model spine, 2 mm leave a STIR a
millimetre further off."""
_COMPARED_HU = (-100.0, 700.0)
"""Below fat and above cancellous bone nothing is told apart: in a STIR both fat and air are dark,
so that skin would draw the series out of place."""
_BINS = 48
_SHRINKS, _SMOOTHINGS_MM = (4, 2, 1), (4.0, 2.0, 0.0)
_SAMPLED_SHARES = (0.6, 0.3, 0.2)
_ITERATIONS = 120
_SEED = 20260112
"""The same pixels are compared in each run: the same images give the same answer."""
_LARGEST_STEP, _SMALLEST_STEP = 2.0, 0.005
_RELIABLE_MM = 2.0
"""Two runs in opposite directions that end further apart than this have not found one answer."""
_LEAST_OVERLAP = 0.3
_LARGEST_TURN_DEG = 25.0
"""A patient who lies on a table twice is turned no further than this."""
_EDGE_COUNT = 3
_DISTURBANCE = (0.02, -0.02, 0.02, 2.5, -2.5, 2.5)
"""Radians and millimetres by which the second run begins elsewhere."""


@attrs.frozen
class Registration:
    """Where a moving volume lies in the patient space of a fixed one, and how sure that is."""

    fixed_from_moving: RigidTransform
    residual_mm: float
    """How far the runs in both directions disagree: root mean square over the shared region."""
    overlap_share: float
    """How much of the smaller volume lies inside the other."""
    doubt: str = ""
    """Why it should not be trusted, in words; empty where nothing speaks against it."""

    @property
    def is_reliable(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.doubt


def initial_alignment(fixed: Volume, moving: Volume) -> RigidTransform:
    """Return where to begin: as scanned in a shared frame of reference, else centre on centre."""
    if shares_frame(fixed, moving):
        return RigidTransform.identity()
    shift = fixed.geometry.centre_lps_mm - moving.geometry.centre_lps_mm
    return RigidTransform(np.eye(3), shift)


def shares_frame(fixed: Volume, moving: Volume) -> bool:
    """Return whether both were scanned in one frame of reference."""
    uid = fixed.frame_of_reference_uid
    return bool(uid) and uid == moving.frame_of_reference_uid


def register_rigidly(
    fixed: Volume, moving: Volume, progress: Progress = no_progress
) -> Registration:
    """Return how a moving volume lies on a fixed one.

    Mattes' mutual information, coarse to fine, from `initial_alignment`; then once more with the
    volumes in each other's place, and the disagreement of both is the residual.

    Raises
    ------
    GeometryProblem
        If the volumes have nothing in common to compare.
    Cancelled
        When the progress asks to stop.
    """
    start = initial_alignment(fixed, moving)
    progress(0.0, "Preparing")
    region = _shared_region(fixed, moving, start)
    still, moved = _working_image(fixed, region), _own_working_image(moving)
    # Compared at the voxels of the moving series: those of an MR are the thicker ones, and the
    # finer CT is the one to interpolate.
    back = _aligned(moved, still, start.inverse, part_of(progress, 0.05, 0.5))
    there = back.inverse
    check = _aligned(still, moved, there, part_of(progress, 0.5, 0.95), is_check=True)
    progress(0.95, "Checking")
    residual_mm = _disagreement_mm(check, back, region)
    overlap = _overlap_share(fixed, moving, there)
    doubt = _doubt(there, start, residual_mm, overlap)
    return Registration(there, residual_mm, overlap, doubt)


def _shared_region(fixed: Volume, moving: Volume, start: RigidTransform) -> GridGeometry:
    corners = start.points(moving.geometry.corners_lps_mm())
    margin_mm = 10.0
    try:
        return isotropic_crop_geometry(
            fixed.geometry,
            corners.min(axis=0) - margin_mm,
            corners.max(axis=0) + margin_mm,
            _WORKING_MM,
        )
    except GeometryProblem as problem:
        raise GeometryProblem(
            "The two series lie apart, so one cannot be laid onto the other.",
            hint="Choose a series of the same region.",
        ) from problem


def _working_image(volume: Volume, region: GridGeometry) -> SimpleITK.Image:
    return image_on_grid(_compared(resample_volume(volume, region), volume.modality), region)


def _own_working_image(volume: Volume) -> SimpleITK.Image:
    """Return a volume on its own grid, its rows and columns thinned to the working size."""
    step = [max(1, round(_WORKING_MM / 1.5 / mm)) for mm in volume.geometry.spacing_ijk_mm]
    image = image_on_grid(_compared(volume, volume.modality), volume.geometry)
    return SimpleITK.BinShrink(image, step) if max(step) > 1 else image


def _compared(volume: Volume, modality: str) -> "NDArray[np.float32]":
    """Return the values that are compared: of a CT those of soft tissue and bone."""
    values = volume.voxels.astype(np.float32)
    return np.clip(values, *_COMPARED_HU) if modality == "CT" else values


def _aligned(
    fixed: SimpleITK.Image,
    moving: SimpleITK.Image,
    start: RigidTransform,
    progress: Progress,
    *,
    is_check: bool = False,
) -> RigidTransform:
    """Return the fixed from the moving space; a check begins fine, from a disturbed start."""
    transform = _as_euler(start.inverse, fixed)
    if is_check:
        _disturb(transform)
    first = 1 if is_check else 0
    method = SimpleITK.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(_BINS)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentagePerLevel(_SAMPLED_SHARES[first:], _SEED)
    method.SetInterpolator(SimpleITK.sitkLinear)
    method.SetOptimizerAsRegularStepGradientDescent(
        _LARGEST_STEP, _SMALLEST_STEP, _ITERATIONS, relaxationFactor=0.6
    )
    method.SetOptimizerScalesFromPhysicalShift()
    method.SetShrinkFactorsPerLevel(_SHRINKS[first:])
    method.SetSmoothingSigmasPerLevel(_SMOOTHINGS_MM[first:])
    method.SmoothingSigmasAreSpecifiedInPhysicalUnitsOn()
    method.SetInitialTransform(transform, inPlace=True)
    _execute(method, fixed, moving, progress, len(_SHRINKS[first:]))
    return _as_rigid(transform).inverse


def _execute(
    method: SimpleITK.ImageRegistrationMethod,
    fixed: SimpleITK.Image,
    moving: SimpleITK.Image,
    progress: Progress,
    level_count: int,
) -> None:
    cancelled: list[Cancelled] = []

    def tell() -> None:
        level, step = method.GetCurrentLevel(), method.GetOptimizerIteration()
        try:
            progress((level + min(step / _ITERATIONS, 1.0)) / level_count, "Aligning")
        except Cancelled as stop:
            # SimpleITK swallows what its observers raise.
            cancelled.append(stop)
            method.StopRegistration()

    method.AddCommand(SimpleITK.sitkIterationEvent, tell)
    try:
        method.Execute(fixed, moving)
    except RuntimeError as problem:
        if not cancelled:
            raise GeometryProblem(
                "The two series have too little in common to be laid onto each other.",
                hint="Move the overlay by hand, or choose a series of the same region.",
            ) from problem
    if cancelled:
        raise cancelled[0]


def _as_euler(
    moving_from_fixed: RigidTransform, fixed: SimpleITK.Image
) -> SimpleITK.Euler3DTransform:
    """Return SimpleITK's transform, which maps the fixed to the moving space, about its middle."""
    middle = [(size - 1) / 2.0 for size in fixed.GetSize()]
    centre = np.array(fixed.TransformContinuousIndexToPhysicalPoint(middle))
    euler = SimpleITK.Euler3DTransform()
    euler.SetCenter([float(v) for v in centre])
    euler.SetMatrix([float(v) for v in moving_from_fixed.rotation.ravel()], 1e-5)
    moved = moving_from_fixed.point(centre)
    euler.SetTranslation([float(v) for v in moved - centre])
    return euler


def _as_rigid(euler: SimpleITK.Euler3DTransform) -> RigidTransform:
    rotation = np.array(euler.GetMatrix()).reshape(3, 3)
    origin = np.array(euler.TransformPoint((0.0, 0.0, 0.0)))
    return RigidTransform(rotation, origin)


def _disturb(euler: SimpleITK.Euler3DTransform) -> None:
    """Begin elsewhere, so that agreeing with the first run means something."""
    moved = np.add(euler.GetParameters(), _DISTURBANCE)
    euler.SetParameters([float(value) for value in moved])


def _disagreement_mm(there: RigidTransform, back: RigidTransform, region: GridGeometry) -> float:
    """Return how far points come back from where they went: there and back again."""
    shares = np.linspace(0.0, 1.0, _EDGE_COUNT)
    grid = np.stack(np.meshgrid(shares, shares, shares), axis=-1).reshape(-1, 3)
    points = region.lps_of(grid * (np.asarray(region.shape_ijk) - 1))
    returned = there.points(back.points(points))
    return float(np.sqrt(((returned - points) ** 2).sum(axis=1).mean()))


def _overlap_share(fixed: Volume, moving: Volume, fixed_from_moving: RigidTransform) -> float:
    shares = [
        _inside_share(moving.geometry, fixed.geometry, fixed_from_moving),
        _inside_share(fixed.geometry, moving.geometry, fixed_from_moving.inverse),
    ]
    return max(shares)


def _inside_share(
    inner: GridGeometry, outer: GridGeometry, outer_from_inner: RigidTransform
) -> float:
    ticks = [np.linspace(0.0, n - 1.0, 12) for n in inner.shape_ijk]
    grid = np.stack(np.meshgrid(*ticks), axis=-1).reshape(-1, 3)
    ijk: FloatArray = outer.ijk_of(outer_from_inner.points(inner.lps_of(grid)))
    inside = ((ijk >= -0.5) & (ijk <= np.asarray(outer.shape_ijk) - 0.5)).all(axis=1)
    return float(inside.mean())


def _doubt(found: RigidTransform, start: RigidTransform, residual_mm: float, overlap: float) -> str:
    moved = found @ start.inverse
    turn_deg = float(np.degrees(np.arccos(np.clip((np.trace(moved.rotation) - 1) / 2, -1, 1))))
    if residual_mm > _RELIABLE_MM:
        return f"two runs in opposite directions end {residual_mm:.1f} mm apart"
    if overlap < _LEAST_OVERLAP:
        return f"only {100 * overlap:.0f} % of the smaller series lies inside the other"
    if turn_deg > _LARGEST_TURN_DEG:
        return f"it turned the series by {turn_deg:.0f} degrees"
    return ""

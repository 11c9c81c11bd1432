"""A made spine whose truth is known, and the thorax CT with its labels."""

from collections.abc import Callable, Mapping
from pathlib import Path

import attrs
import numpy as np
import pytest
import SimpleITK
from numpy.typing import NDArray

from planner.anatomy.levels import VertebraLevel
from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import likely_planning_series
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, Triple
from planner.imaging.volume import Volume, VoxelMask

BODY_STEP_MM = 32.0
"""From one body of the made spine to the next."""
HALF_HEIGHT_MM = 12.0
HALF_WIDTH_MM, HALF_DEPTH_MM = 19.0, 14.0
CANAL_V_MM, CANAL_RADIUS_MM = 22.0, 8.0
LEFT_PEDICLE_MM, RIGHT_PEDICLE_MM = 9.0, 6.0
PEDICLE_W_MM, PEDICLE_HEIGHT_MM = 4.0, 14.0

LABELS: Mapping[str, int] = {"T9": 35, "T10": 34, "T11": 33, "T12": 32, "L1": 31}
CORD_LABEL = 79


def _bone(hu: FloatArray, inside: NDArray[np.bool_], core: NDArray[np.bool_]) -> None:
    hu[inside] = 450.0
    hu[core] = 140.0


def _vertebra(hu: FloatArray, u: FloatArray, v: FloatArray, w: FloatArray) -> None:
    """Draw a vertebra with a cortex of 1.5 mm; the left pedicle is wider than the right."""
    across = np.hypot(u / HALF_WIDTH_MM, v / HALF_DEPTH_MM)
    thin = np.hypot(u / (HALF_WIDTH_MM - 1.5), v / (HALF_DEPTH_MM - 1.5))
    ring = np.hypot(u, v - CANAL_V_MM)
    lamina = (ring < 13.0) & (v > CANAL_V_MM) & (np.abs(w + 4.0) < 9.0)
    spinous = (np.abs(u) < 3.5) & (v > CANAL_V_MM + 8.0) & (v < 55.0) & (np.abs(w + 6.0) < 7.0)
    hu[lamina | spinous] = 450.0
    for sign, width in ((1.0, LEFT_PEDICLE_MM), (-1.0, RIGHT_PEDICLE_MM)):
        centre = sign * (CANAL_RADIUS_MM + width / 2)
        beside, up = np.abs(u - centre), np.abs(w - PEDICLE_W_MM)
        bridge = (v > 8.0) & (v < CANAL_V_MM + 5.0)
        _bone(
            hu,
            bridge & (beside < width / 2) & (up < PEDICLE_HEIGHT_MM / 2),
            bridge & (beside < width / 2 - 1.5) & (up < PEDICLE_HEIGHT_MM / 2 - 1.5),
        )
    tall, short = np.abs(w) < HALF_HEIGHT_MM, np.abs(w) < HALF_HEIGHT_MM - 1.5
    _bone(hu, (across < 1.0) & tall, (thin < 1.0) & short)


@pytest.fixture(scope="session")
def a_made_spine() -> Volume:
    """A CT of five equal vertebrae along S, the middle one's centre at the origin.

    One millimetre voxels. Discs of 80 HU lie between the bodies, the canal holds 30 HU.
    """
    i, j, k = 130, 150, 150
    # Between whole millimetres, so that edges lie half way between voxel centres.
    grid = GridGeometry.axis_aligned((i, j, k), (-64.5, -59.5, -74.5), (1.0, 1.0, 1.0))
    x = -64.5 + np.arange(i)
    y = -59.5 + np.arange(j)
    z = -74.5 + np.arange(k)
    w, v, u = np.meshgrid(z, y, x, indexing="ij")
    hu = np.full(u.shape, 50.0)
    hu[np.hypot(u / HALF_WIDTH_MM, v / HALF_DEPTH_MM) < 1.0] = 80.0
    for step in range(-2, 3):
        _vertebra(hu, u, v, w - step * BODY_STEP_MM)
    hu[np.hypot(u, v - CANAL_V_MM) < CANAL_RADIUS_MM] = 30.0
    noise = np.random.default_rng(4).normal(0.0, 12.0, hu.shape)
    return Volume(np.rint(hu + noise).astype(np.int16), grid)


@attrs.frozen(eq=False)
class LabelledThorax:
    """The thorax CT and labels of its structures, both on their own grids."""

    volume: Volume
    labels: NDArray[np.uint8]
    label_grid: GridGeometry

    def mask(self, number: int) -> VoxelMask:
        """Return one structure."""
        return VoxelMask(self.labels == number, self.label_grid)

    def body_centre_lps_mm(self, level: VertebraLevel) -> FloatArray:
        """Return a point well inside a body: the mean of the front of its label."""
        places = np.argwhere(self.labels == LABELS[level.name])
        front = places[places[:, 1] < np.percentile(places[:, 1], 45)]
        return self.label_grid.lps_of(front.mean(axis=0)[::-1])


@pytest.fixture(scope="session")
def the_labelled_thorax(the_thorax_ct_folder: Path, shared_data: Path) -> LabelledThorax:
    """The thorax CT with TotalSegmentator's labels."""
    volume = load_volume(likely_planning_series(scan_folder(the_thorax_ct_folder)))
    image = SimpleITK.DICOMOrient(
        SimpleITK.ReadImage(str(shared_data / "thorax-ct/mask.nii.gz")), "LPS"
    )
    grid = GridGeometry.axis_aligned(image.GetSize(), image.GetOrigin(), image.GetSpacing())
    return LabelledThorax(volume, SimpleITK.GetArrayFromImage(image).astype(np.uint8), grid)


@pytest.fixture
def a_patient_on_a_couch() -> Callable[[float], tuple[Volume, Triple]]:
    """Make an oval patient above a couch plate with a gap between them, in millimetres.

    Returns the volume and a point in the patient's middle; the skin of the back lies 90 mm
    behind it.
    """

    def make(gap_mm: float) -> tuple[Volume, Triple]:
        grid = GridGeometry.axis_aligned((160, 130, 20), (-160, -130, 0), (2.0, 2.0, 2.0))
        ijk = np.indices((20, 130, 160)).astype(np.float64)
        y, x = -130.0 + 2.0 * ijk[1], -160.0 + 2.0 * ijk[2]
        hu = np.full(x.shape, -1000.0)
        hu[np.hypot(x / 130.0, y / 90.0) < 1.0] = 40.0
        hu[np.abs(y - (90.0 + gap_mm + 3.0)) <= 3.0] = 100.0
        return Volume(hu.astype(np.int16), grid), (0.0, 0.0, 20.0)

    return make

"""Real CT with labels made by another program, and what an independent test makes of them."""

import functools
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

import attrs
import numpy as np
import SimpleITK
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.segmentation import find_level
from planner.anatomy.skin import find_skin
from planner.anatomy.vertebra import VertebraModel
from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import likely_planning_series
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.volume import Volume, VoxelMask

CORD, AORTA, VENA_CAVA = 79, 52, 63
VERTEBRAE = range(26, 51)
RIBS = range(92, 116)
_TURNS = 16
_REACH_MM = 20.0
_THICK_JOINT_MM = 6.0
"""From facet to facet, the slices' blur with it."""
_LEAST_CANAL_HITS, _LEAST_FORAMEN_HITS = 13, 13

THORAX: Mapping[str, int] = {
    **{f"T{n}": 44 - n for n in range(6, 13)},
    "L1": 31,
}
LUMBAR: Mapping[str, int] = {f"L{n}": 32 - n for n in range(1, 6)}


@attrs.frozen(eq=False)
class LabelledCt:
    """A CT, its skin and labels of its structures."""

    volume: Volume
    skin: VoxelMask
    labels: NDArray[np.uint8]
    grid: GridGeometry

    def body_centre_lps_mm(self, number: int) -> FloatArray:
        """Return a point well inside a body: the mean of the front of its label."""
        places = np.argwhere(self.labels == number)
        front = places[places[:, 1] < np.percentile(places[:, 1], 45)]
        return self.grid.lps_of(front.mean(axis=0)[::-1])

    def found(self, level: str, number: int) -> VertebraModel:
        """Return a vertebra as the program finds it from one click."""
        return find_level(self.volume, self.body_centre_lps_mm(number), VertebraLevel.named(level))

    def is_in(self, number: int, points_lps_mm: FloatArray) -> NDArray[np.bool_]:
        """Return which points lie in a label."""
        i, j, k = np.rint(self.grid.ijk_of(points_lps_mm)).astype(int).T
        return self.labels[k, j, i] == number

    def least_distance_mm(
        self, inside: NDArray[np.bool_], points_lps_mm: FloatArray
    ) -> float | None:
        """Return how near points come to voxels of a mask; None where there are none."""
        if not inside.any():
            return None
        ijk = self.grid.ijk_of(points_lps_mm)
        lower = np.maximum(np.floor(ijk.min(axis=0)).astype(int) - 30, 0)
        upper = np.minimum(np.ceil(ijk.max(axis=0)).astype(int) + 31, self.grid.shape_ijk)
        box = tuple(slice(int(a), int(b)) for a, b in zip(lower[::-1], upper[::-1], strict=True))
        if not inside[box].any():
            return 30.0 * min(self.grid.spacing_ijk_mm)
        away_mm = ndimage.distance_transform_edt(
            ~inside[box], sampling=self.grid.spacing_ijk_mm[::-1]
        )
        return float(
            ndimage.map_coordinates(
                away_mm, (ijk - lower)[:, ::-1].T, order=1, mode="nearest"
            ).min()
        )

    def canal_and_foramina(self, number: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return the bony canal and the foramina beside one vertebra, from the labels alone.

        The canal is what bone encloses in axial layers, behind the body; a foramen is what bone
        encloses in sagittal layers, beside the canal.
        """
        bone = np.isin(self.labels, VERTEBRAE)
        own = np.argwhere(self.labels == number)
        low, high = own.min(axis=0) - 3, own.max(axis=0) + 4
        low, high = np.maximum(low, 0), np.minimum(high, bone.shape)
        box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
        spacing_kji = self.grid.spacing_ijk_mm[::-1]
        axial = _enclosed(bone, box, spacing_kji, (1, 2), _LEAST_CANAL_HITS)
        sagittal = _enclosed(bone, box, spacing_kji, (0, 1), _LEAST_FORAMEN_HITS)
        axial &= ~_joint_gaps(np.where(bone, self.labels, 0)[box], spacing_kji[1])
        parts, count = ndimage.label(axial)
        canal = np.zeros_like(bone)
        if count:
            canal[box] = parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))
        foramina = np.zeros_like(bone)
        # Slivers of joints and pores in a label are no foramina, nor is what lies behind the canal.
        if count:
            _, back_of_canal, _ = np.argwhere(canal).mean(axis=0)
            # Behind the middle of the canal lie joints, and their gaps.
            sagittal[:, int(back_of_canal) - box[1].start :] = False
        foramina[box] = ndimage.binary_opening(sagittal & ~canal[box], np.ones((2, 3, 2), bool))
        return canal, foramina


def _joint_gaps(vertebrae: NDArray[np.uint8], spacing_j_mm: float) -> NDArray[np.bool_]:
    """Return the gaps of facet joints, which open into the canal behind it.

    In one a facet of the lower vertebra lies close in front and one of the upper close behind.
    """
    steps = np.arange(vertebrae.shape[1])[np.newaxis, :, np.newaxis]
    is_bone = vertebrae > 0
    before = np.maximum.accumulate(np.where(is_bone, steps, 0), axis=1)
    last = vertebrae.shape[1] - 1
    behind = np.minimum.accumulate(np.where(is_bone, steps, last)[:, ::-1], axis=1)[:, ::-1]
    lower, upper = (np.take_along_axis(vertebrae, at, axis=1) for at in (before, behind))
    is_joint = (lower > 0) & (upper == lower + 1)
    gaps: NDArray[np.bool_] = is_joint & ((behind - before) * spacing_j_mm <= _THICK_JOINT_MM)
    return gaps


def _enclosed(
    bone: NDArray[np.bool_],
    box: tuple[slice, ...],
    spacing_kji: tuple[float, ...],
    plane: tuple[int, int],
    least_hits: int,
) -> NDArray[np.bool_]:
    places = np.argwhere(~bone[box]) + [part.start for part in box]
    hits = np.zeros(len(places), int)
    for turn in range(_TURNS):
        angle = 2.0 * np.pi * turn / _TURNS
        step_mm = np.zeros(3)
        step_mm[plane[0]], step_mm[plane[1]] = np.sin(angle), np.cos(angle)
        step = 0.7 * step_mm / np.asarray(spacing_kji)
        met = np.zeros(len(places), bool)
        for n in range(1, int(_REACH_MM / 0.7)):
            at = np.rint(places + n * step).astype(int)
            inside = ((at >= 0) & (at < bone.shape)).all(axis=1)
            at = np.clip(at, 0, np.array(bone.shape) - 1)
            met |= inside & bone[at[:, 0], at[:, 1], at[:, 2]]
        hits += met
    space = np.zeros([part.stop - part.start for part in box], bool)
    inner = places - [part.start for part in box]
    space[tuple(inner[hits >= least_hits].T)] = True
    return space


def _labels(path: Path) -> tuple[NDArray[np.int64], GridGeometry]:
    image = SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(path)), "LPS")
    grid = GridGeometry.axis_aligned(image.GetSize(), image.GetOrigin(), image.GetSpacing())
    return SimpleITK.GetArrayFromImage(image), grid


@functools.cache
def labelled_thorax(shared_data: Path) -> LabelledCt:
    """Return the thorax CT with TotalSegmentator's labels."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(shared_data / "thorax-ct-dicom.tar.xz") as archive:
            archive.extractall(folder, filter="data")
        volume = load_volume(likely_planning_series(scan_folder(Path(folder))))
    labels, grid = _labels(shared_data / "thorax-ct/mask.nii.gz")
    return LabelledCt(volume, find_skin(volume), labels.astype(np.uint8), grid)


@functools.cache
def labelled_lumbar(shared_data: Path) -> LabelledCt:
    """Return the lumbar CT with its labels."""
    voxels, grid = _labels(shared_data / "lumbar-ct/ct.nii.gz")
    labels, label_grid = _labels(shared_data / "lumbar-ct/totalseg.nii.gz")
    volume = Volume(voxels.astype(np.int16), grid)
    return LabelledCt(volume, find_skin(volume), labels.astype(np.uint8), label_grid)

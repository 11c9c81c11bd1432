"""Make the shipped thorax study from its source: ``python -m planner.samples.build_base SOURCE``.

The source is the CT of LIDC-IDRI-0001 as a folder of DICOM files. The same source gives the same
bytes.
"""

import shutil
import sys
from pathlib import Path

import cc3d
import numpy as np
from scipy import ndimage

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import likely_planning_series
from planner.dicom.write_series import write_series
from planner.foundation.resource_files import resource_path
from planner.imaging.resample import AIR_HU
from planner.imaging.volume import BoolArray, HuArray, Volume
from planner.samples.sample_label import sample_label

TOP_OF_T6_LPS_Z_MM = -95.0
"""Just above the highest voxel of T6 in the labels of the source."""

_TISSUE_HU = -400
_COUCH_LINE_PX = 3
"""Anything thinner than twice this in a slice, such as the mattress, is no part of the body."""
_MARGIN_PX = 6
_SKIN_PX = 1


def _disk(radius_px: int) -> BoolArray:
    y, x = np.ogrid[-radius_px : radius_px + 1, -radius_px : radius_px + 1]
    disk: BoolArray = x * x + y * y <= radius_px * radius_px
    return disk


def _largest_part(voxels: BoolArray) -> BoolArray:
    labels = cc3d.connected_components(voxels, connectivity=6)
    counts = np.bincount(labels.ravel())
    counts[0] = 0
    part: BoolArray = labels == counts.argmax()
    return part


def body_voxels(voxels: HuArray) -> BoolArray:
    """Return the patient with all hollows, a voxel of air around the skin, and no couch."""
    line, skin = _disk(_COUCH_LINE_PX), _disk(_SKIN_PX)
    opened = np.stack([ndimage.binary_opening(s > _TISSUE_HU, line) for s in voxels])
    filled = (ndimage.binary_fill_holes(part) for part in _largest_part(opened))
    return np.stack([ndimage.binary_dilation(part, skin) for part in filled])


def base_volume(source: Volume) -> Volume:
    """Return the part of the source that is shipped: T6 to L2, cropped, air around the body.

    Voxels inside the body and their places are those of the source.
    """
    heights_mm = source.geometry.lps_of([(0, 0, k) for k in range(len(source.voxels))])[:, 2]
    slices = int((heights_mm <= TOP_OF_T6_LPS_Z_MM).sum())
    body = body_voxels(source.voxels[:slices])
    # Outside its field the scanner saw nothing, so nothing there is body.
    body &= source.voxels[:slices] != (source.padding_hu or AIR_HU)
    columns = np.flatnonzero(body.any(axis=(0, 1)))
    rows = np.flatnonzero(body.any(axis=(0, 2)))
    lower = np.maximum([columns[0] - _MARGIN_PX, rows[0] - _MARGIN_PX, 0], 0)
    upper = np.minimum(
        [columns[-1] + _MARGIN_PX + 1, rows[-1] + _MARGIN_PX + 1, slices], source.geometry.shape_ijk
    )
    part = np.s_[: upper[2], lower[1] : upper[1], lower[0] : upper[0]]
    voxels = np.where(body[part], source.voxels[part], np.int16(AIR_HU))
    return Volume(voxels, source.geometry.cropped(lower, upper))


def build_base(source_folder: Path, target_folder: Path) -> None:
    """Write the shipped thorax study, in place of what is there."""
    source = load_volume(likely_planning_series(scan_folder(source_folder)))
    label = sample_label(
        "thorax",
        title="Thorax T6 to L2",
        derivation="LIDC-IDRI-0001 (CC BY 3.0), cropped, couch removed, converted",
    )
    shutil.rmtree(target_folder, ignore_errors=True)
    write_series(target_folder, base_volume(source), label, compressed=True)


if __name__ == "__main__":
    build_base(Path(sys.argv[1]), resource_path("samples") / "thorax")

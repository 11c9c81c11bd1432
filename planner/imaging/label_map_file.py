"""Label maps that other programs wrote: NIfTI and NRRD (SimpleITK adapter)."""

from collections.abc import Mapping
from pathlib import Path

import SimpleITK

from planner.foundation.errors import DicomProblem
from planner.imaging.labels import LabelMap
from planner.imaging.volume_file import read_volume_info, read_volume_values

LABEL_FILE_SUFFIXES = (".nii", ".nii.gz", ".nrrd")
"""How the names of such files end."""


def read_label_map(path: Path) -> LabelMap:
    """Return the label map of a NIfTI or NRRD file, 3D Slicer's ``.seg.nrrd`` of one layer too.

    Raises
    ------
    DicomProblem
        If it cannot be read, is no single volume of numbers, or does not say which way is left.
    """
    if not path.is_file():
        raise DicomProblem("There is no such label map.", path=path, hint="Check its name.")
    if not path.name.lower().endswith(LABEL_FILE_SUFFIXES):
        raise DicomProblem(
            "Label maps are read from NIfTI, NRRD and DICOM Segmentations.",
            path=path,
            hint="Export it as one of these.",
        )
    info = read_volume_info(path)
    if not info.has_known_sides:
        raise DicomProblem(
            "The label map does not say which way is left.",
            path=path,
            hint="Export it anew with its orientation.",
        )
    return LabelMap((read_volume_values(path),), info.geometry, _segment_names(path))


def _segment_names(path: Path) -> Mapping[int, str]:
    """Return the names that 3D Slicer gives the numbers of a segmentation."""
    reader = SimpleITK.ImageFileReader()
    reader.SetFileName(str(path))
    reader.ReadImageInformation()
    keys = set(reader.GetMetaDataKeys())
    names: dict[int, str] = {}
    while (key := f"Segment{len(names)}_LabelValue") in keys:
        name_key = f"Segment{len(names)}_Name"
        value = reader.GetMetaData(key).strip()
        if not value.isdecimal() or name_key not in keys or int(value) in names:
            raise DicomProblem(
                "The segments of the file are not named one by one.",
                path=path,
                hint="Export them as one label map.",
            )
        names[int(value)] = reader.GetMetaData(name_key)
    return names

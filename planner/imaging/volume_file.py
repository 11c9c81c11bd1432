"""NIfTI and NRRD volumes (SimpleITK adapter)."""

import math
from pathlib import Path

import attrs
import numpy as np
import SimpleITK
from numpy.typing import NDArray

from planner.foundation.errors import DicomProblem, GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import HuArray

_MOST_TIMES_LARGER = 200
_ALWAYS_READ_BYTES = 256_000_000
_LARGEST_BYTES = 8_000_000_000
_NRRD_HEAD_BYTES = 65_536
_RANGE = np.iinfo(np.int16)


@attrs.frozen
class VolumeFileInfo:
    """What a volume file says of itself."""

    geometry: GridGeometry
    has_known_sides: bool
    """Whether it says which way is left: without a word its axes are only assumed."""


def read_volume_info(path: Path) -> VolumeFileInfo:
    """Return where the voxels of a NIfTI or NRRD file lie, without reading them.

    The orientation (sform or qform, space directions) is followed, an oblique one too. A file
    whose axes run left-handed keeps them: its first voxel stays the first.

    Raises
    ------
    DicomProblem
        If it cannot be read, is no single volume, or claims a size that it cannot hold.
    """
    reader = _reader(path)
    size = [int(n) for n in reader.GetSize()]
    dimensions = len(size)
    while len(size) > 3 and size[-1] == 1:
        size.pop()
    if len(size) != 3:
        what = "a series of volumes over time" if dimensions > 3 else f"{dimensions} dimensions"
        raise _refused(path, f"The file holds {what}, not one volume.", "Export one volume of it.")
    if reader.GetNumberOfComponents() != 1:
        text = "Each voxel of the file holds several numbers: it is no scan."
        raise _refused(path, text, "Export one volume of it.")
    _check_size(path, size)
    try:
        geometry = _geometry(reader, size, dimensions)
    except GeometryProblem as problem:
        text = f"The file gives its voxels no possible place: {problem.message}"
        raise _refused(path, text, "Export the volume anew.") from problem
    return VolumeFileInfo(geometry, _has_known_sides(reader, path))


def _refused(path: Path, text: str, hint: str) -> DicomProblem:
    return DicomProblem(text, path=path, hint=hint)


def _reader(path: Path) -> SimpleITK.ImageFileReader:
    _refuse_detached(path)
    reader = SimpleITK.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError as problem:
        text = _why_unread(str(problem))
        raise _refused(path, text, "Copy it once more, or export the volume anew.") from problem
    return reader


def _refuse_detached(path: Path) -> None:
    """Refuse an NRRD header whose voxels are in another file: it may name any file there is."""
    if not path.name.lower().endswith(".nrrd"):
        return
    try:
        with path.open("rb") as stream:
            head = stream.read(_NRRD_HEAD_BYTES).split(b"\n\n", 1)[0].lower()
    except OSError as problem:
        text = f"The file cannot be read: {problem.strerror}."
        raise _refused(path, text, "Check that you may read it.") from problem
    if b"data file:" in head or b"datafile:" in head:
        text = "The file holds no voxels but names another file that does."
        raise _refused(path, text, "Export the volume as one file.")


def _why_unread(text: str) -> str:
    if "orthonormal" in text:
        return "The file's axes are not at right angles: it is no scan as it was taken."
    return "The file is damaged or no volume."


def _check_size(path: Path, size: list[int]) -> None:
    claimed_bytes = 2 * math.prod(size)
    limit = max(_ALWAYS_READ_BYTES, _MOST_TIMES_LARGER * path.stat().st_size)
    if min(size) < 1 or claimed_bytes > min(limit, _LARGEST_BYTES):
        text = f"The file says that it holds {' x '.join(map(str, size))} voxels; it cannot."
        raise _refused(path, text, "Export the volume anew.")


def _geometry(reader: SimpleITK.ImageFileReader, size: list[int], dimensions: int) -> GridGeometry:
    direction = np.array(reader.GetDirection(), np.float64).reshape(dimensions, dimensions)[:3, :3]
    matrix = np.eye(4)
    matrix[:3, :3] = direction * np.array(reader.GetSpacing()[:3], np.float64)
    matrix[:3, 3] = reader.GetOrigin()[:3]
    return GridGeometry((size[0], size[1], size[2]), matrix)


def _has_known_sides(reader: SimpleITK.ImageFileReader, path: Path) -> bool:
    keys = set(reader.GetMetaDataKeys())
    if path.name.lower().endswith(".nrrd"):
        return "NRRD_space" in keys
    codes = [reader.GetMetaData(key) for key in ("qform_code", "sform_code") if key in keys]
    return any(code.strip() not in {"", "0"} for code in codes)


def read_middle_slice(path: Path) -> NDArray[np.integer | np.floating]:
    """Return the slice in the middle of the file's third axis, (rows, columns), as stored.

    Raises
    ------
    DicomProblem
        If it cannot be read.
    """
    reader = _reader(path)
    size = [int(n) for n in reader.GetSize()]
    index = [0] * len(size)
    index[2], extract = size[2] // 2, [*size[:2], *[0] * (len(size) - 2)]
    reader.SetExtractIndex(index)
    reader.SetExtractSize(extract)
    return _array(reader, path)


def read_volume_values(path: Path) -> HuArray:
    """Return the voxels of a file, ``voxels[k, j, i]``, as whole numbers of 16 bits.

    Raises
    ------
    DicomProblem
        If they cannot be read or hold no numbers.
    """
    values = _array(_reader(path), path)
    values = values.reshape(values.shape[-3:])
    if values.dtype == np.int16:
        return values.view(np.int16)
    whole = np.empty(values.shape, np.int16)
    for k, plane in enumerate(values):
        whole[k] = whole_numbers(plane)
    return whole


def whole_numbers(values: NDArray[np.integer | np.floating]) -> HuArray:
    """Return numbers of a file as whole numbers of 16 bits: rounded, cut off, nothing as 0."""
    numbers = np.rint(np.nan_to_num(values, nan=0.0))
    whole: HuArray = np.clip(numbers, _RANGE.min, _RANGE.max).astype(np.int16)
    return whole


def _array(reader: SimpleITK.ImageFileReader, path: Path) -> NDArray[np.integer | np.floating]:
    try:
        found: NDArray[np.integer | np.floating] = SimpleITK.GetArrayFromImage(reader.Execute())
    except (RuntimeError, MemoryError) as problem:
        text = "The file ends early or is damaged."
        raise _refused(path, text, "Copy it once more, or export the volume anew.") from problem
    return found

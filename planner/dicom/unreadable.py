"""Say what a file is that holds no image, and which images are too large or end early."""

from pathlib import Path

from pydicom.uid import UID

from planner.dicom.image_file import ImageFile
from planner.dicom.image_header import ImageHeader, SkippedFile
from planner.dicom.transfer_syntaxes import is_compressed
from planner.dicom.volume_files import VOLUME_SUFFIXES

_DIRECTORY = "1.2.840.10008.1.3.10"
_MOST_PIXELS = 1 << 27
"""Of one image: four times as many as the largest detectors have."""


def why_no_image(file: ImageFile) -> SkippedFile:
    """Return the sentence for a file that is not DICOM."""
    path, name = file.path, file.path.name.lower()
    if name.endswith(VOLUME_SUFFIXES):
        text = "This is a volume by itself: open the file instead of its folder."
        return SkippedFile(path, "volume-file", text)
    if name.endswith(".zip"):
        text = "This is an archive: open it by itself."
        return SkippedFile(path, "archive", text)
    return SkippedFile(path, "not-dicom", "This is not a DICOM file.")


def why_without_pixels(path: Path, sop_class_uid: str) -> SkippedFile:
    """Return the sentence for a DICOM file without rows and columns."""
    name = UID(sop_class_uid).name
    if sop_class_uid == _DIRECTORY:
        return SkippedFile(path, "index", "This is the index of a disc, not an image.")
    if name and name != sop_class_uid and "Image" not in name:
        return SkippedFile(path, "no-image", f"This DICOM file is a {name}: it holds no image.")
    return SkippedFile(path, "no-image", "This DICOM file holds no image or ends before it.")


def why_unusable(header: ImageHeader) -> SkippedFile | None:
    """Return the sentence for an image that is larger than any, or whose file ends early."""
    pixels = header.rows * header.columns
    if pixels > _MOST_PIXELS:
        text = f"The file says that it holds {header.rows} x {header.columns} pixels: no image has."
        return SkippedFile(header.path, "too-large", text)
    needed = pixels * header.pixels.bits_allocated * header.samples * max(header.frames, 1) // 8
    held = header.file_bytes - header.pixel_offset
    if not is_compressed(header.pixels.transfer_syntax_uid) and needed > held:
        return SkippedFile(header.path, "damaged", "The file ends before its image does.")
    return None

"""Ways in which files and folders are damaged, or made to lie."""

import io
import os
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
from fuzz_sources import Files, zipped

Rng = np.random.Generator
_LARGE_NUMBERS = (0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_EDITED = (
    "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
    "SamplesPerPixel", "NumberOfFrames", "PixelSpacing", "ImagePositionPatient",
    "ImageOrientationPatient", "RescaleSlope", "RescaleIntercept", "InstanceNumber", "Modality",
    "SOPClassUID", "SeriesInstanceUID", "PhotometricInterpretation", "ImageType", "StudyDate",
    "PatientName", "PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence",
    "PixelData", "FrameOfReferenceUID", "WindowWidth", "ImagerPixelSpacing",
)  # fmt: skip
_WRONG_TEXTS = (
    "",
    "nan",
    "inf",
    "-1e308",
    "1e308",
    "\\\\\\",
    "abc",
    "0\\0",
    "9" * 300,
    "\x00",
    "é",
)


def _some(rng: Rng, count: int) -> int:
    return int(rng.integers(0, max(count, 1)))


def flip(content: bytes, rng: Rng) -> bytes:
    """Change some bytes, often near the start, where the headers are."""
    changed = bytearray(content)
    reach = len(changed) if rng.random() < 0.5 else min(len(changed), 1500)
    for _ in range(int(rng.integers(1, 40))):
        changed[_some(rng, reach)] = int(rng.integers(0, 256))
    return bytes(changed)


def truncate(content: bytes, rng: Rng) -> bytes:
    """End early."""
    return content[: _some(rng, len(content))]


def lie_about_a_length(content: bytes, rng: Rng) -> bytes:
    """Write a large number over two or four bytes."""
    changed = bytearray(content)
    number = _LARGE_NUMBERS[_some(rng, len(_LARGE_NUMBERS))]
    at = _some(rng, min(len(changed), 2000) - 4)
    if rng.random() < 0.5:
        changed[at : at + 4] = struct.pack("<I", number)
    else:
        changed[at : at + 2] = struct.pack("<H", number & 0xFFFF)
    return bytes(changed)


def insert(content: bytes, rng: Rng) -> bytes:
    """Put foreign bytes in."""
    at = _some(rng, min(len(content), 3000))
    return content[:at] + rng.bytes(int(rng.integers(1, 300))) + content[at:]


def repeat(content: bytes, rng: Rng) -> bytes:
    """Write a stretch twice."""
    start = _some(rng, len(content))
    end = start + _some(rng, 2000)
    return content[:end] + content[start:]


def edit_a_tag(content: bytes, rng: Rng) -> bytes:
    """Remove a tag, or give it a value of the wrong size, type or sense."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            image = pydicom.dcmread(io.BytesIO(content), force=True)
            _edit(image, rng)
            into = io.BytesIO()
            image.save_as(into)
        except Exception:  # noqa: BLE001 - a file that cannot be edited is flipped instead
            return flip(content, rng)
    return into.getvalue()


def _edit(image: pydicom.Dataset, rng: Rng) -> None:
    present = [keyword for keyword in _EDITED if keyword in image]
    keyword = present[_some(rng, len(present))]
    tag = image[keyword].tag
    choice = _some(rng, 4)
    if choice == 0:
        del image[keyword]
    elif choice == 1:
        number = _LARGE_NUMBERS[_some(rng, len(_LARGE_NUMBERS))]
        image[tag] = pydicom.DataElement(tag, "UL", number)
    elif choice == 2:
        image[tag] = pydicom.DataElement(tag, "UN", rng.bytes(_some(rng, 40) * 2))
    else:
        text = _WRONG_TEXTS[_some(rng, len(_WRONG_TEXTS))]
        image[tag] = pydicom.DataElement(tag, "UN", text.encode())


BYTE_MUTATIONS: tuple[Callable[[bytes, Rng], bytes], ...] = (
    flip,
    flip,
    truncate,
    lie_about_a_length,
    lie_about_a_length,
    insert,
    repeat,
    edit_a_tag,
    edit_a_tag,
    edit_a_tag,
)


def _archive(members: dict[str, bytes], folder: Path) -> bytes:
    path = folder / "odd.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path.read_bytes()


def odd_archive(files: Files, rng: Rng, folder: Path) -> bytes:
    """Return an archive that leads out, blows up, holds itself or is damaged."""
    name, content = next(iter(files.items()))
    choice = _some(rng, 7)
    if choice < 2:
        packed = zipped(files, folder)
        return flip(packed, rng) if choice else truncate(packed, rng)
    outside = ("../../outside", "/outside-absolute", "..\\outside", "a/../../b")
    members = (
        dict.fromkeys(outside, content) | {name: content},
        {"zeros": bytes(200_000_000)},
        {f"zeros{n}": bytes(60_000_000) for n in range(4)} | files,
        {"inner.zip": zipped(files, folder)},
        {name: content[:600] + bytes(40_000_000)} | {f"{n}x": c for n, c in files.items()},
    )
    return _archive(members[choice - 2], folder)


def odd_folder(folder: Path, rng: Rng) -> None:
    """Put into a folder what is no file: links that lead in a circle or nowhere, pipes."""
    choice = _some(rng, 5)
    if choice == 0:
        (folder / "loop").symlink_to(folder, target_is_directory=True)
    elif choice == 1:
        (folder / "self").symlink_to(folder / "self")
    elif choice == 2:
        (folder / "nowhere").symlink_to(folder / "missing")
    elif choice == 3:
        os.mkfifo(folder / "pipe")
    else:
        deep = folder
        for _ in range(40):
            deep /= "d"
        deep.mkdir(parents=True)
        Path(os.fsdecode(os.fsencode(deep) + b"/\xff\xfe name\n")).write_bytes(rng.bytes(300))

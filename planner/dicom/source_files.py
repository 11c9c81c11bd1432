"""Every file of a folder or an archive, and why some cannot be read."""

import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from planner.dicom.image_file import ImageFile
from planner.dicom.image_header import SkippedFile
from planner.dicom.open_files import (
    ALWAYS_INFLATED_BYTES,
    MOST_INFLATED_BYTES,
    MOST_TIMES_LARGER,
    OpenFiles,
)
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress

Found = ImageFile | SkippedFile

_MOST_MEMBERS = 200_000
_MOST_UNPACKED_BYTES = 50_000_000_000
_ENCRYPTED = 0x1
_HINT = "Choose the folder that holds the CT."


def files_of(path: Path, files: OpenFiles, progress: Progress) -> list[Found]:
    """Return every file of a folder at any depth, of an archive, or the file itself.

    Links to folders are not followed: they may lead round in a circle.

    Raises
    ------
    DicomProblem
        If there is nothing there, or the archive is damaged or of a size no images have.
    """
    if path.is_dir():
        found = list(_under(path, progress))
        if not found:
            raise DicomProblem("The folder is empty.", path=path, hint=_HINT)
        return found
    if not path.is_file():
        what = "no such folder or file" if not path.exists() else "neither a folder nor a file"
        raise DicomProblem(f"There is {what}.", path=path, hint=_HINT)
    return _members(path, files) if zipfile.is_zipfile(path) else [ImageFile(path)]


def _under(top: Path, progress: Progress) -> Iterator[Found]:
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(top, onerror=unreadable.append):
        progress(0.0, "Looking for files")
        folders.sort()
        for name in folders:
            if (link := Path(folder, name)).is_symlink():
                yield SkippedFile(link, "link", "A link to another folder is not followed.")
        for name in sorted(names):
            progress(0.0, "Looking for files")
            yield _file(Path(folder, name))
    for problem in unreadable:
        text = f"The folder cannot be read: {problem.strerror}."
        yield SkippedFile(Path(problem.filename), "unreadable", text)


def _file(path: Path) -> Found:
    try:
        # Opening a pipe would wait for somebody to write into it.
        is_file = stat.S_ISREG(path.stat().st_mode)
    except OSError as problem:
        text = f"The file cannot be read: {problem.strerror}."
        return SkippedFile(path, "unreadable", text)
    if not is_file:
        return SkippedFile(path, "not-a-file", "This is a device or a pipe, not a file.")
    return ImageFile(path)


def _members(path: Path, files: OpenFiles) -> list[Found]:
    hint = "Unpack it yourself if you trust where it comes from, and open the folder."
    try:
        members = [m for m in files.archive(path).infolist() if not m.is_dir()]
        packed_bytes = path.stat().st_size
    except (OSError, RuntimeError, ValueError, NotImplementedError, zipfile.BadZipFile) as problem:
        raise DicomProblem(
            "The archive is damaged or cut short.", path=path, hint="Copy it once more."
        ) from problem
    unpacked_bytes = sum(member.file_size for member in members)
    limit = min(max(ALWAYS_INFLATED_BYTES, MOST_TIMES_LARGER * packed_bytes), _MOST_UNPACKED_BYTES)
    if unpacked_bytes > limit:
        text = (
            f"The archive would become {unpacked_bytes / 1e6:,.0f} MB large from "
            f"{packed_bytes / 1e6:,.1f} MB, as no images do; it is not unpacked."
        )
        raise DicomProblem(text, path=path, hint=hint)
    if len(members) > _MOST_MEMBERS:
        text = f"The archive holds {len(members):,} files, more than any study; it is not unpacked."
        raise DicomProblem(text, path=path, hint=hint)
    if not members:
        raise DicomProblem("The archive is empty.", path=path, hint="Choose another one.")
    return [_member(path, member) for member in members]


def _member(archive: Path, member: zipfile.ZipInfo) -> Found:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    path = archive.joinpath(*(part for part in name.parts if part not in {"/", "..", "."}))
    refusal = None
    if name.is_absolute() or ".." in name.parts:
        text = "Its name leads out of the archive; such members are not read."
        refusal = SkippedFile(path, "outside", text)
    elif member.flag_bits & _ENCRYPTED:
        text = "It is locked by a password: unpack the archive first."
        refusal = SkippedFile(path, "locked", text)
    elif _is_bomb(member):
        text = "It would become larger than any image when unpacked; it is not read."
        refusal = SkippedFile(path, "too-large", text)
    return refusal or ImageFile(path, archive, member.filename)


def _is_bomb(member: zipfile.ZipInfo) -> bool:
    limit = max(ALWAYS_INFLATED_BYTES, MOST_TIMES_LARGER * member.compress_size)
    return member.file_size > min(limit, MOST_INFLATED_BYTES)

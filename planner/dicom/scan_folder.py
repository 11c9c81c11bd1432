"""Find the series in whatever a hospital hands over."""

import hashlib
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from planner.dicom.element_values import DAMAGED_FILE_ERRORS
from planner.dicom.image_file import ImageFile
from planner.dicom.image_header import ImageHeader, SkippedFile
from planner.dicom.open_files import OpenFiles, opened_files
from planner.dicom.read_header import read_image_headers
from planner.dicom.scan_result import ScanResult, SeriesSummary, StudySummary
from planner.dicom.series_summary import summaries_of
from planner.dicom.source_files import Found, files_of
from planner.dicom.volume_files import is_volume_file, scan_volume_file
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress, no_progress, part_of

Images = tuple[ImageHeader, ...]
"""The images of one file, at least one."""

_BLOCK_BYTES = 1 << 20


def _read_headers(
    found: Sequence[Found], files: OpenFiles, progress: Progress
) -> tuple[list[Images], list[SkippedFile]]:
    images: list[Images] = []
    skipped: list[SkippedFile] = []
    for done, file in enumerate(found):
        progress(done / len(found), "Reading headers")
        read = read_image_headers(file, files) if isinstance(file, ImageFile) else file
        if isinstance(read, SkippedFile):
            skipped.append(read)
        else:
            images.append(read)
    return images, skipped


def _content(header: ImageHeader, files: OpenFiles, progress: Progress) -> bytes:
    """Return a hash of a file; of one that cannot be read, of its path, which is its own."""
    found = hashlib.sha256()
    try:
        with files.open(header.file) as stream:
            while block := stream.read(_BLOCK_BYTES):
                progress(1.0, "Looking for copies")
                found.update(block)
    except (OSError, zipfile.BadZipFile, *DAMAGED_FILE_ERRORS):
        return str(header.path).encode(errors="surrogateescape")
    return found.digest()


def _without_copies(
    images: Sequence[Images], files: OpenFiles, progress: Progress
) -> tuple[list[Images], list[SkippedFile]]:
    """Part files that are there twice: same UID and same content."""
    same_uid: dict[object, list[ImageHeader]] = defaultdict(list)
    for first, *_ in images:
        alike = first.sop_instance_uid, first.file_bytes, first.position_lps_mm
        same_uid[*alike, first.instance_number].append(first)
    copies: dict[Path, SkippedFile] = {}
    for group in same_uid.values():
        first_of: dict[bytes, Path] = {}
        for header in group if len(group) > 1 else ():
            original = first_of.setdefault(_content(header, files, progress), header.path)
            if original != header.path:
                text = f"The same image as {original.name}."
                copies[header.path] = SkippedFile(header.path, "duplicate", text)
    return [file for file in images if file[0].path not in copies], list(copies.values())


def _series_groups(images: Sequence[Images]) -> dict[tuple[str, str, str], list[ImageHeader]]:
    """Return the images of each series; without UIDs, of each folder and series number."""
    groups: dict[tuple[str, str, str], list[ImageHeader]] = defaultdict(list)
    for file in images:
        first = file[0]
        name = first.series_uid or f"{first.path.parent} {first.series_number}"
        groups[first.study_uid, name, first.modality].extend(file)
    return groups


def _studies(
    folder: Path, images: Sequence[Images], files: OpenFiles, progress: Progress
) -> tuple[StudySummary, ...]:
    by_study: dict[str, list[SeriesSummary]] = defaultdict(list)
    groups = _series_groups(images)
    uids = [headers[0].series_uid for headers in groups.values()]
    for done, ((study_uid, _, modality), headers) in enumerate(groups.items()):
        progress(done / len(groups), "Checking series")
        uid = headers[0].series_uid
        is_alone = uids.count(uid) == 1
        name = "" if is_alone else _name_among(headers[0], folder, modality)
        by_study[study_uid].extend(summaries_of(folder, headers, files, name))
    studies = []
    for study_uid, summaries in by_study.items():
        first = summaries[0]
        studies.append(StudySummary(study_uid, first.date, first.patient, tuple(summaries)))
    return tuple(studies)


def _name_among(header: ImageHeader, folder: Path, modality: str) -> str:
    """Return what tells a series from others of the same UID, or of none."""
    if header.series_uid:
        return modality
    place = header.path.parent
    inner = place.relative_to(folder).as_posix() if place.is_relative_to(folder) else place.name
    return " ".join(filter(None, (inner.strip("."), header.series_number, modality)))


def _nothing_found(path: Path, skipped: Sequence[SkippedFile]) -> DicomProblem:
    hint = "Choose the folder that holds the CT."
    if len(skipped) == 1:
        return DicomProblem(skipped[0].text, path=skipped[0].path, hint=hint)
    volume = next((file.path for file in skipped if file.code == "volume-file"), None)
    if volume is not None:
        hint = f"To open the volume {volume.name}, choose the file itself."
    is_foreign = {file.code for file in skipped} == {"not-dicom"}
    what = "DICOM files" if is_foreign else "DICOM images"
    text = f"The folder holds no {what}, only {len(skipped)} other files."
    return DicomProblem(text, path=path, hint=hint)


def scan_folder(path: Path, progress: Progress = no_progress) -> ScanResult:
    """Return the studies and series in a folder, an archive or a file.

    Parameters
    ----------
    path
        A folder with all folders in it, a ZIP archive, the file DICOMDIR in a folder, one DICOM
        file, or a NIfTI or NRRD volume. File names and their order say nothing; only what is in
        the files counts.
    progress
        Told of every file.

    Raises
    ------
    DicomProblem
        If there is nothing there or it holds no image; the sentence says why.
    Cancelled
        If the user has cancelled.
    """
    source = Path(path).absolute()
    if source.name.upper() == "DICOMDIR" and source.is_file():
        source = source.parent
    if is_volume_file(source):
        return scan_volume_file(source, progress)
    with opened_files() as files:
        found = files_of(source, files, progress)
        images, skipped = _read_headers(found, files, part_of(progress, 0.0, 0.9))
        images, copies = _without_copies(images, files, part_of(progress, 0.0, 0.9))
        if not images:
            raise _nothing_found(source, skipped)
        studies = _studies(source, images, files, part_of(progress, 0.9, 1.0))
    progress(1.0, "Checking series")
    return ScanResult(source, studies, (*skipped, *copies))

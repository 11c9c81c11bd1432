"""What every writer promises, held against each one that is installed."""

import gzip
import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pydicom
import pypdf
import pytest
from phantom_snapshot import HEADER, IDENTITY, SOURCE, STUDY

from planner.export.deidentify import deidentified
from planner.export.registry import InstalledWriter, Writers, discover
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanWriter
from planner.foundation.progress import Cancelled, no_progress
from planner.workflow.hand_over import hand_over

WRITER_IDS = sorted(installed.info.id for installed in discover().writers)
IDENTIFYING = (
    *IDENTITY.name.replace("^", "-").split("-"),
    IDENTITY.patient_id,
    IDENTITY.birth_date,
    STUDY.path,
    "Mueller Aenne",
    STUDY.study_uid,
    STUDY.series_uid,
    "Dr. Beispiel",
    "Wirbels",
    HEADER.study_id,
    HEADER.accession_number,
    HEADER.referring_physician.split("^")[0],
    HEADER.issuer_of_patient_id,
    HEADER.study_time,
    STUDY.study_date,
    str(STUDY.frame_of_reference_uid),
    *(image.sop_instance_uid for image in SOURCE.images),
)
"""Every word and number of the source by which somebody could find the patient."""
_ROOM_LEFT_BYTES = 300
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")


@pytest.fixture(params=WRITER_IDS)
def a_writer(request: pytest.FixtureRequest) -> PlanWriter:
    return discover().named(request.param)


def written(writer: PlanWriter, snapshot: PlanSnapshot, folder: Path) -> list[Path]:
    receipt = run_export(snapshot, writer, folder)
    assert receipt.problems == ()
    return [file.path for file in receipt.files]


def all_text_of(path: Path) -> str:
    """Return everything in a file that a reader could take for text."""
    if path.suffix == ".pdf":
        reader = pypdf.PdfReader(path)
        return "\n".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)])
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())
    return path.read_bytes().decode("utf-8", errors="replace")


def test_every_shipped_writer_is_installed() -> None:
    assert discover().failures == ()
    assert set(WRITER_IDS) >= {
        "plan-json", "mesh-stl", "slicer-markups", "report-pdf",
        "dicom-pdf", "dicom-seg", "dicom-sr", "dicom-stl", "dicom-views",
    }  # fmt: skip


def test_the_same_snapshot_gives_the_same_bytes_under_the_same_names(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    first = written(a_writer, a_snapshot, tmp_path / "first")
    second = written(a_writer, a_snapshot, tmp_path / "second")
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_files_have_one_of_the_suffixes_the_writer_declares(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    for path in written(a_writer, a_snapshot, tmp_path):
        assert path.name.endswith(a_writer.info.file_suffixes)


def test_the_patient_is_named_only_by_writers_that_say_so(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    paths = written(a_writer, a_snapshot, tmp_path)
    text = "\n".join([*map(all_text_of, paths), *(path.name for path in paths)])
    found = [word for word in IDENTIFYING if word in text]
    if a_writer.info.carries_identity:
        assert IDENTITY.patient_id in found
    else:
        assert found == []


def test_no_file_name_ever_names_the_patient(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    for path in written(a_writer, a_snapshot, tmp_path):
        assert not [word for word in IDENTIFYING if word in path.name]


def test_two_patients_never_share_a_file_name(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    other = attrs.evolve(a_snapshot, study=attrs.evolve(STUDY, series_uid="1.2.3.4"))
    first = written(a_writer, a_snapshot, tmp_path)
    before = [path.read_bytes() for path in first]
    second = written(a_writer, other, tmp_path)
    assert not set(first) & set(second)
    assert [path.read_bytes() for path in first] == before


def all_bytes_of(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes as they are, and unpacked wherever something is packed in it."""
    data = path.read_bytes()
    yield data
    if b"%PDF-" in data:
        yield from pdf_streams(data[data.index(b"%PDF-") :])
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    if b"encoding: gzip" in data[:4096]:
        yield gzip.decompress(data.split(b"\n\n", 1)[1])


def pdf_streams(data: bytes) -> Iterator[bytes]:
    reader = pypdf.PdfReader(io.BytesIO(data))
    yield "\n".join([*(p.extract_text() for p in reader.pages), str(reader.metadata)]).encode()
    for number in range(len(reader.xref[0])):
        found = reader.get_object(pypdf.generic.IndirectObject(number + 1, 0, reader))
        if isinstance(found, pypdf.generic.StreamObject) and "/Width" not in found:
            yield found.get_data()


def test_no_byte_of_a_deidentified_export_tells_of_the_patient(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    needles = {word.encode(encoding) for word in IDENTIFYING for encoding in ENCODINGS}
    for path in written(a_writer, deidentified(a_snapshot), tmp_path):
        for data in (*all_bytes_of(path), path.name.encode()):
            assert not [needle for needle in needles if needle in data]
        assert "2026" not in all_text_of(path)


def test_the_scan_of_bytes_finds_the_patient_where_he_is_named(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    if a_writer.info.carries_identity:
        data = b"".join(d for p in written(a_writer, a_snapshot, tmp_path) for d in all_bytes_of(p))
        assert IDENTITY.patient_id.encode() in data


def test_deidentified_exports_of_one_study_still_belong_together(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    found = set()
    for installed in discover().writers:
        for path in written(installed.writer, deidentified(a_snapshot), tmp_path):
            if path.suffix == ".dcm":
                dataset = pydicom.dcmread(path)
                found.add((dataset.StudyInstanceUID, dataset.PatientID, str(dataset.PatientName)))
                assert dataset.PatientIdentityRemoved == "YES"
                codes = {c.CodeValue for c in dataset.DeidentificationMethodCodeSequence}
                assert "113100" in codes
            if path.suffix == ".json" and "plan" in path.name:
                study = json.loads(path.read_text())["study"]
                patient = study["patient"]
                found.add((study["study_uid"], patient["patient_id"], patient["name"]))
    assert len(found) == 1


def test_the_disclaimer_is_in_every_file(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    for path in written(a_writer, a_snapshot, tmp_path):
        text = " ".join(all_text_of(path).split())
        assert "Research and education software. Not a medical device." in text


def test_a_plan_with_nothing_in_it_is_a_problem_in_words(
    a_writer: PlanWriter, an_empty_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    receipt = run_export(an_empty_snapshot, a_writer, tmp_path)
    assert receipt.files == ()
    assert receipt.problems
    assert all(problem.message.endswith(".") for problem in receipt.problems)
    assert list(tmp_path.iterdir()) == []


def cancelling_at(call: int) -> Iterator[None]:
    for _ in range(call):
        yield
    raise Cancelled


@pytest.mark.parametrize("call", range(3))
def test_cancelling_leaves_an_empty_folder(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path, call: int
) -> None:
    steps = cancelling_at(call)

    def progress(fraction: float, message: str = "") -> None:
        assert 0.0 <= fraction <= 1.0
        assert message is not None
        next(steps)

    with pytest.raises(Cancelled):
        run_export(a_snapshot, a_writer, tmp_path, progress)
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_without_measures_pictures_or_devices_raises_nothing_but_problems(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    bare = attrs.evolve(
        a_snapshot,
        pictures=(),
        devices=attrs.evolve(a_snapshot.devices, needles=(), balloons=(), cements=()),
        vertebrae=tuple(
            attrs.evolve(v, left_pedicle=None, trabecular_hu=None) for v in a_snapshot.vertebrae
        ),
    )
    problems = a_writer.check(bare)
    if not problems:
        assert a_writer.write(bare, tmp_path, no_progress)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only POSIX limits the size of files")
def test_a_disk_that_takes_no_more_is_a_sentence_and_leaves_nothing(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    """The system itself refuses the bytes, whichever library writes them."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    one = Writers((InstalledWriter(a_writer, "test", "1"),))
    # What the libraries load for the first time is not counted.
    run_export(a_snapshot, a_writer, tmp_path / "before")
    folder = tmp_path / "full"
    folder.mkdir()
    resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM_LEFT_BYTES, hard))
    try:
        handed = hand_over(a_snapshot, one, [a_writer.info.id], folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    (receipt,) = handed.receipts
    assert receipt.files == ()
    (problem,) = receipt.problems
    assert problem.message
    assert "Traceback" not in problem.message
    assert list(folder.iterdir()) == []

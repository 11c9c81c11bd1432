"""What every writer promises, held against each one that is installed."""

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from phantom_snapshot import IDENTITY, STUDY

from planner.export.deidentify import deidentified
from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanWriter
from planner.foundation.progress import Cancelled, no_progress

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
)


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
        pypdf = pytest.importorskip("pypdf")
        reader = pypdf.PdfReader(path)
        return "\n".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)])
    return path.read_bytes().decode("utf-8", errors="replace")


def test_every_shipped_writer_is_installed() -> None:
    assert discover().failures == ()
    assert set(WRITER_IDS) >= {"plan-json", "mesh-stl", "slicer-markups", "report-pdf"}


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


def test_a_deidentified_snapshot_names_nobody(
    a_writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    for path in written(a_writer, deidentified(a_snapshot), tmp_path):
        text = all_text_of(path) + path.name
        assert not [word for word in IDENTIFYING if word in text]
        assert "2026" not in text


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

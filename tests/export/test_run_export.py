import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs
import pytest

from planner.assessment.findings import Assessment
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanPart, WriteProblem, WriterInfo
from planner.foundation.errors import WriterProblem
from planner.foundation.progress import Cancelled, Progress

Write = Callable[[Path, Progress], Sequence[Path]]


def two_files(folder: Path, progress: Progress) -> Sequence[Path]:
    (folder / "more").mkdir()
    paths = [folder / "a.txt", folder / "more" / "b.txt"]
    for number, path in enumerate(paths):
        progress(number / 2)
        path.write_text(f"new {path.name}")
    return paths


SCRIPTED = WriterInfo("scripted", "Scripted", (".txt",))


@attrs.frozen
class ScriptedWriter:
    write_files: Write = two_files
    info: WriterInfo = SCRIPTED
    problems: tuple[WriteProblem, ...] = ()

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        del snapshot
        return self.problems

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        del snapshot
        return self.write_files(folder, progress)


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_the_files_are_in_place_with_their_hashes_and_nothing_else(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    receipt = run_export(a_snapshot, ScriptedWriter(), tmp_path / "out")
    assert receipt.problems == ()
    assert everything_in(tmp_path / "out") == ["a.txt", "more", "more/b.txt"]
    first = receipt.files[0]
    assert first.path == tmp_path / "out" / "a.txt"
    assert first.sha256 == hashlib.sha256(b"new a.txt").hexdigest()
    assert first.size_bytes == len(b"new a.txt")


def test_a_file_of_the_same_name_is_replaced_where_that_was_asked_for(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    (tmp_path / "a.txt").write_text("old")
    receipt = run_export(a_snapshot, ScriptedWriter(), tmp_path, may_replace=True)
    assert receipt.problems == ()
    assert (tmp_path / "a.txt").read_text() == "new a.txt"


def test_nothing_is_written_where_one_file_of_the_same_name_holds_something_else(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    (tmp_path / "a.txt").write_text("old")
    receipt = run_export(a_snapshot, ScriptedWriter(), tmp_path)
    assert receipt.files == ()
    assert receipt.clashes == (tmp_path / "a.txt",)
    (problem,) = receipt.problems
    assert problem.message == "a.txt is there already with another content; it was kept."
    assert everything_in(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_the_same_export_once_more_is_no_clash(tmp_path: Path, a_snapshot: PlanSnapshot) -> None:
    first = run_export(a_snapshot, ScriptedWriter(), tmp_path)
    assert run_export(a_snapshot, ScriptedWriter(), tmp_path) == first


def test_a_full_disk_is_a_sentence_and_leaves_nothing(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    def fills_the_disk(folder: Path, progress: Progress) -> Sequence[Path]:
        two_files(folder, progress)
        raise OSError(28, "No space left on device")

    with pytest.raises(WriterProblem, match="No space left on device"):
        run_export(a_snapshot, ScriptedWriter(fills_the_disk), tmp_path)
    assert everything_in(tmp_path) == []


def breaks(folder: Path, progress: Progress) -> Sequence[Path]:
    two_files(folder, progress)
    raise ZeroDivisionError("oops")


def is_cancelled(folder: Path, progress: Progress) -> Sequence[Path]:
    two_files(folder, progress)
    raise Cancelled


def lists_too_little(folder: Path, progress: Progress) -> Sequence[Path]:
    return two_files(folder, progress)[:1]


def lists_too_much(folder: Path, progress: Progress) -> Sequence[Path]:
    return [*two_files(folder, progress), folder / "ghost.txt"]


def writes_nothing(folder: Path, progress: Progress) -> Sequence[Path]:
    del folder, progress
    return []


def writes_an_empty_file(folder: Path, progress: Progress) -> Sequence[Path]:
    paths = two_files(folder, progress)
    paths[0].write_text("")
    return paths


def writes_outside(folder: Path, progress: Progress) -> Sequence[Path]:
    del progress
    (folder / "in.txt").write_text("x")
    return [folder / "in.txt", folder / ".." / "new" / "in.txt"]


def writes_a_link(folder: Path, progress: Progress) -> Sequence[Path]:
    del progress
    (folder / "link.txt").symlink_to("/etc/hostname")
    return [folder / "link.txt"]


@pytest.mark.parametrize(
    "write_files",
    [
        breaks,
        lists_too_little,
        lists_too_much,
        writes_nothing,
        writes_an_empty_file,
        writes_outside,
        writes_a_link,
    ],
)
def test_a_writer_that_breaks_its_contract_leaves_the_folder_as_it_was(
    tmp_path: Path, a_snapshot: PlanSnapshot, write_files: Write
) -> None:
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(WriterProblem, match="scripted"):
        run_export(a_snapshot, ScriptedWriter(write_files), tmp_path)
    assert everything_in(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_cancelling_leaves_nothing_not_even_a_folder_made_for_it(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    with pytest.raises(Cancelled):
        run_export(a_snapshot, ScriptedWriter(is_cancelled), tmp_path / "new" / "deeper")
    assert everything_in(tmp_path) == []


def test_what_a_writer_objects_to_is_in_the_receipt_and_nothing_is_written(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    writer = ScriptedWriter(problems=(WriteProblem("No picture."),))
    receipt = run_export(a_snapshot, writer, tmp_path)
    assert receipt.problems == (WriteProblem("No picture."),)
    assert receipt.files == ()
    assert everything_in(tmp_path) == []


def test_a_plan_without_the_part_a_writer_needs_is_a_problem(
    tmp_path: Path, an_empty_snapshot: PlanSnapshot
) -> None:
    needs = frozenset({PlanPart.NEEDLES, PlanPart.BALLOONS, PlanPart.CEMENT})
    writer = ScriptedWriter(info=WriterInfo("scripted", "Scripted", (), needs))
    receipt = run_export(an_empty_snapshot, writer, tmp_path)
    assert [p.message.split(":")[0] for p in receipt.problems] == [
        "The plan has no needle",
        "The plan has no balloon",
        "The plan has no cement",
    ]


def test_a_folder_that_cannot_be_written_to_is_a_sentence(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WriterProblem, match="cannot be written to"):
        run_export(a_snapshot, ScriptedWriter(), tmp_path / "file" / "out")


def test_a_folder_in_the_way_of_a_file_is_named_before_anything_is_moved(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    (tmp_path / "more" / "b.txt").mkdir(parents=True)
    with pytest.raises(WriterProblem, match="A folder has the name"):
        run_export(a_snapshot, ScriptedWriter(), tmp_path)
    assert everything_in(tmp_path) == ["more", "more/b.txt"]


def test_when_the_second_file_cannot_be_moved_the_first_is_put_back(
    tmp_path: Path, a_snapshot: PlanSnapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("old")
    replace = Path.replace

    def fail_for_b(self: Path, target: Path) -> Path:
        if self.name == "b.txt":
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_for_b)
    with pytest.raises(WriterProblem, match="No space left"):
        run_export(a_snapshot, ScriptedWriter(), tmp_path, may_replace=True)
    assert (tmp_path / "a.txt").read_text() == "old"


def test_files_that_do_not_read_back_as_the_plan_never_leave_the_private_folder(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    class Doubtful(ScriptedWriter):
        def read_back(
            self, snapshot: PlanSnapshot, paths: Sequence[Path]
        ) -> Sequence[WriteProblem]:
            assert snapshot is a_snapshot
            assert all(path.is_file() for path in paths)
            return [WriteProblem("The tip reads back mirrored.")]

    receipt = run_export(a_snapshot, Doubtful(), tmp_path)
    assert receipt.problems == (WriteProblem("The tip reads back mirrored."),)
    assert everything_in(tmp_path) == []


def moved(snapshot: PlanSnapshot) -> PlanSnapshot:
    (level,) = snapshot.plan.levels
    (needle,) = level.needles
    elsewhere = attrs.evolve(needle, tip_lps_mm=(18.0, -48.0, -421.1))
    plan = attrs.evolve(snapshot.plan, levels=(attrs.evolve(level, needles=(elsewhere,)),))
    return attrs.evolve(snapshot, plan=plan)


def with_other_cement(snapshot: PlanSnapshot) -> PlanSnapshot:
    (level,) = snapshot.plan.levels
    plan = attrs.evolve(snapshot.plan, levels=(attrs.evolve(level, cement=None),))
    return attrs.evolve(snapshot, plan=plan)


def never_assessed(snapshot: PlanSnapshot) -> PlanSnapshot:
    return attrs.evolve(snapshot, assessment=Assessment(()))


def assessed_without_plan(snapshot: PlanSnapshot) -> PlanSnapshot:
    return attrs.evolve(snapshot, plan=attrs.evolve(snapshot.plan, levels=()))


@pytest.mark.parametrize(
    "change", [moved, with_other_cement, never_assessed, assessed_without_plan]
)
def test_an_assessment_of_another_plan_is_never_exported(
    tmp_path: Path, a_snapshot: PlanSnapshot, change: Callable[[PlanSnapshot], PlanSnapshot]
) -> None:
    receipt = run_export(change(a_snapshot), ScriptedWriter(), tmp_path)
    assert len(receipt.problems) == 1
    assert "T12" in receipt.problems[0].message
    assert "assess" in receipt.problems[0].message
    assert everything_in(tmp_path) == []


def test_a_planned_level_that_was_not_found_is_never_exported(
    tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    receipt = run_export(attrs.evolve(a_snapshot, vertebrae=()), ScriptedWriter(), tmp_path)
    assert [p.message for p in receipt.problems] == [
        "T12 is planned but was not found in the images: find the level again."
    ]

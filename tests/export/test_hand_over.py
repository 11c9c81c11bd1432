"""Many writers at once: what one of them does never harms the others."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from planner.export.registry import InstalledWriter, Writers
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import WriteProblem, WriterInfo
from planner.foundation.errors import WriterProblem
from planner.foundation.plugins import PluginFailure
from planner.foundation.progress import Cancelled, Progress
from planner.workflow.hand_over import hand_over

BROKEN = PluginFailure("clinic-writer", "It cannot be imported.")


class Named:
    def __init__(self, writer_id: str, act: Callable[[], None] = lambda: None) -> None:
        self.info = WriterInfo(writer_id, writer_id.title(), (".txt",))
        self._act = act

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        del snapshot
        return ()

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        del snapshot
        progress(0.5, self.info.title)
        path = folder / f"{self.info.id}.txt"
        path.write_text(self.info.id)
        self._act()
        return (path,)


def raises(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


def installed(*writers: Named) -> Writers:
    return Writers(tuple(InstalledWriter(w, "test", "1") for w in writers), (BROKEN,))


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    "error",
    [ZeroDivisionError("oops"), OSError(28, "No space left on device"), WriterProblem("Cannot.")],
)
def test_a_writer_that_fails_leaves_a_sentence_and_the_others_write(
    a_snapshot: PlanSnapshot, tmp_path: Path, error: Exception
) -> None:
    writers = installed(Named("a"), Named("b", raises(error)), Named("c"))
    handed = hand_over(a_snapshot, writers, ["a", "b", "c"], tmp_path)
    assert [len(receipt.files) for receipt in handed.receipts] == [1, 0, 1]
    (problem,) = handed.receipts[1].problems
    assert problem.message
    assert names_in(tmp_path) == ["a.txt", "c.txt"]
    assert not handed.is_cancelled


def test_a_cancel_keeps_what_is_whole_and_nothing_of_the_writer_at_work(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    writers = installed(Named("a"), Named("b", raises(Cancelled())), Named("c"))
    handed = hand_over(a_snapshot, writers, ["a", "b", "c"], tmp_path)
    assert handed.is_cancelled
    assert [receipt.writer_id for receipt in handed.receipts] == ["a"]
    assert names_in(tmp_path) == ["a.txt"]


def test_a_plugin_that_cannot_be_loaded_is_named_beside_the_receipts(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    handed = hand_over(a_snapshot, installed(Named("a")), ["a"], tmp_path)
    assert handed.failures == (BROKEN,)


def test_files_are_replaced_only_where_that_was_asked_for(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("somebody's notes")
    first = hand_over(a_snapshot, installed(Named("a")), ["a"], tmp_path)
    assert first.receipts[0].clashes == (tmp_path / "a.txt",)
    assert (tmp_path / "a.txt").read_text() == "somebody's notes"
    second = hand_over(a_snapshot, installed(Named("a")), ["a"], tmp_path, may_replace=True)
    assert second.receipts[0].problems == ()
    assert (tmp_path / "a.txt").read_text() == "a"


def test_a_folder_that_is_read_only_is_a_sentence_for_each_writer(
    a_snapshot: PlanSnapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    handed = hand_over(a_snapshot, installed(Named("a"), Named("b")), ["a", "b"], tmp_path / "x")
    for receipt in handed.receipts:
        (problem,) = receipt.problems
        assert "cannot be written to: Permission denied" in problem.message

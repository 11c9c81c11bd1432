"""Variants through the window's own objects: one step of undo each, nothing stale when compared."""

import attrs
import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.comparison import ComparedRow
from planner.gui.case_document import CaseDocument
from planner.gui.desk_state import DeskState
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.gui.theme import DARK
from planner.gui.variants.compare_dialog import CompareDialog
from planner.gui.variants.variant_bar import VariantBar
from planner.gui.variants.variant_desk import VariantDesk
from planner.planning import edits
from planner.planning.needle_margins import measure_needle
from planner.planning.plan import Plan
from planner.storage.codec import decode_plan, encode_plan
from planner.workflow.compare_variants import VariantComparison
from planner.workflow.planning_scene import PlanningScene

L1 = VertebraLevel.L1
_LONG_MS = 60_000


def _tip(plan: Plan) -> tuple[float, float, float]:
    level = plan.at(L1)
    assert level is not None
    needle = level.needle(Side.LEFT)
    assert needle is not None
    return needle.tip_lps_mm


def _moved(plan: Plan, by_mm: float) -> Plan:
    x, y, z = _tip(plan)
    return edits.move_tip(plan, L1, Side.LEFT, (x, y + by_mm, z))


@pytest.fixture
def two_variants(a_variant_desk: VariantDesk, a_document: CaseDocument) -> VariantDesk:
    """A as the phantom's plan is, B with its left tip 6 mm further back."""
    a_variant_desk.keep()
    a_document.edit("Move", _moved(a_document.plan, 6.0))
    return a_variant_desk


@pytest.fixture
def a_bar(qtbot: QtBot, the_theme: None) -> VariantBar:
    del the_theme
    bar = VariantBar(DARK)
    qtbot.addWidget(bar)
    return bar


def _state(document: CaseDocument) -> DeskState:
    return DeskState(case=document.case, selection=document.selection)


def _compared(qtbot: QtBot, desk: VariantDesk, jobs: JobRunner) -> VariantComparison:
    qtbot.waitUntil(lambda: not jobs.running, timeout=_LONG_MS)
    assert desk.comparison is not None
    return desk.comparison


def _row(comparison: VariantComparison, name: str) -> ComparedRow:
    return next(r for r in comparison.rows if (r.subject, r.name) == ("Left needle", name))


def test_keeping_switching_naming_and_deleting_are_one_step_of_undo_each(
    two_variants: VariantDesk, a_document: CaseDocument
) -> None:
    moved_back = _tip(a_document.plan)
    for act, text in (
        (lambda: two_variants.switch("A"), "Switch to variant A"),
        (lambda: two_variants.rename("A", "steep"), "Name variant A"),
        (lambda: two_variants.delete("B"), "Delete variant B"),
    ):
        before, count = a_document.plan, a_document.change_count
        act()
        assert a_document.undo_text == text
        assert a_document.change_count == count + 1
        after = a_document.plan
        a_document.undo()
        assert a_document.plan == before
        a_document.redo()
        assert a_document.plan == after
    assert _tip(a_document.plan)[1] == pytest.approx(moved_back[1] - 6.0)


def test_every_step_reads_back_from_the_case_file_as_it_was(
    two_variants: VariantDesk, a_document: CaseDocument
) -> None:
    two_variants.rename("B", "further back")
    assert decode_plan(encode_plan(a_document.plan)) == a_document.plan


def test_no_variant_is_switched_while_a_needle_is_dragged(
    two_variants: VariantDesk, a_document: CaseDocument
) -> None:
    a_document.begin_gesture("drag")
    before = a_document.plan
    two_variants.switch("A")
    two_variants.keep()
    assert a_document.plan is before
    a_document.end_gesture()


def test_a_variant_without_the_needle_worked_on_brings_its_own(
    two_variants: VariantDesk, a_document: CaseDocument
) -> None:
    a_document.edit("Remove", edits.remove_needle(a_document.plan, L1, Side.LEFT))
    two_variants.switch("A")
    a_document.select(L1, Side.LEFT)
    two_variants.switch("B")
    assert a_document.selection.side is Side.RIGHT


def test_a_fifth_variant_is_refused_in_a_sentence(
    qtbot: QtBot, a_variant_desk: VariantDesk
) -> None:
    for _ in range(3):
        a_variant_desk.keep()
    with qtbot.waitSignal(a_variant_desk.refused) as refused:
        a_variant_desk.keep()
    assert "4 variants already" in str(refused.args[0])


def test_the_comparison_has_the_numbers_that_each_variant_measures_on_its_own(
    qtbot: QtBot,
    two_variants: VariantDesk,
    a_document: CaseDocument,
    a_job_runner: JobRunner,
    a_scene: PlanningScene,
) -> None:
    two_variants.compare(("A", "B"))
    comparison = _compared(qtbot, two_variants, a_job_runner)
    row = _row(comparison, "depth from bone")
    depths = []
    for variant in (a_document.plan.variants[0].kept[0].plan, a_document.plan.at(L1)):
        assert variant is not None
        needle = variant.needle(Side.LEFT)
        assert needle is not None
        measures = measure_needle(needle, a_scene.maps[L1], a_scene.catalog, slice_step_mm=1.0)
        depths.append(measures.depth_from_bone_mm)
    assert row.first is not None
    assert row.second is not None
    assert [row.first.number, row.second.number] == pytest.approx(depths, abs=1e-9)
    assert row.differs
    assert not next(r for r in comparison.rows if r.subject == "Right needle").differs
    assert {"3d-ap", "3d-lateral", "left-axial", "left-sagittal"} <= set(comparison.pictures[0])
    assert comparison.pictures[0]["left-sagittal"] != comparison.pictures[1]["left-sagittal"]


def test_a_comparison_is_gone_the_moment_the_plan_changes_and_comes_back_of_the_new_plan(
    qtbot: QtBot, two_variants: VariantDesk, a_document: CaseDocument, a_job_runner: JobRunner
) -> None:
    two_variants.compare(("A", "B"))
    before = _row(_compared(qtbot, two_variants, a_job_runner), "depth from bone").second
    a_document.edit("Move", _moved(a_document.plan, 3.0))
    assert two_variants.comparison is None
    after = _row(_compared(qtbot, two_variants, a_job_runner), "depth from bone").second
    assert before is not None
    assert after is not None
    assert after.number != before.number


def test_a_variant_is_never_shown_with_numbers_of_an_outline_that_was_changed_since(
    qtbot: QtBot,
    two_variants: VariantDesk,
    a_document: CaseDocument,
    a_keeper: SceneKeeper,
    a_job_runner: JobRunner,
) -> None:
    two_variants.compare(("A", "B"))
    before = _row(_compared(qtbot, two_variants, a_job_runner), "canal")
    vertebra, scene = a_document.vertebrae[0], a_keeper.scene
    assert scene is not None
    grown = attrs.evolve(vertebra, boundary_uncertainty_mm=vertebra.boundary_uncertainty_mm + 1.0)
    a_keeper.keep(grown, attrs.evolve(scene.maps[L1], vertebra=grown))
    a_document.change_vertebra(grown, "Paint body")
    assert two_variants.comparison is None
    after = _row(_compared(qtbot, two_variants, a_job_runner), "canal")
    assert before.first is not None
    assert after.first is not None
    assert before.first.words != after.first.words, "the set-aside variant is measured anew too"


def test_an_open_outline_shows_no_comparison(
    a_document: CaseDocument, a_keeper: SceneKeeper, a_job_runner: JobRunner
) -> None:
    desk = VariantDesk(a_document, a_keeper, a_job_runner, lambda: True)
    desk.keep()
    desk.compare(("A", "B"))
    assert not a_job_runner.running
    assert desk.comparison is None


def test_the_bar_shows_the_letters_there_are_and_which_is_worked_on(
    a_bar: VariantBar, a_variant_desk: VariantDesk, a_document: CaseDocument
) -> None:
    a_bar.show_state(_state(a_document))
    assert not a_bar.compare.isVisibleTo(a_bar)
    a_variant_desk.keep()
    a_variant_desk.rename("B", "flatter")
    a_bar.show_state(_state(a_document))
    shown = {key: button for key, button in a_bar.letters.items() if button.isVisibleTo(a_bar)}
    assert {key: button.isChecked() for key, button in shown.items()} == {"A": False, "B": True}
    assert a_bar.name_box.text() == "flatter"
    assert a_bar.compare.isVisibleTo(a_bar)


def test_the_bar_only_says_what_is_wanted(
    qtbot: QtBot, a_bar: VariantBar, two_variants: VariantDesk, a_document: CaseDocument
) -> None:
    a_bar.show_state(_state(a_document))
    with qtbot.waitSignal(a_bar.letter_chosen) as chosen:
        a_bar.letters["A"].click()
    assert chosen.args == ["A"]
    assert a_bar.letters["B"].isChecked(), "until the plan has changed"
    a_bar.name_box.setText("short way")
    with qtbot.waitSignal(a_bar.renamed) as renamed:
        a_bar.name_box.editingFinished.emit()
    assert renamed.args == ["B", "short way"]
    with qtbot.waitSignal(a_bar.delete_pressed) as gone:
        a_bar.delete.click()
    assert gone.args == ["B"]
    assert two_variants.plan.variants[0].active.letter == "B", "the bar changes nothing itself"


@pytest.fixture
def a_window(qtbot: QtBot, the_theme: None) -> QWidget:
    del the_theme
    window = QWidget()
    qtbot.addWidget(window)
    return window


def _texts(widget: QWidget) -> list[str]:
    return [found.text() for found in widget.findChildren(QLabel) if found.isVisibleTo(widget)]


@pytest.mark.parametrize("size", [QSize(1600, 1000), QSize(1280, 800)])
def test_the_dialog_fits_the_window_and_marks_what_differs(
    size: QSize,
    qtbot: QtBot,
    a_window: QWidget,
    two_variants: VariantDesk,
    a_job_runner: JobRunner,
) -> None:
    a_window.resize(size)
    dialog = CompareDialog(two_variants, L1, DARK, a_window)
    dialog.show()
    assert dialog.numbers.findChildren(QLabel) == [], "no number before it is measured"
    _compared(qtbot, two_variants, a_job_runner)
    assert dialog.width() <= size.width()
    assert dialog.height() <= size.height()
    texts = _texts(dialog.numbers)
    assert "\N{BLACK CIRCLE} depth from bone" in texts
    assert "lateral wall" in " ".join(texts)
    dialog.only_differences.setChecked(True)
    marked = "\N{BLACK CIRCLE} depth from bone"
    qtbot.waitUntil(lambda: marked in _texts(dialog.numbers))
    assert len(_texts(dialog.numbers)) < len(texts)
    shown = [picture.pixmap for column in dialog.views.pictures for picture in column]
    assert not any(pixmap.isNull() for pixmap in shown)
    dialog.close()


def test_the_dialog_clears_its_numbers_when_they_no_longer_count(
    qtbot: QtBot,
    a_window: QWidget,
    two_variants: VariantDesk,
    a_document: CaseDocument,
    a_job_runner: JobRunner,
) -> None:
    a_window.resize(1600, 1000)
    dialog = CompareDialog(two_variants, L1, DARK, a_window)
    dialog.show()
    _compared(qtbot, two_variants, a_job_runner)
    a_document.edit("Move", _moved(a_document.plan, 2.0))
    assert _texts(dialog.numbers) == []
    assert dialog.views.pictures[0][0].pixmap.isNull()
    assert "Measuring" in dialog.state.text()
    assert not dialog.go_on[0].isEnabled()
    _compared(qtbot, two_variants, a_job_runner)
    dialog.go_on[0].click()
    assert a_document.plan.variants[0].active.letter == "A"

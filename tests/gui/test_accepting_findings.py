"""Accepting a finding through the panel it stands in."""

from pathlib import Path

import attrs
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from planner.anatomy.vertebra import VertebraModel
from planner.assessment.assess import assess
from planner.assessment.findings import Assessment, Finding, Severity
from planner.devices.catalog import device_catalog
from planner.gui.case_document import CaseDocument
from planner.gui.case_recorder import CaseRecorder
from planner.gui.desk_state import DeskState
from planner.gui.device_planning import DevicePlanning
from planner.gui.jobs import JobRunner
from planner.gui.panels.acceptance_strip import AcceptanceStrip
from planner.gui.panels.findings_list import FindingsList
from planner.gui.scene_keeper import SceneKeeper
from planner.gui.theme import DARK
from planner.imaging.volume import VoxelMask
from planner.planning.edits import set_cement_volume
from planner.planning.safety_maps import build_safety_maps
from planner.storage.case import Case
from planner.storage.case_file import CaseFile

pytestmark = pytest.mark.usefixtures("the_theme")


class _Desk:
    """The findings list on a document that is kept in a case file."""

    def __init__(
        self, qtbot: QtBot, state: DeskState, document: CaseDocument, jobs: JobRunner
    ) -> None:
        self.qtbot, self.document, self._state = qtbot, document, state
        level = state.selection.level
        assert level is not None
        document.select(level)
        self.list = FindingsList(DARK)
        qtbot.addWidget(self.list)
        self.list.show()
        self.devices = DevicePlanning(document, SceneKeeper(document, jobs))
        self.list.accepted.connect(self.devices.accept)
        self.list.withdrawn.connect(self.devices.withdraw)
        document.plan_changed.connect(lambda *_: self.show())
        self.show()

    def show(self, assessment: Assessment | None = None) -> None:
        """Show the document's plan, judged as given."""
        self._state = attrs.evolve(
            self._state,
            case=self.document.case,
            assessment=assessment or self._state.assessment,
        )
        self.list.show_state(self._state)

    def first(self) -> tuple[Finding, AcceptanceStrip]:
        """Return the first finding that can be accepted, and its strip."""
        rows = zip(self.list.rows(), self.list.strips(), strict=True)
        row, strip = next((row, strip) for row, strip in rows if strip.isVisible())
        assert row.finding is not None
        return row.finding, strip

    def accept(self, reason: str) -> tuple[Finding, AcceptanceStrip]:
        """Type a reason and press the button."""
        finding, strip = self.first()
        self.qtbot.mouseClick(strip.open, Qt.MouseButton.LeftButton)
        self.qtbot.keyClicks(strip.reason, reason)
        self.qtbot.mouseClick(strip.confirm, Qt.MouseButton.LeftButton)
        return finding, strip


@pytest.fixture
def a_desk(
    qtbot: QtBot, a_desk_state: DeskState, a_document: CaseDocument, a_job_runner: JobRunner
) -> _Desk:
    return _Desk(qtbot, a_desk_state, a_document, a_job_runner)


def test_a_caution_is_accepted_with_a_typed_reason_in_one_step_of_undo(a_desk: _Desk) -> None:
    before, changes = a_desk.document.plan, a_desk.document.change_count
    finding, strip = a_desk.accept("seen with the radiologist")
    (kept,) = a_desk.document.plan.accepted
    assert (kept.level, kept.side, kept.code) == (finding.level, finding.side, finding.code)
    assert (kept.value, kept.reason) == (finding.value, "seen with the radiologist")
    assert strip.words.text() == "accepted: seen with the radiologist"
    assert strip.words.isVisible()
    assert a_desk.document.change_count == changes + 1
    a_desk.document.undo()
    assert a_desk.document.plan == before
    assert not strip.words.isVisible()
    a_desk.document.redo()
    assert strip.words.text() == "accepted: seen with the radiologist"


def test_an_accepted_finding_keeps_its_place_and_its_severity(a_desk: _Desk) -> None:
    shown = [row.finding for row in a_desk.list.rows()]
    a_desk.accept("known")
    assert [row.finding for row in a_desk.list.rows()] == shown


def test_without_a_reason_nothing_is_accepted(a_desk: _Desk) -> None:
    _, strip = a_desk.first()
    strip.open.click()
    a_desk.qtbot.keyClicks(strip.reason, "   ")
    assert not strip.confirm.isEnabled()
    a_desk.qtbot.keyClick(strip.reason, Qt.Key.Key_Return)
    assert a_desk.document.plan.accepted == ()


def _worsened(assessment: Assessment, worse: Finding) -> Assessment:
    (level,) = assessment.levels
    number = next(
        n for n, f in enumerate(level.findings) if (f.code, f.side) == (worse.code, worse.side)
    )
    findings = (*level.findings[:number], worse, *level.findings[number + 1 :])
    return attrs.evolve(assessment, levels=(attrs.evolve(level, findings=findings),))


def test_a_number_that_worsens_is_shown_as_no_longer_accepted(
    a_desk: _Desk, an_assessment: Assessment
) -> None:
    finding, strip = a_desk.accept("known")
    assert finding.value is not None
    a_desk.show(_worsened(an_assessment, attrs.evolve(finding, value=finding.value - 0.4)))
    assert strip.words.text().startswith("no longer accepted")
    assert strip.open.isVisible()
    assert strip.withdraw.isVisible()


def test_a_reason_half_typed_is_not_taken_for_another_number(
    a_desk: _Desk, an_assessment: Assessment
) -> None:
    finding, strip = a_desk.first()
    strip.open.click()
    a_desk.qtbot.keyClicks(strip.reason, "half a rea")
    assert finding.value is not None
    a_desk.show(_worsened(an_assessment, attrs.evolve(finding, value=finding.value - 0.4)))
    assert strip.reason.text() == ""
    assert not strip.reason.isVisible()


def test_an_acceptance_is_withdrawn(a_desk: _Desk) -> None:
    _, strip = a_desk.accept("known")
    a_desk.qtbot.mouseClick(strip.withdraw, Qt.MouseButton.LeftButton)
    assert a_desk.document.plan.accepted == ()
    assert not strip.words.isVisible()


def test_more_cement_than_was_accepted_is_not_accepted(
    a_desk: _Desk, a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask
) -> None:
    level = a_phantom_vertebra.level
    maps = build_safety_maps(a_phantom_vertebra, a_phantom_skin)

    def inject(volume_ml: float) -> None:
        plan = set_cement_volume(a_desk.document.plan, level, volume_ml)
        a_desk.document.edit("Set cement volume", plan)
        judged = assess(plan, {level: maps}, device_catalog(), slice_step_mm=None)
        a_desk.show(judged)

    def strip() -> AcceptanceStrip:
        rows = zip(a_desk.list.rows(), a_desk.list.strips(), strict=True)
        return next(s for r, s in rows if r.finding and r.finding.code == "cement-volume")

    inject(30.0)
    strip().open.click()
    a_desk.qtbot.keyClicks(strip().reason, "hollow body")
    a_desk.qtbot.keyClick(strip().reason, Qt.Key.Key_Return)
    assert strip().words.text() == "accepted: hollow body"
    inject(30.2)
    assert strip().words.text().startswith("no longer accepted: that was danger at 30.0 ml")
    inject(30.0)
    assert strip().words.text() == "accepted: hollow body"


def test_what_was_accepted_is_in_the_case_file_and_its_audit_trail(
    a_desk: _Desk, a_case: Case, tmp_path: Path
) -> None:
    path = tmp_path / "case.vplan"
    CaseFile.create(path, a_case).close()
    case_file = CaseFile.open(path)
    a_desk.document.open(a_case, CaseRecorder(case_file))
    a_desk.document.select(a_case.vertebrae[0].level)
    a_desk.show()
    finding, _ = a_desk.accept("known")
    plan = a_desk.document.plan
    a_desk.document.close()
    case_file.close()
    with CaseFile.open(path) as again:
        assert again.load().plan == plan
        assert again.verify_chain().intact
        entry = again.entries()[-1]
    assert finding.side is not None
    assert finding.level is not None
    assert entry.description == (
        f"Accept {finding.severity.value} {finding.code} {finding.side.value} {finding.level.name}"
    )
    assert entry.payload is not None
    assert '"known"' in entry.payload
    assert Severity(plan.accepted[0].severity) is finding.severity

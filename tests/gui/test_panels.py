from pathlib import Path

import attrs
import pytest
from phantom_aorta import phantom_aorta
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.assess import assess
from planner.assessment.findings import Finding, Severity
from planner.devices.catalog import device_catalog
from planner.export.writer import WriteProblem, WriteReceipt, WriterInfo, WrittenFile
from planner.gui.desk_state import DeskState
from planner.gui.panels.approach_panel import ApproachPanel
from planner.gui.panels.balloon_panel import BalloonPanel
from planner.gui.panels.cards import RowButton, clear
from planner.gui.panels.cement_panel import CementPanel
from planner.gui.panels.findings_list import FindingsList, FindingsSummary
from planner.gui.panels.hand_over_panel import HandOverPanel
from planner.gui.panels.levels_panel import LevelsPanel
from planner.gui.panels.needle_card import NeedleCard, judging_codes
from planner.gui.panels.receipt_list import receipt_text
from planner.gui.panels.study_panel import StudyPanel
from planner.gui.panels.wording import angle_words
from planner.gui.theme import DARK
from planner.imaging.volume import VoxelMask
from planner.planning.measures import Margin
from planner.planning.plan import Approach, Plan, Procedure
from planner.planning.safety_maps import build_safety_maps

pytestmark = pytest.mark.usefixtures("the_theme")


def _texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def _marks(widget: QWidget) -> list[QLabel]:
    marks = widget.findChildren(QLabel, "unverifiedMark")
    return [mark for mark in marks if not mark.isHidden()]


@pytest.fixture
def a_stale_state(a_desk_state: DeskState) -> DeskState:
    return attrs.evolve(a_desk_state, assessment=None)


def test_a_needle_card_shows_the_margin_with_its_uncertainty(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    card = NeedleCard(Side.LEFT, DARK)
    qtbot.addWidget(card)
    card.show_state(a_desk_state)
    assert a_desk_state.level_assessment is not None
    measures = a_desk_state.level_assessment.needle(Side.LEFT)
    assert measures is not None
    assert measures.margins.pedicle_wall is not None
    assert card.headline.text() == f"{measures.margins.pedicle_wall.distance_mm:.1f}"
    assert f"± {measures.margins.pedicle_wall.uncertainty_mm:.1f}" in _texts(card)
    assert card.chip.text == "grade A"


def test_a_needle_card_of_a_changed_plan_shows_no_number_of_the_old_one(
    qtbot: QtBot, a_desk_state: DeskState, a_stale_state: DeskState
) -> None:
    card = NeedleCard(Side.LEFT, DARK)
    qtbot.addWidget(card)
    card.show_state(a_desk_state)
    card.show_state(a_stale_state)
    assert card.chip.text == "updating"
    assert not any(character.isdigit() for character in card.headline.text())
    assert all(row.value.text() == "..." for row in card.rows.values())
    assert "safe" not in " ".join(_texts(card))


def test_a_needle_card_tells_of_great_vessels_only_where_there_is_one_to_tell_of(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    card = NeedleCard(Side.LEFT, DARK)
    qtbot.addWidget(card)
    card.show_state(a_desk_state)
    assert card.rows["vessel"].isHidden()
    assert card.rows["possible"].isHidden()
    assessment = a_desk_state.assessment
    assert assessment is not None
    (level,) = assessment.levels
    near = Margin(3.4, 0.8, (0.0, 0.0, 0.0))
    needles = tuple(attrs.evolve(needle, vessel=near) for needle in level.needles)
    seen = attrs.evolve(assessment, levels=(attrs.evolve(level, needles=needles),))
    card.show_state(attrs.evolve(a_desk_state, assessment=seen))
    assert not card.rows["vessel"].isHidden()
    assert card.rows["vessel"].value.text() == "3.4 ± 0.8 mm"
    assert card.rows["possible"].isHidden()


def test_each_card_shows_the_needle_of_its_own_side(qtbot: QtBot, a_desk_state: DeskState) -> None:
    shown = {}
    for side in Side:
        card = NeedleCard(side, DARK)
        qtbot.addWidget(card)
        card.show_state(a_desk_state)
        shown[side] = card.headline.text()
    assert a_desk_state.level_assessment is not None
    for side in Side:
        measures = a_desk_state.level_assessment.needle(side)
        assert measures is not None
        assert measures.margins.pedicle_wall is not None
        assert shown[side] == f"{measures.margins.pedicle_wall.distance_mm:.1f}"
    assert shown[Side.LEFT] != shown[Side.RIGHT]


def test_a_needle_with_an_unread_length_is_marked_and_says_its_source(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    card = NeedleCard(Side.LEFT, DARK)
    qtbot.addWidget(card)
    card.show_state(a_desk_state)
    mark, *_of_the_chain = _marks(card)
    planned = a_desk_state.level_plan
    assert planned is not None
    needle = planned.needle(Side.LEFT)
    assert needle is not None
    model = next(m for m in device_catalog().needles if m.id == needle.model_id)
    assert model.length_source.text in mark.toolTip()
    assert mark.toolTip().startswith("Unverified")


def test_balloon_limits_nobody_has_read_are_marked(qtbot: QtBot, a_desk_state: DeskState) -> None:
    panel = BalloonPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(a_desk_state)
    for card in panel.cards.values():
        assert any("Unverified" in mark.toolTip() for mark in _marks(card))


def test_skin_values_say_that_they_are_supine_estimates(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    card = NeedleCard(Side.LEFT, DARK)
    qtbot.addWidget(card)
    card.show_state(a_desk_state)
    assert "from skin, supine estimate" in _texts(card)


def test_the_depth_from_bone_stands_before_the_depth_from_skin(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    card = NeedleCard(Side.LEFT, DARK)
    qtbot.addWidget(card)
    card.show_state(a_desk_state)
    keys = list(card.rows)
    assert keys.index("bone") < keys.index("skin")


def test_findings_carry_a_word_for_their_severity(qtbot: QtBot, a_desk_state: DeskState) -> None:
    findings = FindingsList(DARK)
    qtbot.addWidget(findings)
    findings.show_state(a_desk_state)
    findings.fold.click()
    words = _texts(findings)
    assert a_desk_state.level_assessment is not None
    for finding in a_desk_state.level_assessment.findings:
        assert finding.message in words
        assert finding.severity.value in words


def test_findings_of_a_changed_plan_are_not_shown_as_current(
    qtbot: QtBot, a_desk_state: DeskState, a_stale_state: DeskState
) -> None:
    findings, summary = FindingsList(DARK), FindingsSummary(DARK)
    for widget in (findings, summary):
        qtbot.addWidget(widget)
        widget.show_state(a_desk_state)
        widget.show_state(a_stale_state)
    assert findings.texts == ()
    assert "updating: the findings of this plan are being made." in _texts(findings)
    assert summary.words == "findings updating"
    assert findings.rows() == ()


def test_the_summary_counts_the_worst_first(qtbot: QtBot, a_desk_state: DeskState) -> None:
    summary = FindingsSummary(DARK)
    qtbot.addWidget(summary)
    summary.show_state(a_desk_state)
    assert a_desk_state.level_assessment is not None
    findings = a_desk_state.level_assessment.findings
    cautions = sum(f.severity is Severity.CAUTION for f in findings)
    assert summary.words.startswith(f"{cautions} caution")


def test_what_is_in_order_is_folded_below_what_is_not(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    findings = FindingsList(DARK)
    qtbot.addWidget(findings)
    findings.show()
    findings.show_state(a_desk_state)
    assert a_desk_state.level_assessment is not None
    safe = [f for f in a_desk_state.level_assessment.findings if f.severity is Severity.SAFE]

    def seen() -> list[str]:
        return [label.text() for label in findings.findChildren(QLabel) if label.isVisible()]

    assert safe[0].message not in seen()
    qtbot.waitUntil(lambda: f"safe: {len(safe)} checks are met" in seen())
    findings.fold.click()
    qtbot.waitUntil(lambda: safe[0].message in seen())


def test_a_pressed_finding_asks_for_its_place(qtbot: QtBot, a_desk_state: DeskState) -> None:
    findings = FindingsList(DARK)
    qtbot.addWidget(findings)
    findings.show_state(a_desk_state)
    chosen: list[object] = []
    findings.chosen.connect(chosen.append)
    findings.rows()[0].click()
    assert a_desk_state.level_assessment is not None
    assert chosen == [a_desk_state.level_assessment.findings[0]]


def test_the_approach_panel_says_what_is_wanted_and_changes_nothing_itself(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    panel = ApproachPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(a_desk_state)
    wanted: list[object] = []
    panel.approach_chosen.connect(wanted.append)
    panel.procedure_chosen.connect(wanted.append)
    panel.approach.buttons["unipedicular-left"].click()
    panel.procedure.buttons["vertebroplasty"].click()
    assert wanted == [Approach.UNIPEDICULAR_LEFT, Procedure.VERTEBROPLASTY]


def test_balloon_sliders_speak_in_millimetres_and_millilitres(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    panel = BalloonPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(a_desk_state)
    card = panel.cards[Side.RIGHT]
    said: list[tuple[object, float]] = []
    card.depth_changed.connect(lambda side, mm: said.append((side, mm)))
    card.volume_changed.connect(lambda side, ml: said.append((side, ml)))
    card.depth_slider.setValue(-6)
    card.volume_slider.setValue(25)
    assert said == [(Side.RIGHT, -3.0), (Side.RIGHT, 2.5)]


def test_showing_a_state_is_no_intention(qtbot: QtBot, a_desk_state: DeskState) -> None:
    balloon, cement = BalloonPanel(DARK), CementPanel(DARK)
    said: list[object] = []
    for card in balloon.cards.values():
        card.depth_changed.connect(lambda *values: said.append(values))
        card.volume_changed.connect(lambda *values: said.append(values))
        card.model_chosen.connect(lambda *values: said.append(values))
    cement.slider.volume_changed.connect(said.append)
    for panel in (balloon, cement):
        qtbot.addWidget(panel)
        panel.show_state(a_desk_state)
    assert said == []


def test_the_cement_panel_says_that_no_number_is_a_target(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    panel = CementPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(a_desk_state)
    assert any("No number is a target" in text for text in _texts(panel))
    assert a_desk_state.level_assessment is not None
    measures = a_desk_state.level_assessment.cement
    assert measures is not None
    assert panel.rows["binds"].value.text() == measures.band.binding_limit
    assert panel.rows["syringe"].value.text() == f"{measures.syringe_ml:.1f} ml"


def test_a_volume_above_the_hard_warning_is_a_danger_in_words(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    assert a_desk_state.assessment is not None
    level = a_desk_state.assessment.levels[0]
    assert level.cement is not None
    too_much = attrs.evolve(level.cement, volume_ml=level.cement.band.hard_ml + 1.0)
    assessment = attrs.evolve(
        a_desk_state.assessment, levels=(attrs.evolve(level, cement=too_much),)
    )
    panel = CementPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(attrs.evolve(a_desk_state, assessment=assessment))
    assert panel.chip.text == "above hard warning"


def test_the_study_panel_names_contrast_and_spacing(qtbot: QtBot, a_desk_state: DeskState) -> None:
    panel = StudyPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(a_desk_state)
    texts = _texts(panel)
    assert "given" in texts
    assert "0.70 mm, step 1.25 mm" in texts


def test_density_is_not_read_from_a_scan_with_contrast(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    panel = LevelsPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(a_desk_state)
    assert "Not read as density: the scan was made with contrast." in _texts(panel)


def test_the_hand_over_panel_warns_while_a_chosen_file_names_the_patient(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    writers = (
        WriterInfo("report-pdf", "Report", (".pdf",), carries_identity=True),
        WriterInfo("mesh-stl", "Meshes", (".stl",)),
    )
    panel = HandOverPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(attrs.evolve(a_desk_state, writers=writers))
    assert "Caution: these files name the patient." in _texts(panel)
    panel.checks["report-pdf"].setChecked(False)
    assert panel.chosen_ids == ("mesh-stl",)
    assert "No file will name the patient." in _texts(panel)


def test_only_paper_that_can_be_written_has_a_preview(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    writers = (WriterInfo("card-pdf", "Card", (".pdf",)), WriterInfo("mesh-stl", "M", (".stl",)))
    panel = HandOverPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(attrs.evolve(a_desk_state, writers=writers))
    buttons = [b for b in panel.findChildren(QPushButton) if b.text() == "Preview"]
    (shown,) = [button for button in buttons if not button.isHidden()]
    with qtbot.waitSignal(panel.preview_pressed) as asked:
        shown.click()
    assert asked.args == ["card-pdf"]
    lacking = {"card-pdf": "The plan has no needle."}
    panel.show_state(attrs.evolve(a_desk_state, writers=writers, writer_lacks=lacking))
    assert shown.isHidden()


def test_export_waits_on_the_panel_until_the_plan_is_judged(
    qtbot: QtBot, a_desk_state: DeskState, a_stale_state: DeskState
) -> None:
    panel = HandOverPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(a_desk_state)
    assert panel.primary.isEnabled()
    panel.show_state(a_stale_state)
    assert not panel.primary.isEnabled()
    assert panel.primary.toolTip() == "Waits until the plan is judged."


def test_a_writer_that_wrote_nothing_says_why(qtbot: QtBot, a_desk_state: DeskState) -> None:
    from planner.workflow.hand_over import HandOver

    handed = HandOver(
        (WriteReceipt("mesh-stl", problems=(WriteProblem("The folder is full."),)),), ()
    )
    panel = HandOverPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(attrs.evolve(a_desk_state, hand_over=handed))
    assert "The folder is full." in _texts(panel)
    assert "not written" in _texts(panel)
    assert panel.receipts.replace.isHidden()


def test_a_writer_that_lacks_something_says_so_and_is_not_asked_to_write(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    writers = (WriterInfo("dicom-sr", "Report", (".dcm",)), WriterInfo("mesh-stl", "Meshes", ()))
    panel = HandOverPanel(DARK)
    qtbot.addWidget(panel)
    lacking = {"dicom-sr": "The images are no DICOM series."}
    panel.show_state(attrs.evolve(a_desk_state, writers=writers, writer_lacks=lacking))
    assert panel.chosen_ids == ("mesh-stl",)
    assert "The images are no DICOM series." in _texts(panel)
    assert not panel.checks["dicom-sr"].isChecked()
    panel.show_state(attrs.evolve(a_desk_state, writers=writers))
    assert panel.chosen_ids == ("dicom-sr", "mesh-stl")


def test_a_broken_plugin_is_named_before_anything_is_written(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    from planner.foundation.plugins import PluginFailure

    failures = (PluginFailure("clinic-writer", "The writer x cannot be used: SyntaxError."),)
    writers = (WriterInfo("mesh-stl", "Meshes", ()),)
    panel = HandOverPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(attrs.evolve(a_desk_state, writers=writers, writer_failures=failures))
    assert "Plugin clinic-writer was set aside" in _texts(panel)
    assert panel.chosen_ids == ("mesh-stl",)


def test_files_that_are_there_are_replaced_only_when_the_user_says_so(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    from planner.workflow.hand_over import HandOver

    there = (Path("/out/a.stl"),)
    clash = WriteReceipt("mesh-stl", (), (WriteProblem("a.stl is there already."),), there)
    whole = WrittenFile(Path("/out/p.json"), "ab" * 32, 1200)
    handed = HandOver((WriteReceipt("plan-json", (whole,)), clash), ())
    panel = HandOverPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(attrs.evolve(a_desk_state, hand_over=handed))
    assert not panel.receipts.replace.isHidden()
    with qtbot.waitSignal(panel.replace_pressed) as asked:
        panel.receipts.replace.click()
    assert asked.args == [("mesh-stl",)]
    text = receipt_text(handed)
    assert f"{'ab' * 32}  /out/p.json" in text
    assert "not written: a.stl is there already." in text


def test_a_cancelled_export_says_what_was_whole_before(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    from planner.workflow.hand_over import HandOver

    whole = WrittenFile(Path("/out/p.json"), "ab" * 32, 1200)
    handed = HandOver((WriteReceipt("plan-json", (whole,)),), (), is_cancelled=True)
    panel = HandOverPanel(DARK)
    qtbot.addWidget(panel)
    panel.show_state(attrs.evolve(a_desk_state, hand_over=handed))
    assert "Cancelled: 1 file written and checked before, nothing of the others." in _texts(panel)


@pytest.mark.parametrize(
    ("degrees", "words"), [(16.2, "16° to midline"), (-3.0, "3° outwards"), (0.3, "0°")]
)
def test_angles_are_told_by_direction(degrees: float, words: str) -> None:
    assert angle_words(degrees, "to midline", "outwards") == words


def test_a_row_replaced_before_it_was_seen_never_comes_up_as_a_window(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    with qtbot.waitExposed(host):
        host.show()
    row = RowButton()
    column.addWidget(row)
    clear(column)
    qtbot.wait(50)
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [host]


def _judged(state: DeskState, code: str, severity: Severity) -> DeskState:
    assert state.assessment is not None
    level = state.assessment.levels[0]
    finding = Finding(severity, code, "Left needle.", level.level, Side.LEFT)
    level = attrs.evolve(level, findings=(finding,))
    return attrs.evolve(state, assessment=attrs.evolve(state.assessment, levels=(level,)))


@pytest.mark.parametrize(
    ("code", "severity", "tone"),
    [
        ("pedicle-wall", Severity.SAFE, "safe"),
        ("pedicle-wall", Severity.CAUTION, "caution"),
        ("medial-wall", Severity.DANGER, "danger"),
        ("something-else", Severity.SAFE, "note"),
    ],
)
def test_the_grade_is_green_only_where_a_finding_holds_the_wall_safe(
    qtbot: QtBot, a_desk_state: DeskState, code: str, severity: Severity, tone: str
) -> None:
    card = NeedleCard(Side.LEFT, DARK)
    qtbot.addWidget(card)
    card.show_state(_judged(a_desk_state, code, severity))
    assert card.chip.property("tone") == tone


def test_the_codes_that_colour_a_card_are_those_the_assessment_gives(
    a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask, a_bipedicular_plan: Plan
) -> None:
    around = build_safety_maps(a_phantom_vertebra, a_phantom_skin, vessels=phantom_aorta())
    maps = {a_phantom_vertebra.level: around}
    findings = assess(a_bipedicular_plan, maps, device_catalog(), slice_step_mm=1.0).all_findings
    given = {finding.code for finding in findings}
    assert judging_codes() <= given

"""The page that makes a case: the preview belongs to the choice that stands beside it."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.case_spec import CaseSpec
from planner.foundation.errors import PlanProblem
from planner.foundation.progress import Progress
from planner.geometry.grids import GridGeometry
from planner.gui.jobs import JobRunner
from planner.gui.make_case import case_making
from planner.gui.make_case.case_making import CaseMaking
from planner.gui.make_case.case_request import CaseKind, CaseRequest
from planner.gui.make_case.make_case_page import MakeCasePage
from planner.gui.theme import DARK
from planner.rendering.cameras import SliceOrientation
from planner.workflow.preview_case import CasePreview

_LONG_MS = 30_000


@pytest.fixture
def a_page(qtbot: QtBot, the_theme: None) -> MakeCasePage:
    del the_theme
    page = MakeCasePage(DARK)
    qtbot.addWidget(page)
    page.resize(1280, 700)
    page.show()
    return page


@pytest.fixture
def a_making(a_page: MakeCasePage, a_job_runner: JobRunner) -> CaseMaking:
    return CaseMaking(a_page, a_job_runner)


def _drawn(heights_mm: tuple[float, float, float]) -> CasePreview:
    grid = GridGeometry(
        (4, 3, 1), np.array([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1.0]])
    )
    return CasePreview(np.zeros((3, 4), np.int16), grid, heights_mm)


def test_every_control_changes_the_request(qtbot: QtBot, a_page: MakeCasePage) -> None:
    with qtbot.waitSignal(a_page.request_changed):
        a_page.level.setCurrentIndex(a_page.level.findData(VertebraLevel.T12))
    a_page.kind.setCurrentIndex(a_page.kind.findData(CaseKind.CRUSH))
    a_page.severity.setValue(45)
    a_page.sex.buttons["male"].click()
    a_page.seed.setValue(12)
    a_page.companions.click()
    request = a_page.request
    assert request.has_companions
    assert (request.level, request.kind) == (VertebraLevel.T12, CaseKind.CRUSH)
    assert (request.severity, request.sex, request.seed) == (0.45, "male", 12)
    assert a_page.percent.text() == "45%"


def test_a_healthy_case_has_no_loss_to_choose(a_page: MakeCasePage) -> None:
    assert not a_page.severity.isHidden()
    a_page.kind.setCurrentIndex(a_page.kind.findData(CaseKind.HEALTHY))
    assert not a_page.severity.isVisible()


def test_another_patient_is_another_number(qtbot: QtBot, a_page: MakeCasePage) -> None:
    seeds = set()
    for _ in range(5):
        qtbot.mouseClick(a_page.another, Qt.MouseButton.LeftButton)
        seeds.add(a_page.request.seed)
    assert len(seeds) > 1
    assert a_page.seed.value() == a_page.request.seed


def test_the_patients_number_can_be_read(a_page: MakeCasePage) -> None:
    a_page.seed.setValue(9999)
    line = a_page.seed.lineEdit()
    assert line.width() > line.fontMetrics().horizontalAdvance("9999") + 8


def test_the_page_says_that_it_is_a_model_and_not_a_patient(a_page: MakeCasePage) -> None:
    assert any("not a patient" in words.text() for words in a_page.findChildren(QLabel))


def test_every_control_has_a_name_for_screen_readers(a_page: MakeCasePage) -> None:
    controls: list[QWidget] = [
        a_page.level,
        a_page.kind,
        a_page.severity,
        a_page.bone,
        a_page.sex,
        a_page.seed,
        a_page.another,
    ]
    names = [control.accessibleName() for control in controls]
    assert all(names)
    assert len(set(names)) == len(names)


@pytest.mark.slow
def test_the_preview_is_the_middle_slice_of_the_chosen_case(
    qtbot: QtBot, a_page: MakeCasePage, a_making: CaseMaking
) -> None:
    with qtbot.waitSignal(a_making.previewed, timeout=_LONG_MS):
        a_making.preview(a_page.request)
    shown = a_page.picture.shown
    assert shown is not None
    assert shown.orientation is SliceOrientation.SAGITTAL
    before = a_page.measures.text()
    with qtbot.waitSignal(a_making.previewed, timeout=_LONG_MS):
        a_page.severity.setValue(60)
    assert a_page.picture.shown is not shown
    assert a_page.measures.text() != before


def test_former_heights_do_not_stand_beside_a_new_choice(
    qtbot: QtBot, a_page: MakeCasePage, a_making: CaseMaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()

    def slow(_spec: CaseSpec, _progress: Progress) -> CasePreview:
        goes_on.wait(10)
        return _drawn((11.0, 12.0, 13.0))

    monkeypatch.setattr(case_making, "preview_case", slow)
    a_page.show_preview(_drawn((20.0, 21.0, 22.0)))
    assert "20.0" in a_page.measures.text()
    with qtbot.waitSignal(a_making.previewed, timeout=_LONG_MS):
        a_page.severity.setValue(50)
        assert "20.0" not in a_page.measures.text()
        goes_on.set()
    assert "11.0" in a_page.measures.text()


def test_of_many_choices_only_the_last_is_shown(
    qtbot: QtBot, a_page: MakeCasePage, a_making: CaseMaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = {seed: threading.Event() for seed in (21, 22)}

    def slow(spec: CaseSpec, _progress: Progress) -> CasePreview:
        gates[spec.seed].wait(10)
        return _drawn((float(spec.seed), 1.0, 1.0))

    monkeypatch.setattr(case_making, "preview_case", slow)
    shown: list[str] = []
    a_making.previewed.connect(lambda: shown.append(a_page.measures.text()))
    a_page.seed.setValue(21)
    a_page.seed.setValue(22)
    gates[22].set()
    qtbot.waitUntil(lambda: len(shown) == 1, timeout=_LONG_MS)
    gates[21].set()
    qtbot.waitUntil(lambda: not a_making.is_drawing, timeout=_LONG_MS)
    assert len(shown) == 1
    assert "22.0" in shown[0]


def test_what_cannot_be_made_says_why_and_cannot_be_pressed(
    qtbot: QtBot, a_page: MakeCasePage, a_making: CaseMaking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_spec: CaseSpec, _progress: Progress) -> CasePreview:
        raise PlanProblem("No such vertebra.", hint="Choose another level.")

    monkeypatch.setattr(case_making, "preview_case", refuse)
    a_page.seed.setValue(5)
    qtbot.waitUntil(lambda: "No such vertebra" in a_page.picture.words, timeout=_LONG_MS)
    assert not a_page.panel.primary.isEnabled()
    assert a_page.measures.text() == ""
    del a_making


def test_make_and_open_asks_for_what_is_chosen(qtbot: QtBot, a_page: MakeCasePage) -> None:
    a_page.seed.setValue(9)
    with qtbot.waitSignal(a_page.make_pressed) as asked:
        qtbot.mouseClick(a_page.panel.primary, Qt.MouseButton.LeftButton)
    assert asked.args == [CaseRequest(seed=9)]

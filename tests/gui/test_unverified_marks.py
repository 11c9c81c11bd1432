"""Whatever a panel shows that rests on a number nobody has read carries the mark and its source.

Nothing here knows which label shows which number. Each unverified number is changed in the data
file; a text that then reads otherwise rests on it.
"""

import functools
from collections.abc import Iterator

import attrs
import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QWidget

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.assess import assess
from planner.devices.catalog import device_catalog
from planner.devices.device_values import DeviceCatalog
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.pathology import fracture_of_kind
from planner.digital_spine.truth import vertebra_truth
from planner.foundation import clinical_numbers as numbers_module
from planner.foundation.clinical_numbers import clinical_numbers
from planner.gui.case_document import Selection
from planner.gui.desk_state import DeskState
from planner.gui.height_outlook import height_outlook
from planner.gui.panels.approach_panel import ApproachPanel
from planner.gui.panels.balloon_panel import BalloonPanel
from planner.gui.panels.cards import Card, RowButton, ValueRow
from planner.gui.panels.cement_panel import CementPanel
from planner.gui.panels.findings_list import FindingsList
from planner.gui.panels.hand_over_panel import HandOverPanel
from planner.gui.panels.levels_panel import LevelsPanel
from planner.gui.panels.rehearse_panel import RehearsePanel
from planner.gui.panels.study_panel import StudyPanel
from planner.gui.theme import DARK
from planner.imaging.volume import VoxelMask
from planner.planning.plan import (
    Injector,
    LevelPlan,
    Plan,
    PlannedBalloon,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)
from planner.planning.safety_maps import SafetyMaps, build_safety_maps
from planner.storage.case import Case
from planner.workflow.measure_levels import measure_levels

pytestmark = pytest.mark.usefixtures("the_theme")
LEVEL = VertebraLevel.T12
CHANGED_BY = 1.15
PANELS = (
    StudyPanel,
    LevelsPanel,
    ApproachPanel,
    BalloonPanel,
    CementPanel,
    RehearsePanel,
    HandOverPanel,
    FindingsList,
)
UNVERIFIED = [number.id for number in clinical_numbers().values() if not number.verified]
BEHIND_STAGES_4_AND_5 = {
    "balloon-cortex-limit",
    "balloon-packed-share",
    "cannula-past-posterior-wall",
    "cement-cavity-margin",
    "cement-hard-share",
    "cement-soft-share",
    "height-kept-usual",
}
"""What these stages show for certain: each must be found to change something."""


@functools.cache
def _vertebrae():
    model = build_model(ModelPatient(), (fracture_of_kind(LEVEL, "wedge", 0.35),), seed=3)
    around = (VertebraLevel.T11, LEVEL, VertebraLevel.L1)
    return tuple(vertebra_truth(model, level, step_mm=1.0).model for level in around)


@functools.cache
def _maps() -> SafetyMaps:
    vertebra = _vertebrae()[1]
    grid = vertebra.whole.geometry
    return build_safety_maps(vertebra, VoxelMask(np.ones(grid.shape_kji, np.bool_), grid))


def _plan() -> Plan:
    frame = _vertebrae()[1].lps_from_vertebra
    needles, balloons = [], []
    for side in (Side.LEFT, Side.RIGHT):
        tip = frame.point((side.sign * 8.0, -9.0, 0.0))
        skin = frame.point((side.sign * 20.0, 70.0, 0.0))
        needles.append(PlannedNeedle(side, "access-8g-125", skin, tip))
        balloons.append(PlannedBalloon(side, "kyphon-xpander-15-3", 2.0, 2.2))
    cement = PlannedCement("kyphon-hv-r", 4.5)
    level = LevelPlan(LEVEL, Procedure.KYPHOPLASTY, tuple(needles), tuple(balloons), cement)
    return Plan((level,), injector=Injector(0.5, 1.0))


def _desk(a_study, catalog: DeviceCatalog) -> DeskState:
    plan = _plan()
    # What was measured before is kept for the same maps: these are others, of the same bone.
    judged = assess(plan, {LEVEL: attrs.evolve(_maps())}, catalog, slice_step_mm=0.7)
    reports = measure_levels(_vertebrae())
    return DeskState(
        case=Case(a_study, _vertebrae(), plan),
        selection=Selection(LEVEL),
        assessment=judged,
        catalog=catalog,
        reports=reports,
        heights=height_outlook(plan.levels[0], judged.levels[0], reports, catalog),
    )


def _shown(panel: QWidget) -> Iterator[tuple[QWidget, str]]:
    for label in panel.findChildren(QLabel):
        if label.isVisibleTo(panel):
            yield label, label.text()
    for box in panel.findChildren(QAbstractSpinBox):
        if box.isVisibleTo(panel):
            yield box, box.text()


def _panels(qtbot, state: DeskState) -> list[QWidget]:
    panels = []
    for kind in PANELS:
        panel = kind(DARK)
        qtbot.addWidget(panel)
        panel.show_state(state)
        if isinstance(panel, FindingsList):
            panel.fold.setChecked(True)
        panels.append(panel)
    return panels


@pytest.fixture
def usual_texts(qtbot, a_study) -> list[set[str]]:
    """Every text of each panel."""
    panels = _panels(qtbot, _desk(a_study, device_catalog()))
    return [{text for _, text in _shown(panel)} for panel in panels]


def _holder(widget: QWidget) -> QWidget:
    """Return the row a text belongs to, or its card."""
    parent = widget
    while not isinstance(parent, ValueRow | RowButton | Card):
        if parent.parentWidget() is None:
            return widget
        parent = parent.parentWidget()
    return parent


def _marks_of(widget: QWidget, panel: QWidget) -> str:
    """Return what the marks beside a text say on hover, and the row's own hover text."""
    holder = _holder(widget)
    marks = holder.findChildren(QLabel, "unverifiedMark")
    said = [mark.toolTip() for mark in marks if mark.isVisibleTo(panel)]
    return " ".join([*said, holder.toolTip()]) if said else ""


def _without_mark(panels, usual_texts, said: str) -> tuple[list[str], int]:
    """Return the texts that are new and unmarked, and how many are new."""
    unmarked, count = [], 0
    for panel, usual in zip(panels, usual_texts, strict=True):
        for widget, text in _shown(panel):
            if text in usual or not any(sign.isdigit() for sign in text):
                continue
            if text.endswith("checks are met"):  # how many rules were kept is no such number
                continue
            count += 1
            if said not in _marks_of(widget, panel):
                unmarked.append(f"{type(panel).__name__}: {text}")
    return unmarked, count


@pytest.fixture
def with_number(monkeypatch):
    """Change one number of the data file."""
    whole = numbers_module.read_toml("clinical-numbers.toml")

    def change(number_id: str) -> None:
        row = dict(whole[number_id])
        row["value"] = CHANGED_BY * float(row["value"])
        monkeypatch.setattr(numbers_module, "read_toml", lambda _: {**whole, number_id: row})
        clinical_numbers.cache_clear()

    yield change
    clinical_numbers.cache_clear()


@pytest.mark.parametrize("number_id", UNVERIFIED)
def test_what_rests_on_a_number_nobody_read_is_marked_and_names_it(
    qtbot, a_study, usual_texts, with_number, number_id
) -> None:
    title = clinical_numbers()[number_id].title
    with_number(number_id)
    panels = _panels(qtbot, _desk(a_study, device_catalog()))
    unmarked, count = _without_mark(panels, usual_texts, title)
    assert unmarked == []
    if number_id in BEHIND_STAGES_4_AND_5:
        assert count > 0


def test_what_rests_on_a_cannula_s_length_nobody_read_is_marked(
    qtbot, a_study, usual_texts
) -> None:
    catalog = device_catalog()
    longer = tuple(attrs.evolve(n, length_mm=1.1 * n.length_mm) for n in catalog.needles)
    panels = _panels(qtbot, _desk(a_study, attrs.evolve(catalog, needles=longer)))
    unmarked, count = _without_mark(panels, usual_texts, catalog.needles[0].length_source.text)
    assert unmarked == []
    assert count > 0


@pytest.mark.parametrize(
    "field", ["maximum_volume_ml", "maximum_pressure_psi", "minimum_gauge", "deflated_diameter_mm"]
)
def test_what_rests_on_a_balloon_s_number_nobody_read_is_marked(
    qtbot, a_study, usual_texts, field
) -> None:
    catalog = device_catalog()
    other = tuple(attrs.evolve(b, **{field: getattr(b, field) + 1}) for b in catalog.balloons)
    panels = _panels(qtbot, _desk(a_study, attrs.evolve(catalog, balloons=other)))
    source = catalog.balloon("kyphon-xpander-15-3").limits_source.text
    unmarked, count = _without_mark(panels, usual_texts, source)
    assert unmarked == []
    assert count > 0

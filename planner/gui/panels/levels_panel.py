"""Stage 2: find vertebrae, check their names, read their measures."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.gui.desk_state import DeskState
from planner.gui.editing.edit_card import EditCard
from planner.gui.panels.cards import Card, RowButton, ValueRow, clear, icon_label, label, set_tone
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.panels.wording import TIMES, millilitres
from planner.gui.theme import Palette, icon
from planner.gui.vertebra_facts import density_words

if TYPE_CHECKING:
    from planner.workflow.measure_levels import LevelReport

_FIND_ALL = "find-levels"


class LevelsPanel(StagePanel):
    """Shows the vertebrae found; the next click in a slice finds another."""

    level_chosen = Signal(object)
    remove_pressed = Signal(object)
    rename_chosen = Signal(object, object)
    find_all_pressed = Signal()
    name_chosen = Signal(object)

    def __init__(self, palette: Palette) -> None:
        super().__init__("Levels", "Click inside a vertebral body in any slice", palette)
        ask = Card()
        line = QHBoxLayout()
        line.addWidget(icon_label("target", palette.accent))
        line.addWidget(label("The next click finds", "secondary"), 1)
        self.name = _level_combo()
        self.name.setAccessibleName("name of the vertebra to find")
        self.name.activated.connect(lambda _i: self.name_chosen.emit(self.name.currentData()))
        line.addWidget(self.name)
        ask.body.addLayout(line)
        self._why = label("", "secondary", wraps=True)
        ask.body.addWidget(self._why)
        self._find_all = QPushButton("Find all levels")
        self._find_all.setIcon(icon("wand", palette))
        self._find_all.clicked.connect(self.find_all_pressed)
        ask.body.addSpacing(4)
        ask.body.addWidget(self._find_all)
        self.body.addWidget(ask)
        self.edit_card = EditCard(palette)
        self.body.addWidget(self.edit_card)
        self._title = label("Found", "section")
        self.body.addWidget(self._title)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self.body.addLayout(self._rows)
        self.body.addStretch(1)
        self._shown: tuple[object, ...] = ()

    def show_suggestion(self, level: VertebraLevel, why: str) -> None:
        """Name the level that the next click is taken for, and why."""
        self.name.setCurrentIndex(self.name.findData(level))
        self._why.setText(why)

    def show_state(self, state: DeskState) -> None:
        """Show the found vertebrae, the selected one with its measures."""
        is_finding = _FIND_ALL in state.running
        self._find_all.setEnabled(not is_finding)
        self._find_all.setText("Finding all levels ..." if is_finding else "Find all levels")
        self.edit_card.show_edit(state.edit.level, state.edit.settings, is_busy=state.edit.is_busy)
        self.edit_card.setVisible(state.vertebra is not None)
        vertebrae = state.case.vertebrae if state.case else ()
        shown = (vertebrae, state.selection.level)
        if self._shown and shown[1] == self._shown[1] and vertebrae is self._shown[0]:
            return
        self._shown = shown
        clear(self._rows)
        if not vertebrae:
            self._rows.addWidget(
                label("None yet. One click is enough for one level.", "secondary", wraps=True)
            )
        for report in state.reports:
            vertebra = report.vertebra
            is_selected = vertebra.level is state.selection.level
            self._rows.addWidget(self._row(report, is_selected=is_selected))
            if is_selected:
                self._rows.addWidget(self._details(vertebra, state))

    def _row(self, report: "LevelReport", *, is_selected: bool) -> RowButton:
        vertebra = report.vertebra
        row = RowButton(checkable=True)
        row.setChecked(is_selected)
        heights = vertebra.heights
        # Rounded first: a wedge of minus nothing reads as none.
        wedge = label(f"wedge {round(report.wedge_deg)}°", "secondary")
        row.add_line(
            label(vertebra.level.name, "section"),
            label(
                f"{heights.anterior_mm:.1f} · {heights.middle_mm:.1f} · "
                f"{heights.posterior_mm:.1f} mm",
                "strong",
            ),
            wedge,
            stretch_after=0,
        )
        row.setToolTip("Heights of the body: anterior, middle, posterior.")
        row.setAccessibleName(f"{vertebra.level.name}, work on this level")
        row.clicked.connect(lambda: self.level_chosen.emit(vertebra.level))
        return row

    def _details(self, vertebra: VertebraModel, state: DeskState) -> Card:
        card = Card()
        line = QHBoxLayout()
        line.addWidget(label("Name", "secondary"), 1)
        rename = _level_combo()
        rename.setAccessibleName("correct the name")
        rename.setCurrentIndex(rename.findData(vertebra.level))
        rename.activated.connect(
            lambda _i: self.rename_chosen.emit(vertebra.level, rename.currentData())
        )
        line.addWidget(rename)
        remove = QToolButton()
        remove.setIcon(icon("trash", self.palette_of_meaning))
        remove.setToolTip(f"Remove {vertebra.level.name} and what is planned at it (can be undone)")
        remove.setAccessibleName(f"Remove {vertebra.level.name}")
        remove.clicked.connect(lambda: self.remove_pressed.emit(vertebra.level))
        line.addWidget(remove)
        card.body.addLayout(line)
        self._add_measures(card, vertebra)
        if state.report is not None:
            grade = state.report.grade
            against = "its neighbours" if grade.against_neighbours else "its own posterior height"
            tip = f"Computed from heights against {against}, not read by eye."
            row = ValueRow("Genant-equivalent grade", tip)
            row.show_value(f"{grade.grade}, {grade.height_loss_share:.0%} lost")
            card.body.addWidget(row)
        note = density_words(vertebra, state.case.study if state.case else None)
        for text in (*((note,) if note else ()), *vertebra.notes):
            sentence = label(text, "secondary", wraps=True)
            set_tone(sentence, "caution" if text in vertebra.notes else "note")
            card.body.addWidget(sentence)
        return card

    @staticmethod
    def _add_measures(card: Card, vertebra: VertebraModel) -> None:
        for name, value in (
            ("body", millilitres(vertebra.body_volume_ml)),
            ("whole vertebra", millilitres(vertebra.whole_volume_ml)),
            (
                "trabecular",
                "not known"
                if vertebra.trabecular_hu is None
                else f"{vertebra.trabecular_hu:.0f} HU",
            ),
            ("left pedicle", _pedicle_words(vertebra, is_left=True)),
            ("right pedicle", _pedicle_words(vertebra, is_left=False)),
            ("outline", f"± {vertebra.boundary_uncertainty_mm:.1f} mm"),
        ):
            row = ValueRow(name)
            row.show_value(value)
            card.body.addWidget(row)


def _level_combo() -> QComboBox:
    combo = QComboBox()
    for level in VertebraLevel:
        combo.addItem(level.name, level)
    combo.setMaxVisibleItems(14)
    combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return combo


def _pedicle_words(vertebra: VertebraModel, *, is_left: bool) -> str:
    pedicle = vertebra.left_pedicle if is_left else vertebra.right_pedicle
    if pedicle is None:
        return "not found"
    return f"{pedicle.width_mm:.1f}{TIMES}{pedicle.height_mm:.1f} mm"

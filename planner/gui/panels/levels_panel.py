"""Stage 2: find vertebrae, check their names, correct their outlines, read their measures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout

from planner.anatomy.levels import VertebraLevel
from planner.gui.desk_state import DeskState
from planner.gui.editing.edit_card import EditCard
from planner.gui.levels.bone_card import BoneCard
from planner.gui.levels.heights_card import HeightsCard
from planner.gui.levels.pedicles_card import PediclesCard
from planner.gui.panels.cards import Card, clear, icon_label, label, set_tone
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.theme import Palette, icon
from planner.gui.vertebra_facts import density_words

if TYPE_CHECKING:
    from planner.anatomy.vertebra import VertebraModel

_FIND_ALL = "find-levels"


class LevelsPanel(StagePanel):
    """Shows the selected vertebra; the next click in a slice finds another."""

    remove_pressed = Signal(object)
    rename_chosen = Signal(object, object)
    find_all_pressed = Signal()
    import_pressed = Signal()
    segmenter_chosen = Signal(str)
    name_chosen = Signal(object)

    def __init__(self, palette: Palette) -> None:
        super().__init__("Levels", "Click inside a vertebral body in any slice", palette)
        self._build_ask(palette)
        self.edit_card = EditCard(palette)
        self.heights_card = HeightsCard(palette)
        self.bone_card = BoneCard(palette)
        self.pedicles_card = PediclesCard(palette)
        self._build_name(palette)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(4)
        self._about_level = (
            self.name_card,
            self.edit_card,
            self.heights_card,
            self.bone_card,
            self.pedicles_card,
        )
        for card in self._about_level:
            self.body.addWidget(card)
        self.body.addLayout(self._notes)
        self.body.addStretch(1)
        self._noted: VertebraModel | None = None

    def _build_ask(self, palette: Palette) -> None:
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
        self.segmenter = QComboBox()
        self.segmenter.setAccessibleName("what outlines all levels")
        self.segmenter.setToolTip("What outlines all levels")
        self.segmenter.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.segmenter.activated.connect(
            lambda _i: self.segmenter_chosen.emit(self.segmenter.currentData())
        )
        self._outlined_by = label("Outlined by", "secondary")
        choice = QHBoxLayout()
        choice.addWidget(self._outlined_by)
        choice.addWidget(self.segmenter, 1)
        ask.body.addLayout(choice)
        ask.body.addWidget(self._find_all)
        self._import = QPushButton("Import a label map ...")
        self._import.setIcon(icon("folder", palette))
        self._import.setToolTip("Outlines from another program: NIfTI, NRRD or DICOM SEG")
        self._import.clicked.connect(self.import_pressed)
        ask.body.addWidget(self._import)
        self.body.addWidget(ask)
        self._ask = ask

    def _build_name(self, palette: Palette) -> None:
        self.name_card = Card()
        line = QHBoxLayout()
        self._level = label("", "title")
        line.addWidget(self._level, 1)
        line.addWidget(label("rename", "secondary"))
        self.rename = _level_combo()
        self.rename.setAccessibleName("correct the name")
        self.rename.setToolTip("One correction renames every level found (can be undone)")
        self.rename.activated.connect(self._rename)
        line.addWidget(self.rename)
        self._remove = QToolButton()
        self._remove.setIcon(icon("trash", palette))
        self._remove.clicked.connect(lambda: self.remove_pressed.emit(self._shown_level()))
        line.addWidget(self._remove)
        self.name_card.body.addLayout(line)

    def show_segmenters(self, titles: Sequence[tuple[str, str]], chosen_id: str) -> None:
        """Offer what may outline all levels, by id and title; one alone is no choice."""
        self.segmenter.clear()
        for segmenter_id, title in titles:
            self.segmenter.addItem(title, segmenter_id)
        self.segmenter.setCurrentIndex(self.segmenter.findData(chosen_id))
        for part in (self.segmenter, self._outlined_by):
            part.setVisible(len(titles) > 1)

    def show_suggestion(self, level: VertebraLevel, why: str) -> None:
        """Name the level that the next click is taken for, and why."""
        self.name.setCurrentIndex(self.name.findData(level))
        self._why.setText(why)

    def show_state(self, state: DeskState) -> None:
        """Show the selected vertebra with its measures, each only while it is current."""
        is_finding = _FIND_ALL in state.running
        self._find_all.setEnabled(not is_finding)
        self._import.setEnabled(not is_finding)
        self._find_all.setText("Finding all levels ..." if is_finding else "Find all levels")
        edit, report = state.edit, state.report
        self.edit_card.show_edit(edit.level, edit.settings, is_busy=edit.is_busy)
        for card in self._about_level:
            card.setVisible(report is not None)
        # The next click paints: it finds no level.
        self._ask.setVisible(edit.level is None)
        self._show_notes(report.vertebra if report else None)
        if report is None:
            return
        vertebra, details = report.vertebra, state.details
        name = vertebra.level.name
        self._level.setText(name)
        self.rename.setCurrentIndex(self.rename.findData(vertebra.level))
        self._remove.setToolTip(f"Remove {name} and what is planned at it (can be undone)")
        self._remove.setAccessibleName(f"Remove {name}")
        is_pending = edit.is_pending
        self.heights_card.show_report(report, details, is_pending=is_pending)
        study = state.case.study if state.case else None
        not_density = density_words(vertebra, study, is_fractured=report.grade.grade > 0)
        self.bone_card.show_report(report, details, not_density, is_pending=is_pending)
        self.pedicles_card.show_vertebra(vertebra, details, is_pending=is_pending)

    def _show_notes(self, vertebra: "VertebraModel | None") -> None:
        if vertebra is self._noted and vertebra is not None:
            return
        self._noted = vertebra
        clear(self._notes)
        if vertebra is None:
            words = "None found yet. One click is enough for one level."
            self._notes.addWidget(label(words, "secondary", wraps=True))
            return
        for note in vertebra.notes:
            sentence = label(note, "secondary", wraps=True)
            set_tone(sentence, "caution")
            self._notes.addWidget(sentence)

    def _shown_level(self) -> VertebraLevel:
        return VertebraLevel.named(self._level.text())

    def _rename(self) -> None:
        level, name = self._shown_level(), self.rename.currentData()
        # Until it is renamed, and if it cannot be, the box shows what is.
        self.rename.setCurrentIndex(self.rename.findData(level))
        self.rename_chosen.emit(level, name)


def _level_combo() -> QComboBox:
    combo = QComboBox()
    for level in VertebraLevel:
        combo.addItem(level.name, level)
    combo.setMaxVisibleItems(14)
    combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return combo

"""The variants of the selected level in one line: which is worked on, keep, name, compare."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, label
from planner.gui.theme import Palette, icon
from planner.planning.plan import LONGEST_VARIANT_NAME, VARIANT_LETTERS, VariantLabel

_KEEP_TIP = "Set this plan aside as it is and go on with a copy of it (Ctrl+Shift+K)"
_COMPARE_TIP = "Two variants side by side, measured now (Ctrl+Shift+C)"
_LEAST_LETTER_PX = 34


class VariantBar(Card):
    """Shows the letters; what is wanted is a signal."""

    keep_pressed = Signal()
    letter_chosen = Signal(str)
    renamed = Signal(str, str)
    delete_pressed = Signal(str)
    compare_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        head = QHBoxLayout()
        self.title = label("Variants", "section")
        head.addWidget(self.title)
        head.addStretch(1)
        self.keep = _quiet("Keep", _KEEP_TIP)
        self.keep.setIcon(icon("plus", palette, palette.secondary))
        self.compare = _quiet("Compare", _COMPARE_TIP)
        head.addWidget(self.keep)
        head.addWidget(self.compare)
        self.body.addLayout(head)
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.letters: dict[str, QPushButton] = {}
        for letter in VARIANT_LETTERS:
            row.addWidget(self._letter_button(letter))
        self.name_box = QLineEdit()
        self.name_box.setPlaceholderText("name it, if you like")
        self.name_box.setMaxLength(LONGEST_VARIANT_NAME)
        self.name_box.setAccessibleName("name of this variant")
        self.name_box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.delete = _quiet("", "")
        self.delete.setIcon(icon("trash", palette, palette.secondary))
        row.addWidget(self.name_box, 1)
        row.addWidget(self.delete)
        self.body.addWidget(self._row)
        self._active = VariantLabel(VARIANT_LETTERS[0])
        self.keep.clicked.connect(self.keep_pressed)
        self.compare.clicked.connect(self.compare_pressed)
        self.name_box.editingFinished.connect(self._tell_name)
        self.delete.clicked.connect(lambda: self.delete_pressed.emit(self._active.letter))

    def show_state(self, state: DeskState) -> None:
        """Show the variants of the selected level; without a plan there is nothing to keep."""
        level = state.selection.level
        found = state.plan.variants_at(level) if level else None
        self.setVisible(state.has_needles or found is not None)
        labels = {item.letter: item for item in found.labels} if found else {}
        self._active = found.active if found else VariantLabel(VARIANT_LETTERS[0])
        self._row.setVisible(found is not None)
        self.compare.setVisible(found is not None)
        is_free = not state.is_gesture_running
        self.keep.setEnabled(is_free and len(labels) < len(VARIANT_LETTERS))
        for letter, button in self.letters.items():
            button.setVisible(letter in labels)
            button.setEnabled(is_free)
            button.setChecked(letter == self._active.letter)
            button.setToolTip(labels[letter].words.capitalize() if letter in labels else "")
        self.delete.setEnabled(is_free)
        self.delete.setToolTip(f"Delete variant {self._active.letter}; undo brings it back")
        self.delete.setAccessibleName(f"delete variant {self._active.letter}")
        if not self.name_box.hasFocus() or not self.name_box.isModified():
            self.name_box.setText(self._active.name)

    def _letter_button(self, letter: str) -> QPushButton:
        button = QPushButton(letter)
        button.setProperty("kind", "segment")
        button.setCheckable(True)
        button.setMinimumWidth(_LEAST_LETTER_PX)
        button.setAccessibleName(f"variant {letter}")
        # A press on the active one changes nothing, its mark neither.
        button.clicked.connect(lambda: button.setChecked(letter == self._active.letter))
        button.clicked.connect(lambda: self.letter_chosen.emit(letter))
        self.letters[letter] = button
        return button

    def _tell_name(self) -> None:
        if self.name_box.text().strip() != self._active.name:
            self.renamed.emit(self._active.letter, self.name_box.text())
        self.name_box.setModified(False)


def _quiet(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", "quiet")
    button.setToolTip(tip)
    return button

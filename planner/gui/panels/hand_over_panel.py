"""Stage 7: what to write, where, with or without the name; then the receipts."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from planner.export.writer import WriterInfo
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, clear, label, set_tone
from planner.gui.panels.receipt_list import ReceiptList
from planner.gui.panels.send_card import SendCard
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.theme import Palette, icon

_EXPORTING = "export"
_PAPER = ".pdf"


class _WriterRow(QWidget):
    """One writer: a box to tick, its endings, and what it lacks in this case."""

    preview_pressed = Signal()

    def __init__(self, info: WriterInfo) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(0)
        line = QHBoxLayout()
        self.check = QCheckBox(info.title)
        self.check.setChecked(True)
        line.addWidget(self.check, 1)
        self._preview = QPushButton("Preview")
        self._preview.setProperty("kind", "link")
        self._preview.setAccessibleName(f"preview {info.title}")
        self._preview.clicked.connect(self.preview_pressed)
        self._is_paper = info.file_suffixes == (_PAPER,)
        line.addWidget(self._preview)
        # A panel is narrow: of many endings the first stands for all, the rest is in the tip.
        kinds = [*info.file_suffixes[:1], *(["..."] if len(info.file_suffixes) > 1 else [])]
        line.addWidget(label(" ".join(kinds), "secondary"))
        self.setToolTip(" ".join(info.file_suffixes))
        column.addLayout(line)
        self._was_chosen = True
        self._lacks: QLabel = label("", "secondary", wraps=True)
        self._lacks.setContentsMargins(24, 0, 0, 2)
        column.addWidget(self._lacks)
        self.show_lack("")

    def show_lack(self, sentence: str) -> None:
        """Show why it cannot write; empty where it can, and then it is as the user left it."""
        can_write = not sentence
        if can_write != self.check.isEnabled():
            if can_write:
                self.check.setChecked(self._was_chosen)
            else:
                self._was_chosen = self.check.isChecked()
                self.check.setChecked(False)
            self.check.setEnabled(can_write)
        self._preview.setVisible(can_write and self._is_paper)
        self._lacks.setText(sentence)
        self._lacks.setVisible(bool(sentence))


class HandOverPanel(StagePanel):
    """Shows the writers and what they wrote."""

    folder_pressed = Signal()
    replace_pressed = Signal(object)
    """The ids of the writers whose files may be replaced."""
    preview_pressed = Signal(str)
    """The id of the writer whose pages shall be shown."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("Hand over", "Written, read back and checked", palette)
        self.checks: dict[str, QCheckBox] = {}
        self._rows: dict[str, _WriterRow] = {}
        self._titles: dict[str, str] = {}
        self._naming: frozenset[str] = frozenset()
        self._shown: object = self
        self._add_what()
        self._add_where(palette)
        self.deidentify = QCheckBox("De-identify: no name, id, birth date")
        self.body.addWidget(self.deidentify)
        self._identity = label("", "secondary", wraps=True)
        self.body.addWidget(self._identity)
        self.deidentify.toggled.connect(lambda _on: self._show_identity())
        self.body.addWidget(label("Send to another machine", "section"))
        self.send = SendCard()
        self.body.addWidget(self.send)
        self.receipts = ReceiptList(palette)
        self.receipts.replace_pressed.connect(self.replace_pressed)
        self.body.addWidget(self.receipts)
        self.body.addStretch(1)

    def _add_what(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label("What to write", "section"), 1)
        for text, is_on in (("All", True), ("None", False)):
            button = QPushButton(text)
            button.setProperty("kind", "link")
            button.setAccessibleName(f"choose {text.lower()}")
            button.clicked.connect(lambda _pressed=False, is_on=is_on: self._choose(is_on=is_on))
            head.addWidget(button)
        self.body.addLayout(head)
        self._writers = Card()
        self.body.addWidget(self._writers)
        self._failures = QVBoxLayout()
        self._failures.setSpacing(6)
        self.body.addLayout(self._failures)

    def _add_where(self, palette: Palette) -> None:
        self.body.addWidget(label("Where", "section"))
        line = QHBoxLayout()
        self.folder = QLineEdit()
        self.folder.setAccessibleName("folder to write into")
        self.folder.setPlaceholderText("Choose a folder")
        browse = QPushButton("Browse")
        browse.setIcon(icon("folder", palette))
        browse.clicked.connect(self.folder_pressed)
        line.addWidget(self.folder, 1)
        line.addWidget(browse)
        self.body.addLayout(line)

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """The ids of the writers that shall write and can."""
        return tuple(
            key for key, check in self.checks.items() if check.isChecked() and check.isEnabled()
        )

    def show_state(self, state: DeskState) -> None:
        """Show the writers, what each lacks, and the last receipts."""
        self._show_writers(state)
        self._show_lacks(state.writer_lacks)
        self.send.show_senders(state.senders, can_send=state.can_export)
        is_exporting = _EXPORTING in state.running
        if is_exporting:
            text, tip = "Writing ...", "The line at the bottom says which; Cancel stops it there."
        elif state.is_updating:
            text, tip = "Export", "Waits until the plan is judged."
        else:
            text, tip = "Export", "" if state.can_export else "Plan a needle first."
        self.show_next(text, enabled=state.can_export and not is_exporting, tip=tip)
        self.receipts.replace.setEnabled(state.can_export and not is_exporting)
        if state.hand_over is not self._shown:
            self._shown = state.hand_over
            self.receipts.show_handed(state.hand_over, self._titles)

    def _show_writers(self, state: DeskState) -> None:
        if tuple(self.checks) == tuple(info.id for info in state.writers):
            return
        clear(self._writers.body)
        self._rows = {info.id: _WriterRow(info) for info in state.writers}
        self._titles = {info.id: info.title for info in state.writers}
        self.checks = {key: row.check for key, row in self._rows.items()}
        for key, row in self._rows.items():
            row.preview_pressed.connect(lambda key=key: self.preview_pressed.emit(key))
            row.check.toggled.connect(lambda _on: self._show_identity())
            self._writers.body.addWidget(row)
        self._naming = frozenset(info.id for info in state.writers if info.carries_identity)
        clear(self._failures)
        for failure in state.writer_failures:
            card = Card()
            card.setProperty("tone", "caution")
            card.body.addWidget(label(f"Plugin {failure.distribution} was set aside", "strong"))
            card.body.addWidget(label(str(failure.error), "secondary", wraps=True))
            self._failures.addWidget(card)
        self._show_identity()

    def _show_lacks(self, lacks: Mapping[str, str]) -> None:
        for key, row in self._rows.items():
            row.show_lack(lacks.get(key, ""))
        self._show_identity()

    def _choose(self, *, is_on: bool) -> None:
        for check in self.checks.values():
            if check.isEnabled():
                check.setChecked(is_on)

    def _show_identity(self) -> None:
        names = self._naming & set(self.chosen_ids) and not self.deidentify.isChecked()
        self._identity.setText(
            "Caution: these files name the patient." if names else "No file will name the patient."
        )
        set_tone(self._identity, "caution" if names else "note")

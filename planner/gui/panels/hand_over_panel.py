"""Stage 7: what to write, where, with or without the name; then the receipts."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout

from planner.assessment.findings import Severity
from planner.export.writer import WriteReceipt, WriterInfo
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, Chip, clear, label, set_tone
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.theme import Palette, icon

_EXPORTING = "export"


class HandOverPanel(StagePanel):
    """Shows the writers and what they wrote."""

    folder_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__("Hand over", "Written, read back and checked", palette)
        self.checks: dict[str, QCheckBox] = {}
        self.body.addWidget(label("What to write", "section"))
        self._writers = Card()
        self.body.addWidget(self._writers)
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
        self.deidentify = QCheckBox("De-identify: no name, id, birth date")
        self.body.addWidget(self.deidentify)
        self._identity = label("", "secondary", wraps=True)
        self.body.addWidget(self._identity)
        self.deidentify.toggled.connect(lambda _on: self._show_identity())
        self._receipts_title = label("Receipts", "section")
        self.body.addWidget(self._receipts_title)
        self._receipts = QVBoxLayout()
        self._receipts.setSpacing(6)
        self.body.addLayout(self._receipts)
        self.body.addStretch(1)
        self._naming: frozenset[str] = frozenset()
        self._shown: object = self

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """The ids of the writers that shall write."""
        return tuple(key for key, check in self.checks.items() if check.isChecked())

    def show_state(self, state: DeskState) -> None:
        """Show the writers and the last receipts."""
        self._show_writers(state.writers)
        is_exporting = _EXPORTING in state.running
        if is_exporting:
            text, tip = "Writing ...", ""
        elif state.is_updating:
            text, tip = "Export", "Waits until the plan is judged."
        else:
            text, tip = "Export", "" if state.can_export else "Plan a needle first."
        self.show_next(text, enabled=state.can_export and not is_exporting, tip=tip)
        self._show_receipts(state)

    def _show_writers(self, writers: tuple[WriterInfo, ...]) -> None:
        if tuple(self.checks) == tuple(info.id for info in writers):
            return
        clear(self._writers.body)
        self.checks = {}
        for info in writers:
            check = QCheckBox(f"{info.title}  {' '.join(info.file_suffixes)}")
            check.setChecked(True)
            check.toggled.connect(lambda _on: self._show_identity())
            self.checks[info.id] = check
            self._writers.body.addWidget(check)
        self._naming = frozenset(info.id for info in writers if info.carries_identity)
        self._show_identity()

    def _show_identity(self) -> None:
        names = self._naming & set(self.chosen_ids) and not self.deidentify.isChecked()
        self._identity.setText(
            "Caution: these files name the patient." if names else "No file will name the patient."
        )
        set_tone(self._identity, "caution" if names else "note")

    def _show_receipts(self, state: DeskState) -> None:
        if state.hand_over is self._shown:
            return
        self._shown = state.hand_over
        clear(self._receipts)
        handed = state.hand_over
        self._receipts_title.setVisible(handed is not None)
        for receipt in handed.receipts if handed else ():
            self._receipts.addWidget(self._receipt_card(receipt))
        for failure in handed.failures if handed else ():
            card = Card()
            card.setProperty("tone", "caution")
            card.body.addWidget(label(f"Plugin {failure.distribution} cannot be used", "strong"))
            card.body.addWidget(label(str(failure.error), "secondary", wraps=True))
            self._receipts.addWidget(card)

    def _receipt_card(self, receipt: WriteReceipt) -> Card:
        card = Card()
        head = QHBoxLayout()
        head.addWidget(label(receipt.writer_id, "section"), 1)
        chip = Chip(self.palette_of_meaning)
        if receipt.problems:
            chip.show_judgement("not written", Severity.CAUTION)
        else:
            chip.show_judgement("written, checked", Severity.SAFE)
        head.addWidget(chip)
        card.body.addLayout(head)
        for problem in receipt.problems:
            card.body.addWidget(label(problem.message, wraps=True))
        for file in receipt.files:
            line = label(f"{file.path.name} · {file.size_bytes / 1000:.0f} kB", "secondary")
            line.setToolTip(f"{file.path}\nSHA-256 {file.sha256}")
            card.body.addWidget(line)
        return card

"""What each writer wrote, with hashes, and what kept it from writing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from planner.assessment.findings import Severity
from planner.gui.panels.cards import Card, Chip, OneLine, clear, label
from planner.gui.theme import Palette

if TYPE_CHECKING:
    from planner.export.writer import WriteReceipt, WrittenFile
    from planner.workflow.hand_over import HandOver

_SHOWN_HASH_LETTERS = 12


class ReceiptList(QWidget):
    """The outcome of the last export; nothing where there was none."""

    replace_pressed = Signal(object)
    """The ids of the writers whose files are there already and may be replaced."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._handed: HandOver | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._summary = label("", "section", wraps=True)
        column.addWidget(self._summary)
        buttons = QHBoxLayout()
        self.replace = QPushButton("Replace files")
        self.replace.setToolTip("Writes once more, in place of the files that are there already.")
        self.replace.clicked.connect(self._replace)
        self.copy = QPushButton("Copy receipt")
        self.copy.setToolTip("Puts every file with its SHA-256 and every problem on the clipboard.")
        self.copy.clicked.connect(self._copy)
        for button in (self.replace, self.copy):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(6)
        column.addLayout(self._cards)
        self.show_handed(None, {})

    def show_handed(self, handed: "HandOver | None", titles: Mapping[str, str]) -> None:
        """Show what was written.

        Parameters
        ----------
        handed
            Of the current plan; None hides the list.
        titles
            The writers' names by their ids.
        """
        self._handed = handed
        clear(self._cards)
        self.setVisible(handed is not None)
        if handed is None:
            return
        self._summary.setText(summary_of(handed))
        self.replace.setVisible(any(receipt.clashes for receipt in handed.receipts))
        # What went wrong first: it is what somebody has to do something about.
        for receipt in sorted(handed.receipts, key=lambda r: not r.problems):
            title = titles.get(receipt.writer_id, receipt.writer_id)
            self._cards.addWidget(_receipt_card(receipt, title, self._palette))

    def _replace(self) -> None:
        if self._handed is not None:
            clashing = (r.writer_id for r in self._handed.receipts if r.clashes)
            self.replace_pressed.emit(tuple(clashing))

    def _copy(self) -> None:
        if self._handed is not None:
            QGuiApplication.clipboard().setText(receipt_text(self._handed))


def summary_of(handed: "HandOver") -> str:
    """Return the outcome in a sentence."""
    written = sum(len(receipt.files) for receipt in handed.receipts)
    failed = sum(bool(receipt.problems) for receipt in handed.receipts)
    files = f"{written} file{'' if written == 1 else 's'} written and checked"
    if handed.is_cancelled:
        return f"Cancelled: {files} before, nothing of the others."
    if failed:
        return f"{files}, {failed} of {len(handed.receipts)} formats not written."
    return f"{files}."


def receipt_text(handed: "HandOver") -> str:
    """Return the whole receipt as lines of text, hashes as ``sha256sum`` reads them."""
    lines = [summary_of(handed)]
    for receipt in handed.receipts:
        lines.append(f"# {receipt.writer_id}")
        lines += [f"{file.sha256}  {file.path}" for file in receipt.files]
        lines += [f"# not written: {problem.message}" for problem in receipt.problems]
    lines += [f"# {failure.distribution}: {failure.error}" for failure in handed.failures]
    return "\n".join(lines) + "\n"


def _receipt_card(receipt: "WriteReceipt", title: str, palette: Palette) -> Card:
    card = Card()
    head = QHBoxLayout()
    head.addWidget(label(title, "strong", wraps=True), 1)
    chip = Chip(palette)
    if receipt.problems:
        chip.show_judgement("not written", Severity.CAUTION)
    else:
        chip.show_judgement("written, checked", Severity.SAFE)
    head.addWidget(chip)
    card.body.addLayout(head)
    for problem in receipt.problems:
        card.body.addWidget(label(problem.message, wraps=True))
    for file in receipt.files:
        card.body.addWidget(_file_line(file))
    return card


def _file_line(file: "WrittenFile") -> OneLine:
    line = OneLine("secondary")
    size_kb = f"{file.size_bytes / 1000:.0f} kB"
    line.show_text(f"{file.path.name} · {size_kb} · {file.sha256[:_SHOWN_HASH_LETTERS]}")
    line.setToolTip(f"{file.path}\nSHA-256 {file.sha256}")
    return line

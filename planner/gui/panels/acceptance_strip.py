"""Beneath a finding: whether it was accepted and why, and where the reason is typed."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from planner.assessment.acceptance import Acceptance, acceptance_of, can_accept
from planner.assessment.findings import Finding, Severity
from planner.gui.panels.cards import label, set_tone
from planner.planning.plan import AcceptedFinding, Plan

_LONGEST_REASON = 200
_LINK_PADDING_PX = 7


class AcceptanceStrip(QWidget):
    """Says what the plan says of one finding; never anything of a number that has changed."""

    accepted = Signal(object, str)
    """The finding and the reason typed."""
    withdrawn = Signal(object)
    """The `AcceptedFinding`."""
    folded = Signal(bool)
    """The entry was opened or closed."""

    def __init__(self) -> None:
        super().__init__()
        self._finding: Finding | None = None
        self._acceptance: Acceptance | None = None
        self._given: AcceptedFinding | None = None
        self.words = label("", "strong", wraps=True)
        self.open = _link("Accept with a reason")
        self.withdraw = _link("Withdraw")
        self.reason = QLineEdit()
        self.reason.setPlaceholderText("Why is this accepted?")
        self.reason.setMaxLength(_LONGEST_REASON)
        self.confirm = QPushButton("Accept")
        self.confirm.setEnabled(False)
        self._entry = _in_a_row(self.reason, self.confirm)
        column = QVBoxLayout(self)
        column.setContentsMargins(12 - _LINK_PADDING_PX, 2, 12, 4)
        self.words.setContentsMargins(_LINK_PADDING_PX, 0, 0, 0)
        self._entry.setContentsMargins(_LINK_PADDING_PX, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.words)
        column.addWidget(_in_a_row(self.open, self.withdraw, stretches=True))
        column.addWidget(self._entry)
        self.open.setCheckable(True)
        self._entry.hide()
        self.open.toggled.connect(self._show_entry)
        self.reason.textChanged.connect(lambda text: self.confirm.setEnabled(bool(text.strip())))
        self.reason.returnPressed.connect(self.confirm.click)
        self.confirm.clicked.connect(self._accept)
        self.withdraw.clicked.connect(lambda: self.withdrawn.emit(self._given))

    def show_finding(self, finding: Finding, plan: Plan) -> None:
        """Show what a plan says of a finding that was made on it."""
        acceptance = acceptance_of(finding, plan)
        if (finding, acceptance) == (self._finding, self._acceptance):
            return
        if finding != self._finding:
            # A reason half typed was meant for another number.
            self.reason.clear()
            self.open.setChecked(False)
        self._finding, self._acceptance = finding, acceptance
        self._given = acceptance.given if acceptance else None
        holds = acceptance is not None and acceptance.holds
        self.words.setText(acceptance.words if acceptance else "")
        set_tone(self.words, "" if holds else Severity.CAUTION.value)
        self.words.setVisible(acceptance is not None)
        self.withdraw.setVisible(acceptance is not None)
        self.open.setVisible(can_accept(finding) and not holds)
        if holds:
            self.open.setChecked(False)
        self.open.setAccessibleName(f"accept with a reason: {finding.message}")
        self.withdraw.setAccessibleName(f"withdraw the acceptance: {finding.message}")
        self.reason.setAccessibleName(f"reason for accepting: {finding.message}")
        self.setVisible(can_accept(finding) or acceptance is not None)

    def rest(self) -> None:
        """Wait hidden until there is a finding again."""
        self._finding = None
        self.hide()

    def _show_entry(self, is_open: bool) -> None:  # noqa: FBT001  the signal gives one value
        self._entry.setVisible(is_open)
        if is_open:
            self.reason.setFocus()
        self.folded.emit(is_open)

    def _accept(self) -> None:
        reason, finding = self.reason.text().strip(), self._finding
        self.reason.clear()
        self.open.setChecked(False)
        if finding is not None and reason:
            self.accepted.emit(finding, reason)


def _link(text: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", "link")
    return button


def _in_a_row(*widgets: QWidget, stretches: bool = False) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget)
    if stretches:
        line.addStretch(1)
    return row

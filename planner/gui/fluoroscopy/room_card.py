"""What the room says: the checkpoints just judged, in words."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from planner.assessment.findings import Severity
from planner.gui.panels.cards import Card, clear, icon_label, label
from planner.gui.theme import SEVERITY_ICONS, Palette, severity_colour
from planner.rehearsal.run_state import Moment

_SHOWN = 5


class RoomCard(Card):
    """The last few checkpoints, the newest first."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.body.addWidget(label("What the room says", "section"))
        self.unseen = label("", "secondary", wraps=True)
        self.body.addWidget(self.unseen)
        self.next = label("", "strong", wraps=True)
        self.body.addWidget(self.next)
        said = QWidget()
        column = QVBoxLayout(said)
        column.setContentsMargins(0, 4, 0, 0)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        column.addLayout(self._rows)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(said)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # What was said does not take room from the X-rays: it scrolls.
        scroll.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.body.addWidget(scroll, 1)
        self._shown: tuple[Moment, ...] | None = None

    def show_moments(self, moments: tuple[Moment, ...], unseen: str) -> None:
        """Show the newest checkpoints, and what this study's pictures do not show."""
        self.unseen.setText(unseen)
        self.unseen.setVisible(bool(unseen))
        newest = moments[::-1][:_SHOWN]
        if newest == self._shown:
            return
        self._shown = newest
        clear(self._rows)
        for moment in newest:
            line = QHBoxLayout()
            line.setSpacing(8)
            severity = severity_of(moment)
            colour = severity_colour(self._palette, severity)
            line.addWidget(
                icon_label(SEVERITY_ICONS[severity], colour), 0, Qt.AlignmentFlag.AlignTop
            )
            line.addWidget(label(moment.text, wraps=True), 1)
            self._rows.addLayout(line)

    def show_next(self, sentence: str, *, is_exam: bool) -> None:
        """Show what comes next; empty for a trainee who goes without."""
        if is_exam:
            sentence = "Exam: what was judged is told at the end."
        elif not sentence and not self._shown:
            sentence = "Find the true AP and lateral, and name the level."
        self.next.setText(sentence)
        self.next.setVisible(bool(sentence))


def severity_of(moment: Moment) -> Severity:
    """Return how grave a judged checkpoint is."""
    if moment.passed:
        return Severity.SAFE
    return Severity.DANGER if moment.is_critical else Severity.CAUTION

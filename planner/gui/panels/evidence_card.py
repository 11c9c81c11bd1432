"""What the literature says of leaks and what the model takes for granted, in one place."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.assessment.evidence import PROCEDURE_EVIDENCE, leak_odds_rows, leak_rate_words
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, RowButton, icon_label, label
from planner.gui.panels.cement_assumption_words import ASSUMPTION_WORDS
from planner.gui.theme import Palette
from planner.planning.plan import Procedure


class _Fold(QWidget):
    """A headline that opens what lies under it."""

    def __init__(self, title: str, palette: Palette) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.button = RowButton(checkable=True)
        self.button.add_line(
            label(title, "strong"), icon_label("chevron", palette.secondary), stretch_after=0
        )
        self.button.setAccessibleName(title)
        inside = QWidget()
        self.lines = QVBoxLayout(inside)
        self.lines.setContentsMargins(4, 0, 4, 0)
        self.lines.setSpacing(6)
        inside.hide()
        self.button.toggled.connect(inside.setVisible)
        column.addWidget(self.button)
        column.addWidget(inside)


class EvidenceCard(Card):
    """Base rates with their way of looking, trials for and against, and every assumption."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.body.addWidget(label("What is known", "section"))
        self.rates = label("", "secondary", wraps=True)
        self.body.addWidget(self.rates)
        odds = _Fold("Odds of a leak, as listed", palette)
        for row in leak_odds_rows():
            odds.lines.addWidget(label(f"{row.text} {row.source}", "secondary", wraps=True))
        trials = _Fold("Trials, for and against", palette)
        for row in PROCEDURE_EVIDENCE:
            trials.lines.addWidget(label(f"{row.text} {row.source}.", "secondary", wraps=True))
        assumed = _Fold("What the model takes for granted", palette)
        for words in ASSUMPTION_WORDS:
            assumed.lines.addWidget(label(words, "secondary", wraps=True))
        self.folds = (odds, trials, assumed)
        for fold in self.folds:
            self.body.addWidget(fold)

    def show_state(self, state: DeskState) -> None:
        """Show the rates of the procedure that is planned."""
        planned = state.level_plan
        procedure = planned.procedure if planned else Procedure.VERTEBROPLASTY
        self.rates.setText(leak_rate_words(procedure))

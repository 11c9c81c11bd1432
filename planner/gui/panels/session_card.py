"""All cement of one sitting, level by level, with the total and what is known of embolism."""

from PySide6.QtWidgets import QHBoxLayout

from planner.gui.clinical_sources import unverified_bores
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, label, set_tone, show_doubts, unverified_mark
from planner.gui.panels.text_grid import TextGrid
from planner.gui.theme import Palette
from planner.planning.cement_plan import session_sheet


class SessionCard(Card):
    """A row for each level with cement."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        head = QHBoxLayout()
        head.addWidget(label("This session", "section"))
        head.addStretch(1)
        self.dead_mark = unverified_mark("", palette)
        head.addWidget(self.dead_mark)
        self.body.addLayout(head)
        self._table = TextGrid()
        self.body.addWidget(self._table)
        self.advice = label("", "strong", wraps=True)
        set_tone(self.advice, "caution")
        self.body.addWidget(self.advice)
        self._shown: tuple[object, ...] = ()

    def show_state(self, state: DeskState) -> None:
        """Show the sheet of the plan on the desk."""
        if state.catalog is None or (state.plan.levels, state.catalog) == self._shown:
            return
        self._shown = (state.plan.levels, state.catalog)
        treated = [planned for planned in state.plan.levels if planned.cement is not None]
        show_doubts(self.dead_mark, unverified_bores(treated, state.catalog))
        sheet = session_sheet(state.plan, state.catalog)
        rows = [
            ("level", "into bone", "draw up"),
            *(
                (r.level.name, f"{r.volume_ml:.1f} ml", f"{r.syringe_ml:.1f} ml")
                for r in sheet.rows
            ),
            ("total", f"{sheet.total_ml:.1f} ml", f"{sheet.total_syringe_ml:.1f} ml"),
        ]
        self._table.show_rows(rows, strong_row=len(rows) - 1)
        self.advice.setText(" ".join(sheet.advice))
        self.advice.setVisible(bool(sheet.advice))

"""The ways cement left the bone in the model, the gravest first; a press shows the place."""

import functools

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.assessment.findings import Severity
from planner.gui.filling.fill_state import FillState
from planner.gui.panels.cards import RowButton, icon_label, label, set_tone
from planner.gui.theme import SEVERITY_ICONS, Palette, icon_pixmap, severity_colour

_WAYS = {"B": "basivertebral vein", "S": "segmental vein", "C": "gap in cortex", "D": "endplate"}


class LeakRow(RowButton):
    """One way out."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(checkable=True)
        self._palette = palette
        self._icon = icon_label("caution", palette.caution)
        self._place = label("", "strong")
        self._share = label("", "strong")
        self.add_line(self._icon, self._place, self._share, stretch_after=1)
        self._words = self.add_text("")

    def show_leak(self, state: FillState, number: int) -> None:
        """Show a leak of the list."""
        leak = state.leaks[number]
        severity = Severity.DANGER if leak.destination.is_grave else Severity.CAUTION
        self._icon.setPixmap(
            icon_pixmap(SEVERITY_ICONS[severity], severity_colour(self._palette, severity), 15)
        )
        set_tone(self, severity.value)
        kind = leak.leak_class.value if leak.leak_class else ""
        of_class = f"  \N{MIDDLE DOT}  class {kind}" if kind else ""
        self._place.setText(leak.destination.value.capitalize() + of_class)
        self._share.setText(f"{leak.share_of_runs:.0%} of runs")
        way = f"by {_WAYS[kind]}" if kind in _WAYS else "back along the needle"
        self._words.setText(
            f"{way}, from {leak.volume_at_leak_ml:.1f} ml (earliest {leak.least_volume_ml:.1f} ml)"
        )
        self.setChecked(state.chosen_leak == number)
        self.setAccessibleName(f"{self._place.text()} {self._share.text()} {self._words.text()}")
        self.setToolTip("Show where it comes out, and the way it took")


class LeakRows(QWidget):
    """As many rows as there are ways out."""

    chosen = Signal(int)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.rows: list[LeakRow] = []

    def show_state(self, state: FillState) -> None:
        """Show the leaks of the runs, or no rows."""
        while len(self.rows) < len(state.leaks):
            row = LeakRow(self._palette)
            row.clicked.connect(functools.partial(self._tell, len(self.rows)))
            self._column.addWidget(row)
            self.rows.append(row)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(state.leaks))
            if number < len(state.leaks):
                row.show_leak(state, number)

    def _tell(self, number: int, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  Qt's own
        self.chosen.emit(number)

"""Expected heights, wedge and kyphosis before and after the balloons: an illustration."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QLabel

from planner.gui.clinical_sources import unverified_sources, unverified_widths
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, ValueRow, label, show_doubts, unverified_mark
from planner.gui.panels.height_plot import HeightPlot
from planner.gui.theme import Palette

_ARROW = " \N{RIGHTWARDS ARROW} "
_DEG = "\N{DEGREE SIGN}"
_LABEL = (
    "Illustration, not a prediction. No advantage over vertebroplasty is known: a meta-analysis "
    "finds no difference in height. Part of any gain is posture, which a supine CT has already."
)


class HeightCard(Card):
    """What may be gained; says so only where a neighbour tells what was lost."""

    healed_changed = Signal(bool)

    def __init__(self, palette: Palette) -> None:
        super().__init__("balloon")
        self.body.addWidget(label("Height", "section"))
        self.body.addWidget(label(_LABEL, "secondary", wraps=True))
        self.plot = HeightPlot(palette)
        self.body.addWidget(self.plot)
        self.wedge = ValueRow("wedge", "Now, and what is expected with the band around it.")
        self.kyphosis = ValueRow("local kyphosis", "Over the level above and the level below.")
        self.limit = ValueRow(
            "balloons can lift", "What their size leaves once the bone around is packed."
        )
        self.elastic = ValueRow(
            "lost again on deflation", "Between the balloons up and the balloons out, in front."
        )
        self._marks: list[tuple[QLabel, str]] = []
        for row, key in (
            (self.wedge, "height"),
            (self.kyphosis, "height"),
            (self.limit, "lift"),
            (self.elastic, "height"),
        ):
            self.body.addWidget(row)
            mark = unverified_mark(unverified_sources(key), palette)
            row.add_mark(mark)
            self._marks.append((mark, unverified_sources(key)))
        self.missing = label("", "secondary", wraps=True)
        self.body.addWidget(self.missing)
        self.healed = QCheckBox("Healed: no oedema in the MR")
        self.healed.setToolTip("Your word. Healed bone is not lifted.")
        self.healed.toggled.connect(self.healed_changed)
        self.body.addWidget(self.healed)

    def show_state(self, state: DeskState) -> None:
        """Show the outlook of exactly the balloons on the desk."""
        planned, outlook = state.level_plan, state.heights
        self.setVisible(planned is not None and bool(planned.balloons))
        if planned is None:
            return
        with QSignalBlocker(self.healed):
            self.healed.setChecked(planned.is_healed)
        for part in (self.plot, self.wedge, self.limit, self.elastic):
            part.setVisible(outlook is not None)
        self.kyphosis.setVisible(outlook is not None and outlook.kyphosis_now_deg is not None)
        self.missing.setVisible(outlook is None)
        self.missing.setText(
            "updating"
            if state.is_updating
            else "No neighbour is found yet, so nothing tells what was lost. Find one in Levels."
        )
        self.plot.show_outlook(outlook)
        if outlook is None:
            return
        widths = unverified_widths(planned, state.catalog) if state.catalog else ""
        for mark, sources in self._marks:
            show_doubts(mark, f"{sources} {widths}".strip())
        prediction = outlook.prediction
        wedge = prediction.wedge_deg
        self.wedge.show_value(
            f"{prediction.wedge_now_deg:.0f}{_DEG}{_ARROW}{wedge.expected:.0f}{_DEG} "
            f"({wedge.least:.0f} to {wedge.most:.0f})"
        )
        after = outlook.kyphosis_after_deg
        if outlook.kyphosis_now_deg is not None and after is not None:
            self.kyphosis.show_value(
                f"{outlook.kyphosis_now_deg:.0f}{_DEG}{_ARROW}{after:.0f}{_DEG}"
            )
        self.limit.show_value(f"{prediction.limit_mm:.1f} mm at most")
        lost_mm = prediction.inflated_mm[0] - prediction.after_mm[0].expected
        self.elastic.show_value(f"{max(lost_mm, 0.0):.1f} mm")

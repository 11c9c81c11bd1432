"""The heights of a body against what they should be, and what follows from them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from planner.anatomy.vertebra import HandMade
from planner.gui.levels.level_words import grade_severity, grade_words, signed_loss
from planner.gui.levels.measure_table import MeasureTable
from planner.gui.panels.cards import Card, Chip, ValueRow, icon_label, label, unverified_mark
from planner.gui.theme import Palette
from planner.workflow.level_norms import norm_source

if TYPE_CHECKING:
    from planner.workflow.level_details import LevelDetails
    from planner.workflow.measure_levels import LevelReport

_LINES = (("anterior", "anterior_mm"), ("middle", "middle_mm"), ("posterior", "posterior_mm"))
_DASH = "\N{EN DASH}"
_ROWS = {
    "wedge": ("wedge ratio A/P", "Anterior over posterior height."),
    "biconcave": ("biconcavity M/P", "Middle over posterior height."),
    "crush": ("crush P/neighbours", "Posterior height over that of both neighbours."),
    "angle": ("wedge angle", "Between both endplates on the mid-plane, kyphotic positive; supine."),
    "cobb": (
        "local Cobb",
        "From the upper endplate of the level above to the lower one of the level below; supine.",
    ),
    "bulge": (
        "wall bulge",
        "How far the posterior wall stands behind the line between its own corners.",
    ),
}


class HeightsCard(Card):
    """Shows grade, heights and shape; says when the measuring view is wanted."""

    view_pressed = Signal()
    again_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._grade = label("", "headline")
        self._chip = Chip(palette)
        self.body.addWidget(self._grade)
        self.body.addWidget(self._chip)
        self._against = label("", "secondary", wraps=True)
        self.body.addWidget(self._against)
        self.table = MeasureTable(
            ("mm", "neighbours", "norm"),
            [(name, f"{name.capitalize()} height on the mid-plane.") for name, _ in _LINES],
        )
        source, is_verified = norm_source()
        if not is_verified:
            self.table.mark_unverified(2, f"Mean adult at this patient's size. {source}", palette)
        self.body.addWidget(self.table)
        self.rows = {key: ValueRow(name, tip) for key, (name, tip) in _ROWS.items()}
        for row in self.rows.values():
            self.body.addWidget(row)
        self.rows["bulge"].add_mark(
            unverified_mark("Own definition: behind the line between the wall's corners.", palette)
        )
        self._add_hand(palette)

    def _add_hand(self, palette: Palette) -> None:
        line = QHBoxLayout()
        self._hand_icon = icon_label("brush", palette.accent)
        line.addWidget(self._hand_icon)
        self._hand = label("", "secondary")
        line.addWidget(self._hand, 1)
        self._again = QPushButton("Find again")
        self._again.setProperty("kind", "link")
        self._again.setToolTip("Put the landmarks back to where the outline has them")
        self._again.clicked.connect(self.again_pressed)
        line.addWidget(self._again)
        self.body.addLayout(line)
        self.view_button = QPushButton("Measuring view")
        self.view_button.setToolTip("The mid-sagittal slice alone, landmarks to drag (L)")
        self.view_button.clicked.connect(self.view_pressed)
        self.body.addWidget(self.view_button)

    def show_report(
        self, report: "LevelReport", details: "LevelDetails | None", *, is_pending: bool
    ) -> None:
        """Show a level's measures; while the outline is another than they were made of, none."""
        self._show_grade(report, is_pending=is_pending)
        heights = report.vertebra.heights
        for row, (_name, field) in enumerate(_LINES):
            own_mm = getattr(heights, field)
            references = [
                signed_loss(own_mm, getattr(reference, field)) if reference else _DASH
                for reference in (report.reference, report.norm)
            ]
            words = (f"{own_mm:.1f}", *references)
            self.table.show_row(row, *(_or_updating(w, is_pending=is_pending) for w in words))
        ratios = report.ratios
        self._show("wedge", f"{ratios.wedge:.2f}", is_pending=is_pending)
        self._show("biconcave", f"{ratios.biconcavity:.2f}", is_pending=is_pending)
        crush = _DASH if ratios.crush is None else f"{ratios.crush:.2f}"
        self._show("crush", crush, is_pending=is_pending)
        self._show("angle", f"{round(report.wedge_deg)}\N{DEGREE SIGN}", is_pending=is_pending)
        cobb = _DASH if report.cobb_deg is None else f"{round(report.cobb_deg)}\N{DEGREE SIGN}"
        self._show("cobb", cobb, is_pending=is_pending)
        self._show("bulge", _bulge_words(details), is_pending=is_pending)
        made = report.vertebra.by_hand
        self._hand.setText(_hand_words(made))
        for widget in (self._hand, self._hand_icon):
            widget.setVisible(bool(made))
        self._again.setVisible(HandMade.LANDMARKS in made)

    def _show_grade(self, report: "LevelReport", *, is_pending: bool) -> None:
        if is_pending:
            self._grade.setText("\N{HORIZONTAL ELLIPSIS}")
            self._chip.show_updating()
            self._against.setText("Measuring the outline as it is drawn now.")
            return
        grade = report.grade
        self._grade.setText(grade_words(report))
        self._chip.show_judgement(f"{grade.height_loss_share:.0%} lost", grade_severity(report))
        against = "its neighbours" if grade.against_neighbours else "its own posterior height"
        self._against.setText(f"Genant-equivalent, against {against}; not read by eye.")

    def _show(self, key: str, words: str, *, is_pending: bool) -> None:
        self.rows[key].show_value(_or_updating(words, is_pending=is_pending))


def _or_updating(words: str, *, is_pending: bool) -> str:
    return "\N{HORIZONTAL ELLIPSIS}" if is_pending else words


def _bulge_words(details: "LevelDetails | None") -> str:
    if details is None:
        return "measuring"
    bulge = details.bulge
    if bulge is None:
        return "not known"
    return f"{bulge.depth_mm:.1f} mm, {bulge.canal_share:.0%} of canal"


def _hand_words(made: tuple[HandMade, ...]) -> str:
    names = {HandMade.OUTLINE: "outline", HandMade.LANDMARKS: "landmarks"}
    return f"By hand: {', '.join(names[item] for item in made)}" if made else ""

"""What a level's bone is like: density and its meaning, volumes, defects, gas."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from planner.anatomy.density_meaning import density_meaning
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Severity
from planner.foundation.clinical_numbers import clinical_numbers
from planner.gui.panels.cards import (
    Card,
    RowButton,
    ValueRow,
    clear,
    icon_label,
    label,
    set_tone,
    unverified_mark,
)
from planner.gui.panels.wording import millilitres
from planner.gui.theme import SEVERITY_ICONS, Palette, severity_colour

if TYPE_CHECKING:
    from planner.workflow.level_details import LevelDetails
    from planner.workflow.measure_levels import LevelReport

_MOST_DEFECTS = 4
_PENDING = "\N{HORIZONTAL ELLIPSIS}"


class BoneCard(Card):
    """Shows a level's density, volumes and defects; a press on a defect shows its place."""

    place_pressed = Signal(object)
    """Triple, LPS mm."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.body.addWidget(label("Bone", "section"))
        self.density = ValueRow("trabecular density", "Mean of the body away from its cortex.")
        self.volume = ValueRow("body volume")
        self.whole = ValueRow("whole vertebra")
        self.outline = ValueRow("outline", "Mask error and half the slice step.")
        self.gas = ValueRow("gas cleft", "Gas inside the body, away from its rim.")
        gas = clinical_numbers()["gas-cleft-hu"]
        self.gas.add_mark(
            unverified_mark(f"{gas.title}, {gas.value:.0f} HU: {gas.source}", palette)
        )
        self.body.addWidget(self.density)
        self.meaning = label("", "secondary", wraps=True)
        self.body.addWidget(self.meaning)
        for row in (self.volume, self.whole, self.outline, self.gas):
            self.body.addWidget(row)
        self._defects = QVBoxLayout()
        self._defects.setSpacing(5)
        self.body.addLayout(self._defects)
        self._shown: tuple[object, ...] = ()

    def show_report(
        self,
        report: "LevelReport",
        details: "LevelDetails | None",
        not_density: str,
        *,
        is_pending: bool,
    ) -> None:
        """Show a level's bone; `not_density` says why its density may not be read as such."""
        vertebra = report.vertebra
        self._show_density(vertebra, not_density, is_pending=is_pending)
        for row, words in (
            (self.volume, millilitres(vertebra.body_volume_ml)),
            (self.whole, millilitres(vertebra.whole_volume_ml)),
            (self.outline, f"\N{PLUS-MINUS SIGN} {vertebra.boundary_uncertainty_mm:.1f} mm"),
            (self.gas, _gas_words(details)),
        ):
            row.show_value(_PENDING if is_pending else words)
        self._show_defects(None if is_pending else details)

    def _show_density(self, vertebra: VertebraModel, not_density: str, *, is_pending: bool) -> None:
        hu = vertebra.trabecular_hu
        if is_pending or hu is None:
            self.density.show_value(_PENDING if is_pending else "not known")
            self.meaning.hide()
            return
        self.density.show_value(f"{hu:.0f} HU")
        meaning = density_meaning(hu)
        self.meaning.setVisible(True)
        self.meaning.setText(not_density or f"{meaning.words} The limits are those of L1.")
        set_tone(self.meaning, "caution" if meaning.is_low and not not_density else "note")

    def _show_defects(self, details: "LevelDetails | None") -> None:
        shown = (details,)
        if self._shown and shown[0] is self._shown[0]:
            return
        self._shown = shown
        clear(self._defects)
        if details is None:
            self._defects.addWidget(label("Looking at endplates and walls.", "secondary"))
            return
        if not details.defects:
            line = RowButton()
            line.setEnabled(False)
            line.add_line(icon_label("check", self._palette.safe), label("Cortex seen all round"))
            self._defects.addWidget(line)
        else:
            self._defects.addWidget(label("No cortex is seen at", "secondary"))
        for gap in details.defects[:_MOST_DEFECTS]:
            row = RowButton()
            severity = Severity.CAUTION
            icon = icon_label(SEVERITY_ICONS[severity], severity_colour(self._palette, severity))
            row.add_line(
                icon,
                label(gap.wall.capitalize()),
                label(f"{gap.area_mm2:.0f} mm\N{SUPERSCRIPT TWO}", "strong"),
                stretch_after=1,
            )
            row.setToolTip("Show the place. Told by the brightness of the cortex, not by eye.")
            row.clicked.connect(
                lambda _checked=False, at=gap.place_lps_mm: self.place_pressed.emit(at)
            )
            self._defects.addWidget(row)


def _gas_words(details: "LevelDetails | None") -> str:
    if details is None:
        return "measuring"
    return f"{details.cleft.volume_ml:.2f} ml" if details.cleft else "none seen"

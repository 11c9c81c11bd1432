"""Stage 1: whose images these are, how they lie, and what is doubtful about them."""

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from planner.assessment.findings import Severity
from planner.dicom.study_reference import StudyReference
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import (
    Card,
    Chip,
    RowButton,
    clear,
    icon_label,
    label,
    value_rows,
)
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.panels.wording import TIMES, date_words
from planner.gui.theme import Palette

_GEOMETRY = (
    ("size", "size", "Columns, rows and slices."),
    ("spacing", "voxel", "Across a slice, and from slice to slice."),
    ("extent", "extent", "What the slices cover, across and along."),
)
_SCAN = (
    ("contrast", "contrast agent", "Contrast raises Hounsfield units of bone and vessels."),
    ("voltage", "tube voltage", "Hounsfield units are read as density at 120 kVp only."),
    ("voxels", "voxel fingerprint", "SHA-256 of the voxels; a case opens on these only."),
)


class StudyPanel(StagePanel):
    """Shows the series and its verdict, and the way to the others."""

    browse_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__("Study", "The images everything is planned on", palette)
        verdict = Card()
        self._verdict = Chip(palette)
        verdict.body.addWidget(self._verdict)
        self._description = label("", "section", wraps=True)
        self._when = label("", "secondary")
        verdict.body.addSpacing(4)
        verdict.body.addWidget(self._description)
        verdict.body.addWidget(self._when)
        self.body.addWidget(verdict)
        self.body.addWidget(self._beside(palette))
        self.body.addWidget(label("Geometry", "section"))
        self._rows = value_rows((*_GEOMETRY, *_SCAN))
        for rows, title in ((_GEOMETRY, ""), (_SCAN, "Scan")):
            if title:
                self.body.addWidget(label(title, "section"))
            card = Card()
            for key, _name, _tip in rows:
                card.body.addWidget(self._rows[key])
            self.body.addWidget(card)
        self.body.addWidget(label("Warnings", "section"))
        self._warnings = QVBoxLayout()
        self._warnings.setSpacing(6)
        self.body.addLayout(self._warnings)
        self.body.addStretch(1)

    def _beside(self, palette: Palette) -> QPushButton:
        self._beside_words = label("", "strong")
        row = RowButton()
        row.add_line(
            icon_label("levels", palette.accent),
            self._beside_words,
            icon_label("arrow-right", palette.secondary),
            stretch_after=1,
        )
        row.setToolTip("Choose another series  (Ctrl+B)")
        row.clicked.connect(self.browse_pressed)
        self.beside = row
        self.show_beside(None)
        return row

    def show_beside(self, others: int | None) -> None:
        """Show how many other series lie beside the open one, None where nobody has looked."""
        words = "Look for other series beside it"
        if others is not None:
            words = "The only series here" if not others else f"{others} other series beside it"
        self._beside_words.setText(words)
        self.beside.setAccessibleName(f"{words}: choose another series")

    def show_state(self, state: DeskState) -> None:
        """Show the open study."""
        if state.case is None:
            return
        study = state.case.study
        warnings = state.study.warnings if state.study else ()
        if warnings:
            self._verdict.show_judgement("usable, with warnings", Severity.CAUTION)
        else:
            self._verdict.show_judgement("one regular volume", Severity.SAFE)
        self._description.setText(study.description or "Series without a description")
        self._when.setText(f"CT of {date_words(study.study_date) or 'unknown date'}")
        for key, text in _values(study).items():
            self._rows[key].show_value(text)
        clear(self._warnings)
        for text in warnings:
            self._warnings.addWidget(self._warning(text))
        if not warnings:
            self._warnings.addWidget(label("None.", "secondary"))
        for text in state.study.notes if state.study else ():
            self._warnings.addWidget(label(text, "secondary", wraps=True))

    def _warning(self, text: str) -> Card:
        card = Card()
        card.setProperty("tone", "caution")
        line = QHBoxLayout()
        line.addWidget(icon_label("caution", self.palette_of_meaning.caution))
        line.addWidget(label(text, wraps=True), 1)
        card.body.addLayout(line)
        return card


def _values(study: StudyReference) -> dict[str, str]:
    slices, rows, columns = study.shape_kji
    step_mm, row_mm, column_mm = study.spacing_kji_mm
    extents_cm = (columns * column_mm / 10, rows * row_mm / 10, slices * step_mm / 10)
    in_plane = (
        f"{column_mm:.2f}"
        if math.isclose(row_mm, column_mm)
        else f"{column_mm:.2f}{TIMES}{row_mm:.2f}"
    )
    voltage = study.tube_voltage_kv
    return {
        "size": f"{columns}{TIMES}{rows}{TIMES}{slices}",
        "spacing": f"{in_plane} mm, step {step_mm:.2f} mm",
        "extent": TIMES.join(f"{value:.0f}" for value in extents_cm) + " cm",
        "contrast": {True: "given", False: "none", None: "not known"}[study.contrast_agent],
        "voltage": "not known" if voltage is None else f"{voltage:.0f} kVp",
        "voxels": study.voxel_sha256[:8],
    }

"""What is on screen while images are read: the first slice at once, how far it is, the way out."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.page_frame import lay_out_page
from planner.gui.panels.cards import Card, label
from planner.gui.panels.side_panel import SidePanel
from planner.gui.slice_picture import SlicePicture
from planner.gui.stages import Stage
from planner.gui.stepper import Stepper
from planner.gui.theme import Palette
from planner.gui.upright_slice import upright_slice

if TYPE_CHECKING:  # it loads pydicom, which the start page does without
    from planner.dicom.first_slice import FirstSlice


class OpeningPage(QWidget):
    """Shows what is being opened; says when the user would rather not."""

    cancel_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("page")
        self.picture = SlicePicture()
        self.where = label("", "strong")
        self.whose = label("", "section", wraps=True)
        self.percent = label("", "headline")
        self.step = label("", "secondary", wraps=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName("how much is read")
        self.stays = label("", "secondary", wraps=True)
        self.cancel = QPushButton("Cancel  (Esc)")
        self.cancel.clicked.connect(self.cancel_pressed)
        self._panel = self._side(palette)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.where)
        column.addWidget(self.picture, 1)
        stepper = Stepper(palette)
        stepper.show_state(DeskState(), Stage.STUDY)
        lay_out_page(self, stepper, middle, self._panel)
        self.setFocusProxy(self.cancel)

    def _side(self, palette: Palette) -> SidePanel:
        panel = SidePanel("Opening", "", palette)
        card = Card()
        for widget in (self.percent, self.bar, self.step):
            card.body.addWidget(widget)
        card.body.setSpacing(8)
        panel.body.addWidget(card)
        panel.body.addWidget(self.whose)
        panel.body.addWidget(self.stays)
        panel.body.addStretch(1)
        panel.primary.hide()
        panel.foot.addWidget(self.cancel)
        return panel

    def begin(self, name: str, words: str, *, keeps_case: bool) -> None:
        """Start anew for something else to open.

        Parameters
        ----------
        name
            What is opened.
        words
            What stands where the first slice will be.
        keeps_case
            Whether a case is open that stays as it is if this one is not opened.
        """
        self._panel.subtitle.setText(name)
        self.where.setText("")
        self.whose.setText("")
        self.picture.show_words(words)
        self.stays.setText(
            "The open case is saved and stays as it is if you cancel." if keeps_case else ""
        )
        self.show_progress(0.0, words)

    def show_patient(self, words: str) -> None:
        """Say whose images are being read."""
        self.whose.setText(words)
        self._panel.fit()

    def show_progress(self, fraction: float, step: str) -> None:
        """Show how far it is and with what."""
        self.percent.setText(f"{fraction:.0%}")
        self.bar.setValue(round(fraction * 100))
        self.step.setText(step)
        self._panel.fit()

    def show_first_slice(self, first: "FirstSlice") -> None:
        """Show the slice that was read first."""
        upright = upright_slice(first.voxels, first.geometry, first.k)
        slices = first.geometry.shape_kji[0]
        self.where.setText(
            f"{upright.orientation.value.capitalize()}, slice {first.k + 1} of {slices}; "
            "the others are being read"
        )
        self.picture.show_slice(upright)


def opening_words(path: Path) -> str:
    """Return what is said while a place is looked through."""
    return f"Looking for images in {path.name or path}"

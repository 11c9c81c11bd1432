"""The page of a volume that is not planned on, such as an MR shown by itself."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.page_frame import lay_out_page
from planner.gui.panels.cards import Card, label
from planner.gui.panels.side_panel import SidePanel
from planner.gui.panels.wording import date_words
from planner.gui.stages import Stage
from planner.gui.stepper import Stepper
from planner.gui.theme import Palette
from planner.gui.top_bar import MASKED_NAME
from planner.gui.view_state import ViewName, ViewState
from planner.gui.views.cine import Cine
from planner.gui.views.view_grid import ViewGrid
from planner.imaging.volume import Volume
from planner.imaging.window_level import SPINE, full_range, window_for_signal

if TYPE_CHECKING:
    from planner.dicom.scan_result import SeriesSummary


class VolumePage(QWidget):
    """Three linked slices of one volume."""

    back_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("page")
        self.state = ViewState(self)
        self.views = ViewGrid(self.state)
        self.views.hide_volume_view()
        self.cine = Cine(self)
        self.facts = label("", "secondary", wraps=True)
        self.panel = self._build_panel(palette)
        self.stepper = Stepper(palette)
        lay_out_page(self, self.stepper, self.views, self.panel)

    def _build_panel(self, palette: Palette) -> SidePanel:
        panel = SidePanel("Images alone", "Nothing is planned on this series", palette)
        card = Card()
        card.body.addWidget(self.facts)
        panel.body.addWidget(card)
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, (text, tip, do) in enumerate(
            (
                ("Fit", "Show all of the images", self.views.fit),
                (
                    "Slab",
                    "Thin slices, the brightest of a slab, its mean",
                    self.state.next_slab_mode,
                ),
                ("Play", "Play the slices as a film, or stop it", self._play),
                ("Window", "Window that suits the images", self._show_window),
                ("Full range", "Window over every value", self._show_full_range),
                ("Put back", "Take back what was turned by hand", self.state.turn_back),
            )
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.clicked.connect(do)
            grid.addWidget(button, place // 3, place % 3)
        panel.body.addLayout(grid)
        panel.body.addStretch(1)
        panel.show_next("Back", enabled=True, tip="Back to what was open  (Esc)")
        panel.primary.clicked.connect(self.back_pressed)
        return panel

    def show_volume(
        self, series: "SeriesSummary", volume: Volume, state: DeskState, *, is_masked: bool
    ) -> None:
        """Show a volume as it was scanned."""
        self.state.set_identity_masked(masked=is_masked)
        self.state.set_crosshair(volume.geometry.centre_lps_mm)
        self.stepper.show_state(state, Stage.STUDY)
        self.views.show_volume(volume)
        name = series.patient.name or "Patient without a name"
        date = date_words(series.date)
        self.views.set_labels("  ".join(p for p in (MASKED_NAME if is_masked else name, date) if p))
        i, j, k = volume.geometry.shape_ijk
        x, y, z = volume.geometry.spacing_ijk_mm
        size = f"{i} x {j} x {k} voxels of {x:.2g} x {y:.2g} x {z:.2g} mm"
        self.facts.setText(f"{series.modality}  {series.description}\n{size}")
        self._show_window()
        self.views.view(ViewName.AXIAL).setFocus()
        self.panel.fit()

    def rest(self) -> None:
        """Let go of the images."""
        self.cine.stop()
        self.views.show_volume(None)

    def shut_down(self) -> None:
        """Give the views' buffers back."""
        self.cine.stop()
        self.views.shut_down()

    def _play(self) -> None:
        self.cine.toggle(self.views.slice_in_hand)

    def _show_window(self) -> None:
        volume = self.views.volume
        if volume is not None:
            is_ct = volume.modality == "CT"
            self.state.set_window_level(SPINE if is_ct else window_for_signal(volume))

    def _show_full_range(self) -> None:
        if self.views.volume is not None:
            self.state.set_window_level(full_range(self.views.volume))

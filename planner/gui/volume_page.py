"""The page of a volume that is not planned on, such as an MR shown by itself."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from planner.dicom.study_reference import StudyReference
from planner.geometry.measurement import MeasureKind, Measurement
from planner.gui.case_document import CaseDocument
from planner.gui.desk_state import DeskState
from planner.gui.measured_table import measured_table
from planner.gui.page_frame import lay_out_page
from planner.gui.panels.cards import Card, clear, label
from planner.gui.panels.side_panel import SidePanel
from planner.gui.panels.wording import date_words
from planner.gui.slice_desk import SliceDesk
from planner.gui.stages import Stage
from planner.gui.stepper import Stepper
from planner.gui.theme import Palette
from planner.gui.tools.measure import MoveMeasure
from planner.gui.top_bar import MASKED_NAME
from planner.gui.view_state import ViewName, ViewState
from planner.gui.views.measure_marks import measurement_words
from planner.gui.views.view_grid import ViewGrid
from planner.imaging.volume import Volume
from planner.imaging.window_level import BONE, LUNG, SOFT_TISSUE, SPINE
from planner.planning.plan import Plan
from planner.rendering.plan_picture import PlanPicture
from planner.storage.case import Case

if TYPE_CHECKING:
    from planner.dicom.scan_result import SeriesSummary

_MEASURES = (
    (MeasureKind.DISTANCE, "Distance", "M"),
    (MeasureKind.ANGLE, "Angle", "Shift+M"),
    (MeasureKind.COBB, "Cobb", "K"),
    (MeasureKind.HEIGHTS, "Heights", "H"),
    (MeasureKind.REGION, "Region", "G"),
)
_WINDOWS = ((BONE, "F2"), (SPINE, "F3"), (SOFT_TISSUE, "F4"), (LUNG, "F5"), (None, "F6"))
_CT_WINDOWS = ("Bone", "Spine", "Soft", "Lung", "Full")
_SIGNAL_WINDOWS = ("Wide", "Usual", "Narrow", "Dark", "Full")
"""A signal has no unit: nothing in it is bone by its value."""
_COLUMNS = 3
"""As many buttons side by side as the panel has room for."""
_FOR_THIS_RUN = (
    "Measurements here are not saved: they are part of no case and no export, and go when the "
    "program closes. Copy them to keep them."
)
_COPIED = "The values are on the clipboard as a table, without the patient's name."


class VolumePage(QWidget):
    """Three linked slices of one volume."""

    back_pressed = Signal()
    told = Signal(str)
    """What to do next."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("page")
        self.state = ViewState(self)
        self.views = ViewGrid(self.state)
        self.views.hide_volume_view()
        self.document = CaseDocument(self)
        self.slices = SliceDesk(
            self.views, self.state, self.document, self.told.emit, self._use_tool, self
        )
        self._measured: dict[tuple[str, str], tuple[Measurement, ...]] = {}
        self._key = ("", "")
        self.windows: list[QPushButton] = []
        self.facts = label("", "secondary", wraps=True)
        self.panel = self._build_panel(palette)
        self.stepper = Stepper(palette)
        lay_out_page(self, self.stepper, self.views, self.panel)
        self.document.plan_changed.connect(self._show_measurements)
        self.document.history_changed.connect(self._show_history)

    def _build_panel(self, palette: Palette) -> SidePanel:
        panel = SidePanel("Images alone", "Nothing is planned on this series", palette)
        card = Card()
        card.body.addWidget(self.facts)
        panel.body.addWidget(card)
        panel.body.addLayout(self._build_views())
        panel.body.addWidget(label("Window", "strong"))
        panel.body.addLayout(self._build_windows())
        panel.body.addWidget(label("Measure", "strong"))
        panel.body.addLayout(self._build_measures())
        self.values = QVBoxLayout()
        panel.body.addLayout(self.values)
        self.copy = _button("Copy values", "Copy every value as a table, to paste", self._copy)
        panel.body.addWidget(self.copy)
        panel.body.addWidget(label(_FOR_THIS_RUN, "secondary", wraps=True))
        panel.body.addStretch(1)
        panel.show_next("Back", enabled=True, tip="Back to what was open  (Esc)")
        panel.primary.clicked.connect(self.back_pressed)
        return panel

    def _build_views(self) -> QGridLayout:
        grid, slices = _grid(), self.slices
        for place, (text, tip, do) in enumerate(
            (
                ("Fit", "Show all of the images  (F)", slices.fit),
                (
                    "Slab",
                    "Thin slices, the brightest of a slab, its mean  (S)",
                    slices.next_slab,
                ),
                ("Play", "Play the slices as a film, or stop it  (C)", slices.play),
                ("Put back", "Take back what was turned by hand  (R)", slices.turn_back),
            )
        ):
            grid.addWidget(_button(text, tip, do), place // _COLUMNS, place % _COLUMNS)
        return grid

    def _build_windows(self) -> QGridLayout:
        grid = _grid()
        for place, (window, key) in enumerate(_WINDOWS):
            show = functools.partial(self.slices.show_window, window)
            button = _button(_CT_WINDOWS[place], f"Other values black and white  ({key})", show)
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
            self.windows.append(button)
        return grid

    def _build_measures(self) -> QGridLayout:
        grid = _grid()
        for place, (kind, text, key) in enumerate(_MEASURES):
            measure = functools.partial(self.slices.measure, kind)
            button = _button(text, f"Measure in any slice  ({key})", measure)
            grid.addWidget(button, place // _COLUMNS, place % _COLUMNS)
        self.undo = _button("Undo", "Take back the last change  (Ctrl+Z)", self.document.undo)
        self.redo = _button("Redo", "Do it again  (Ctrl+Shift+Z)", self.document.redo)
        delete = self.slices.delete_measurement
        self.delete = _button("Delete", "Delete what was taken hold of  (Del)", delete)
        for place, button in enumerate((self.undo, self.redo, self.delete)):
            grid.addWidget(button, 2, place)
        return grid

    def show_volume(
        self, series: "SeriesSummary", volume: Volume, state: DeskState, *, is_masked: bool
    ) -> None:
        """Show a volume as it was scanned."""
        self.state.set_identity_masked(masked=is_masked)
        self.state.set_crosshair(volume.geometry.centre_lps_mm)
        self.stepper.show_state(state, Stage.STUDY)
        self.views.show_volume(volume)
        name = series.patient.written_name or "Patient without a name"
        date = date_words(series.date)
        self.views.set_labels("  ".join(p for p in (MASKED_NAME if is_masked else name, date) if p))
        i, j, k = volume.geometry.shape_ijk
        x, y, z = volume.geometry.spacing_ijk_mm
        size = f"{i} x {j} x {k} voxels of {x:.2g} x {y:.2g} x {z:.2g} mm"
        self.facts.setText(f"{series.modality}  {series.description}\n{size}")
        names = _CT_WINDOWS if volume.modality == "CT" else _SIGNAL_WINDOWS
        for button, text in zip(self.windows, names, strict=True):
            button.setText(text)
        self._open_document(series, volume)
        self.slices.show_window(SPINE)
        self._use_tool()
        self.views.view(ViewName.AXIAL).setFocus()
        self.panel.fit()

    def rest(self) -> None:
        """Let go of the images; what was measured comes back with them."""
        self._keep_measured()
        self.slices.rest()
        self.document.close()
        self.views.show_volume(None)

    def leave_gesture(self) -> bool:
        """Take back what is being dragged or measured; return whether there was anything."""
        was_dragging = self.views.cancel_gesture()
        return self.slices.leave_measuring() or was_dragging

    def shut_down(self) -> None:
        """Give the views' buffers back."""
        self.slices.rest()
        self.views.shut_down()

    def _open_document(self, series: "SeriesSummary", volume: Volume) -> None:
        self._keep_measured()
        self._key = series.key
        k, j, i = volume.geometry.spacing_ijk_mm[::-1]
        reference = StudyReference(
            path=str(series.folder),
            study_uid=series.study_uid,
            series_uid=series.series_uid,
            frame_of_reference_uid=volume.frame_of_reference_uid,
            voxel_sha256="",
            patient=series.patient,
            study_date=series.date,
            description=series.description,
            shape_kji=volume.geometry.shape_kji,
            spacing_kji_mm=(k, j, i),
            part=series.part,
        )
        plan = Plan(measurements=self._measured.get(series.key, ()))
        self.document.open(Case(reference, plan=plan))
        self._show_measurements()
        self._show_history()

    def _keep_measured(self) -> None:
        if self.document.case is not None:
            self._measured[self._key] = self.document.plan.measurements

    def _use_tool(self) -> None:
        self.views.set_tool(MoveMeasure(self.document, self.state))

    def _show_measurements(self, *_plans: Plan) -> None:
        measurements = self.document.plan.measurements
        self.views.show_plan(PlanPicture(measurements=measurements))
        self.copy.setEnabled(bool(measurements))
        clear(self.values)
        for item in measurements:
            words = measurement_words(item, self.views.volume)
            names_itself = item.kind in {MeasureKind.COBB, MeasureKind.HEIGHTS}
            row = QLabel(words if names_itself else f"{item.kind.value}: {words}")
            row.setTextFormat(Qt.TextFormat.PlainText)
            row.setWordWrap(True)
            self.values.addWidget(row)
        self.panel.fit()

    def _copy(self) -> None:
        case, volume = self.document.case, self.views.volume
        if case is not None and volume is not None:
            table = measured_table(case.plan.measurements, volume, case.study)
            QGuiApplication.clipboard().setText(table)
            self.told.emit(_COPIED)

    def _show_history(self) -> None:
        self.undo.setEnabled(self.document.can_undo)
        self.redo.setEnabled(self.document.can_redo)


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setSpacing(6)
    return grid


def _button(text: str, tip: str, do: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    # The slices keep the keys.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda _checked=False: do())
    return button

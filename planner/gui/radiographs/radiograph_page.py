"""The page of a series of radiographs: the picture, its tools, and what was measured."""

import functools
from typing import TYPE_CHECKING

import attrs
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from planner.geometry.measurement import MeasureKind
from planner.gui.desk_state import DeskState
from planner.gui.page_frame import lay_out_page
from planner.gui.panels.cards import Card, clear, label
from planner.gui.panels.side_panel import SidePanel
from planner.gui.panels.wording import date_words
from planner.gui.radiographs.measurement_book import ImageKey, MeasurementBook
from planner.gui.radiographs.radiograph_greys import RadiographGreys
from planner.gui.radiographs.radiograph_view import RadiographView
from planner.gui.radiographs.radiograph_words import caveat_of, listed_words
from planner.gui.stages import Stage
from planner.gui.stepper import Stepper
from planner.gui.theme import Palette
from planner.gui.top_bar import MASKED_NAME
from planner.imaging.radiograph import Radiograph

if TYPE_CHECKING:
    from planner.dicom.scan_result import SeriesSummary

_TOOLS = (
    (MeasureKind.DISTANCE, "Distance", "M", "Drag from end to end"),
    (MeasureKind.ANGLE, "Angle", "Shift+M", "Click three points, the corner second"),
    (MeasureKind.COBB, "Cobb", "K", "Drag along the upper endplate, then along the lower one"),
    (MeasureKind.HEIGHTS, "Heights", "H", "Drag down the front, the middle and the back of a body"),
    (MeasureKind.REGION, "Region", "G", "Drag from corner to corner around the region"),
)
_KEPT = "What is measured here is kept in the open case."
_NOT_KEPT = "No case of this patient is open: what is measured goes when the program closes."


@attrs.frozen(eq=False)
class OpenRadiographs:
    """A series of radiographs, ready to be shown."""

    series: "SeriesSummary"
    pictures: tuple[tuple[Radiograph, RadiographGreys], ...]


class RadiographPage(QWidget):
    """Shows one picture of a series at a time."""

    back_pressed = Signal()

    def __init__(self, palette: Palette, book: MeasurementBook) -> None:
        super().__init__()
        self.setObjectName("page")
        self.book = book
        self.view = RadiographView(self.book)
        self.where = label("", "strong")
        self.hint = label("", "secondary", wraps=True)
        self.number = label("", "secondary")
        self.caveat = label("", "secondary", wraps=True)
        self._open: OpenRadiographs | None = None
        self._index = 0
        self._is_masked = False
        self.tools: dict[MeasureKind, QPushButton] = {}
        self.panel = self._build_panel(palette)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.where)
        column.addWidget(self.view, 1)
        self.stepper = Stepper(palette)
        lay_out_page(self, self.stepper, middle, self.panel)
        self.setFocusProxy(self.view)
        self.view.measured.connect(self._show_tool)
        self.book.changed.connect(self._show_values)
        self.book.stack.indexChanged.connect(self._show_history)
        self._show_history()

    def _build_panel(self, palette: Palette) -> SidePanel:
        panel = SidePanel("X-ray", "A projection, not a slice", palette)
        tools = Card()
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, (kind, text, key, tip) in enumerate(_TOOLS):
            button = self._button(text, f"{tip}  ({key})", key)
            button.setCheckable(True)
            button.clicked.connect(functools.partial(self._take_tool, kind))
            grid.addWidget(button, place // 3, place % 3)
            self.tools[kind] = button
        tools.body.addLayout(grid)
        tools.body.addWidget(self.hint)
        panel.body.addWidget(tools)
        row = QHBoxLayout()
        self.undo = self._button("Undo", "Take back the last change  (Ctrl+Z)", "Ctrl+Z")
        self.redo = self._button("Redo", "Do it again  (Ctrl+Shift+Z)", "Ctrl+Shift+Z")
        self.delete = self._button("Delete", "Delete the measurement taken hold of  (Del)", "")
        self.fit = self._button("Fit", "Show all of the picture  (F)", "F")
        self.undo.clicked.connect(self.book.stack.undo)
        self.redo.clicked.connect(self.book.stack.redo)
        self.delete.clicked.connect(self.view.delete_chosen)
        self.fit.clicked.connect(self.view.fit)
        for button in (self.undo, self.redo, self.delete, self.fit):
            row.addWidget(button)
        panel.body.addLayout(row)
        panel.body.addWidget(self._picture_row())
        panel.body.addWidget(label("Measured", "strong"))
        self._values = QVBoxLayout()
        panel.body.addLayout(self._values)
        panel.body.addWidget(self.caveat)
        self.kept = label("", "secondary", wraps=True)
        panel.body.addWidget(self.kept)
        panel.body.addStretch(1)
        panel.show_next("Back", enabled=True, tip="Back to what was open  (Esc)")
        panel.primary.clicked.connect(self.back_pressed)
        return panel

    def _picture_row(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        self.before = self._button("Previous", "The picture before  (PgUp)", "PgUp")
        self.after = self._button("Next", "The picture after  (PgDown)", "PgDown")
        self.before.clicked.connect(lambda: self.show_picture(self._index - 1))
        self.after.clicked.connect(lambda: self.show_picture(self._index + 1))
        row.addWidget(self.before)
        row.addWidget(self.number, 1, Qt.AlignmentFlag.AlignCenter)
        row.addWidget(self.after)
        self._pictures = box
        return box

    def _button(self, text: str, tip: str, key: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if key:
            # Keys of the page, not of the window: they end where the page does.
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(button.click)
        return button

    def show_series(self, opened: OpenRadiographs, state: DeskState, *, is_masked: bool) -> None:
        """Show the first picture of a series."""
        self._open, self._is_masked = opened, is_masked
        self.stepper.show_state(state, Stage.STUDY)
        is_kept = self.book.is_in_case(opened.series.key)
        self.kept.setText(_KEPT if is_kept else _NOT_KEPT)
        self.show_picture(0)
        self.view.setFocus()

    def show_picture(self, index: int) -> None:
        """Show one picture of the series, if there is one of that number."""
        if self._open is None or not 0 <= index < len(self._open.pictures):
            return
        self._index = index
        radiograph, greys = self._open.pictures[index]
        series, count = self._open.series, len(self._open.pictures)
        name = (
            MASKED_NAME
            if self._is_masked
            else series.patient.written_name or "Patient without a name"
        )
        self.view.identity_line = "  ".join(
            part for part in (name, date_words(series.date)) if part
        )
        self.where.setText(series.description or series.modality)
        self.number.setText(f"{index + 1} of {count}")
        self._pictures.setVisible(count > 1)
        self.before.setEnabled(index > 0)
        self.after.setEnabled(index + 1 < count)
        self.caveat.setText(caveat_of(radiograph.spacing))
        self.view.show_radiograph(radiograph, greys, self._key)
        self._show_tool()
        self._show_values()

    @property
    def _key(self) -> ImageKey:
        if self._open is None:
            return ("", "", 0)
        return (*self._open.series.key, self._index)

    def leave_tool(self) -> None:
        """Measure nothing; points can be moved again."""
        self.view.measure(None)
        self._show_tool()

    def _take_tool(self, kind: MeasureKind) -> None:
        self.view.measure(kind if self.tools[kind].isChecked() else None)
        self._show_tool()
        self.view.setFocus()

    def _show_tool(self) -> None:
        taken = self.view.tool
        for kind, button in self.tools.items():
            button.setChecked(kind is taken)
        tips = {kind: tip for kind, _text, _key, tip in _TOOLS}
        self.hint.setText(tips[taken] if taken else "Choose what to measure, or drag a point.")

    def _show_values(self) -> None:
        clear(self._values)
        if self._open is None:
            return
        radiograph = self._open.pictures[self._index][0]
        for item in self.book.of(self._key):
            row = QLabel(listed_words(item, radiograph))
            row.setTextFormat(Qt.TextFormat.PlainText)
            row.setWordWrap(True)
            self._values.addWidget(row)
        self.panel.fit()

    def _show_history(self, _index: int = 0) -> None:
        self.undo.setEnabled(self.book.stack.canUndo())
        self.redo.setEnabled(self.book.stack.canRedo())

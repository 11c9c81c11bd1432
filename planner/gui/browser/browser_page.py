"""Stage 1 while there is a choice: every patient, study and series of a place, and its verdict."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Signal
from PySide6.QtGui import QPixmap, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from planner.dicom.scan_result import ScanResult, SeriesSummary
from planner.gui.browser.series_delegate import SeriesDelegate
from planner.gui.browser.series_list import SeriesListModel, SeriesRow, rows_of
from planner.gui.browser.series_offers import (
    SeriesAction,
    can_be_planned_on,
    is_open,
    offers_for,
    series_to_preselect,
)
from planner.gui.browser.series_panel import SeriesPanel
from planner.gui.browser.series_words import totals_of
from planner.gui.browser.skipped_list import SkippedList
from planner.gui.browser.thumbnails import ThumbnailMaker
from planner.gui.desk_state import DeskState
from planner.gui.jobs import JobRunner
from planner.gui.page_frame import lay_out_page
from planner.gui.panels.cards import OneLine, icon_label, label
from planner.gui.stages import Stage
from planner.gui.stepper import Stepper
from planner.gui.theme import Palette, icon

if TYPE_CHECKING:
    from planner.dicom.study_reference import StudyReference

_NOTHING_TO_PLAN_ON = (
    "None of these can be planned on: each says why. "
    "A CT series with parallel slices of the spine is needed."
)


class BrowserPage(QWidget):
    """Shows what was found; says what was chosen and for what."""

    plan_chosen = Signal(object)
    show_alone_chosen = Signal(object)
    lay_over_chosen = Signal(object)
    radiograph_chosen = Signal(object)
    back_pressed = Signal()
    folder_pressed = Signal()
    file_pressed = Signal()

    def __init__(self, palette: Palette, jobs: JobRunner) -> None:
        super().__init__()
        self.setObjectName("page")
        self._open_study: StudyReference | None = None
        self.scan: ScanResult | None = None
        """What is shown."""
        self.panel = SeriesPanel(palette)
        self.model = SeriesListModel(self)
        self.thumbnails = ThumbnailMaker(jobs, self)
        self.thumbnails.made.connect(self._keep_thumbnail)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(SeriesDelegate(palette, self.thumbnails, self.list))
        self.list.setMouseTracking(True)
        self.list.setAccessibleName("series found")
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setProperty("kind", "plain")
        self.list.activated.connect(lambda _index: self.panel.take_first())
        self.list.selectionModel().currentChanged.connect(self._show_chosen)
        self.panel.offer_taken.connect(self._take)
        self.skipped = SkippedList(palette)
        self.place = OneLine("title")
        self.totals = OneLine("secondary")
        self.nothing = label(_NOTHING_TO_PLAN_ON, "secondary", wraps=True)
        self.stepper = Stepper(palette)
        self.back = QPushButton("Back")
        self.back.setToolTip("Back to what was open  (Esc)")
        lay_out_page(self, self.stepper, self._middle(palette), self.panel)
        self.setFocusProxy(self.list)

    def _middle(self, palette: Palette) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(8, 6, 8, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.place, 1)
        folder, file = QPushButton("Folder"), QPushButton("File")
        folder.setToolTip("Look through another folder")
        file.setToolTip("Look into another archive or file")
        for button, picture, signal in (
            (folder, "folder", self.folder_pressed),
            (file, "study", self.file_pressed),
            (self.back, "close", self.back_pressed),
        ):
            button.setIcon(icon(picture, palette))
            button.setAccessibleName(button.toolTip())
            button.clicked.connect(signal)
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self.totals)
        self._nothing_row = QWidget()
        told = QHBoxLayout(self._nothing_row)
        told.setContentsMargins(0, 0, 0, 0)
        told.addWidget(icon_label("caution", palette.caution))
        told.addWidget(self.nothing, 1)
        column.addWidget(self._nothing_row)
        column.addWidget(self.list, 1)
        column.addWidget(self.skipped)
        return middle

    def show_scan(self, scan: ScanResult, state: DeskState, *, is_masked: bool) -> None:
        """Show what was found, the likely planning series chosen.

        Parameters
        ----------
        scan
            What was found.
        state
            The open case, which stays as it is.
        is_masked
            Whether patients' names are hidden.
        """
        self.scan = scan
        self._open_study = state.case.study if state.case else None
        likely = series_to_preselect(scan)
        is_plannable = likely is not None and can_be_planned_on(likely)
        self.thumbnails.forget()
        self.model.show_rows(
            rows_of(scan, likely if is_plannable else None, self._open_study, is_masked=is_masked)
        )
        # Folders are named after patients.
        self.place.show_text("Images" if is_masked else scan.path.name or str(scan.path))
        self.place.setToolTip("" if is_masked else str(scan.path))
        self.totals.show_text(totals_of(scan))
        self._nothing_row.setVisible(not is_plannable)
        self.skipped.show_skipped(scan.skipped, None if is_masked else scan.path)
        self.panel.is_masked = is_masked
        self.stepper.show_state(state, Stage.STUDY)
        self.panel.show_series(None, ())
        opened = next((s for s in scan.series if is_open(s, self._open_study)), likely)
        if opened is not None:
            self.choose(opened)

    def showEvent(self, event: QShowEvent) -> None:
        """Go on with thumbnails that other work has interrupted."""
        super().showEvent(event)
        self.thumbnails.resume()

    def choose(self, series: SeriesSummary) -> None:
        """Choose a series without opening it."""
        number = self.model.row_of(series.key)
        if number is not None:
            index = self.model.index(number)
            self.list.selectionModel().setCurrentIndex(
                index, QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    @property
    def chosen(self) -> SeriesSummary | None:
        """The series that is chosen in the list."""
        row = self.list.currentIndex().data(SeriesListModel.ROW)
        return row.series if isinstance(row, SeriesRow) else None

    def _show_chosen(self, _current: QModelIndex, _before: QModelIndex) -> None:
        series = self.chosen
        if series is not None:
            self.panel.show_series(series, offers_for(series, self._open_study))
            self.panel.picture.show_pixmap(self.model.thumbnail(series.key))

    def _keep_thumbnail(self, key: tuple[str, str], pixmap: QPixmap) -> None:
        self.model.keep_thumbnail(key, pixmap)
        if self.chosen is not None and self.chosen.key == key:
            self.panel.picture.show_pixmap(pixmap)

    def _take(self, action: SeriesAction) -> None:
        series = self.chosen
        if series is None:
            return
        if action is SeriesAction.GO_BACK:
            self.back_pressed.emit()
            return
        {
            SeriesAction.PLAN: self.plan_chosen,
            SeriesAction.SHOW_ALONE: self.show_alone_chosen,
            SeriesAction.LAY_OVER: self.lay_over_chosen,
            SeriesAction.SHOW_RADIOGRAPH: self.radiograph_chosen,
        }[action].emit(series)

"""The rows of the browser: a heading for each patient's study, under it its series."""

from collections.abc import Sequence

import attrs
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

from planner.dicom.scan_result import ScanResult, SeriesSummary
from planner.dicom.study_reference import StudyReference
from planner.gui.browser.series_offers import is_open
from planner.gui.browser.series_words import (
    counted,
    facts_of,
    kind_of,
    name_of,
    patient_words,
    verdict_of,
)
from planner.gui.panels.wording import date_words

_NoIndex = QModelIndex | QPersistentModelIndex


@attrs.frozen
class PatientRow:
    """A heading: whose the studies under it are."""

    name: str
    details: str


@attrs.frozen
class StudyRow:
    """A heading: one visit to the scanner."""

    name: str


@attrs.frozen(eq=False)
class SeriesRow:
    """One series, and what is marked on it."""

    series: SeriesSummary
    is_likely: bool
    """Whether it is the one that planning would most likely be done on."""
    is_open: bool
    """Whether the open case lies on it."""


Row = PatientRow | StudyRow | SeriesRow


def rows_of(
    scan: ScanResult,
    likely: SeriesSummary | None,
    open_study: StudyReference | None,
    *,
    is_masked: bool,
) -> tuple[Row, ...]:
    """Return every patient, study and series of a scan in the order in which they are shown."""
    rows: list[Row] = []
    patients = list(dict.fromkeys(study.patient for study in scan.studies))
    for number, patient in enumerate(patients, start=1):
        rows.append(PatientRow(*patient_words(patient, number, is_masked=is_masked)))
        for study in (s for s in scan.studies if s.patient == patient):
            when = date_words(study.date) or "Unknown date"
            rows.append(StudyRow(f"{when}, {counted(len(study.series), 'series', 'series')}"))
            rows += [
                SeriesRow(series, series is likely, is_open(series, open_study))
                for series in study.series
            ]
    return tuple(rows)


class SeriesListModel(QAbstractListModel):
    """Holds the rows and the thumbnails made so far."""

    ROW = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Row] = ()
        self._thumbnails: dict[tuple[str, str], QPixmap] = {}

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; thumbnails begin anew."""
        self.beginResetModel()
        self._rows = rows
        self._thumbnails = {}
        self.endResetModel()

    def keep_thumbnail(self, key: tuple[str, str], pixmap: QPixmap) -> None:
        """Keep the thumbnail of a series and show it."""
        self._thumbnails[key] = pixmap
        number = self.row_of(key)
        if number is not None:
            index = self.index(number)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def row_of(self, key: tuple[str, str]) -> int | None:
        """Return the number of a series' row."""
        for number, row in enumerate(self._rows):
            if isinstance(row, SeriesRow) and row.series.key == key:
                return number
        return None

    def thumbnail(self, key: tuple[str, str]) -> QPixmap | None:
        """Return a thumbnail if it is made."""
        return self._thumbnails.get(key)

    def rowCount(self, parent: _NoIndex = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _NoIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what Qt, the delegate or a screen reader asks of a row."""
        row = self._rows[index.row()]
        if role == self.ROW:
            return row
        if role == Qt.ItemDataRole.DecorationRole and isinstance(row, SeriesRow):
            return self._thumbnails.get(row.series.key)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, SeriesRow):
            return f"{name_of(row.series)}\n{verdict_of(row.series)}"
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return spoken(row)
        return None

    def flags(self, index: _NoIndex) -> Qt.ItemFlag:
        """Let only series be chosen; the arrow keys pass over headings."""
        if isinstance(self._rows[index.row()], SeriesRow):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags


def spoken(row: Row) -> str:
    """Return a row as one sentence, for screen readers and for finding it by typing."""
    if isinstance(row, PatientRow):
        return ", ".join(filter(None, (row.name, row.details)))
    if isinstance(row, StudyRow):
        return row.name
    marks = [
        "likely planning series" if row.is_likely else "",
        "open now" if row.is_open else "",
    ]
    series = row.series
    words = (name_of(series), kind_of(series), facts_of(series), series.verdict.text, *marks)
    return ", ".join(filter(None, words))

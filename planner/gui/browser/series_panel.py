"""The chosen series on the right: its picture, its verdict and what to do with it."""

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from planner.assessment.findings import Severity
from planner.dicom.scan_result import SeriesSummary
from planner.gui.browser.series_delegate import paint_fitted
from planner.gui.browser.series_offers import Offer, why_not_planned_on
from planner.gui.browser.series_words import (
    count_of,
    counted,
    extent_of,
    kind_of,
    matrix_of,
    name_of,
    severity_of,
    verdict_of,
    voxel_of,
)
from planner.gui.panels.cards import Card, clear, icon_label, label, set_tone, value_rows
from planner.gui.panels.side_panel import SidePanel
from planner.gui.theme import SEVERITY_ICONS, Palette, severity_colour

_PICTURE_PX = 220
_MOST_LEFT_OUT = 5
_ROWS = (
    ("kind", "kind", "What the images are."),
    ("count", "images", "How many files, and how many of them make the volume."),
    ("matrix", "size", "Columns, rows and slices."),
    ("voxel", "voxel", "Across a slice, and from slice to slice."),
    ("extent", "extent", "What the slices cover, across and along."),
    ("coding", "coding", "How the pixels are stored in the files."),
    ("place", "place", "The folder or file it was found in."),
)


class SeriesPanel(SidePanel):
    """Shows one series; says what shall be done with it."""

    offer_taken = Signal(object)
    """The `SeriesAction` that was pressed."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("Series", "", palette)
        self.picture = _Picture()
        self.body.addWidget(self.picture)
        self._verdict = QVBoxLayout()
        self._verdict.setSpacing(6)
        self.body.addLayout(self._verdict)
        self._rows = value_rows(_ROWS)
        card = Card()
        for row in self._rows.values():
            card.body.addWidget(row)
        self.body.addWidget(card)
        self.body.addStretch(1)
        self.caution = label("", "secondary", wraps=True)
        self.foot.insertWidget(0, self.caution)
        self.second = QPushButton()
        self.foot.addWidget(self.second)
        self._offers: tuple[Offer, ...] = ()
        self.is_masked = False
        """Whether the place is hidden: folders are named after patients."""
        self.primary.clicked.connect(lambda: self._take(0))
        self.second.clicked.connect(lambda: self._take(1))

    def show_series(self, series: SeriesSummary | None, offers: tuple[Offer, ...]) -> None:
        """Show a series and what can be done with it."""
        self._offers = offers
        self.title.setText(name_of(series) if series else "No series")
        self.subtitle.setText("" if series is None else kind_of(series))
        self.picture.show_pixmap(None)
        clear(self._verdict)
        if series is not None:
            self._show_verdict(series)
            for key, text in _values(series).items():
                self._rows[key].show_value(text)
                self._rows[key].setVisible(bool(text))
            self._rows["place"].setToolTip("" if self.is_masked else str(_place_of(series)))
            self._rows["place"].setHidden(self.is_masked)
        for number, button in enumerate((self.primary, self.second)):
            self._show_offer(button, offers[number] if number < len(offers) else None)
        said = "\n".join(filter(None, map(_what_to_know, offers)))
        self.caution.setText(said)
        self.caution.setVisible(bool(said))
        self.fit()

    def take_first(self) -> None:
        """Do what the primary button does, if it can be done."""
        self._take(0)

    def _take(self, number: int) -> None:
        if number < len(self._offers) and not self._offers[number].refusal:
            self.offer_taken.emit(self._offers[number].action)

    def _show_offer(self, button: QPushButton, offer: Offer | None) -> None:
        button.setVisible(offer is not None)
        if offer is not None:
            button.setText(offer.action.value)
            button.setEnabled(not offer.refusal)
            button.setToolTip(offer.refusal or offer.caution)

    def _show_verdict(self, series: SeriesSummary) -> None:
        severity = severity_of(series)
        why = why_not_planned_on(series)
        if severity is Severity.SAFE:
            self._add_words(verdict_of(series), severity)
        if why:
            self._add_words(why, severity if severity is Severity.DANGER else Severity.NOTE)
        for warning in series.warnings:
            if not warning.is_blocking:
                self._add_words(
                    warning.text, Severity.NOTE if warning.is_note else Severity.CAUTION
                )
        if series.left_out:
            self._add_words(_left_out_words(series), Severity.NOTE)

    def _add_words(self, text: str, severity: Severity) -> None:
        card = Card()
        if severity in {Severity.CAUTION, Severity.DANGER}:
            card.setProperty("tone", severity.value)
        line = QHBoxLayout()
        colour = severity_colour(self.palette_of_meaning, severity)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(icon_label(SEVERITY_ICONS[severity], colour), 0, top)
        words = label(text, wraps=True)
        set_tone(words, severity.value if severity is Severity.SAFE else "")
        line.addWidget(words, 1)
        card.body.addLayout(line)
        self._verdict.addWidget(card)


class _Picture(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._pixmap: QPixmap | None = None
        self.setFixedHeight(_PICTURE_PX)
        self.setAccessibleName("the middle image of the series")

    def show_pixmap(self, pixmap: QPixmap | None) -> None:
        """Show a picture, or nothing."""
        self._pixmap = pixmap
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square."""
        return QSize(_PICTURE_PX, _PICTURE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture on black, as images are looked at."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self._pixmap is not None:
            paint_fitted(painter, QRectF(self.rect()), self._pixmap)
        painter.end()


def _what_to_know(offer: Offer) -> str:
    words = offer.caution or offer.refusal
    return f"{offer.action.value}: {words[0].lower()}{words[1:]}" if words else ""


def _left_out_words(series: SeriesSummary) -> str:
    files = [f"{file.path.name}: {file.text}" for file in series.left_out]
    head = f"{counted(len(files), 'image')} of it left out:"
    shown = files[:_MOST_LEFT_OUT]
    more = len(files) - len(shown)
    return "\n".join([head, *shown, *([f"and {more:,} more"] if more else [])])


def _values(series: SeriesSummary) -> dict[str, str]:
    return {
        "kind": kind_of(series),
        "count": count_of(series),
        "matrix": matrix_of(series),
        "voxel": voxel_of(series),
        "extent": extent_of(series),
        "coding": _short(series.transfer_syntax),
        "place": _short(_place_of(series).name),
    }


def _place_of(series: SeriesSummary) -> Path:
    """Return the folder in which the first of the images lies."""
    first = next(iter(series.members), None)
    return series.folder if first is None else first.path.parent


def _short(text: str, most: int = 26) -> str:
    return text if len(text) <= most else text[: most - 1] + "\N{HORIZONTAL ELLIPSIS}"

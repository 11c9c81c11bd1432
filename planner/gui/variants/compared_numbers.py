"""The numbers of two variants in one table, differences marked."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from planner.assessment.comparison import ComparedRow, Reading
from planner.assessment.findings import Severity
from planner.gui.panels.cards import clear, icon_label, label, set_tone
from planner.gui.theme import SEVERITY_ICONS, Palette, severity_colour

_NAME, _FIRST, _SECOND, _DIFFERENCE = range(4)
_MARK = "\N{BLACK CIRCLE}"
_NOTHING = "\N{EM DASH}"
_ICON_PX = 13


class ComparedNumbers(QWidget):
    """Shows rows under headings; a dot and heavier letters mark what differs."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(_NAME, 3)
        for column in (_FIRST, _SECOND):
            self._grid.setColumnStretch(column, 3)
        self._grid.setColumnStretch(_DIFFERENCE, 2)

    def clear_rows(self) -> None:
        """Show nothing: an earlier comparison is no longer of these plans."""
        clear(self._grid)

    def show_rows(
        self, titles: tuple[str, str], rows: Sequence[ComparedRow], *, only_differences: bool
    ) -> None:
        """Show other rows."""
        clear(self._grid)
        self._add(0, (label(""), *(label(t, "section", wraps=True) for t in titles),
                      label("difference", "secondary")))  # fmt: skip
        subject, at = "", 1
        for row in rows:
            if only_differences and not row.differs:
                continue
            if row.subject != subject:
                subject = row.subject
                at = self._add_heading(at, subject)
            self._add_row(at, row)
            at += 1
        if at == 1:
            self._grid.addWidget(label("The two read alike.", "secondary"), at, 0, 1, 4)
        self._grid.setRowStretch(at + 1, 1)

    def _add_heading(self, at: int, subject: str) -> int:
        line = QFrame()
        line.setProperty("kind", "line")
        self._grid.addWidget(line, at, 0, 1, 4)
        self._grid.addWidget(label(subject, "section"), at + 1, 0, 1, 4)
        return at + 2

    def _add_row(self, at: int, row: ComparedRow) -> None:
        name = label(f"{_MARK} {row.name}" if row.differs else row.name, "secondary", wraps=True)
        set_tone(name, "real" if row.differs else "")
        name.setAccessibleName(f"{row.name}, {'differs' if row.differs else 'alike'}")
        values = [self._value(reading, row) for reading in (row.first, row.second)]
        difference = label(_difference_words(row), "strong" if row.differs else "secondary")
        self._add(at, (name, *values, difference))

    def _value(self, reading: Reading | None, row: ComparedRow) -> QWidget:
        if reading is None:
            return label(_NOTHING, "secondary")
        unit = row.unit if reading.number is not None else ""
        space = "" if unit in {"", "\N{DEGREE SIGN}"} else " "
        words = f"{reading.words}{space}{unit}"
        shown = label(words, "strong" if row.differs else "", wraps=True)
        shown.setToolTip(reading.sentence)
        severity = reading.severity
        if severity is None or severity is Severity.SAFE:
            return shown
        set_tone(shown, severity.value)
        return _with_icon(shown, severity, self._palette)

    def _add(self, at: int, widgets: Sequence[QWidget]) -> None:
        for column, widget in enumerate(widgets):
            self._grid.addWidget(widget, at, column, Qt.AlignmentFlag.AlignTop)


def _with_icon(shown: QLabel, severity: Severity, palette: Palette) -> QWidget:
    both = QWidget()
    row = QGridLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setHorizontalSpacing(5)
    mark = icon_label(SEVERITY_ICONS[severity], severity_colour(palette, severity), _ICON_PX)
    mark.setToolTip(shown.toolTip())
    mark.setAccessibleName(severity.value)
    row.addWidget(mark, 0, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(shown, 0, 1)
    row.setColumnStretch(1, 1)
    return both


def _difference_words(row: ComparedRow) -> str:
    if not row.differs:
        return ""
    difference = row.difference
    if difference is None:
        return "differs"
    digits = 0 if row.unit == "%" else 1
    space = "" if row.unit == "\N{DEGREE SIGN}" else " "
    return f"{difference:+.{digits}f}{space}{row.unit}".replace("-", "\N{MINUS SIGN}").strip()

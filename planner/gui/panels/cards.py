"""The pieces panels are made of: cards, headline numbers, chips, rows of values."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from planner.assessment.findings import Severity
from planner.gui.theme import SEVERITY_ICONS, Palette, icon_pixmap, severity_colour

_ICON_PX = 15
_TEXT_MARGIN_PX = 8
_SPARE_PX = 8
"""So much room a text may leave unused: digits are not all equally wide."""

SpinBox = TypeVar("SpinBox", bound=QAbstractSpinBox)


def label(text: str, kind: str = "", *, wraps: bool = False) -> QLabel:
    """Return a label in one of the stylesheet's kinds."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setProperty("kind", kind)
    result.setWordWrap(wraps)
    return result


def with_room(box: SpinBox) -> SpinBox:
    """Return a spin box whose text stands clear of its edge.

    Under a stylesheet the box lays its line over its own padding.
    """
    box.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
    return box


def set_tone(widget: QWidget, tone: str) -> None:
    """Colour a widget by meaning; an icon or a word must say the same."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def clear(layout: QLayout) -> None:
    """Remove everything from a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            # Hidden first: Qt shows new children a moment later, and one without a parent by
            # then would come up as a window of its own and take the keyboard away.
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def icon_label(name: str, colour: str, size_px: int = _ICON_PX) -> QLabel:
    """Return an icon as a label."""
    result = QLabel()
    result.setPixmap(icon_pixmap(name, colour, size_px))
    result.setFixedSize(size_px, size_px)
    return result


def unverified_mark(source: str, palette: Palette) -> QLabel:
    """Return the mark beside a number nobody has read in its source, which it says on hover."""
    mark = icon_label("unverified", palette.caution)
    mark.setObjectName("unverifiedMark")
    mark.setToolTip(f"Unverified. {source}")
    mark.setAccessibleName("unverified")
    return mark


def show_doubts(mark: QLabel, sources: str) -> None:
    """Show a mark with the unverified sources it stands for; hide it where there are none."""
    mark.setVisible(bool(sources))
    mark.setToolTip(f"Unverified. {sources}")


class OneLine(QLabel):
    """A line that is cut with dots where there is no room for it, such as a folder's name."""

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._whole = ""

    @property
    def whole(self) -> str:
        """The line without dots."""
        return self._whole

    def show_text(self, text: str) -> None:
        """Show another line."""
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room_px = self.contentsRect().width()
        self.setText(
            self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideMiddle, room_px)
        )


class Reading(QLabel):
    """A short text that changes often: what is around it is laid out anew only where it must."""

    def __init__(self, kind: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)

    def show_text(self, text: str) -> None:
        """Show another text."""
        if text == self.text():
            return
        self.setText(text)
        self.ensurePolished()
        needed = self.sizeHint()
        # Qt asks for no new layout on behalf of a widget whose size is fixed.
        spare_px = self.minimumWidth() - needed.width()
        if not 0 <= spare_px <= _SPARE_PX or needed.height() != self.minimumHeight():
            self.setFixedSize(needed)


class Card(QFrame):
    """A raised box that groups what belongs together."""

    def __init__(self, side: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.setProperty("side", side)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 12, 14, 12)
        self.body.setSpacing(4)


class Chip(QFrame):
    """A rounded label with an icon, a word and a colour that say the same thing."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.setProperty("kind", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(26)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 12, 0)
        row.setSpacing(5)
        self._icon = QLabel()
        self._text = label("", "strong")
        self._shown: tuple[str, str, str, str] | None = None
        row.addWidget(self._icon)
        row.addWidget(self._text)

    @property
    def text(self) -> str:
        """The word on the chip."""
        return self._text.text()

    def show_judgement(self, text: str, severity: Severity) -> None:
        """Show a word judged as safe, caution or danger."""
        self._show(
            text, SEVERITY_ICONS[severity], severity_colour(self._palette, severity), severity.value
        )

    def show_updating(self) -> None:
        """Show that the judgement is still being made."""
        self._show("updating", "updating", self._palette.secondary, "note")

    def _show(self, text: str, icon: str, colour: str, tone: str) -> None:
        if self._shown == (text, icon, colour, tone):
            return
        self._shown = (text, icon, colour, tone)
        self._icon.setPixmap(icon_pixmap(icon, colour, _ICON_PX))
        self._text.setText(text)
        set_tone(self._text, tone)
        set_tone(self, tone)


class ValueRow(QWidget):
    """A name on the left, its value on the right, and a mark where it is unverified."""

    def __init__(self, name: str, tip: str = "") -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addWidget(label(name, "secondary"))
        self._row.addStretch(1)
        self.value = Reading("strong")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.value)
        self.setToolTip(tip)

    def show_value(self, text: str, tone: str = "") -> None:
        """Show a value in words."""
        set_tone(self.value, tone)
        self.value.show_text(text)

    def add_mark(self, mark: QWidget) -> None:
        """Put a mark behind the value."""
        self._row.addWidget(mark)


def value_rows(rows: Iterable[tuple[str, str, str]]) -> dict[str, ValueRow]:
    """Return rows by key from (key, name, hover text)."""
    return {key: ValueRow(name, tip) for key, name, tip in rows}


class Segments(QFrame):
    """Buttons side by side of which one is chosen."""

    def __init__(
        self, choices: Iterable[tuple[str, str]], on_chosen: Callable[[str], None], name: str
    ) -> None:
        super().__init__()
        self.setProperty("kind", "segments")
        self.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        self.buttons: dict[str, QPushButton] = {}
        for key, text in choices:
            button = QPushButton(text)
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, key=key: on_chosen(key))
            row.addWidget(button, 1)
            self.buttons[key] = button

    def show_chosen(self, chosen: str | None) -> None:
        """Show which one is chosen, None for none."""
        for key, button in self.buttons.items():
            button.setChecked(key == chosen)


class RowButton(QPushButton):
    """A whole row to press, with text on the left and a value on the right."""

    def __init__(self, *, checkable: bool = False) -> None:
        super().__init__()
        self.setProperty("kind", "row")
        self.setCheckable(checkable)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 8, 12, 8)
        self.body.setSpacing(3)

    def add_line(self, *widgets: QWidget, stretch_after: int = 0) -> None:
        """Add a line of widgets; the space goes after the widget of that number."""
        line = QHBoxLayout()
        line.setSpacing(7)
        for number, widget in enumerate(widgets):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            line.addWidget(widget)
            if number == stretch_after:
                line.addStretch(1)
        self.body.addLayout(line)

    def add_text(self, text: str, kind: str = "secondary") -> QLabel:
        """Add a wrapped paragraph."""
        paragraph = label(text, kind, wraps=True)
        paragraph.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.body.addWidget(paragraph)
        return paragraph

    def sizeHint(self) -> QSize:
        """Return the size of what lies on the button; Qt's own counts its text only."""
        return self.body.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the least size of what lies on the button."""
        return self.body.minimumSize()

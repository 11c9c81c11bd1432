"""Where to send the plan: built from what the sender says of itself."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from planner.assessment.findings import Severity
from planner.export.sender import ConnectionField, FieldKind, SenderInfo
from planner.gui.panels.cards import Card, Chip, label
from planner.gui.theme import Palette

_WIDTH_PX = 560
_ENTRY_WIDTH_PX = 400
_MOST_LINES = 8
_ON = "yes"


class _Entry(QWidget):
    """One field, with a button where it names a file."""

    def __init__(self, field: ConnectionField, value: str) -> None:
        super().__init__()
        self._field = field
        self.setMinimumWidth(_ENTRY_WIDTH_PX)
        self.setToolTip(field.hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._switch = QCheckBox(field.title)
        self._line = QLineEdit(value)
        if field.kind is FieldKind.SWITCH:
            self._switch.setChecked(bool(value))
            row.addWidget(self._switch, 1)
            return
        self._line.setAccessibleName(field.title)
        self._line.setPlaceholderText(field.hint)
        row.addWidget(self._line, 1)
        if field.kind is FieldKind.HIDDEN:
            self._line.setEchoMode(QLineEdit.EchoMode.Password)
        if field.kind is FieldKind.FILE:
            browse = QPushButton("Browse")
            browse.clicked.connect(self._browse)
            row.addWidget(browse)

    @property
    def value(self) -> str:
        """What was entered."""
        if self._field.kind is FieldKind.SWITCH:
            return _ON if self._switch.isChecked() else ""
        return self._line.text()

    def show_value(self, value: str) -> None:
        """Show another value."""
        self._line.setText(value)
        self._switch.setChecked(bool(value))

    def _browse(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(self, self._field.title, self._line.text())
        if chosen:
            self._line.setText(chosen)


class SendDialog(QDialog):
    """Asks where to, tests the line, sends when told to, and says what arrived."""

    test_pressed = Signal(object)
    send_pressed = Signal(object)
    stop_pressed = Signal()

    def __init__(
        self,
        info: SenderInfo,
        contents: Sequence[str],
        kept: Mapping[str, str],
        palette: Palette,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.info = info
        self.setWindowTitle(f"Send: {info.title}")
        self.setMinimumWidth(_WIDTH_PX)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 24, 24, 20)
        self._column.setSpacing(10)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self._column.addWidget(label(info.title, "title"))
        self._add_contents(contents)
        form = QFormLayout()
        form.setSpacing(8)
        self.entries: dict[str, _Entry] = {}
        for field in info.fields:
            entry = _Entry(field, kept.get(field.key, field.default))
            self.entries[field.key] = entry
            form.addRow("" if field.kind is FieldKind.SWITCH else field.title, entry)
        self._column.addLayout(form)
        self._add_state(palette)
        self._add_buttons(can_send=bool(contents))

    def _add_contents(self, contents: Sequence[str]) -> None:
        card = Card()
        card.body.addWidget(label("What is sent", "strong"))
        for line in contents or ("Nothing: tick what to send in the panel first.",):
            card.body.addWidget(label(line, "secondary", wraps=True))
        self._column.addWidget(card)
        if self.info.note:
            note = Card()
            note.setProperty("tone", "caution")
            note.body.addWidget(label(self.info.note, wraps=True))
            self._column.addWidget(note)

    def _add_state(self, palette: Palette) -> None:
        line = QHBoxLayout()
        self.state = Chip(palette)
        line.addWidget(self.state)
        line.addStretch(1)
        self._column.addLayout(line)
        self.said = label("", wraps=True)
        self._column.addWidget(self.said)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)
        self._column.addWidget(self.bar)
        self.bar.hide()
        self.show_state("not tested", Severity.NOTE, ())

    def _add_buttons(self, *, can_send: bool) -> None:
        self._can_send = can_send
        row = QHBoxLayout()
        self.test = QPushButton("Test the line")
        self.test.setToolTip("Asks whether somebody is there; nothing of the case is sent.")
        self.test.clicked.connect(lambda: self.test_pressed.emit(self.values))
        self.stop = QPushButton("Stop")
        self.stop.clicked.connect(self.stop_pressed)
        self.close_button = QPushButton("Close")
        self.close_button.clicked.connect(self.reject)
        self.send = QPushButton("Send")
        self.send.setProperty("kind", "primary")
        self.send.setEnabled(can_send)
        self.send.clicked.connect(lambda: self.send_pressed.emit(self.values))
        for button in (self.test, self.stop, self.close_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.send)
        self.stop.hide()
        self._column.addLayout(row)

    @property
    def values(self) -> dict[str, str]:
        """What was entered, by the fields' keys."""
        return {key: entry.value for key, entry in self.entries.items()}

    @property
    def kept_values(self) -> dict[str, str]:
        """What may be kept for the next time: nothing that is hidden as it is typed."""
        hidden = {f.key for f in self.info.fields if f.kind is FieldKind.HIDDEN}
        return {key: value for key, value in self.values.items() if key not in hidden}

    def show_state(self, word: str, severity: Severity, lines: Sequence[str]) -> None:
        """Show how the line stands, and sentences about it."""
        self.state.show_judgement(word, severity)
        more = len(lines) - _MOST_LINES
        shown = [*lines[:_MOST_LINES], *([f"And {more} more."] if more > 0 else [])]
        self.said.setText("\n".join(shown))
        self.said.setVisible(bool(shown))

    def show_busy(self, *, is_busy: bool) -> None:
        """Show that something runs, which can be stopped, or that it ended."""
        self.bar.setVisible(is_busy)
        self.stop.setVisible(is_busy)
        self.test.setEnabled(not is_busy)
        self.send.setEnabled(self._can_send and not is_busy)
        self.close_button.setEnabled(not is_busy)
        for entry in self.entries.values():
            entry.setEnabled(not is_busy)

    def show_progress(self, fraction: float, message: str) -> None:
        """Show how far it is."""
        self.bar.setValue(round(100 * fraction))
        if message:
            self.said.setText(message)
            self.said.show()

    def reject(self) -> None:
        """Close, but not while something is on its way: Stop is there for that."""
        if self.close_button.isEnabled():
            super().reject()

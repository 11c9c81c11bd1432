"""Problems, told in the window without standing in the way."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from planner.assessment.findings import Severity
from planner.gui.panels.cards import icon_label, label, set_tone
from planner.gui.theme import SEVERITY_ICONS, Palette, icon, icon_pixmap, severity_colour

_NOTE_MS = 9000


class NoticeBar(QFrame):
    """One sentence with its icon; a note fades, what matters stays until it is dismissed."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.setProperty("kind", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        self._icon = icon_label("note", palette.secondary, 18)
        self._text = label("", wraps=True)
        close = QToolButton()
        close.setIcon(icon("close", palette))
        close.setToolTip("Dismiss")
        close.setAccessibleName("Dismiss")
        close.clicked.connect(self.hide)
        self._fading = QTimer(self)
        self._fading.setSingleShot(True)
        self._fading.setInterval(_NOTE_MS)
        self._fading.timeout.connect(self.hide)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence on show; empty when there is none."""
        return "" if self.isHidden() else self._text.text()

    def tell(self, sentence: str, severity: Severity) -> None:
        """Show a sentence."""
        self._text.setText(sentence)
        colour = severity_colour(self._palette, severity)
        self._icon.setPixmap(icon_pixmap(SEVERITY_ICONS[severity], colour, 18))
        set_tone(self, severity.value)
        self._fading.stop()
        if severity in {Severity.NOTE, Severity.SAFE}:
            self._fading.start()
        self.show()

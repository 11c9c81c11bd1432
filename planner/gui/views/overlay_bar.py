"""The strip below the views while a second series is there: how much of it is seen, and more."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QWidget,
)

from planner.gui.view_state import Layout, ViewState
from planner.rendering.image_overlay import ImageOverlay

_STEPS = 100
_HEIGHT_PX = 36


class OverlayBar(QFrame):
    """A slider from the CT alone to the overlay alone, and what can be done with the overlay."""

    register_pressed = Signal()
    reset_pressed = Signal()
    close_pressed = Signal()

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view-header")
        self.setFixedHeight(_HEIGHT_PX)
        self._state = state
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _STEPS)
        self.slider.setFixedWidth(180)
        self.slider.setAccessibleName("How much of the overlay is seen")
        self.slider.setToolTip("Left: the CT alone. Right: the overlay alone.")
        self.slider.valueChanged.connect(self._change_share)
        self.words = QLabel()
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 6, 0)
        row.setSpacing(8)
        for item in (QLabel("CT"), self.slider, QLabel("Overlay")):
            row.addWidget(item)
        row.addWidget(self.words, 1)
        self.register = _button("Register", "Align it by what both series show", row)
        self.reset = _button("Reset", "Take back what was moved by hand", row)
        self.compare = _button("Side by side", "Show both series beside each other", row)
        self.close_overlay = _button("Remove", "Take the overlay away", row)
        self.register.clicked.connect(self.register_pressed)
        self.reset.clicked.connect(self.reset_pressed)
        self.close_overlay.clicked.connect(self.close_pressed)
        self.compare.clicked.connect(self._toggle_layout)
        state.overlay_changed.connect(self.show_overlay)
        state.layout_changed.connect(self._follow_layout)
        self.show_overlay(state.overlay)

    def show_overlay(self, overlay: ImageOverlay | None) -> None:
        """Show where the slider stands and how the overlay was aligned."""
        self.setVisible(overlay is not None)
        if overlay is not None:
            self.slider.setValue(round(overlay.share * _STEPS))
            self.words.setText(overlay.name)
            self.words.setToolTip(f"{overlay.name}\n{overlay.label}")

    def _change_share(self, value: int) -> None:
        overlay = self._state.overlay
        if overlay is not None and round(overlay.share * _STEPS) != value:
            self._state.set_overlay(overlay.with_share(value / _STEPS))

    def _toggle_layout(self) -> None:
        is_beside = self._state.layout is Layout.COMPARE
        self._state.set_layout(Layout.FOUR_UP if is_beside else Layout.COMPARE)

    def _follow_layout(self) -> None:
        is_beside = self._state.layout is Layout.COMPARE
        self.compare.setText("Over each other" if is_beside else "Side by side")
        self.slider.setEnabled(not is_beside)


def _button(text: str, tip: str, row: QHBoxLayout) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("kind", "quiet")
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setToolTip(tip)
    row.addWidget(button)
    return button

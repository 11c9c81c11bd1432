"""A hand on the left mouse button, for views that are driven as a user does."""

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


def _send(
    view: QWidget,
    kind: QEvent.Type,
    at: QPointF,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Send a mouse event with the left button."""
    moved = kind is QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if moved else Qt.MouseButton.LeftButton
    event = QMouseEvent(
        kind, at, view.mapToGlobal(at), button, Qt.MouseButton.LeftButton, modifiers
    )
    QApplication.sendEvent(view, event)


def press(view: QWidget, at: QPointF, *, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    _send(view, QEvent.Type.MouseButtonPress, at, keys)


def move(view: QWidget, at: QPointF) -> None:
    _send(view, QEvent.Type.MouseMove, at)


def release(view: QWidget, at: QPointF) -> None:
    _send(view, QEvent.Type.MouseButtonRelease, at)


def drag(view: QWidget, start: QPointF, end: QPointF, *, shift: bool = False) -> None:
    """Drag with the left button in a few steps."""
    press(view, start, shift=shift)
    for step in range(1, 6):
        move(view, start + (end - start) * (step / 5.0))
    release(view, end)

"""What is in the window and yet nobody sees, because it is scrolled away."""

from PySide6.QtWidgets import QWidget


def is_out_of_sight(widget: QWidget) -> bool:
    """Return whether a widget on show lies wholly outside what its window shows of it."""
    return widget.isVisible() and widget.visibleRegion().isEmpty()

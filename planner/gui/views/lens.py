"""The round glass under the mouse: its size, its rim, its key."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from planner.gui.views import overlay
from planner.rendering.palette import TEXT

LENS_KEY = Qt.Key.Key_Z
RADIUS_PX = 110.0
TIMES = 3.0


def lens_area(at: QPointF) -> QRectF:
    """Return the square about a place that the glass fits into."""
    return QRectF(at.x() - RADIUS_PX, at.y() - RADIUS_PX, 2.0 * RADIUS_PX, 2.0 * RADIUS_PX)


@contextmanager
def lens_at(painter: QPainter, at: QPointF) -> Iterator[None]:
    """Let whatever is drawn meanwhile be seen in the glass alone; its rim comes after."""
    area = lens_area(at)
    rim = QPainterPath()
    rim.addEllipse(area)
    painter.save()
    painter.setClipPath(rim)
    yield
    painter.restore()
    painter.setPen(QPen(overlay.qcolor(TEXT, 0.9), 1.5))
    painter.drawPath(rim)
    words = QRectF(area.left(), area.bottom() - 34.0, area.width(), 22.0)
    overlay.draw_text(painter, words, overlay.CENTRE, f"{TIMES:.0f} \N{MULTIPLICATION SIGN}", TEXT)

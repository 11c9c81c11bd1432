"""What Qt paints over every view: sides, scale, words and handles, sharp at any density."""

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from planner.geometry.side_letters import SideLetters
from planner.rendering.cameras import SlicePlane, side_letters
from planner.rendering.palette import (
    BLACK,
    SECONDARY_TEXT,
    SIDE_LETTER,
    TEXT,
    WHITE,
    Colour,
)

EDGE_PX = 10.0
CENTRE = Qt.AlignmentFlag.AlignCenter
_LETTER_PX, _TEXT_PX, _LABEL_PX = 16, 12, 13
_PLATE_OPACITY = 0.65
"""Of what lies beneath words, so that they can be read over bone."""
_PLATE_HEIGHT_PX = 22.0
"""Of a label's dark ground."""
_LETTER_ROOM_PX = 26.0
"""Half of what the letter in the middle of an edge takes."""
_HANDLE_RADIUS_PX = 6.0
_SCALE_CHOICES_MM = (5.0, 10.0, 20.0, 50.0, 100.0, 200.0)
_LONGEST_SCALE_SHARE = 0.25
_CROSSHAIR_GAP_PX = 14.0


def qcolor(colour: Colour, opacity: float = 1.0) -> QColor:
    """Return a colour of meaning as Qt's."""
    return QColor.fromRgbF(*colour, opacity)


def draw_text(
    painter: QPainter,
    area: QRectF,
    anchor: Qt.AlignmentFlag,
    text: str,
    colour: Colour = SECONDARY_TEXT,
    size_px: int = _TEXT_PX,
) -> None:
    """Write with a dark rim, so that it can be read over bone and air alike."""
    font = QFont(painter.font())
    font.setPixelSize(size_px)
    font.setBold(size_px > _TEXT_PX)
    painter.setFont(font)
    painter.setPen(qcolor(BLACK, 0.75))
    for step in (QPointF(1, 1), QPointF(-1, 1), QPointF(1, -1), QPointF(-1, -1)):
        painter.drawText(area.translated(step), anchor, text)
    painter.setPen(qcolor(colour))
    painter.drawText(area, anchor, text)


def draw_line_of_words(
    painter: QPainter,
    area: QRectF,
    anchor: Qt.AlignmentFlag,
    text: str,
    colour: Colour = TEXT,
) -> None:
    """Write on a dark plate, so that it can be read over whatever the image shows."""
    if not text:
        return
    font = QFont(painter.font())
    font.setPixelSize(_TEXT_PX)
    font.setBold(False)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    # The middle goes: a name's beginning and a date's end tell most.
    words = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, int(area.width()))
    place = QRectF(painter.boundingRect(area, anchor, words)).adjusted(-4.0, 0.0, 4.0, 0.0)
    painter.fillRect(place, qcolor(BLACK, _PLATE_OPACITY))
    painter.setPen(qcolor(colour))
    painter.drawText(area, anchor, words)


def draw_identity(painter: QPainter, inner: QRectF, words: str) -> None:
    """Write whose images these are into the upper left corner, as far as the side letter."""
    corner = QRectF(
        inner.left(), inner.top(), inner.width() / 2.0 - _LETTER_ROOM_PX, inner.height()
    )
    anchor = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
    draw_line_of_words(painter, corner, anchor, words)


def draw_sides(painter: QPainter, area: QRectF, plane: SlicePlane) -> None:
    """Write where right, left, up and down lie in the patient."""
    right, down = plane.right_lps, plane.down_lps
    left, up = (-right[0], -right[1], -right[2]), (-down[0], -down[1], -down[2])
    letters = SideLetters(*map(side_letters, (left, right, up, down)))
    draw_side_letters(painter, area, letters)


def draw_side_letters(painter: QPainter, area: QRectF, letters: SideLetters) -> None:
    """Write the patient's sides into the middle of each edge."""
    inner = area.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)
    middle, centre = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignHCenter
    for words, anchor in (
        (letters.right, Qt.AlignmentFlag.AlignRight | middle),
        (letters.left, Qt.AlignmentFlag.AlignLeft | middle),
        (letters.top, Qt.AlignmentFlag.AlignTop | centre),
        (letters.bottom, Qt.AlignmentFlag.AlignBottom | centre),
    ):
        draw_text(painter, inner, anchor, words, SIDE_LETTER, _LETTER_PX)


def draw_scale(painter: QPainter, area: QRectF, mm_per_px: float) -> None:
    """Draw a bar of a round length into the lower right corner."""
    longest_mm = area.width() * _LONGEST_SCALE_SHARE * mm_per_px
    fitting = [length for length in _SCALE_CHOICES_MM if length <= longest_mm]
    if not fitting:
        return
    length_mm = fitting[-1]
    right, y = area.right() - EDGE_PX, area.bottom() - EDGE_PX
    left = right - length_mm / mm_per_px
    painter.setPen(QPen(qcolor(TEXT, 0.9), 1.5))
    painter.drawLine(QLineF(left, y, right, y))
    painter.drawLine(QLineF(left, y - 4, left, y))
    painter.drawLine(QLineF(right, y - 4, right, y))
    words = QRectF(left - 60, y - 24, right - left + 60, 18)
    anchor = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
    draw_text(painter, words, anchor, f"{length_mm:.0f} mm")


def draw_crosshair(
    painter: QPainter, area: QRectF, at: QPointF, across: Colour, upright: Colour
) -> None:
    """Draw two thin lines with a gap where they would cross."""
    gap = _CROSSHAIR_GAP_PX
    painter.setPen(QPen(qcolor(across, 0.45), 1.0))
    painter.drawLine(QLineF(area.left(), at.y(), at.x() - gap, at.y()))
    painter.drawLine(QLineF(at.x() + gap, at.y(), area.right(), at.y()))
    painter.setPen(QPen(qcolor(upright, 0.45), 1.0))
    painter.drawLine(QLineF(at.x(), area.top(), at.x(), at.y() - gap))
    painter.drawLine(QLineF(at.x(), at.y() + gap, at.x(), area.bottom()))


def draw_handle(
    painter: QPainter, at: QPointF, colour: Colour, *, is_tip: bool, opacity: float
) -> None:
    """Draw a point to take hold of; the tip is filled with its colour, the entry hollow."""
    painter.setPen(QPen(qcolor(WHITE if is_tip else colour, opacity), 1.8))
    painter.setBrush(qcolor(colour if is_tip else BLACK, opacity if is_tip else 0.55 * opacity))
    painter.drawEllipse(at, _HANDLE_RADIUS_PX, _HANDLE_RADIUS_PX)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_ring(painter: QPainter, at: QPointF, radius_px: float) -> None:
    """Draw the reach of a brush, to be seen on bone and on air alike."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, opacity, width in ((BLACK, 0.6, 3.0), (WHITE, 0.95, 1.3)):
        painter.setPen(QPen(qcolor(colour, opacity), width))
        painter.drawEllipse(at, radius_px, radius_px)


def draw_label(painter: QPainter, at: QPointF, text: str, colour: Colour) -> None:
    """Write above and right of a point, as far as the view reaches; side letters stay free."""
    font = QFont(painter.font())
    font.setPixelSize(_LABEL_PX)
    font.setBold(True)
    painter.setFont(font)
    width = painter.fontMetrics().horizontalAdvance(text) + 4.0
    room = EDGE_PX + _LETTER_ROOM_PX
    ends = QRectF(painter.window()).adjusted(room, room, -room, -room)
    left = max(min(at.x() + 10.0, ends.right() - width), ends.left())
    top = min(max(at.y() - 30.0, ends.top()), ends.bottom() - _PLATE_HEIGHT_PX)
    anchor = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    plate = QRectF(left, top, width, _PLATE_HEIGHT_PX)
    # Bone is bright, and a radiograph is bright all over.
    painter.fillRect(plate.adjusted(-3.0, 3.0, 1.0, -3.0), qcolor(BLACK, _PLATE_OPACITY))
    draw_text(painter, plate, anchor, text, colour, _LABEL_PX)


def draw_centred(painter: QPainter, at: QPointF, text: str, colour: Colour) -> None:
    """Write with its middle at a point."""
    area = QRectF(at.x() - 40.0, at.y() - 10.0, 80.0, 20.0)
    draw_text(painter, area, CENTRE, text, colour, _LABEL_PX)

"""Small drawings of the report: the severity's sign, a margin as a bar, a coloured pill."""

from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from planner.assessment.findings import Severity
from planner.planning.measures import Margin
from planner_writer_pdf.paper import (
    BOLD,
    BORDER,
    INK,
    PAPER,
    SEMIBOLD,
    SEVERITY_COLOURS,
)

_BAR_RANGE_MM = 12.0
"""A margin of this much fills its bar."""


class SeveritySign(Flowable):
    """An octagon, a triangle, a disc or a tick with the severity's word beside it."""

    def __init__(self, severity: Severity, size: float = 9.0) -> None:
        super().__init__()
        self._severity, self._size = severity, size
        self._word = severity.value.upper()
        self.width = size + 4 + stringWidth(self._word, BOLD, size * 0.82)
        self.height = size + 1

    def draw(self) -> None:
        """Draw the sign."""
        canvas: Canvas = self.canv
        draw_severity(canvas, self._severity, (0.0, 0.0), self._size)
        canvas.setFillColor(SEVERITY_COLOURS[self._severity])
        canvas.setFont(BOLD, self._size * 0.82)
        canvas.drawString(self._size + 4, self._size * 0.2, self._word)


def draw_severity(
    canvas: Canvas, severity: Severity, corner: tuple[float, float], size: float
) -> None:
    """Draw a severity's shape, which differs from the others without its colour too."""
    x, y = corner
    canvas.saveState()
    canvas.setFillColor(SEVERITY_COLOURS[severity])
    canvas.setStrokeColor(PAPER)
    if severity is Severity.CAUTION:
        _polygon(canvas, [(x, y), (x + size, y), (x + size / 2, y + size * 0.95)])
    elif severity is Severity.DANGER:
        cut = size * 0.3
        low, high = (x, y), (x + size, y + size)
        _polygon(
            canvas,
            [
                (low[0] + cut, low[1]),
                (high[0] - cut, low[1]),
                (high[0], low[1] + cut),
                (high[0], high[1] - cut),
                (high[0] - cut, high[1]),
                (low[0] + cut, high[1]),
                (low[0], high[1] - cut),
                (low[0], low[1] + cut),
            ],
        )
    else:
        canvas.circle(x + size / 2, y + size / 2, size / 2, stroke=0, fill=1)
    if severity is Severity.SAFE:
        canvas.setLineWidth(size * 0.14)
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        path = canvas.beginPath()
        path.moveTo(x + size * 0.27, y + size * 0.5)
        path.lineTo(x + size * 0.43, y + size * 0.33)
        path.lineTo(x + size * 0.73, y + size * 0.67)
        canvas.drawPath(path, stroke=1, fill=0)
    else:
        canvas.setFillColor(PAPER)
        canvas.setFont(BOLD, size * (0.66 if severity is Severity.CAUTION else 0.78))
        letter = "i" if severity is Severity.NOTE else "!"
        rise = 0.14 if severity is Severity.CAUTION else 0.22
        canvas.drawCentredString(x + size / 2, y + size * rise, letter)
    canvas.restoreState()


class MarginBar(Flowable):
    """A margin from zero to the right, with its uncertainty as a pale band about its end."""

    def __init__(self, margin: Margin, colour: Color, width: float, height: float = 7.0) -> None:
        super().__init__()
        self._margin, self._colour = margin, colour
        self.width, self.height = width, height

    def draw(self) -> None:
        """Draw the bar."""
        canvas: Canvas = self.canv
        canvas.setFillColor(PAPER)
        canvas.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        low, middle, high = (
            self._place(self._margin.distance_mm + step * self._margin.uncertainty_mm)
            for step in (-1, 0, 1)
        )
        canvas.saveState()
        canvas.setFillColor(self._colour)
        canvas.setFillAlpha(0.28)
        canvas.rect(low, 0, high - low, self.height, stroke=0, fill=1)
        canvas.setFillAlpha(1.0)
        canvas.rect(0, 0, low, self.height, stroke=0, fill=1)
        canvas.restoreState()
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.9)
        canvas.line(middle, -1, middle, self.height + 1)
        canvas.setStrokeColor(BORDER)
        canvas.setLineWidth(0.6)
        canvas.line(0, -1.5, 0, self.height + 1.5)

    def _place(self, distance_mm: float) -> float:
        return self.width * min(max(distance_mm / _BAR_RANGE_MM, 0.0), 1.0)


class Pill(Flowable):
    """A word in white on a coloured, rounded ground."""

    def __init__(self, text: str, colour: Color, size: float = 8.0) -> None:
        super().__init__()
        self._text, self._colour, self._size = text, colour, size
        self.width = stringWidth(text, SEMIBOLD, size) + 2 * size
        self.height = size * 1.9

    def draw(self) -> None:
        """Draw the pill."""
        canvas: Canvas = self.canv
        canvas.setFillColor(self._colour)
        canvas.roundRect(0, 0, self.width, self.height, self.height / 2, stroke=0, fill=1)
        canvas.setFillColor(PAPER)
        canvas.setFont(SEMIBOLD, self._size)
        canvas.drawString(self._size, self._size * 0.6, self._text)


def _polygon(canvas: Canvas, corners: list[tuple[float, float]]) -> None:
    path = canvas.beginPath()
    path.moveTo(*corners[0])
    for corner in corners[1:]:
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)

"""The look of the report: colours on white paper, type, page furniture.

The colours mean what they mean on screen, darkened until they can be read on white.
"""

from collections.abc import Mapping
from typing import NamedTuple

from reportlab import rl_config
from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from planner.anatomy.levels import Side
from planner.assessment.findings import Severity
from planner.foundation.resource_files import resource_path

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = 16 * mm
CONTENT_WIDTH = PAGE_WIDTH - 2 * MARGIN
GUTTER = 4 * mm
FOOTER_HEIGHT = 17 * mm
HEADER_HEIGHT = 15 * mm

INK = HexColor("#10151B")
SECONDARY = HexColor("#5A6673")
BORDER = HexColor("#D3DAE1")
SURFACE = HexColor("#F3F6F8")
ACCENT = HexColor("#1D6FCB")
PAPER = white
SIDE_COLOURS: Mapping[Side, Color] = {
    Side.LEFT: HexColor("#1487B8"),
    Side.RIGHT: HexColor("#C96A12"),
}
BALLOON = HexColor("#8A4CBF")
CEMENT = HexColor("#85744A")
SEVERITY_COLOURS: Mapping[Severity, Color] = {
    Severity.DANGER: HexColor("#C22F2F"),
    Severity.CAUTION: HexColor("#A86400"),
    Severity.NOTE: HexColor("#4A6480"),
    Severity.SAFE: HexColor("#1B7F54"),
}
SEVERITY_TINTS: Mapping[Severity, Color] = {
    Severity.DANGER: HexColor("#FCEBEB"),
    Severity.CAUTION: HexColor("#FCF3E2"),
    Severity.NOTE: HexColor("#EDF2F7"),
    Severity.SAFE: HexColor("#E8F5EE"),
}

REGULAR, MEDIUM, SEMIBOLD, BOLD = (
    "Inter-Regular",
    "Inter-Medium",
    "Inter-SemiBold",
    "Inter-Bold",
)


def register_fonts() -> None:
    """Make the program's typeface known to reportlab; a second call does nothing."""
    # Compressed data written as text once more takes longer than all the rest of a report.
    rl_config.useA85 = 0
    known = set(pdfmetrics.getRegisteredFontNames())
    for name in (REGULAR, MEDIUM, SEMIBOLD, BOLD):
        if name not in known:
            pdfmetrics.registerFont(TTFont(name, str(resource_path("fonts", f"{name}.ttf"))))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=SEMIBOLD, italic=REGULAR, boldItalic=SEMIBOLD
    )


BODY = ParagraphStyle(
    "body", fontName=REGULAR, fontSize=8.6, leading=12, textColor=INK, splitLongWords=1
)
SMALL = ParagraphStyle("small", BODY, fontSize=7.3, leading=9.4, textColor=SECONDARY)
TINY = ParagraphStyle("tiny", SMALL, fontSize=6.4, leading=8)
TINY_VALUE = ParagraphStyle("tiny-value", TINY, fontName=MEDIUM, textColor=INK)
BULLETS = ParagraphStyle(
    "bullets", SMALL, leftIndent=8, spaceAfter=1.5, bulletFontName=REGULAR, bulletFontSize=7.4
)
LABEL = ParagraphStyle(
    "label", BODY, fontName=MEDIUM, fontSize=7.2, leading=9.4, textColor=SECONDARY
)
VALUE = ParagraphStyle("value", BODY, fontName=MEDIUM, fontSize=8.8, leading=11.6)
VALUE_RIGHT = ParagraphStyle("value-right", VALUE, alignment=TA_RIGHT)
HEADLINE = ParagraphStyle("headline", BODY, fontName=SEMIBOLD, fontSize=19, leading=22)
CAPTION = ParagraphStyle("caption", LABEL, fontSize=7.6, leading=10, alignment=TA_CENTER)
PATIENT = ParagraphStyle("patient", BODY, fontName=BOLD, fontSize=17, leading=20.5)
TITLE = ParagraphStyle("title", BODY, fontName=SEMIBOLD, fontSize=14, leading=18)
SUBTITLE = ParagraphStyle("subtitle", TITLE, fontSize=11, leading=15)
SECTION = ParagraphStyle(
    "section", BODY, fontName=SEMIBOLD, fontSize=10.2, leading=13, spaceBefore=9, spaceAfter=4
)


def can_print(text: str) -> bool:
    """Return whether the typeface has every letter of a text."""
    register_fonts()
    font = pdfmetrics.getFont(REGULAR)
    return isinstance(font, TTFont) and all(ord(x) in font.face.charToGlyph for x in text)


class RunningText(NamedTuple):
    """What stands at the head and foot of every page."""

    patient: str
    patient_id: str
    subject: str
    disclaimer: str
    made: str


def shortened(text: str, font: str, size: float, width: float) -> str:
    """Return text that fits a width, cut with an ellipsis where it does not."""
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(f"{text}\N{HORIZONTAL ELLIPSIS}", font, size) > width:
        text = text[:-1]
    return f"{text.rstrip()}\N{HORIZONTAL ELLIPSIS}"


def draw_head(canvas: Canvas, running: RunningText) -> None:
    """Draw the head of a page after the first: whose report this is."""
    y = PAGE_HEIGHT - 11.5 * mm
    third = CONTENT_WIDTH / 3
    canvas.setFillColor(INK)
    canvas.setFont(SEMIBOLD, 8)
    canvas.drawString(MARGIN, y, shortened(running.patient, SEMIBOLD, 8, third + 2 * GUTTER))
    canvas.drawString(
        MARGIN + third + 3 * GUTTER,
        y,
        shortened(running.patient_id, SEMIBOLD, 8, third - 4 * GUTTER),
    )
    canvas.setFillColor(SECONDARY)
    canvas.setFont(REGULAR, 8)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, y, shortened(running.subject, REGULAR, 8, third))
    _rule(canvas, y - 2.6 * mm)


def draw_foot(canvas: Canvas, running: RunningText, number: int, count: int) -> None:
    """Draw the foot of a page: the disclaimer, when and by what, the page's number."""
    _rule(canvas, 13.2 * mm)
    canvas.setFillColor(SEVERITY_COLOURS[Severity.DANGER])
    canvas.setFont(SEMIBOLD, 7.2)
    canvas.drawString(MARGIN, 9.4 * mm, shortened(running.disclaimer, SEMIBOLD, 7.2, CONTENT_WIDTH))
    canvas.setFillColor(SECONDARY)
    canvas.setFont(REGULAR, 7.2)
    canvas.drawString(MARGIN, 5.8 * mm, running.made)
    canvas.drawRightString(PAGE_WIDTH - MARGIN, 5.8 * mm, f"Page {number} of {count}")


def _rule(canvas: Canvas, y: float) -> None:
    canvas.setStrokeColor(BORDER)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, y, PAGE_WIDTH - MARGIN, y)

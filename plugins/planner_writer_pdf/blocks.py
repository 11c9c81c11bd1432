"""Building blocks of the report's pages."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle

from planner.assessment.acceptance import acceptance_of
from planner.assessment.findings import Finding
from planner.export.variant_words import variant_words
from planner.planning.plan import LevelPlan, Plan
from planner_writer_pdf import words
from planner_writer_pdf.paper import (
    BODY,
    BORDER,
    CONTENT_WIDTH,
    LABEL,
    SECTION,
    SURFACE,
    VALUE,
    VALUE_RIGHT,
)

GAP = 10.0
CARD_WIDTH = (CONTENT_WIDTH - GAP) / 2
CARD_PADDING = 9.0
CARD_INNER_WIDTH = CARD_WIDTH - 2 * CARD_PADDING
_PLAIN = TableStyle(
    [
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        # Words are paragraphs with a style of their own: an empty cell takes no height.
        ("FONTSIZE", (0, 0), (-1, -1), 1),
        ("LEADING", (0, 0), (-1, -1), 1),
    ]
)


class Card(NamedTuple):
    """A panel with a coloured edge on top."""

    content: Sequence[Flowable]
    colour: Color


def text(words: str, style: ParagraphStyle, colour: Color | None = None) -> Paragraph:
    """Return a paragraph of plain words; nothing in them counts as markup."""
    if colour is None:
        return Paragraph(escape(words), style)
    return Paragraph(escape(words), ParagraphStyle(style.name, style, textColor=colour))


def section(title: str) -> Paragraph:
    """Return a heading."""
    return text(title, SECTION)


def plain_table(
    rows: Sequence[Sequence[object]], widths: Sequence[float], style: TableStyle | None = None
) -> Table:
    """Return a table without lines or paddings but those of the style."""
    table = Table([list(row) for row in rows], colWidths=list(widths))
    table.setStyle(_PLAIN)
    if style is not None:
        table.setStyle(style)
    return table


def ruled(padding: float, gap: float = 8.0) -> TableStyle:
    """Return the style of a list: a fine line under each row, a gap between columns."""
    return TableStyle(
        [
            ("TOPPADDING", (0, 0), (-1, -1), padding),
            ("BOTTOMPADDING", (0, 0), (-1, -1), padding + 0.2),
            ("RIGHTPADDING", (0, 0), (-2, -1), gap),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, BORDER),
        ]
    )


def finding_lines(finding: Finding, plan: Plan) -> list[Flowable]:
    """Return a finding's sentence and, beneath it, whether it was accepted and why."""
    lines: list[Flowable] = [text(words.sentence(finding.message), BODY)]
    acceptance = acceptance_of(finding, plan)
    if acceptance is not None:
        lines.append(text(acceptance.words, VALUE))
    return lines


def variant_line(level: LevelPlan, plan: Plan) -> list[Flowable]:
    """Return which variant of the level is on paper, and that others exist."""
    variant = variant_words(plan, level.level)
    return [text(variant[:1].upper() + variant[1:], VALUE), space(2)] if variant else []


def rows_of(pairs: Iterable[tuple[str, str]], width: float) -> Table:
    """Return names on the left and values on the right, a fine line between rows."""
    rows = [(text(name, LABEL), text(value, VALUE_RIGHT)) for name, value in pairs]
    return plain_table(rows, (width * 0.46, width * 0.54), lined())


def lined() -> TableStyle:
    """Return the style of values in a card: a fine line between rows."""
    return TableStyle(
        [
            ("TOPPADDING", (0, 0), (-1, -1), 2.6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.8),
            ("LEFTPADDING", (1, 0), (-1, -1), 6),
            ("LINEBELOW", (0, 0), (-1, -2), 0.4, BORDER),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ]
    )


def named_value(name: str, value: str) -> list[Flowable]:
    """Return a small name above its value."""
    return [text(name, LABEL), text(value, VALUE)]


def cards(left: Card, right: Card | None) -> Table:
    """Return two panels of one height beside each other; the right one may be missing."""
    row = [list(left.content), "", list(right.content) if right else ""]
    table = plain_table([row], (CARD_WIDTH, GAP, CARD_WIDTH))
    for column, panel in ((0, left), (2, right)):
        if panel is None:
            continue
        first, last = (column, 0), (column, -1)
        table.setStyle(
            TableStyle(
                [
                    ("BACKGROUND", first, last, SURFACE),
                    ("LINEABOVE", first, (column, 0), 2.4, panel.colour),
                    ("LEFTPADDING", first, last, CARD_PADDING),
                    ("RIGHTPADDING", first, last, CARD_PADDING),
                    ("TOPPADDING", first, last, 8),
                    ("BOTTOMPADDING", first, last, 8),
                ]
            )
        )
    return table


def side_by_side(left: Sequence[Flowable], right: Sequence[Flowable]) -> Table:
    """Return two stacks beside each other, each in the middle of its column."""
    return plain_table(
        [[list(left), "", list(right)]],
        (CARD_WIDTH, GAP, CARD_WIDTH),
        TableStyle([("ALIGN", (0, 0), (-1, -1), "CENTER")]),
    )


def in_two_columns(rows: Sequence[Sequence[object]], widths: Sequence[float]) -> Table:
    """Return short rows in two columns, read down the left one first.

    `widths` are those of one column's cells and add up to a card's.
    """
    middle = (len(rows) + 1) // 2
    left, right = list(rows[:middle]), list(rows[middle:])
    right += [[""] * len(widths)] * (middle - len(right))
    paired = [[*a, "", *b] for a, b in zip(left, right, strict=True)]
    return plain_table(paired, (*widths, GAP, *widths), ruled(1.2, 4.0))


def space(height: float) -> Spacer:
    """Return an empty stretch."""
    return Spacer(1, height)

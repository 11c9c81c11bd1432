"""What was measured by hand, on paper: values, where, in which image, what to mind."""

from collections.abc import Sequence

from reportlab.platypus import Flowable, KeepTogether

from planner.export.hand_measurement import HandMeasurement
from planner.export.quantity import Quantity, Unit
from planner_writer_pdf import words
from planner_writer_pdf.blocks import plain_table, ruled, section, text
from planner_writer_pdf.paper import BODY, CONTENT_WIDTH, LABEL, SMALL, VALUE

_WIDTHS = tuple(CONTENT_WIDTH * share for share in (0.13, 0.27, 0.25, 0.35))
_ROWS_KEPT_TOGETHER = 5
_UNIT_WORDS = {
    Unit.DEGREE: "\N{DEGREE SIGN}",
    Unit.SQUARE_MILLIMETRE: " mm\N{SUPERSCRIPT TWO}",
    Unit.NONE: "",
}


def measured_by_hand(measured: Sequence[HandMeasurement]) -> list[Flowable]:
    """Return a table of what was measured by hand; nothing where nothing was."""
    if not measured:
        return []
    head = [text(words_, LABEL) for words_ in ("Measured", "Value", "Where", "Image")]
    rows: list[Sequence[object]] = [head, *map(_row, measured)]
    table = plain_table(rows, _WIDTHS, ruled(3.0))
    table.repeatRows = 1
    if len(rows) <= _ROWS_KEPT_TOGETHER:
        return [KeepTogether([section("Measured by hand"), table])]
    return [section("Measured by hand"), table]


def _row(item: HandMeasurement) -> list[object]:
    image: list[Flowable] = [text(item.image.words or words.NOT_KNOWN, BODY)]
    if item.caveat:
        image.append(text(item.caveat, SMALL))
    return [
        text(_begun(item.kind.value), BODY),
        _values(item.quantities),
        text(_begun(item.where), BODY),
        image,
    ]


def _values(quantities: Sequence[Quantity]) -> list[Flowable]:
    if len(quantities) == 1:
        return [text(_amount(quantities[0]), VALUE)]
    return [text(f"{quantity.words} {_amount(quantity)}", VALUE) for quantity in quantities]


def _amount(quantity: Quantity) -> str:
    unit = _UNIT_WORDS.get(quantity.unit, f" {quantity.unit.value}")
    is_ratio = quantity.id.endswith("-ratio")
    is_coarse = quantity.id in {"area", "mean", "standard-deviation"}
    digits = 2 if is_ratio else 0 if is_coarse else 1
    return f"{words.number(quantity.number, digits)}{unit}"


def _begun(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]

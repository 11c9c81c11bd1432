"""One needle on paper: what to set, how deep to go, how far everything is."""

from collections.abc import Callable

from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Table, TableStyle

from planner.anatomy.levels import Side
from planner.assessment.findings import LevelAssessment, Severity
from planner.devices.device_values import DeviceCatalog, NeedleModel
from planner.planning.measures import BreachGrade, Margin, NeedleMeasures
from planner.planning.plan import LevelPlan, NeedleRoute
from planner_writer_pdf import words
from planner_writer_pdf.blocks import (
    CARD_INNER_WIDTH,
    Card,
    plain_table,
    rows_of,
    space,
    text,
)
from planner_writer_pdf.marks import MarginBar, Pill
from planner_writer_pdf.paper import (
    BODY,
    HEADLINE,
    LABEL,
    SECONDARY,
    SEVERITY_COLOURS,
    SIDE_COLOURS,
    SMALL,
    TINY,
    TITLE,
    VALUE,
    VALUE_RIGHT,
)

_LIMIT = ParagraphStyle("limit-right", TINY, alignment=TA_RIGHT)

_MarginRow = tuple[str, str, str, Callable[[NeedleMeasures], Margin | None]]
"""Its name, the code that judges it, the number it is held against, and where it is."""
_PEDICLE_WALL: _MarginRow = (
    "Pedicle wall", "pedicle-wall", "pedicle-wall-limit", lambda m: m.margins.pedicle_wall
)  # fmt: skip
_IN_THE_WAY: tuple[_MarginRow, ...] = (
    ("Rib, next bone", "neighbour-bone", "pedicle-wall-limit", lambda m: m.neighbour_bone),
    ("Lung, bowel air", "lung", "lung-margin-limit", lambda m: m.lung),
)
"""What a needle past the pedicle has in its way instead of the pedicle's wall."""
_VESSEL: _MarginRow = ("Great vessel", "vessel", "vessel-margin-limit", lambda m: m.vessel)
"""Shown where one is labelled or seen: its absence from the images is no distance."""
_MARGINS: tuple[_MarginRow, ...] = (
    ("Spinal canal", "canal", "canal-margin-limit", lambda m: m.margins.canal),
    ("Neural foramen", "foramen", "foramen-margin-limit", lambda m: m.margins.foramen),
    ("Endplate", "endplate", "endplate-limit", lambda m: m.margins.endplate),
    ("Anterior cortex", "anterior-cortex", "anterior-cortex-limit",
     lambda m: m.margins.anterior_cortex),
)  # fmt: skip
_NONE_NEAR = "none near"
_AT_LEAST = "\N{GREATER-THAN OR EQUAL TO}"


def needle_card(
    side: Side, level: LevelPlan, assessed: LevelAssessment | None, devices: DeviceCatalog
) -> Card:
    """Return the card of a side, which says so when it has no needle."""
    heading = text(f"{side.value.capitalize()} needle", TITLE, SIDE_COLOURS[side])
    needle = level.needle(side)
    if needle is None:
        nothing = text(f"No needle is planned on the patient's {side.value}.", BODY, SECONDARY)
        return Card([heading, space(2), nothing], SIDE_COLOURS[side])
    model = next((m for m in devices.needles if m.id == needle.model_id), None)
    measures = assessed.needle(side) if assessed else None
    content: list[Flowable] = [
        _heading(heading, measures, _severities(assessed, side).get("pedicle-wall")),
        text(_instrument(model, needle.model_id), BODY, SECONDARY),
        text(words.ROUTES[needle.route], VALUE),
        space(5),
    ]
    if measures is None:
        content.append(text("Not measured: the needle misses the vertebra.", BODY))
    else:
        content += [_headline(measures), space(7), _rows(measures), space(7)]
        content += [text("Distance from the needle's surface to", LABEL), space(3)]
        content.append(_margin_rows(measures, _severities(assessed, side)))
    return Card(content, SIDE_COLOURS[side])


def _heading(heading: Flowable, measures: NeedleMeasures | None, judged: Severity | None) -> Table:
    grade = measures.grade if measures else None
    is_beside = measures is not None and measures.route is NeedleRoute.EXTRAPEDICULAR
    ungraded = "Grade not applicable" if is_beside else "Not graded"
    pill = Pill(f"Grade {grade.value}" if grade else ungraded, _grade_colour(grade, judged))
    return plain_table(
        [[heading, pill]],
        (CARD_INNER_WIDTH - pill.width, pill.width),
        TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE")]),
    )


def _grade_colour(grade: BreachGrade | None, judged: Severity | None) -> Color:
    """Return the colour of a grade: green only where the wall's finding holds with its band."""
    if grade is None or judged is None:
        return SEVERITY_COLOURS[Severity.NOTE]
    by_grade = {BreachGrade.A: Severity.SAFE, BreachGrade.B: Severity.CAUTION}
    worst = min(judged, by_grade.get(grade, Severity.DANGER), key=list(Severity).index)
    return SEVERITY_COLOURS[worst]


def _instrument(model: NeedleModel | None, model_id: str) -> str:
    if model is None:
        return f"{model_id} (not in the catalogue)"
    length_mark = "" if model.length_source.verified else words.UNVERIFIED
    size_mark = "" if model.source.verified else words.UNVERIFIED
    return (
        f"{model.gauge} G, {words.number(model.outer_diameter_mm, 2)} mm{size_mark}, "
        f"length {words.number(model.length_mm, 0)} mm{length_mark}"
    )


def _headline(measures: NeedleMeasures) -> Table:
    columns = (
        ("Transverse", words.angle(measures.transverse_deg),
         words.transverse_direction(measures.transverse_deg)),
        ("Sagittal", words.angle(measures.sagittal_deg),
         words.sagittal_direction(measures.sagittal_deg)),
        ("Depth from bone", words.NOT_KNOWN if measures.depth_from_bone_mm is None
         else words.number(measures.depth_from_bone_mm), "mm to the tip"),
    )  # fmt: skip
    third = CARD_INNER_WIDTH / 3
    return plain_table(
        [
            [text(name, LABEL) for name, _, _ in columns],
            [text(value, HEADLINE) for _, value, _ in columns],
            [text(unit, SMALL) for _, _, unit in columns],
        ],
        (third, third, third),
    )


def _rows(measures: NeedleMeasures) -> Table:
    return rows_of(
        (
            ("C-arm down the needle", words.c_arm(measures.en_face)),
            ("Tip between posterior and anterior wall", words.share(measures.tip_depth_share)),
            ("Needle width of pedicle width", words.share(measures.pedicle_fill_share)),
            (
                "Skin to tip (supine estimate)",
                words.millimetres(measures.depth_from_skin_mm),
            ),
            (
                "Skin entry from midline (supine estimate)",
                words.millimetres(measures.skin_entry_from_midline_mm),
            ),
        ),
        CARD_INNER_WIDTH,
    )


def route_limits(measures: NeedleMeasures) -> tuple[tuple[str, str], ...]:
    """Return what lies in the way of a needle past the pedicle, each with what it is held to."""
    if measures.route is not NeedleRoute.EXTRAPEDICULAR:
        return ()
    canal, foramen, *_others = _MARGINS
    return tuple(
        (name, f"{_shown(margin_of(measures), name)}, {words.limit(limit_id, _AT_LEAST)}")
        for name, _code, limit_id, margin_of in (*_IN_THE_WAY, *_vessel(measures), canal, foramen)
    )


def _rows_of(measures: NeedleMeasures) -> tuple[_MarginRow, ...]:
    is_beside = measures.route is NeedleRoute.EXTRAPEDICULAR
    first = _IN_THE_WAY if is_beside else (_PEDICLE_WALL,)
    return (*first, *_vessel(measures), *_MARGINS)


def _vessel(measures: NeedleMeasures) -> tuple[_MarginRow, ...]:
    return () if measures.vessel is None else (_VESSEL,)


def _shown(margin: Margin | None, name: str) -> str:
    is_beside = any(row[0] == name for row in _IN_THE_WAY)
    return _NONE_NEAR if margin is None and is_beside else words.margin(margin)


def _margin_rows(measures: NeedleMeasures, severities: dict[str, Severity]) -> Table:
    widths = (CARD_INNER_WIDTH * 0.29, CARD_INNER_WIDTH * 0.35, CARD_INNER_WIDTH * 0.36)
    rows = []
    for name, code, limit_id, margin_of in _rows_of(measures):
        margin = margin_of(measures)
        severity = _severity_of(margin, severities.get(code))
        colour = SECONDARY if severity is None else SEVERITY_COLOURS[severity]
        bar = "" if margin is None else MarginBar(margin, colour, widths[1] - 8)
        value = [text(_shown(margin, name), VALUE_RIGHT, colour)]
        if measures.route is NeedleRoute.EXTRAPEDICULAR:
            value.append(text(words.limit(limit_id), _LIMIT))
        rows.append((text(name, LABEL), bar, value))
    return plain_table(
        rows,
        widths,
        TableStyle(
            [
                ("TOPPADDING", (0, 0), (-1, -1), 2.2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        ),
    )


def _severity_of(margin: Margin | None, found: Severity | None) -> Severity | None:
    if margin is not None and margin.distance_mm < 0:
        return Severity.DANGER
    return found


def _severities(assessed: LevelAssessment | None, side: Side) -> dict[str, Severity]:
    """Return how the findings judge each margin of a side, the worst where there are several."""
    found: dict[str, Severity] = {}
    order = list(Severity)
    for finding in assessed.findings if assessed else ():
        code = finding.code.removesuffix("-margin")
        if finding.side is side:
            found[code] = min(found.get(code, finding.severity), finding.severity, key=order.index)
    return found

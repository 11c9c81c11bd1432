"""The theatre card: one page for a level, to read from two metres and to write on."""

import io
from collections.abc import Sequence
from typing import BinaryIO

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, KeepInFrame, Table, TableStyle

from planner.anatomy.levels import Side
from planner.assessment.findings import LevelAssessment, Severity
from planner.export.needle_landmarks import DepthMark, depth_marks
from planner.export.pull_list import PullItem, pull_list
from planner.export.snapshot import Picture, PictureKind, PlanSnapshot
from planner.foundation.progress import Progress
from planner.planning.measures import NeedleMeasures
from planner.planning.plan import LevelPlan, Plan, PlannedNeedle
from planner_writer_pdf import words
from planner_writer_pdf.blocks import (
    CARD_INNER_WIDTH,
    Card,
    cards,
    finding_lines,
    lined,
    plain_table,
    rows_of,
    ruled,
    section,
    space,
    text,
    variant_line,
)
from planner_writer_pdf.marks import SeveritySign
from planner_writer_pdf.needle_card import route_limits
from planner_writer_pdf.paper import (
    BODY,
    CAPTION,
    CONTENT_WIDTH,
    FOOTER_HEIGHT,
    HEADER_HEIGHT,
    HEADLINE,
    LABEL,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PATIENT,
    SECONDARY,
    SIDE_COLOURS,
    SMALL,
    SUBTITLE,
    TITLE,
    VALUE,
    VALUE_RIGHT,
    RunningText,
    draw_foot,
    draw_head,
    register_fonts,
)

_PICTURES = ("left-barrel", "xray-ap", "xray-lateral", "right-barrel")
_MOST_FINDINGS = 3
_HARD_WARNING = "Hard warning"
_LABEL_RIGHT = ParagraphStyle("label-right", LABEL, alignment=TA_RIGHT)
_BLANK = " "
_ACTUAL = (
    "Cement injected, ml", "Inflation left / right, psi", "Leak seen, where", "Operator, date",
)  # fmt: skip


def write_theatre_cards(snapshot: PlanSnapshot, into: BinaryIO, progress: Progress) -> None:
    """Write one page for each level."""
    register_fonts()
    canvas = Canvas(into, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1)
    canvas.setTitle("Theatre card")
    canvas.setAuthor(snapshot.software)
    canvas.setCreator(snapshot.software)
    canvas.setSubject(snapshot.disclaimer)
    levels = snapshot.plan.levels
    for number, level in enumerate(levels):
        progress(number / len(levels), f"Card of {level.level.name}")
        _draw_page(canvas, level, snapshot)
        draw_foot(canvas, _running_text(level, snapshot), number + 1, len(levels))
        canvas.showPage()
    canvas.save()


def _draw_page(canvas: Canvas, level: LevelPlan, snapshot: PlanSnapshot) -> None:
    draw_head(canvas, _running_text(level, snapshot))
    height = PAGE_HEIGHT - HEADER_HEIGHT - FOOTER_HEIGHT
    story = _story(level, snapshot)
    for part in story:
        part.hAlign = "LEFT"
    # Whatever a plan holds, it stays on its one page: smaller rather than cut off.
    frame = KeepInFrame(CONTENT_WIDTH, height, story, mode="shrink")
    _, used = frame.wrapOn(canvas, CONTENT_WIDTH, height)
    frame.drawOn(canvas, MARGIN, PAGE_HEIGHT - HEADER_HEIGHT - used)


def _story(level: LevelPlan, snapshot: PlanSnapshot) -> list[Flowable]:
    assessed = snapshot.assessment.at(level.level)
    left, right = (
        _needle_card(side, level, assessed, snapshot) for side in (Side.LEFT, Side.RIGHT)
    )
    return [
        _title(level),
        *variant_line(level, snapshot.plan),
        text(
            "Columns as the operator sees the prone patient: the patient's left is on the left. "
            "Depths from the skin are estimates from the supine scan.",
            SMALL,
        ),
        space(5),
        cards(left, right),
        *_pictures(level, snapshot),
        space(6),
        cards(_pull_card(level, assessed, snapshot), _amounts_card(level, assessed)),
        *_findings(assessed, snapshot.plan),
    ]


def _title(level: LevelPlan) -> Table:
    return plain_table(
        [[text(level.level.name, PATIENT), text(words.procedure(level), VALUE, SECONDARY)]],
        (50.0, CONTENT_WIDTH - 50.0),
        TableStyle(
            [("VALIGN", (0, 0), (-1, -1), "BOTTOM"), ("BOTTOMPADDING", (0, 0), (-1, -1), 3)]
        ),
    )


def _needle_card(
    side: Side, level: LevelPlan, assessed: LevelAssessment, snapshot: PlanSnapshot
) -> Card:
    heading = text(f"{side.value.capitalize()} needle", TITLE, SIDE_COLOURS[side])
    needle, measures = level.needle(side), assessed.needle(side)
    if needle is None:
        nothing = text(f"No needle is planned on the patient's {side.value}.", BODY, SECONDARY)
        return Card([heading, nothing], SIDE_COLOURS[side])
    models = {model.id: model.title for model in snapshot.devices.needles}
    content: list[Flowable] = [
        heading,
        text(models.get(needle.model_id, needle.model_id), VALUE, SECONDARY),
        text(words.ROUTES[needle.route], VALUE),
        space(4),
    ]
    if measures is not None:
        content += [_angles(measures), space(4), _c_arm(measures), space(4)]
        if limits := route_limits(measures):
            content += [rows_of(limits, CARD_INNER_WIDTH), space(4)]
    content.append(_depths(level, needle, assessed, snapshot))
    return Card(content, SIDE_COLOURS[side])


def _angles(measures: NeedleMeasures) -> Table:
    midline_mm = words.number(measures.skin_entry_from_midline_mm, 0)
    columns = (
        (words.angle(measures.transverse_deg), words.transverse_direction(measures.transverse_deg)),
        (words.angle(measures.sagittal_deg), words.sagittal_direction(measures.sagittal_deg)),
        (midline_mm, "mm from the midline"),
    )
    third = CARD_INNER_WIDTH / 3
    return plain_table(
        [
            [text(value, HEADLINE) for value, _ in columns],
            [text(name, SMALL) for _, name in columns],
        ],
        (third, third, third),
    )


def _c_arm(measures: NeedleMeasures) -> Table:
    rows = (("C-arm down the needle", words.c_arm(measures.en_face)),)
    return rows_of(rows, CARD_INNER_WIDTH)


def _depths(
    level: LevelPlan, needle: PlannedNeedle, assessed: LevelAssessment, snapshot: PlanSnapshot
) -> Table:
    head: list[Flowable] = [
        text("Depth, mm", LABEL),
        *(text(name, _LABEL_RIGHT) for name in ("from bone", "from skin", "actual")),
    ]
    rows = [head, *map(_depth_row, depth_marks(level, needle, assessed,
                                               snapshot.vertebra(level.level)))]  # fmt: skip
    widths = [CARD_INNER_WIDTH * share for share in (0.42, 0.19, 0.19, 0.20)]
    return plain_table(rows, widths, lined())


def _depth_row(mark: DepthMark) -> list[Flowable]:
    from_bone = words.NOT_KNOWN if mark.from_bone_mm is None else words.number(mark.from_bone_mm)
    return [
        text(mark.words, BODY),
        text(from_bone, VALUE_RIGHT),
        text(words.number(mark.from_skin_mm), VALUE_RIGHT, SECONDARY),
        text(f"{_BLANK}________", VALUE_RIGHT, SECONDARY),
    ]


def _pictures(level: LevelPlan, snapshot: PlanSnapshot) -> list[Flowable]:
    by_name = {
        picture.name: picture for picture in snapshot.pictures if picture.kind is PictureKind.XRAY
    }
    names = [f"{level.level.name}-{name}" for name in _PICTURES]
    found = [by_name[name] for name in names if name in by_name]
    if not found:
        return []
    width = (CONTENT_WIDTH - 8.0 * (len(_PICTURES) - 1)) / len(_PICTURES)
    cells = [_picture(picture, width) for picture in found]
    gaps = TableStyle([("RIGHTPADDING", (0, 0), (-2, -1), 8.0)])
    widths = [width + 8.0] * (len(found) - 1) + [width]
    return [
        section("Simulated X-rays with the planned needles (illustration)"),
        plain_table([cells], widths, gaps),
    ]


def _picture(picture: Picture, width: float) -> list[Flowable]:
    across, down = ImageReader(io.BytesIO(picture.png)).getSize()
    image = Image(io.BytesIO(picture.png), width, width * down / across)
    return [image, space(2), text(picture.title, CAPTION)]


def _pull_card(level: LevelPlan, assessed: LevelAssessment, snapshot: PlanSnapshot) -> Card:
    rows = [
        (text(item.count, VALUE_RIGHT), text(f"{item.words}{_mark(item)}", BODY))
        for item in pull_list(level, assessed, snapshot.devices)
    ]
    table = plain_table(rows, (44.0, CARD_INNER_WIDTH - 44.0), lined())
    return Card([text("Lay out", SUBTITLE), table], SECONDARY)


def _mark(item: PullItem) -> str:
    return words.UNVERIFIED if item.is_unverified else ""


def _amounts_card(level: LevelPlan, assessed: LevelAssessment) -> Card:
    head: list[Flowable] = [text(name, _LABEL_RIGHT) for name in ("", "planned", "actual")]
    rows = [head, *(_amount_row(*pair) for pair in _amounts(level, assessed))]
    widths = [CARD_INNER_WIDTH * share for share in (0.46, 0.22, 0.32)]
    return Card([text("Amounts", SUBTITLE), plain_table(rows, widths, lined())], SECONDARY)


def _amount_row(name: str, planned: str) -> list[Flowable]:
    line = _BLANK if name == _HARD_WARNING else 12 * "_"
    blank = text(line, VALUE_RIGHT, SECONDARY)
    return [text(name, BODY), text(planned, VALUE_RIGHT), blank]


def _amounts(level: LevelPlan, assessed: LevelAssessment) -> Sequence[tuple[str, str]]:
    rows = [
        (f"{balloon.side.value.capitalize()} balloon", f"{words.number(balloon.volume_ml)} ml")
        for balloon in level.balloons
    ]
    if level.cement is not None:
        rows.append(("Cement in the body", f"{words.number(level.cement.volume_ml)} ml"))
        if assessed.cement is not None:
            hard_ml = words.number(assessed.cement.band.hard_ml)
            rows.append((_HARD_WARNING, f"{hard_ml} ml{words.UNVERIFIED}"))
    return (*rows, ("Leak seen, where", _BLANK), ("Operator, date", _BLANK))


def _findings(assessed: LevelAssessment, plan: Plan) -> list[Flowable]:
    order = list(Severity)
    found = [f for f in assessed.findings if f.severity is not Severity.SAFE]
    found.sort(key=lambda finding: order.index(finding.severity))
    if not found:
        return []
    rows: list[tuple[object, object]] = [
        (SeveritySign(f.severity, 8), finding_lines(f, plan)) for f in found[:_MOST_FINDINGS]
    ]
    if len(found) > _MOST_FINDINGS:
        more = f"and {len(found) - _MOST_FINDINGS} more: see the report"
        rows.append(("", text(more, BODY, SECONDARY)))
    return [
        section("Mind"),
        plain_table(rows, (64.0, CONTENT_WIDTH - 64.0), ruled(2.4)),
        text(f"{words.UNVERIFIED} number or limit that nobody has read in its source yet", SMALL),
    ]


def _running_text(level: LevelPlan, snapshot: PlanSnapshot) -> RunningText:
    patient = snapshot.study.patient
    return RunningText(
        patient=words.person(patient.name),
        patient_id=patient.patient_id,
        subject=f"Theatre card {level.level.name}",
        disclaimer=snapshot.disclaimer,
        made=f"{snapshot.software}, {words.moment(snapshot.made_at)}",
    )

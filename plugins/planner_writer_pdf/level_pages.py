"""One level on paper: needles, balloons, cement, pictures and findings."""

import io
from collections.abc import Sequence

from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image, KeepTogether, Table, TableStyle

from planner.anatomy.levels import Side
from planner.assessment.findings import Finding, Severity
from planner.export.snapshot import Picture, PictureKind, PlanSnapshot
from planner.planning.plan import LevelPlan, Plan
from planner_writer_pdf import words
from planner_writer_pdf.blocks import (
    CARD_WIDTH,
    cards,
    finding_lines,
    plain_table,
    ruled,
    section,
    side_by_side,
    space,
    text,
    variant_line,
)
from planner_writer_pdf.marks import SeveritySign
from planner_writer_pdf.material_cards import material_cards
from planner_writer_pdf.needle_card import needle_card
from planner_writer_pdf.paper import (
    CAPTION,
    CONTENT_WIDTH,
    LABEL,
    PATIENT,
    SECONDARY,
    SMALL,
    VALUE,
)

_HIGHEST_PICTURE = 202.0
"""So that three rows of pictures fit a page."""
_HIGHEST_OF_MANY = 145.0
"""So that four rows do."""
_MANY_PICTURES = 7
_ROWS_KEPT_TOGETHER = 6


def level_pages(level: LevelPlan, snapshot: PlanSnapshot) -> list[Flowable]:
    """Return everything about one level."""
    assessed = next((a for a in snapshot.assessment.levels if a.level is level.level), None)
    pictures = [
        p for p in snapshot.pictures if p.level is level.level and p.kind is PictureKind.VIEW
    ]
    return [
        KeepTogether(
            [
                _title(level),
                *variant_line(level, snapshot.plan),
                text(
                    "Columns as the operator sees the prone patient: "
                    "the patient's left is on the left.",
                    SMALL,
                ),
                space(5),
                cards(
                    needle_card(Side.LEFT, level, assessed, snapshot.devices),
                    needle_card(Side.RIGHT, level, assessed, snapshot.devices),
                ),
            ]
        ),
        *material_cards(level, assessed, snapshot),
        *findings_block("Findings", assessed.findings if assessed else (), snapshot.plan),
        *_vertebra(level, snapshot),
        *picture_block(pictures),
    ]


def findings_block(title: str, findings: Sequence[Finding], plan: Plan) -> list[Flowable]:
    """Return what is worth a thought, the worst first; checks that are met stand elsewhere."""
    rows = [
        (SeveritySign(f.severity, 8), finding_lines(f, plan))
        for f in findings
        if f.severity is not Severity.SAFE
    ]
    if not rows:
        return []
    table = plain_table(rows, (64.0, CONTENT_WIDTH - 64.0), ruled(3.6))
    if len(rows) <= _ROWS_KEPT_TOGETHER:
        return [KeepTogether([section(title), table])]
    return [section(title), table]


def picture_block(pictures: Sequence[Picture]) -> list[Flowable]:
    """Return pictures two in a row with their titles beneath."""
    if not pictures:
        return []
    highest = _HIGHEST_PICTURE if len(pictures) < _MANY_PICTURES else _HIGHEST_OF_MANY
    rows: list[Flowable] = []
    for start in range(0, len(pictures), 2):
        pair = [_picture(picture, highest) for picture in pictures[start : start + 2]]
        rows.append(side_by_side(pair[0], pair[1] if len(pair) > 1 else []))
        rows.append(space(8))
    return [KeepTogether([section("Views"), rows[0], rows[1]]), *rows[2:]]


def _title(level: LevelPlan) -> Table:
    name = text(level.level.name, PATIENT)
    what = text(words.procedure(level), VALUE, SECONDARY)
    return plain_table(
        [[name, what]],
        (50.0, CONTENT_WIDTH - 50.0),
        TableStyle(
            [
                ("TOPPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (1, 0), (1, 0), 13.5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        ),
    )


def _vertebra(level: LevelPlan, snapshot: PlanSnapshot) -> list[Flowable]:
    vertebra = next((v for v in snapshot.vertebrae if v.level is level.level), None)
    if vertebra is None:
        return []
    heights = vertebra.heights
    pedicles = [
        f"{side.value} {words.number(p.width_mm)} \N{MULTIPLICATION SIGN} "
        f"{words.number(p.height_mm)} mm"
        for side in Side
        if (p := vertebra.pedicle(side))
    ]
    hu = vertebra.trabecular_hu
    cells = (
        ("Heights anterior / middle / posterior",
         " / ".join(words.number(h) for h in (heights.anterior_mm, heights.middle_mm,
                                              heights.posterior_mm)) + " mm"),
        ("Pedicles, width \N{MULTIPLICATION SIGN} height", "; ".join(pedicles) or "none found"),
        ("Body volume", f"{words.number(vertebra.body_volume_ml)} ml"),
        ("Trabecular", words.NOT_KNOWN if hu is None else f"{words.number(hu, 0)} HU"),
    )  # fmt: skip
    widths = [CONTENT_WIDTH * part for part in (0.29, 0.37, 0.18, 0.16)]
    table = plain_table(
        [[text(name, LABEL) for name, _ in cells], [text(value, VALUE) for _, value in cells]],
        widths,
        TableStyle([("RIGHTPADDING", (0, 0), (-1, -1), 6)]),
    )
    notes = [text(note, SMALL) for note in vertebra.notes]
    return [KeepTogether([section(f"{level.level.name} as found"), table, *notes])]


def _picture(picture: Picture, highest: float) -> list[Flowable]:
    width, height = ImageReader(io.BytesIO(picture.png)).getSize()
    scale = min(CARD_WIDTH / width, highest / height)
    image = Image(io.BytesIO(picture.png), width * scale, height * scale)
    return [image, space(3), text(picture.title, CAPTION)]

"""The report's first lines, whose it is and how it stands, and its last page."""

from collections.abc import Iterable, Sequence

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Paragraph, TableStyle

from planner.assessment.findings import Assessment, Finding, Severity
from planner.assessment.numbers_used import numbers_used
from planner.devices.device_values import Source
from planner.export.snapshot import PlanSnapshot
from planner.foundation.clinical_numbers import ClinicalNumber
from planner_writer_pdf import words
from planner_writer_pdf.blocks import (
    CARD_WIDTH,
    in_two_columns,
    named_value,
    plain_table,
    ruled,
    section,
    space,
    text,
)
from planner_writer_pdf.marks import SeveritySign
from planner_writer_pdf.paper import (
    ACCENT,
    BODY,
    BULLETS,
    CONTENT_WIDTH,
    PATIENT,
    SEVERITY_TINTS,
    SMALL,
    TINY,
    TINY_VALUE,
    VALUE,
    can_print,
)

_LEAST_FOR_LIMITS = 150.0
"""With less room than this left on a page the list of limits starts on the next."""
_VALUE_GAP = 6.0
_CONVENTIONS = (
    "Left and right are the patient's own, everywhere in this report.",
    "Angles are of the needle from entry to tip in the vertebra's own frame: transverse, medial "
    "positive; sagittal, caudad positive.",
    "Depth from bone comes first. Skin values come from a scan with the patient supine and change "
    "when the patient lies prone: they are estimates.",
    "Distances run from the needle's surface, not its axis, and carry the uncertainty of the "
    "bone's outline and of the slices; negative means inside the structure. Bars end at 12 mm, "
    "the pale band is the uncertainty.",
    "Grades A to E follow Gertzbein and Robbins and speak of the pedicle's wall only.",
    "C-arm: orbital grows to the patient's left, angular to the head; 0 and 0 is AP.",
    "No cement volume is a target: the band is a reference, a soft cap and a hard warning.",
)
_NOT_PRINTABLE = (
    "Some letters of this name cannot be printed here: compare the patient ID with the images."
)
_UNVERIFIED = (
    "Nobody has read this number in its source yet: check it against the product's sheet or the "
    "literature before you rely on it."
)


def front(snapshot: PlanSnapshot) -> list[Flowable]:
    """Return whose plan this is, of which images, and its worst finding."""
    study, patient = snapshot.study, snapshot.study.patient
    levels = ", ".join(level.level.name for level in snapshot.plan.levels)
    cells = (
        named_value("Patient ID", patient.patient_id or words.NOT_KNOWN),
        named_value("Born", words.date(patient.birth_date)),
        named_value("Sex", patient.sex or words.NOT_KNOWN),
        named_value("Images of", words.date(study.study_date)),
        named_value("Levels", levels),
        named_value("Series", study.description or words.NOT_KNOWN),
    )
    widths = [CONTENT_WIDTH * part for part in (0.2, 0.12, 0.08, 0.13, 0.17, 0.3)]
    return [
        text("Surgical plan", VALUE, ACCENT),
        space(2),
        text(words.person(patient.name), PATIENT),
        *([] if can_print(words.person(patient.name)) else [text(_NOT_PRINTABLE, SMALL)]),
        space(6),
        plain_table([cells], widths, TableStyle([("RIGHTPADDING", (0, 0), (-1, -1), 6)])),
        space(9),
        _status(snapshot),
        space(2),
    ]


def back(snapshot: PlanSnapshot) -> list[Flowable]:
    """Return the instruments with their sources, the conventions and the limits used."""
    return [
        *_instruments(snapshot),
        KeepTogether(
            [
                section("How to read this report"),
                *(Paragraph(line, BULLETS, bulletText="\N{BULLET}") for line in _CONVENTIONS),
                Paragraph(_UNVERIFIED, BULLETS, bulletText=words.UNVERIFIED),
            ]
        ),
        *_checks_met(snapshot),
        *_limits(snapshot.assessment),
    ]


def _status(snapshot: PlanSnapshot) -> Flowable:
    worst, tally, first = _standing(snapshot.assessment.all_findings)
    sign = SeveritySign(worst, 12)
    return plain_table(
        [[sign, [text(tally, VALUE), text(words.sentence(first), BODY)]]],
        (sign.width + 26, CONTENT_WIDTH - sign.width - 26),
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), SEVERITY_TINTS[worst]),
                ("LEFTPADDING", (0, 0), (0, 0), 11),
                ("RIGHTPADDING", (0, 0), (-1, -1), 11),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        ),
    )


def _standing(findings: Sequence[Finding]) -> tuple[Severity, str, str]:
    """Return the worst severity, how many findings there are, and the first of the worst."""
    if not findings:
        # No finding is not a good one: it must not look like one.
        return Severity.CAUTION, "Nothing was checked", "This plan was never assessed."
    counts = {severity: sum(f.severity is severity for f in findings) for severity in Severity}
    met = counts.pop(Severity.SAFE)
    worst = next((severity for severity, count in counts.items() if count), Severity.SAFE)
    if worst is Severity.SAFE:
        return worst, "Every check is met", f"{met} checks, listed at the end of this report."
    parts = [_counted(severity, count) for severity, count in counts.items() if count]
    first = next(f.message for f in findings if f.severity is worst)
    return worst, ", ".join(parts), first


def _counted(severity: Severity, count: int) -> str:
    plural = {Severity.DANGER: "dangers", Severity.CAUTION: "cautions", Severity.NOTE: "notes"}
    return f"{count} {severity.value if count == 1 else plural[severity]}"


def _instruments(snapshot: PlanSnapshot) -> list[Flowable]:
    rows = [
        (text(_how_many(count), VALUE), text(title, VALUE), text(_sources(sources), SMALL))
        for title, (count, sources) in _pull_list(snapshot).items()
    ]
    if not rows:
        return []
    table = plain_table(
        rows,
        (30.0, CONTENT_WIDTH * 0.36, CONTENT_WIDTH * 0.64 - 30.0),
        ruled(3.0),
    )
    return [KeepTogether([section("Instruments to have ready"), table])]


def _how_many(count: int) -> str:
    return f"{count} \N{MULTIPLICATION SIGN}"


def _pull_list(snapshot: PlanSnapshot) -> dict[str, tuple[int, tuple[Source, ...]]]:
    devices = snapshot.devices
    known: dict[str, tuple[str, tuple[Source, ...]]] = {
        **{m.id: (m.title, (m.source, m.length_source)) for m in devices.needles},
        **{m.id: (m.title, (m.source, m.limits_source)) for m in devices.balloons},
        **{m.id: (m.title, (m.source,)) for m in devices.cements},
    }
    pulled: dict[str, tuple[int, tuple[Source, ...]]] = {}
    for level in snapshot.plan.levels:
        ids = [needle.model_id for needle in level.needles]
        ids += [balloon.model_id for balloon in level.balloons]
        ids += [level.cement.model_id] if level.cement else []
        for model_id in ids:
            title, sources = known.get(model_id, (model_id, ()))
            count, _ = pulled.get(title, (0, ()))
            pulled[title] = (count + 1, sources)
    return pulled


def _sources(sources: Iterable[Source]) -> str:
    lines = [f"{source.text}{'' if source.verified else words.UNVERIFIED}" for source in sources]
    return "; ".join(lines) or f"not in the catalogue{words.UNVERIFIED}"


def _checks_met(snapshot: PlanSnapshot) -> list[Flowable]:
    is_alone = len(snapshot.plan.levels) == 1
    met = [
        f"{'' if f.level is None or is_alone else f.level.name + ' '}{words.sentence(f.message)}"
        for f in snapshot.assessment.all_findings
        if f.severity is Severity.SAFE
    ]
    if not met:
        return []
    rows = [[text(sentence, TINY)] for sentence in met]
    return [section("Checks that are met"), in_two_columns(rows, (CARD_WIDTH,))]


def _limits(assessment: Assessment) -> list[Flowable]:
    """Return the numbers this plan was judged by, not every one that the program knows."""
    rows = [[text(n.title, TINY), text(_limit(n), TINY_VALUE)] for n in numbers_used(assessment)]
    if not rows:
        return []
    value_width = max(_width(row) for row in rows)
    return [
        CondPageBreak(_LEAST_FOR_LIMITS),
        section("Numbers this plan was judged by"),
        in_two_columns(rows, (CARD_WIDTH - value_width, value_width)),
    ]


def _width(row: Sequence[Paragraph]) -> float:
    """Return the room that a value needs to stay on one line."""
    value = row[-1]
    style = value.style
    return stringWidth(value.getPlainText(), style.fontName, style.fontSize) + _VALUE_GAP


def _limit(limit: ClinicalNumber) -> str:
    return f"{words.quantity(limit.value, limit.unit)}{'' if limit.verified else words.UNVERIFIED}"

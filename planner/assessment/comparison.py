"""Two plans of one level, number beside number."""

from collections.abc import Callable, Iterator, Sequence

import attrs

from planner.anatomy.levels import Side
from planner.assessment.findings import Finding, LevelAssessment, Severity, urgency
from planner.devices.device_values import DeviceCatalog
from planner.planning.measures import BalloonMeasures, CArmAngles, Margin, NeedleMeasures
from planner.planning.plan import LevelPlan

_READS_ALIKE = 0.05
"""Half of the last digit on screen."""
_DEGREE = "\N{DEGREE SIGN}"
_NEEDLE_CODES = {
    "canal": "canal-margin",
    "nerve root canal": "foramen-margin",
    "endplate": "endplate",
    "anterior cortex": "anterior-cortex",
    "neighbouring bone": "neighbour-bone",
    "lung": "lung-margin",
    "great vessel": "vessel-margin",
    "pedicle wall": "pedicle-wall",
    "share of pedicle": "pedicle-fill",
}
"""Which finding judges a row."""


@attrs.frozen
class Reading:
    """One number or word of one plan, with what the findings say of it."""

    words: str
    number: float | None = None
    """None where it is no number."""
    severity: Severity | None = None
    sentence: str = ""
    """The finding in full, where there is one."""


@attrs.frozen
class ComparedRow:
    """One row: the same thing in both plans; None where a plan has nothing of it."""

    subject: str
    name: str
    first: Reading | None
    second: Reading | None
    unit: str = ""

    @property
    def differs(self) -> bool:
        """Whether the two read differently."""
        if self.first is None or self.second is None:
            return self.first is not self.second
        one, other = self.first, self.second
        if one.number is None or other.number is None:
            return one.words != other.words
        return abs(one.number - other.number) > _READS_ALIKE or one.severity is not other.severity

    @property
    def difference(self) -> float | None:
        """How much more the second has; None where that is no number."""
        if self.first is None or self.second is None:
            return None
        if self.first.number is None or self.second.number is None:
            return None
        return self.second.number - self.first.number


@attrs.frozen
class JudgedLevel:
    """One plan of a level with its measures and findings, all made from the vertebra as it is."""

    plan: LevelPlan
    assessment: LevelAssessment


def compare_levels(
    first: JudgedLevel, second: JudgedLevel, catalog: DeviceCatalog
) -> tuple[ComparedRow, ...]:
    """Return needle by needle, balloon by balloon, cement and findings, number beside number."""
    rows: list[ComparedRow] = [
        ComparedRow("Level", "procedure", *_both(first, second, lambda v: _procedure(v.plan)))
    ]
    for side in Side:
        rows.extend(_needle_rows(side, first, second, catalog))
        rows.extend(_balloon_rows(side, first, second, catalog))
    rows.extend(_cement_rows(first, second))
    rows.extend(_finding_rows(first.assessment.findings, second.assessment.findings))
    return tuple(rows)


def _both(
    first: JudgedLevel, second: JudgedLevel, read: Callable[[JudgedLevel], Reading | None]
) -> tuple[Reading | None, Reading | None]:
    return read(first), read(second)


def _procedure(plan: LevelPlan) -> Reading:
    return Reading(plan.procedure.value)


def _needle_rows(
    side: Side, first: JudgedLevel, second: JudgedLevel, catalog: DeviceCatalog
) -> Iterator[ComparedRow]:
    subject = f"{side.value.capitalize()} needle"
    if first.plan.needle(side) is None and second.plan.needle(side) is None:
        return
    titles = {model.id: model.title for model in catalog.needles}

    def product(level: JudgedLevel) -> Reading:
        needle = level.plan.needle(side)
        return Reading("no needle" if needle is None else titles.get(needle.model_id, "unknown"))

    yield ComparedRow(subject, "product", *_both(first, second, product))
    one, other = first.assessment.needle(side), second.assessment.needle(side)
    judged = tuple(_judged(level, side) for level in (first, second))
    for name, unit, read in _NEEDLE_VALUES:
        readings = [
            _with_finding(name, _read(measures, read, unit), findings)
            for measures, findings in zip((one, other), judged, strict=True)
        ]
        if any(reading is not None for reading in readings):
            yield ComparedRow(subject, name, readings[0], readings[1], unit)


_Value = str | float | Margin | None


def _route(measures: NeedleMeasures) -> _Value:
    return measures.route.value


def _grade(measures: NeedleMeasures) -> _Value:
    return measures.grade.value if measures.grade else None


def _wall(name: str) -> Callable[[NeedleMeasures], _Value]:
    def read(measures: NeedleMeasures) -> _Value:
        return dict(measures.walls.named())[name] if measures.walls else None

    return read


def _c_arm(measures: NeedleMeasures) -> _Value:
    angles: CArmAngles = measures.en_face
    orbital, angular = (_number(a, 0) for a in (angles.orbital_deg, angles.angular_deg))
    return f"{orbital}{_DEGREE} / {angular}{_DEGREE}"


_NEEDLE_VALUES: tuple[tuple[str, str, Callable[[NeedleMeasures], _Value]], ...] = (
    ("route", "", _route),
    ("Gertzbein-Robbins grade", "", _grade),
    ("pedicle wall", "mm", lambda m: m.margins.pedicle_wall),
    ("medial wall", "mm", _wall("medial")),
    ("inferior wall", "mm", _wall("inferior")),
    ("lateral wall", "mm", _wall("lateral")),
    ("superior wall", "mm", _wall("superior")),
    ("canal", "mm", lambda m: m.margins.canal),
    ("nerve root canal", "mm", lambda m: m.margins.foramen),
    ("endplate", "mm", lambda m: m.margins.endplate),
    ("anterior cortex", "mm", lambda m: m.margins.anterior_cortex),
    ("neighbouring bone", "mm", lambda m: m.neighbour_bone),
    ("lung", "mm", lambda m: m.lung),
    ("great vessel", "mm", lambda m: m.vessel),
    ("what may be a vessel", "mm", lambda m: m.possible_vessel),
    ("transverse, medial +", _DEGREE, lambda m: m.transverse_deg),
    ("sagittal, caudad +", _DEGREE, lambda m: m.sagittal_deg),
    ("depth from bone", "mm", lambda m: m.depth_from_bone_mm),
    ("tip, back to front", "%", lambda m: 100.0 * m.tip_depth_share),
    ("share of pedicle", "%", lambda m: _per_cent(m.pedicle_fill_share)),
    ("C-arm down the needle", "", _c_arm),
    ("from skin, supine estimate", "mm", lambda m: m.depth_from_skin_mm),
    ("skin to midline, supine est.", "mm", lambda m: m.skin_entry_from_midline_mm),
)


def _per_cent(share: float | None) -> float | None:
    return None if share is None else 100.0 * share


def _read(
    measures: NeedleMeasures | None, read: Callable[[NeedleMeasures], _Value], unit: str
) -> Reading | None:
    value = None if measures is None else read(measures)
    if value is None or isinstance(value, str):
        return None if value is None else Reading(value)
    if isinstance(value, Margin):
        spread = f" \N{PLUS-MINUS SIGN} {value.uncertainty_mm:.1f}"
        return Reading(f"{_number(value.distance_mm)}{spread}", value.distance_mm)
    return Reading(_number(value, 0 if unit == "%" else 1), value)


def _judged(level: JudgedLevel, side: Side) -> dict[str, Finding]:
    """Return the worst finding of each code about a side."""
    found = sorted((f for f in level.assessment.findings if f.side is side), key=urgency)
    return {finding.code: finding for finding in reversed(found)}


def _with_finding(
    name: str, reading: Reading | None, findings: dict[str, Finding]
) -> Reading | None:
    finding = findings.get(_NEEDLE_CODES.get(name, ""))
    if reading is None or finding is None or finding.severity is Severity.SAFE:
        return reading
    return attrs.evolve(reading, severity=finding.severity, sentence=finding.message)


def _balloon_rows(
    side: Side, first: JudgedLevel, second: JudgedLevel, catalog: DeviceCatalog
) -> Iterator[ComparedRow]:
    subject = f"{side.value.capitalize()} balloon"
    planned = first.plan.balloon(side), second.plan.balloon(side)
    if planned == (None, None):
        return
    titles = {model.id: model.title for model in catalog.balloons}
    products = [
        Reading("no balloon" if b is None else titles.get(b.model_id, "unknown")) for b in planned
    ]
    volumes = [None if b is None else Reading(_number(b.volume_ml), b.volume_ml) for b in planned]
    measured = first.assessment.balloon(side), second.assessment.balloon(side)
    yield ComparedRow(subject, "product", products[0], products[1])
    yield ComparedRow(subject, "volume", volumes[0], volumes[1], "ml")
    one, other = (_contact(measures) for measures in measured)
    yield ComparedRow(subject, "from cortex", one, other, "mm")
    walls = [None if m is None else Reading(m.nearest_wall) for m in measured]
    yield ComparedRow(subject, "nearest wall", walls[0], walls[1])


def _contact(measures: BalloonMeasures | None) -> Reading | None:
    if measures is None:
        return None
    return Reading(_number(measures.contact_mm), measures.contact_mm)


def _cement_rows(first: JudgedLevel, second: JudgedLevel) -> Iterator[ComparedRow]:
    planned = first.plan.cement, second.plan.cement
    if planned == (None, None):
        return
    volumes = [None if c is None else Reading(_number(c.volume_ml), c.volume_ml) for c in planned]
    yield ComparedRow("Cement", "volume", volumes[0], volumes[1], "ml")


def _finding_rows(first: Sequence[Finding], second: Sequence[Finding]) -> Iterator[ComparedRow]:
    """Yield every rule that either plan does not keep, the worst first."""
    every = sorted((*first, *second), key=urgency)
    rules = dict.fromkeys(
        (f.side, f.code) for f in every if f.severity in {Severity.DANGER, Severity.CAUTION}
    )
    for side, code in rules:
        whose = f"{side.value} " if side else ""
        name = f"{whose}{code.replace('-', ' ')}"
        one, other = (_finding_reading(found, (side, code)) for found in (first, second))
        yield ComparedRow("Findings", name, one, other)


def _finding_reading(findings: Sequence[Finding], rule: tuple[Side | None, str]) -> Reading | None:
    found = sorted((f for f in findings if (f.side, f.code) == rule), key=urgency)
    if not found:
        return None
    worst = found[0]
    return Reading(worst.severity.value, None, worst.severity, worst.message)


def _number(value: float, digits: int = 1) -> str:
    text = f"{value:.{digits}f}"
    return (text.lstrip("-") if float(text) == 0.0 else text).replace("-", "\N{MINUS SIGN}")

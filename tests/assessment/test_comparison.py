import attrs
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.comparison import ComparedRow, JudgedLevel, Reading, compare_levels
from planner.assessment.findings import Assessment, Finding, LevelAssessment, Severity
from planner.devices.catalog import device_catalog
from planner.planning import edits
from planner.planning.measures import Margin
from planner.planning.plan import Plan

L1 = VertebraLevel.L1


@pytest.fixture
def a_judged_level(a_bipedicular_plan: Plan, an_assessment: Assessment) -> JudgedLevel:
    planned = a_bipedicular_plan.at(L1)
    assert planned is not None
    return JudgedLevel(planned, an_assessment.at(L1))


def _rows(one: JudgedLevel, other: JudgedLevel) -> dict[tuple[str, str], ComparedRow]:
    return {(r.subject, r.name): r for r in compare_levels(one, other, device_catalog())}


def _with_left(level: JudgedLevel, **changes: object) -> JudgedLevel:
    needles = tuple(
        attrs.evolve(n, **changes) if n.side is Side.LEFT else n for n in level.assessment.needles
    )
    return attrs.evolve(level, assessment=attrs.evolve(level.assessment, needles=needles))


def _with_findings(level: JudgedLevel, *findings: Finding) -> JudgedLevel:
    assessment: LevelAssessment = attrs.evolve(level.assessment, findings=findings)
    return attrs.evolve(level, assessment=assessment)


def test_a_plan_beside_itself_differs_in_nothing(a_judged_level: JudgedLevel) -> None:
    assert [row for row in _rows(a_judged_level, a_judged_level).values() if row.differs] == []


def test_only_the_changed_number_of_the_changed_side_is_marked_with_its_difference(
    a_judged_level: JudgedLevel,
) -> None:
    before = a_judged_level.assessment.needle(Side.LEFT)
    assert before is not None
    other = _with_left(a_judged_level, transverse_deg=before.transverse_deg + 3.0)
    rows = _rows(a_judged_level, other)
    assert [key for key, row in rows.items() if row.differs] == [
        ("Left needle", "transverse, medial +")
    ]
    assert rows["Left needle", "transverse, medial +"].difference == pytest.approx(3.0)


def test_what_reads_alike_on_screen_is_not_marked(a_judged_level: JudgedLevel) -> None:
    before = a_judged_level.assessment.needle(Side.LEFT)
    assert before is not None
    other = _with_left(a_judged_level, sagittal_deg=before.sagittal_deg + 0.04)
    assert not _rows(a_judged_level, other)["Left needle", "sagittal, caudad +"].differs


def test_a_margin_shows_its_uncertainty_and_the_finding_about_its_own_side(
    a_judged_level: JudgedLevel,
) -> None:
    before = a_judged_level.assessment.needle(Side.LEFT)
    assert before is not None
    margins = attrs.evolve(before.margins, canal=Margin(-0.4, 0.7))
    touching = Finding(Severity.DANGER, "canal-margin", "Left: -0.4 mm", L1, Side.LEFT, -0.4)
    other = _with_findings(_with_left(a_judged_level, margins=margins), touching)
    rows = _rows(a_judged_level, other)
    shown = rows["Left needle", "canal"].second
    assert shown is not None
    assert shown.words == "\N{MINUS SIGN}0.4 \N{PLUS-MINUS SIGN} 0.7"
    assert (shown.severity, shown.sentence) == (Severity.DANGER, "Left: -0.4 mm")
    right = rows["Right needle", "canal"].second
    assert right is not None
    assert right.severity is None
    found = rows["Findings", "left canal margin"]
    assert found.second == Reading("danger", None, Severity.DANGER, "Left: -0.4 mm")
    assert found.differs


def test_a_side_with_a_needle_in_one_plan_only_is_told(
    a_bipedicular_plan: Plan, a_judged_level: JudgedLevel
) -> None:
    one_sided = edits.remove_needle(a_bipedicular_plan, L1, Side.RIGHT).at(L1)
    assert one_sided is not None
    kept = tuple(n for n in a_judged_level.assessment.needles if n.side is Side.LEFT)
    other = JudgedLevel(one_sided, attrs.evolve(a_judged_level.assessment, needles=kept))
    rows = _rows(a_judged_level, other)
    product = rows["Right needle", "product"]
    assert product.second == Reading("no needle")
    assert product.differs
    assert rows["Right needle", "canal"].second is None
    assert rows["Right needle", "canal"].difference is None
    assert rows["Right needle", "canal"].differs

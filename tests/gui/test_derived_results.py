import attrs
import pytest

from planner.anatomy.levels import VertebraLevel
from planner.assessment.findings import Assessment
from planner.foundation.errors import PlanProblem
from planner.geometry.measurement import MeasureKind, Measurement
from planner.gui.case_document import CaseDocument
from planner.gui.derived_results import DerivedResults
from planner.planning.edits import put_measurement
from planner.planning.plan import Plan, Procedure


class _Judge:
    def __init__(self, assessment: Assessment, levels: tuple[VertebraLevel, ...]) -> None:
        self.maps = frozenset(levels)
        self._assessment = assessment
        self.asked: list[Plan] = []

    def assess(self, plan: Plan) -> Assessment:
        self.asked.append(plan)
        return self._assessment


class _Refusing(_Judge):
    def assess(self, plan: Plan) -> Assessment:
        del plan
        raise PlanProblem("This cannot be judged.")


def _changed(plan: Plan) -> Plan:
    level = attrs.evolve(plan.levels[0], balloons=(), procedure=Procedure.VERTEBROPLASTY)
    return Plan((level,))


@pytest.fixture
def a_judge(an_assessment: Assessment, a_document: CaseDocument) -> _Judge:
    return _Judge(an_assessment, tuple(v.level for v in a_document.vertebrae))


def test_each_change_of_the_plan_is_judged_at_once(
    a_document: CaseDocument, a_judge: _Judge
) -> None:
    results = DerivedResults(a_document, lambda: a_judge)
    a_document.edit("Change", _changed(a_document.plan))
    assert a_judge.asked == [a_document.plan]
    assert results.is_current


def test_a_measurement_in_the_images_changes_nothing_that_is_judged(
    a_document: CaseDocument, a_judge: _Judge
) -> None:
    results = DerivedResults(a_document, lambda: a_judge)
    results.refresh()
    measurement = Measurement(
        "m", MeasureKind.DISTANCE, ((0, 0, 0), (9, 0, 0)), (1, 0, 0), (0, 1, 0)
    )
    a_document.edit("Measure", put_measurement(a_document.plan, measurement))
    assert results.is_current
    assert len(a_judge.asked) == 1
    a_document.edit("Change", _changed(a_document.plan))
    assert len(a_judge.asked) == 2


def test_an_assessment_of_another_plan_is_never_given(
    a_document: CaseDocument, a_judge: _Judge
) -> None:
    results = DerivedResults(a_document, lambda: a_judge)
    results.refresh()
    seen_at_the_change: list[Assessment | None] = []
    a_judge.maps = frozenset()
    a_document.plan_changed.connect(lambda _b, _a: seen_at_the_change.append(results.assessment))
    a_document.edit("Change", _changed(a_document.plan))
    assert results.assessment is None
    assert seen_at_the_change == [None]


def test_new_anatomy_makes_the_former_assessment_stale(
    a_document: CaseDocument, an_assessment: Assessment, a_judge: _Judge
) -> None:
    judges = [a_judge]
    results = DerivedResults(a_document, lambda: judges[-1])
    results.refresh()
    assert results.assessment is an_assessment
    judges.append(_Judge(an_assessment, tuple(a_judge.maps)))
    assert results.assessment is None


def test_what_cannot_be_judged_stays_unjudged_and_is_told(
    a_document: CaseDocument, an_assessment: Assessment
) -> None:
    judge = _Refusing(an_assessment, tuple(v.level for v in a_document.vertebrae))
    results = DerivedResults(a_document, lambda: judge)
    told: list[object] = []
    results.failed.connect(told.append)
    results.refresh()
    assert results.assessment is None
    assert len(told) == 1


def test_a_closed_case_has_no_assessment(a_document: CaseDocument, a_judge: _Judge) -> None:
    results = DerivedResults(a_document, lambda: a_judge)
    results.refresh()
    a_document.close()
    assert results.assessment is None

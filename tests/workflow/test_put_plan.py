"""A plan is put only where its millimetres mean the same places, under the same names."""

import attrs
import pytest
from phantom_snapshot import CENTRE, FINDINGS, SKIN, STUDY, box_vertebra, left_sided_snapshot

from planner.anatomy.levels import VertebraLevel
from planner.assessment.acceptance import accepted
from planner.devices.catalog import device_catalog
from planner.devices.device_values import DeviceCatalog
from planner.dicom.study_reference import StudyReference
from planner.export.deidentify import deidentified
from planner.export.writer import ExportedPlan
from planner.foundation.errors import PlanProblem
from planner.geometry.measurement import MeasureKind, Measurement
from planner.planning.plan import BalloonLimits, DeadVolume, Injector, Plan
from planner.storage.case import Case
from planner.workflow.put_plan import check_same_place, put_plan

PLAN = left_sided_snapshot().plan
DEVICES = left_sided_snapshot().devices


def exported_from(study: StudyReference, plan: Plan = PLAN) -> ExportedPlan:
    return ExportedPlan(plan, study.study_uid, study.series_uid, study.frame_of_reference_uid)


def put(exported: ExportedPlan, case: Case, catalog: DeviceCatalog = DEVICES) -> Plan:
    # The images are asked for only where a level has to be found.
    return put_plan(exported, case, None, catalog).plan


def test_a_plan_of_these_images_is_put_as_it_is() -> None:
    assert put(exported_from(STUDY), Case(STUDY, (box_vertebra(),))) == PLAN


def test_a_deidentified_plan_of_these_images_is_recognised() -> None:
    check_same_place(exported_from(deidentified(left_sided_snapshot()).study), STUDY)


def test_another_series_in_the_same_frame_of_reference_takes_the_plan() -> None:
    check_same_place(exported_from(STUDY), attrs.evolve(STUDY, series_uid="1.2.3"))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"study_uid": "1.2.3"}, "another study"),
        ({"frame_of_reference_uid": "1.2.3"}, "another frame of reference"),
        ({"frame_of_reference_uid": None, "series_uid": "1.2.3"}, "another frame of reference"),
    ],
)
def test_other_images_are_refused_with_the_way_out(changes: dict, sentence: str) -> None:
    other = attrs.evolve(STUDY, **changes)
    for made_on, images in ((STUDY, other), (other, STUDY)):
        with pytest.raises(PlanProblem, match=sentence) as raised:
            check_same_place(exported_from(made_on), images)
        assert "then import it" in raised.value.hint


def test_without_a_frame_of_reference_the_very_series_takes_the_plan() -> None:
    check_same_place(exported_from(STUDY), attrs.evolve(STUDY, frame_of_reference_uid=None))


def test_a_level_that_the_case_calls_otherwise_is_refused() -> None:
    """The only vertebra lies where the plan has T12, but the case counted it as L1."""
    below = box_vertebra(VertebraLevel.L1)
    x, y, z = CENTRE
    moved = attrs.evolve(below.lps_from_vertebra, translation_mm=(x, y, z + 60.0))
    far = attrs.evolve(box_vertebra(), lps_from_vertebra=moved)
    with pytest.raises(PlanProblem, match="not the vertebra that is called T12"):
        put(exported_from(STUDY), Case(STUDY, (far, below)))


def test_a_needle_that_is_not_in_the_catalogue_is_named() -> None:
    with pytest.raises(PlanProblem, match="n-11"):
        put(exported_from(STUDY), Case(STUDY, (box_vertebra(),)), device_catalog())


def test_a_level_without_a_needle_must_be_found_first() -> None:
    (level,) = PLAN.levels
    bare = Plan((attrs.evolve(level, needles=(), balloons=()),))
    with pytest.raises(PlanProblem, match="no needle to find it by") as raised:
        put(exported_from(STUDY, bare), Case(STUDY))
    assert "stage 2" in raised.value.hint


def test_what_was_measured_by_hand_stays() -> None:
    across, down = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    measurement = Measurement("m1", MeasureKind.DISTANCE, (CENTRE, SKIN), across, down)
    case = Case(STUDY, (box_vertebra(),), Plan((), (measurement,)))
    assert put(exported_from(STUDY), case).measurements == (measurement,)


def test_what_was_read_on_sheets_and_accepted_stays_where_the_file_has_none_of_it() -> None:
    limits = BalloonLimits("b-15", 4.0, 350.0, "leaflet, revision C")
    own = Plan(
        balloon_limits=(limits,), injector=Injector(0.4, 1.2),
        dead_volumes=(DeadVolume("n-8", 0.8, "measured"),),
        accepted=(accepted(FINDINGS[0], "Endplate is sclerotic"),),
    )  # fmt: skip
    found = put(exported_from(STUDY), Case(STUDY, (box_vertebra(),), own))
    assert found == attrs.evolve(own, levels=PLAN.levels)
    theirs = attrs.evolve(PLAN, injector=Injector(0.5, 1.0))
    case = Case(STUDY, (box_vertebra(),), own)
    assert put(exported_from(STUDY, theirs), case).injector == theirs.injector

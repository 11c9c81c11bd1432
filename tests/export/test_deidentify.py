import json

import attrs
import pytest
from phantom_snapshot import FINDINGS, STUDY

from planner.assessment.acceptance import accepted
from planner.export.deidentify import REMOVED_REASON, deidentified
from planner.export.snapshot import PlanSnapshot
from planner.planning.edits import accept_finding


def test_nothing_of_the_patient_is_left_in_the_study(a_snapshot: PlanSnapshot) -> None:
    clean = deidentified(a_snapshot)
    text = json.dumps(attrs.asdict(clean.study)) + clean.title + str(clean.made_at)
    for word in ("Müller", "Mueller", "Änne", "4711", "1947", "Beispiel", "2026", "/images"):
        assert word not in text
    for uid in (STUDY.study_uid, STUDY.series_uid, STUDY.frame_of_reference_uid):
        assert uid
        assert uid not in text
    assert clean.study.patient.sex == ""


def test_the_same_study_gets_the_same_new_uids_and_another_gets_others(
    a_snapshot: PlanSnapshot,
) -> None:
    other = attrs.evolve(a_snapshot, study=attrs.evolve(STUDY, series_uid="1.2.3"))
    first, second = deidentified(a_snapshot).study, deidentified(other).study
    assert first == deidentified(a_snapshot).study
    assert first.study_uid == second.study_uid
    assert first.series_uid != second.series_uid
    assert len({first.study_uid, first.series_uid, first.frame_of_reference_uid}) == 3


def test_new_uids_are_valid_dicom_uids(a_snapshot: PlanSnapshot) -> None:
    uid = deidentified(a_snapshot).study.series_uid
    assert uid.startswith("2.25.")
    assert uid[5:].isdigit()
    assert len(uid) <= 64


def test_the_plan_and_its_numbers_stay(a_snapshot: PlanSnapshot) -> None:
    clean = deidentified(a_snapshot)
    assert clean.plan == a_snapshot.plan
    assert clean.assessment == a_snapshot.assessment
    assert clean.study.spacing_kji_mm == a_snapshot.study.spacing_kji_mm


def test_images_without_a_frame_of_reference_get_none(a_snapshot: PlanSnapshot) -> None:
    study = attrs.evolve(a_snapshot.study, frame_of_reference_uid=None)
    assert deidentified(attrs.evolve(a_snapshot, study=study)).study.frame_of_reference_uid is None


@pytest.mark.parametrize("words", ["", "Anything"])
def test_the_title_names_the_levels_only(a_snapshot: PlanSnapshot, words: str) -> None:
    assert deidentified(attrs.evolve(a_snapshot, title=words)).title == "Plan T12"


def test_a_reason_that_names_the_patient_is_left_out_and_the_acceptance_stays(
    a_snapshot: PlanSnapshot,
) -> None:
    plan = accept_finding(a_snapshot.plan, accepted(FINDINGS[0], "Mrs Müller agrees"))
    (kept,) = deidentified(attrs.evolve(a_snapshot, plan=plan)).plan.accepted
    assert kept == attrs.evolve(plan.accepted[0], reason=REMOVED_REASON)

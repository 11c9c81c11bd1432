"""What the window's tests stand on: a case of known truth, a document, a job runner."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Assessment
from planner.devices.catalog import device_catalog
from planner.dicom.study_reference import PatientIdentity, StudyReference
from planner.gui.case_document import CaseDocument, Selection
from planner.gui.desk_state import DeskState
from planner.gui.jobs import JobRunner
from planner.gui.theme import DARK, apply_theme
from planner.planning.plan import Plan
from planner.storage.case import Case
from planner.workflow.measure_levels import measure_levels


@pytest.fixture
def a_study() -> StudyReference:
    return StudyReference(
        path="/images/here",
        study_uid="1.2.3",
        series_uid="1.2.3.4",
        frame_of_reference_uid="1.2.3.5",
        voxel_sha256="0123456789abcdef",
        patient=PatientIdentity("SAMPLE^WEDGE", "42", "F", "19540101"),
        study_date="20260112",
        description="Spine 1.25",
        shape_kji=(120, 400, 392),
        spacing_kji_mm=(1.25, 0.7, 0.7),
        contrast_agent=True,
        tube_voltage_kv=120.0,
    )


@pytest.fixture
def a_case(
    a_study: StudyReference, a_phantom_vertebra: VertebraModel, a_bipedicular_plan: Plan
) -> Case:
    return Case(a_study, (a_phantom_vertebra,), a_bipedicular_plan)


@pytest.fixture
def a_document(qapp: QApplication, a_case: Case) -> CaseDocument:
    document = CaseDocument(qapp)
    document.open(a_case)
    return document


@pytest.fixture
def a_desk_state(a_case: Case, an_assessment: Assessment) -> DeskState:
    return DeskState(
        case=a_case,
        selection=Selection(a_case.vertebrae[0].level),
        assessment=an_assessment,
        catalog=device_catalog(),
        reports=measure_levels(a_case.vertebrae),
    )


@pytest.fixture
def a_job_runner(qapp: QApplication) -> Iterator[JobRunner]:
    runner = JobRunner(qapp)
    yield runner
    runner.close()


@pytest.fixture(scope="session")
def the_theme(qapp: QApplication) -> None:
    apply_theme(qapp, DARK)

import sys
from pathlib import Path

import pytest
from hypothesis import settings

from planner.anatomy.vertebra import VertebraModel
from planner.dicom.study_reference import PatientIdentity, StudyReference
from planner.planning.plan import Plan
from planner.storage.case import Case

sys.path.append(str(Path(__file__).parent))
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture
def a_study() -> StudyReference:
    return StudyReference(
        path="/images/series 3",
        study_uid="1.2.826.0.1.1",
        series_uid="1.2.826.0.1.2",
        frame_of_reference_uid="1.2.826.0.1.3",
        voxel_sha256="ab" * 32,
        patient=PatientIdentity("Müller^Änne", "PAT-007", "F", "19470312"),
        study_date="20260102",
        description="Spine, 1.0 mm",
        shape_kji=(300, 512, 512),
        spacing_kji_mm=(1.0, 0.7, 0.7),
        contrast_agent=None,
        tube_voltage_kv=120.0,
    )


@pytest.fixture
def a_case(a_study: StudyReference, a_phantom_vertebra: VertebraModel) -> Case:
    return Case(a_study, (a_phantom_vertebra,), Plan(), {"slice": 12})

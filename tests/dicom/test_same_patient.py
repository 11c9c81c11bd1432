"""Images of two patients are never taken for one's."""

import pytest

from planner.dicom.same_patient import same_patient
from planner.dicom.study_reference import PatientIdentity

_DOE = PatientIdentity("DOE^JANE", "D-1", "F", "19500101")


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        (PatientIdentity("DOE^JANE", "D-1", "F", "19500101"), True),
        (PatientIdentity("Doe Jane", "D-1", "", ""), True),
        (PatientIdentity("", "D-1", "", ""), True),
        (PatientIdentity("DOE^JANE", "OTHER-9", "F", "19500101"), None),
        (PatientIdentity("DOE^JANE^ANN", "D-1", "F", "19500101"), None),
        (PatientIdentity("", "", "", ""), None),
        (PatientIdentity("DOE^JANE", "", "F", ""), None),
        (PatientIdentity("DOE^JANE", "", "F", "19500101"), True),
        (PatientIdentity("ROE^JANE", "", "F", "19500101"), False),
        (PatientIdentity("ROE^JANE", "R-2", "F", "19600101"), False),
        (PatientIdentity("", "R-2", "", ""), False),
    ],
)
def test_two_identities_are_one_patient_only_where_they_say_so(
    other: PatientIdentity, verdict: bool | None
) -> None:
    assert same_patient(_DOE, other) is verdict
    assert same_patient(other, _DOE) is verdict

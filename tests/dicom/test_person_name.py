import pytest

from planner.dicom.person_name import written_name
from planner.dicom.study_reference import PatientIdentity


@pytest.mark.parametrize(
    ("dicom_name", "written"),
    [
        ("DOE^JANE", "DOE, JANE"),
        ("Doe^Jane^^^", "Doe, Jane"),
        ("Adams^John Robert^Quincy^Rev.^B.A. M.Div.", "Adams, John Robert Quincy Rev. B.A. M.Div."),
        ("van der Berg ^ Anna", "van der Berg, Anna"),
        ("^Jane", "Jane"),
        ("SMITH", "SMITH"),
        (
            "Yamada^Tarou=\u5c71\u7530^\u592a\u90ce=\u3084\u307e\u3060^\u305f\u308d\u3046",
            "Yamada, Tarou (\u5c71\u7530 \u592a\u90ce)",
        ),
        ("=\u5c71\u7530^\u592a\u90ce", "\u5c71\u7530 \u592a\u90ce"),
        ("==\u3084\u307e\u3060^\u305f\u308d\u3046", "\u3084\u307e\u3060 \u305f\u308d\u3046"),
        ("", ""),
        ("^^", ""),
    ],
)
def test_a_dicom_name_is_written_as_people_write_it(dicom_name: str, written: str) -> None:
    assert written_name(dicom_name) == written


def test_the_name_that_goes_into_files_keeps_its_dicom_form() -> None:
    patient = PatientIdentity("DOE^JANE", "D-1")
    assert (patient.name, patient.written_name) == ("DOE^JANE", "DOE, JANE")

"""What the files of the sample studies say of themselves."""

from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import SeriesLabel, derived_uid
from planner.digital_spine.case_files import case_series_uid
from planner.digital_spine.case_spec import ready_spec
from planner.samples.catalog import SampleStudy


def sample_series_uid(name: str) -> str:
    """Return the series UID of a sample study, by which it is known wherever it lies."""
    return derived_uid("sample", name, "series")


def study_series_uid(study: SampleStudy) -> str:
    """Return the series UID of a study that comes with the program."""
    if study.spec_id:
        return case_series_uid(ready_spec(study.spec_id))
    return sample_series_uid(study.id)


def sample_label(name: str, *, title: str, derivation: str) -> SeriesLabel:
    """Return what the files of a sample study say of it; the UIDs follow from its name."""
    return SeriesLabel(
        patient=PatientIdentity(name=f"SAMPLE^{name.upper()}", patient_id=f"SAMPLE-{name.upper()}"),
        study_uid=derived_uid("sample", name, "study"),
        series_uid=sample_series_uid(name),
        frame_of_reference_uid=derived_uid("sample", name, "frame of reference"),
        study_date="20260112",
        study_description="Vertebroplan sample study",
        series_description=title,
        patient_position="FFS",
        tube_voltage_kv=120.0,
        contrast_agent="IV",
        derivation=derivation,
        deidentified_by="All identifiers replaced; made from a de-identified public study",
    )

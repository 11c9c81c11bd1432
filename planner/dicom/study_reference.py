"""Which images a plan was made on, and whose they are."""

import attrs

from planner.dicom.person_name import written_name


@attrs.frozen
class PatientIdentity:
    """What the images say of the patient. It never goes into a log."""

    name: str = ""
    """As in DICOM: components between carets."""
    patient_id: str = ""
    sex: str = ""
    birth_date: str = ""
    """As in DICOM: YYYYMMDD."""

    @property
    def written_name(self) -> str:
        """The name as people write it, on screen and on paper; empty where there is none."""
        return written_name(self.name)


@attrs.frozen
class StudyReference:
    """The series a case lies on. Images are never copied into a case, only referred to."""

    path: str
    """The folder, archive or file the series was loaded from, absolute."""
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str | None
    voxel_sha256: str
    """Of the voxels as loaded: a case never opens on other images in silence."""
    patient: PatientIdentity
    study_date: str
    """As in DICOM: YYYYMMDD."""
    description: str
    shape_kji: tuple[int, int, int]
    spacing_kji_mm: tuple[float, float, float]
    contrast_agent: bool | None = None
    """Whether the scan was made with contrast in the vessels; None where nothing says."""
    tube_voltage_kv: float | None = None
    part: str = ""
    """Which part of a series with several stacks, phases or echoes; empty where it is whole."""

"""Open a case file together with the images it lies on."""

from pathlib import Path

import attrs

from planner.dicom.study_reference import StudyReference
from planner.foundation.errors import CaseFileProblem, DicomProblem
from planner.foundation.progress import Progress, no_progress
from planner.storage.case import Case
from planner.storage.case_file import CaseFile
from planner.workflow.open_study import OpenStudy, open_study


@attrs.frozen(eq=False)
class OpenCase:
    """What a case file holds, and its images."""

    case: Case
    study: OpenStudy


def open_case(path: Path, progress: Progress = no_progress) -> OpenCase:
    """Read a case file and load its images from where they were, or from beside the file.

    The file itself is left as it is; whoever changes the case opens it for writing.

    Raises
    ------
    CaseFileProblem
        If the file cannot be read, its images are gone, or other images lie in their place.
    """
    with CaseFile.open(path, read_only=True) as file:
        case = file.load()
    return OpenCase(case, _images_of(case.study, path, progress))


def _images_of(reference: StudyReference, case_path: Path, progress: Progress) -> OpenStudy:
    stored = Path(reference.path)
    places = [place for place in (stored, case_path.parent / stored.name) if place.exists()]
    if not places:
        raise CaseFileProblem(
            "The images of this case are not where they were.",
            path=stored,
            hint="Put them back, or copy them beside the case file.",
        )
    try:
        study = open_study(places[0], progress, series_key=(reference.series_uid, reference.part))
    except DicomProblem as problem:
        raise CaseFileProblem(
            f"The images of this case cannot be read: {problem.message}", path=places[0]
        ) from problem
    if study.study.voxel_sha256 != reference.voxel_sha256:
        raise CaseFileProblem(
            "Other images lie where this case was planned; the plan is not shown on them.",
            path=places[0],
            hint="Put the original images back.",
        )
    return study

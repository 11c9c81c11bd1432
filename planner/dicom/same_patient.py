"""Whether two sets of images are of one patient, by what the files say."""

from planner.dicom.study_reference import PatientIdentity


def same_patient(one: PatientIdentity, other: PatientIdentity) -> bool | None:
    """Return whether two identities are of one patient, None where that is doubtful.

    Other hospitals give other ids: name and birth date alike leave a doubt then, no refusal. An
    id alike with another name or birth date is doubtful too.
    """
    same_id = _agree(one.patient_id, other.patient_id)
    same_name = _agree(_plain(one.name), _plain(other.name))
    same_birth = _agree(one.birth_date, other.birth_date)
    answers = (same_id, same_name, same_birth)
    if False not in answers:
        return True if same_id or (same_name and same_birth) else None
    return None if same_id or (same_name and same_birth) else False


def _agree(one: str, other: str) -> bool | None:
    return one == other if one and other else None


def _plain(name: str) -> str:
    """Return a name without case and separators, which differ between scanners."""
    return " ".join(name.replace("^", " ").upper().split())

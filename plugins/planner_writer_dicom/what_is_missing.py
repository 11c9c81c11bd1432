"""Why a snapshot cannot become DICOM objects of its images' study."""

import re
from collections.abc import Iterator, Sequence

from planner.export.snapshot import PlanSnapshot
from planner.export.writer import WriteProblem

_UID = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))+")
_LONGEST_UID = 64


def what_is_missing(snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
    """Return a sentence for each thing that the standard asks for and the images do not say."""
    return tuple(WriteProblem(sentence) for sentence in _sentences(snapshot))


def _sentences(snapshot: PlanSnapshot) -> Iterator[str]:
    if not snapshot.plan.levels:
        yield "The plan is empty: find a level and place a needle first."
        return
    if not snapshot.study.frame_of_reference_uid:
        yield (
            "The images name no frame of reference, so nothing can be placed in them: "
            "choose another format."
        )
    if not all(map(_is_uid, _uids(snapshot))):
        yield "The images carry UIDs that break the standard: choose another format."


def _uids(snapshot: PlanSnapshot) -> Iterator[str]:
    study = snapshot.study
    yield from (study.study_uid, study.series_uid)
    if study.frame_of_reference_uid:
        yield study.frame_of_reference_uid
    for image in snapshot.source.images if snapshot.source else ():
        yield from (image.sop_class_uid, image.sop_instance_uid)


def _is_uid(text: str) -> bool:
    return len(text) <= _LONGEST_UID and _UID.fullmatch(text) is not None

"""Which clinical numbers stand behind a finding, and which ones a whole plan was judged by."""

from collections.abc import Iterator, Mapping

from planner.assessment.findings import Assessment, LevelAssessment
from planner.foundation.clinical_numbers import ClinicalNumber, clinical_numbers
from planner.planning.plan import NeedleRoute

NUMBERS_BEHIND: Mapping[str, tuple[str, ...]] = {
    "canal-margin": ("canal-margin-limit",),
    "pedicle-wall": ("pedicle-wall-limit",),
    "bone-path": ("pedicle-wall-limit",),
    "neighbour-bone": ("pedicle-wall-limit",),
    "medial-wall": ("medial-wall-limit",),
    "pedicle-fill": ("pedicle-fill-limit",),
    "foramen-margin": ("foramen-margin-limit",),
    "lung-margin": ("lung-margin-limit",),
    "vessel-margin": ("vessel-margin-limit",),
    "endplate": ("endplate-limit",),
    "anterior-cortex": ("anterior-cortex-limit",),
    "tip-depth": ("tip-depth-least", "tip-depth-most"),
    "needle-length": ("hub-reserve",),
    "skin-entry": ("skin-entry-tolerance",),
    "balloon-contact": ("balloon-cortex-limit",),
    "balloon-cannula": ("cannula-past-posterior-wall",),
    "cement-volume": (
        "cement-reference-share",
        "cement-cavity-margin",
        "cement-soft-share",
        "cement-soft-volume",
        "cement-hard-share",
        "cement-hard-volume",
    ),
    "slice-step": ("slice-step-note", "slice-step-warning", "slice-step-no-grade"),
    "level-count": ("levels-embolism",),
}
"""By the code of a finding."""

_GRADES = ("breach-grade-b-below", "breach-grade-c-below", "breach-grade-d-below")


def numbers_used(assessment: Assessment) -> tuple[ClinicalNumber, ...]:
    """Return the numbers a plan was judged by, in the order of the data file.

    Those of rules that were kept count too; those of simulations, of the rehearsal and of levels
    and instruments that the plan has not are left out.
    """
    used = set(_used_ids(assessment))
    return tuple(number for number in clinical_numbers().values() if number.id in used)


def _used_ids(assessment: Assessment) -> Iterator[str]:
    for finding in assessment.all_findings:
        yield from NUMBERS_BEHIND.get(finding.code, ())
    if any(_has_grade(level) for level in assessment.levels):
        yield from _GRADES


def _has_grade(level: LevelAssessment) -> bool:
    return any(
        needle.grade is not None and needle.route is NeedleRoute.TRANSPEDICULAR
        for needle in level.needles
    )

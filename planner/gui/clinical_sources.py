"""Which shown values rest on clinical numbers that nobody has read in their source."""

from collections.abc import Mapping

from planner.assessment.numbers_used import NUMBERS_BEHIND
from planner.foundation.clinical_numbers import clinical_numbers

_NUMBER_IDS: Mapping[str, tuple[str, ...]] = {
    **NUMBERS_BEHIND,
    "reference": ("cement-reference-share", "cement-cavity-margin"),
    "soft": ("cement-soft-share", "cement-soft-volume"),
    "hard": ("cement-hard-share", "cement-hard-volume"),
    "cement-volume": ("cement-soft-share", "cement-soft-volume"),
    "chain": ("cannula-past-posterior-wall", "drill-short-of-anterior-cortex"),
    "rear-marker": ("cannula-past-posterior-wall",),
}
"""By the code of a finding or the key of a shown value."""


def unverified_sources(shown: str) -> str:
    """Return the titles and sources of the unverified numbers behind a shown value or finding.

    Empty when all of them are verified.
    """
    numbers = (clinical_numbers()[number_id] for number_id in _NUMBER_IDS.get(shown, ()))
    return " ".join(f"{n.title}: {n.source}." for n in numbers if not n.verified)


def shown_with_sources() -> frozenset[str]:
    """Return every code and key that rests on clinical numbers."""
    return frozenset(_NUMBER_IDS)

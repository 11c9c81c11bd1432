"""Which shown values rest on clinical numbers that nobody has read in their source."""

from planner.foundation.clinical_numbers import clinical_numbers

_NUMBER_IDS: dict[str, tuple[str, ...]] = {
    "reference": ("cement-reference-share", "cement-cavity-margin"),
    "soft": ("cement-soft-share", "cement-soft-volume"),
    "hard": ("cement-hard-share", "cement-hard-volume"),
    "cement-volume": ("cement-soft-share", "cement-soft-volume"),
    "rear-marker": ("cannula-past-posterior-wall",),
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

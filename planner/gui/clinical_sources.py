"""Which shown values rest on clinical numbers that nobody has read in their source."""

from planner.foundation.clinical_numbers import clinical_numbers

_NUMBER_IDS: dict[str, tuple[str, ...]] = {
    "reference": (),
    "soft": (),
    "hard": (),
}


def unverified_sources(shown: str) -> str:
    """Return the titles and sources of the unverified numbers behind a shown value.

    Empty when all of them are verified.
    """
    numbers = (clinical_numbers()[number_id] for number_id in _NUMBER_IDS.get(shown, ()))
    return " ".join(f"{n.title}: {n.source}." for n in numbers if not n.verified)

"""What the density of spongy bone in a body says about osteoporosis."""

import attrs

from planner.foundation.clinical_numbers import clinical_number


@attrs.frozen
class DensityMeaning:
    """A reading of Hounsfield units, and the clinical number it rests on."""

    words: str
    number_id: str
    is_low: bool


_BANDS = (
    (
        "l1-hu-predictive",
        "Osteoporosis likely: below {:.0f} HU it was there in 68 % or more.",
        True,
    ),
    ("l1-hu-specific", "Osteoporosis likely: below {:.0f} HU is more than 90 % specific.", True),
    ("l1-hu-sensitive", "Osteoporosis possible: below {:.0f} HU is 90 % sensitive.", True),
    ("l1-hu-excluding", "Osteoporosis unlikely, not excluded below {:.0f} HU.", False),
)
"""From the lowest limit up; each holds below its own."""


def density_meaning(trabecular_hu: float) -> DensityMeaning:
    """Return what a mean density of spongy bone means.

    The limits are those of L1, without contrast and at 120 kVp; whether they apply is the
    caller's to know.
    """
    for number_id, words, is_low in _BANDS:
        limit = clinical_number(number_id)
        if trabecular_hu < limit:
            return DensityMeaning(words.format(limit), number_id, is_low)
    excluding = clinical_number("l1-hu-excluding")
    words = f"Osteoporosis very unlikely: above {excluding:.0f} HU it was absent in 99 %."
    return DensityMeaning(words, "l1-hu-excluding", is_low=False)

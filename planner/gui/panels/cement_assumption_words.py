"""The model's assumptions in words: what comes from a source, and what is an own choice."""

from planner.foundation.clinical_numbers import clinical_numbers
from planner.simulation.cement_assumptions import (
    CLEFT_HU,
    CONDUCTANCE,
    GAP_CONDUCTANCE,
    LEAST_LEAK_ML,
    LEAST_OPENING_RADIUS_MM,
    OBEDIENCE,
    SENTENCES,
    SHELL_CONDUCTANCE,
    SHELL_MM,
    STEP_MM,
)
from planner.simulation.cement_zones import Zone

_SOURCED = (
    "permeability-axial",
    "permeability-across",
    "bone-mineral-per-hu",
    "bone-mineral-of-solid-bone",
    "tip-scatter",
)


def _sourced_words() -> tuple[str, ...]:
    numbers = clinical_numbers()
    return tuple(
        f"{number.title}: {number.value:g} {number.unit}. {number.source}."
        + ("" if number.verified else " Unverified.")
        for number in (numbers[number_id] for number_id in _SOURCED)
    )


ASSUMPTION_WORDS: tuple[str, ...] = (
    *SENTENCES,
    *_sourced_words(),
    f"Own choices, not measured: voxels of {STEP_MM:g} mm; a gap counts from "
    f"{2.0 * LEAST_OPENING_RADIUS_MM:g} mm across; gas below {CLEFT_HU:g} HU is a cleft; less than "
    f"{LEAST_LEAK_ML:g} ml outside is not told.",
    "Own choices: how easily cement moves on, against usual spongy bone: vein in bone "
    f"{CONDUCTANCE[Zone.VEIN_IN_BONE]:g}, gap in cortex {GAP_CONDUCTANCE:g}, canal "
    f"{CONDUCTANCE[Zone.CANAL]:g}, disc {CONDUCTANCE[Zone.DISC]:g}, packed bone around a balloon "
    f"{SHELL_CONDUCTANCE:g} over {SHELL_MM:g} mm.",
    "Own choices: how far cement follows easy ways, of 1: "
    + ", ".join(f"{name} viscosity {power:g}" for name, power in OBEDIENCE.items())
    + ".",
)

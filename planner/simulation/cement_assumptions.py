"""Everything the picture of cement flow takes for granted, in one place.

The numbers are own choices that make the picture plausible, not measurements. Those that come
from a source are in ``clinical-numbers.toml``.
"""

from collections.abc import Mapping

from planner.simulation.cement_zones import Zone

STEP_MM = 0.5
"""Edge of the voxels that cement flows through."""

POROSITY_RANGE = (0.05, 0.97)
"""Even solid cortex has some pores, even a lytic focus some bone."""

USUAL_HU = 120.0
"""Marrow whose conductance is 1 where the CT's own is not known."""

CONDUCTANCE: Mapping[Zone, float] = {
    Zone.CLEFT: 1e5,
    Zone.CAVITY: 1e5,
    Zone.VEIN_IN_BONE: 3.0,
    Zone.TRACK: 0.2,
    Zone.CANAL: 3.0,
    Zone.FORAMEN: 2.5,
    Zone.VEIN: 4.0,
    Zone.DISC: 1.5,
    Zone.SOFT_TISSUE: 1.5,
    Zone.BEHIND_TRACK: 1.5,
}
"""How easily cement moves on, against spongy bone of the usual density. Outside it nothing holds
cement back as trabeculae do; a hollow fills before any of it."""

GAP_CONDUCTANCE, GAP_DEPTH_MM = 2.0, 1.5
"""At a gap of the cortex, and this far below it, where the CT's blur still shows cortex."""

CONDUCTANCE_RANGE = (1e-3, 6.0)
"""Of bone: the CT's density says little about permeability, so its extremes are not believed."""

SHELL_MM, SHELL_CONDUCTANCE = 1.5, 0.4
"""A balloon packs the bone around it, over this depth and down to this share."""

OBEDIENCE: Mapping[str, float] = {"low": 1.0, "medium": 0.7, "high": 0.45}
"""How far a cement follows easy ways, by viscosity: the power on conductance. At 0 the front would
be round whatever the bone."""

COARSE_GRAIN_MM, COARSE_SPREAD, FINE_SPREAD = 2.5, 0.7, 0.45
"""Bone between the CT's voxels: its conductance varies by these spreads of the logarithm, from
run to run, over some millimetres and from voxel to voxel."""

CLEFT_HU = -150.0
"""Below it a place in the body holds gas."""

FLUID_CLEFT_HU = 35.0
FLUID_CLEFT_LEAST_MM3 = 150.0
"""A place in the body below this value and as large as this is a hollow filled with fluid; fat
in old marrow is as dark but scattered, and no darker than the lower limit."""
FLUID_CLEFT_LOWEST_HU = -20.0

LEAST_OPENING_RADIUS_MM = 0.75
"""A dark spot of the cortex must be as wide as this to count as a gap; narrower ones are noise."""

_RADIUS_PER_STEP = 0.6


def least_opening_radius_mm(step_mm: float) -> float:
    """Return how wide a gap must be in a CT of a spacing: none is told below its own steps."""
    return max(LEAST_OPENING_RADIUS_MM, _RADIUS_PER_STEP * step_mm)


LEAST_LEAK_ML = 0.02
"""Less cement than this outside the bone is not told."""

SENTENCES: tuple[str, ...] = (
    "An illustration that ranks choices of tip and volume. It is no forecast for this patient and "
    "was not validated on patients.",
    "Pores are read from the CT's density. Density predicts the permeability of bone only weakly, "
    "so the bone between the voxels is drawn at random, anew in each run.",
    "The front moves from the tip as fast as the bone lets it, along the body's axis a little "
    "faster than across. No pressure is computed.",
    "Cortex is tight, except where the CT shows a gap at least 1.5 mm wide, or 1.2 times its "
    "spacing. Veins and cracks thinner than that are not seen and not modelled: no route found "
    "does not mean no leak.",
    "Clefts fill before bone. A balloon's cavity fills first, and the bone around it is packed.",
    "High viscosity makes the front rounder. Studies disagree how far it lowers leaks.",
    "Each run moves the tips by about as much as careful surgeons miss their plan.",
    "Setting, temperature, blood flow and a needle drawn back meanwhile are left out.",
)
"""What the user is told, beside the picture."""

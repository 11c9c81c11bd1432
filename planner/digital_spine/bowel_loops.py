"""Loops of small bowel and mesenteric vessels, strewn by chance: every patient has others."""

import numpy as np

from planner.digital_spine.oval_table import OvalStack
from planner.digital_spine.tissues import Tissue

_LOOPS, _VESSELS, _GAS = 120, 60, 7
_CAVITY_MM = (98.0, 38.0)
"""Half axes of the oval that loops begin in, well inside the wall of the belly."""
_CAVITY_BACK_MM = -66.0
"""Its middle, from the bodies' centres."""
_LEVELS = (12.9, 18.8)
_MM_A_LEVEL = 34.0


def bowel_loops(seed: int) -> list[OvalStack]:
    """Return the loops of one patient as short stacks of ovals."""
    random = np.random.default_rng([seed, 7])
    stacks = [
        _loop(random, Tissue.BOWEL, float(random.uniform(7.0, 12.0)), 1.1) for _ in range(_LOOPS)
    ]
    stacks += [
        _loop(random, Tissue.VEIN, float(random.uniform(1.2, 2.6)), 2.4) for _ in range(_VESSELS)
    ]
    stacks += [_loop(random, Tissue.GAS, float(random.uniform(4.0, 7.0)), 0.8) for _ in range(_GAS)]
    return stacks


def _loop(
    random: np.random.Generator, tissue: Tissue, radius_mm: float, slender: float
) -> OvalStack:
    """Return one loop: it wanders while it runs along the spine for a while."""
    points = 5
    length = random.uniform(1.6, 3.2) * radius_mm * slender / _MM_A_LEVEL
    start = random.uniform(_LEVELS[0], _LEVELS[1] - length)
    turn, away = random.uniform(0.0, 2.0 * np.pi), np.sqrt(random.uniform())
    left = _CAVITY_MM[0] * away * np.cos(turn)
    back = _CAVITY_BACK_MM + _CAVITY_MM[1] * away * np.sin(turn)
    wander = np.cumsum(random.normal(0.0, 0.3 * radius_mm, (points, 2)), axis=0)
    swell = radius_mm * (1.0 + 0.18 * random.standard_normal((points, 2)))
    if tissue is Tissue.GAS:
        # Gas lies on top: in front of a patient on the back, under a flat level.
        swell[:, 1] *= 0.6
    rows = np.column_stack(
        [
            start + np.linspace(0.0, length, points),
            left + wander[:, 0],
            back + wander[:, 1],
            np.clip(swell[:, 0], 0.5 * radius_mm, 1.5 * radius_mm),
            np.clip(swell[:, 1], 0.4 * radius_mm, 1.5 * radius_mm),
        ]
    )
    septum_mm = 1.2 if tissue is Tissue.BOWEL else 0.0
    return OvalStack("", tissue, 2.0, septum_mm, rows)

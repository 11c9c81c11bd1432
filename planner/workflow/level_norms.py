"""How tall the mean adult's vertebrae are, and where that comes from."""

import functools
from collections.abc import Mapping

from planner.anatomy.fracture import ReferenceHeights
from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.level_table import columns, level_anatomies

_COLUMNS = ("anterior_height", "posterior_height", "superior_concavity", "inferior_concavity")


@functools.cache
def level_norms() -> Mapping[VertebraLevel, ReferenceHeights]:
    """Return the heights of the mean adult's bodies by level."""
    return {
        level: ReferenceHeights(
            mean.anterior_height,
            (mean.anterior_height + mean.posterior_height) / 2.0
            - mean.superior_concavity
            - mean.inferior_concavity,
            mean.posterior_height,
        )
        for level, mean in level_anatomies().items()
    }


@functools.cache
def norm_source() -> tuple[str, bool]:
    """Return where the norms come from, and whether all of it was read there."""
    used = [column for column in columns() if column.name in _COLUMNS]
    sources = dict.fromkeys(column.source for column in used)
    return "; ".join(sources), all(column.verified for column in used)

"""The table of what lies around the spine."""

import functools
from typing import TYPE_CHECKING, cast

import attrs
import numpy as np

from planner.digital_spine.tissues import Tissue
from planner.foundation.resource_files import read_toml
from planner.geometry.points import FloatArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@attrs.frozen(eq=False)
class OvalStack:
    """One structure: an oval for each place along the spine, relative to the bodies."""

    id: str
    tissue: Tissue
    squareness: float
    septum_mm: float
    """Width of the fat that parts it from its neighbours, painted before it."""
    rows: FloatArray
    """(n, 5): level place, then middle left, middle posterior, half width, half depth in mm."""


@functools.cache
def oval_stacks() -> tuple[OvalStack, ...]:
    """Return the structures around the spine in the order they are painted."""
    rows = cast(
        "Sequence[Mapping[str, object]]",
        read_toml("digital-spine", "surroundings.toml")["stacks"],
    )
    return tuple(
        OvalStack(
            id=str(row.get("id", "")),
            tissue=Tissue(str(row["tissue"])),
            squareness=float(cast("float", row["squareness"])),
            septum_mm=float(cast("float", row.get("septum_mm", 0.0))),
            rows=np.array(row["rows"], dtype=np.float64),
        )
        for row in rows
    )

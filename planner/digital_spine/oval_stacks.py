"""Soft tissue as stacks of ovals along the spine, and the kernel that paints them."""

import functools
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.interpolate import PchipInterpolator

from planner.digital_spine.bowel_loops import bowel_loops
from planner.digital_spine.lattice import Field, Lattice
from planner.digital_spine.oval_kernel import paint_ovals
from planner.digital_spine.oval_table import OvalStack, oval_stacks
from planner.digital_spine.spine_pose import PosedSpine
from planner.digital_spine.tissues import Tissue
from planner.geometry.points import FloatArray

_STEP_MM = 1.0
_CAP_MM = 14.0
"""Over how much of its end a structure rounds off."""
_TILE = 64
"""Edge of the noise tile, in points."""
_WAVE = 512
"""Half millimetres in a period of an uneven edge."""
_MEAN_WAIST_MM = 320.0
_TRUNK_MM = 100.0
"""Ovals wider than this to each side are the trunk itself."""
_SWAY_SHARE = 0.07
"""How far the edge of soft tissue sways, as a share of its size; that of named vessels and of the
trunk does not."""
_FIRST_LEVEL = 4.0
"""The topmost vertebra of the model, T4, in the numbering of the table's rows."""


@attrs.frozen(eq=False)
class PlacedStacks:
    """The structures of one patient: ovals at each height, in LPS."""

    tissues: tuple[Tissue, ...]
    ids: tuple[str, ...]
    squareness: FloatArray
    bottom_z_mm: float
    ovals: NDArray[np.float32]
    """(structures, heights, 4): centre x and y, half width, half depth; no width where absent."""

    def only(self, structure_ids: Sequence[str]) -> "PlacedStacks":
        """Return the named structures alone."""
        chosen = [n for n, name in enumerate(self.ids) if name in structure_ids]
        return attrs.evolve(
            self,
            tissues=tuple(self.tissues[n] for n in chosen),
            ids=tuple(self.ids[n] for n in chosen),
            squareness=self.squareness[chosen],
            ovals=self.ovals[chosen],
        )


def _spine_line(spine: PosedSpine) -> tuple[FloatArray, FloatArray]:
    """Return the level places of the bodies' centres, and the centres, from below."""
    centres = [v.lps_from_vertebra.translation_mm for v in spine.vertebrae]
    plate = spine.lps_from_sacral_plate
    sacrum = plate.point((0.0, 6.0, -18.0))
    count = len(centres)
    # T13 and L6 share their neighbours' room: S1 is always place 18.
    places = np.linspace(_FIRST_LEVEL, 18.0, count + 1)
    if count == 14:
        places = np.arange(_FIRST_LEVEL, 19.0)
    line = np.array([*centres, sacrum])
    top = line[0] + 8.0 * (line[0] - line[1]) * [0.0, 0.15, 1.0]
    bottom = line[-1] + 5.0 * (line[-1] - line[-2]) * [0.0, 0.0, 1.0]
    points = np.vstack([top, line, bottom])[::-1]
    return np.concatenate([[_FIRST_LEVEL - 8.0], places, [23.0]])[::-1], points


def place_stacks(spine: PosedSpine, scale: float, waist_mm: float, seed: int) -> PlacedStacks:
    """Return the structures around a spine.

    Parameters
    ----------
    spine
        The structures follow its bodies.
    scale
        Size of the patient's vertebrae against the table's.
    waist_mm
        Width of the trunk: everything is that much wider or narrower.
    seed
        Of what lies by chance.
    """
    level_places, points = _spine_line(spine)
    z = np.arange(points[0, 2], points[-1, 2], _STEP_MM)
    place = np.interp(z, points[:, 2], level_places)
    x0, y0 = (np.interp(z, points[:, 2], points[:, axis]) for axis in (0, 1))
    stacks = _with_bowel(oval_stacks(), seed)
    ovals = np.zeros((len(stacks), len(z), 4), np.float32)
    wider = waist_mm / _MEAN_WAIST_MM / scale
    for oval, stack in zip(ovals, stacks, strict=True):
        rows = stack.rows
        is_there = (place >= rows[0, 0]) & (place <= rows[-1, 0])
        smooth = PchipInterpolator(rows[:, 0], rows[:, 1:], axis=0)
        measures = scale * smooth(np.clip(place, rows[0, 0], rows[-1, 0])).T
        # What lies at the spine keeps its size; the trunk is as wide as the patient.
        wide = wider if rows[:, 3].max() > _TRUNK_MM else 1.0
        oval[:, 0] = x0 + measures[0]
        oval[:, 1] = y0 + measures[1]
        rounded = 1.0 if rows[:, 3].max() > _TRUNK_MM else _rounded_ends(is_there)
        oval[:, 2] = measures[2] * is_there * wide * rounded
        oval[:, 3] = measures[3] * rounded
    return _with_septa(stacks, float(z[0]), ovals)


def _with_bowel(stacks: Sequence[OvalStack], seed: int) -> list[OvalStack]:
    """Return the structures with loops of bowel on the fat that they lie in."""
    fat = [n for n, stack in enumerate(stacks) if stack.tissue is Tissue.VISCERAL_FAT]
    return [*stacks[: fat[0] + 1], *bowel_loops(seed), *stacks[fat[0] + 1 :]]


def _rounded_ends(is_there: NDArray[np.bool_]) -> FloatArray:
    """Return a factor on both half axes that closes a structure like the end of an egg."""
    inside = np.flatnonzero(is_there)
    factor = np.zeros(len(is_there))
    if len(inside):
        to_end = np.minimum(inside - inside[0], inside[-1] - inside) * _STEP_MM
        is_open_top, is_open_bottom = is_there[-1], is_there[0]
        if is_open_top:
            to_end = np.where(inside > inside.mean(), _CAP_MM, to_end)
        if is_open_bottom:
            to_end = np.where(inside < inside.mean(), _CAP_MM, to_end)
        share = np.clip(1.0 - to_end / _CAP_MM, 0.0, 1.0)
        factor[inside] = np.sqrt(np.maximum(1.0 - share * share, 1e-4))
    return factor


def _with_septa(
    stacks: Sequence[OvalStack], bottom_z_mm: float, ovals: NDArray[np.float32]
) -> PlacedStacks:
    """Return the structures with the fat around those that have a septum."""
    tissues, ids, squareness, placed = [], [], [], []
    for stack, oval in zip(stacks, ovals, strict=True):
        if stack.septum_mm:
            wider = oval.copy()
            wider[:, 2:] = np.where(oval[:, 2:3] > 0, oval[:, 2:] + stack.septum_mm, 0.0)
            tissues.append(Tissue.FAT)
            ids.append("")
            squareness.append(stack.squareness)
            placed.append(wider)
        tissues.append(stack.tissue)
        ids.append(stack.id)
        squareness.append(stack.squareness)
        placed.append(oval)
    return PlacedStacks(
        tuple(tissues), tuple(ids), np.array(squareness), bottom_z_mm, np.array(placed)
    )


@functools.cache
def noise_tile(seed: int) -> NDArray[np.float32]:
    """Return smooth periodic noise of mean 0 and spread 1."""
    noise = np.random.default_rng([seed, 2]).standard_normal((_TILE, _TILE, _TILE), np.float32)
    smooth = ndimage.gaussian_filter(noise, 1.1, mode="wrap")
    tile: NDArray[np.float32] = (smooth / smooth.std()).astype(np.float32)
    return tile


@functools.cache
def _edge_wave(seed: int) -> NDArray[np.float32]:
    """Return smooth periodic noise along a line: edges of soft tissue are never ideal ovals."""
    noise = np.random.default_rng([seed, 5]).standard_normal(_WAVE)
    smooth = ndimage.gaussian_filter1d(noise, 11.0, mode="wrap")
    wave: NDArray[np.float32] = (smooth / smooth.std()).astype(np.float32)
    return wave


def paint_stacks(
    values: Field, lattice: Lattice, stacks: PlacedStacks, looks: FloatArray, seed: int
) -> None:
    """Paint the structures into an image in place.

    Parameters
    ----------
    values
        The image on the lattice, whose rows must each lie at one height.
    lattice
        Where the values lie.
    stacks
        What is painted, in order.
    looks
        Value and texture of each structure, shape (structures, 2).
    seed
        Of the texture.
    """
    count = len(looks)
    is_exact = np.array([bool(name) for name in stacks.ids])
    is_exact |= stacks.ovals[:, :, 2].max(axis=1) > _TRUNK_MM
    full = np.column_stack(
        [
            looks,
            stacks.squareness,
            np.full(count, lattice.spacing_mm),
            np.where(is_exact, 0.0, _SWAY_SHARE),
        ]
    )
    paint_ovals(
        values,
        lattice.lps_from_ijk,
        (stacks.ovals, stacks.bottom_z_mm),
        full,
        (noise_tile(seed), _edge_wave(seed)),
    )

"""The spinal canal: its centre line through a CT, and its outline."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.spine_crop import FloatVoxels, SpineCrop
from planner.anatomy.surface_search import cheapest_surface
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import FloatArray

CLICK_HINT = "Click inside a vertebral body, about its middle."
_COARSE = 2
"""Voxels of the crop in one of the grid the centre line is searched on."""
_BONE_HU, _FAINT_BONE_HU = 180.0, 150.0
"""What is bone around a click, and along a whole spine, where a thin cortex must count too."""
_RAYS = 16
_RAY_MM = 18.0
_TYPICAL_RADIUS_MM = 9.0
_SOFT_BOX_MM = 8.0
_SOFT_HU = (-20.0, 80.0)
UNLIKELY_COST = 1.7
"""Mean cost above which there is no canal along the path."""
_NO_CANAL_COST = 2.2
"""Cost of a layer from which on it is better explained by no canal; muscle costs 3."""
_SHORTEST_CANAL_MM = 25.0
_MIDLINE_MM, _NEAR_MIDLINE_MM = 30.0, 20.0
"""Over how much height the middle of the bones is taken, and how far beside it is still free."""


@attrs.frozen(eq=False)
class CanalLine:
    """The centre of the canal in each axial layer of a crop."""

    points_lps_mm: FloatArray
    """Shape (layers, 3), from the feet to the head."""
    cost: FloatArray
    """How unlike a canal each layer looks: 0 is a closed ring of bone around soft tissue."""

    def nearest_layer(self, s_mm: float) -> int:
        """Return the layer at a height."""
        return int(np.abs(self.points_lps_mm[:, 2] - s_mm).argmin())

    def direction_lps(self, s_mm: float, half_length_mm: float = 14.0) -> FloatArray:
        """Return the unit vector towards the head along the canal around a height."""
        near = np.abs(self.points_lps_mm[:, 2] - s_mm) <= half_length_mm
        points = self.points_lps_mm[near]
        along = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2][0]
        unit: FloatArray = along * np.sign(along[2])
        return unit


def _first_bone_mm(bone: NDArray[np.bool_], spacing_mm: float) -> FloatVoxels:
    """Return the distance to the first bone along rays in each layer, shape (rays, k, j, i)."""
    steps = round(_RAY_MM / spacing_mm)
    padded = np.pad(bone, ((0, 0), (steps, steps), (steps, steps)))
    _, rows, columns = bone.shape
    found = np.full((_RAYS, *bone.shape), np.float32(_RAY_MM + spacing_mm), np.float32)
    for ray in range(_RAYS):
        angle = 2 * np.pi * ray / _RAYS
        for step in range(steps, 0, -1):
            j = steps + round(step * np.sin(angle))
            i = steps + round(step * np.cos(angle))
            hit = padded[:, j : j + rows, i : i + columns]
            found[ray][hit] = step * spacing_mm
    return found


def canal_cost(hu: FloatVoxels, spacing_mm: float, bone_hu: float = _BONE_HU) -> FloatVoxels:
    """Return how unlike the centre of a canal each voxel is, 0 for the middle of a bony ring."""
    distance = _first_bone_mm(hu > bone_hu, spacing_mm)
    open_share = (distance > _RAY_MM).mean(axis=0)
    half = _RAYS // 2
    one, other = distance[:half], distance[half:]
    lopsided = (np.abs(one - other) / (one + other)).mean(axis=0)
    within = np.minimum(distance, _RAY_MM)
    radius = within.mean(axis=0)
    wrong_size = np.abs(radius - _TYPICAL_RADIUS_MM) / _TYPICAL_RADIUS_MM
    soft = ndimage.uniform_filter(hu, size=max(3, round(_SOFT_BOX_MM / spacing_mm)))
    low, high = _SOFT_HU
    wrong_tissue = np.clip(np.maximum(low - soft, soft - high) / 30.0, 0.0, 2.0)
    cost: FloatVoxels = (2.0 * open_share + lopsided + wrong_size + wrong_tissue).astype(np.float32)
    return cost


def cheapest_line(cost: FloatVoxels, *, free_ends: bool = False) -> tuple[int, NDArray[np.intp]]:
    """Return the first layer of the cheapest line, and its j and i in each layer, shape (n, 2).

    It runs through all layers, or with `free_ends` through those that are better explained by a
    canal than by none, where costs are read from `_NO_CANAL_COST` on.
    """
    gains = cost - _NO_CANAL_COST if free_ends else cost
    total = gains[0].astype(np.float64)
    totals, previous = [total], []
    for layer in gains[1:]:
        options = _arrivals(total)
        best = options.argmin(axis=0)
        arrived = options.min(axis=0)
        if free_ends:
            best[arrived > 0.0] = _STARTS_HERE
            arrived = np.minimum(arrived, 0.0)
        previous.append(best)
        total = arrived + layer
        totals.append(total)
    last = int(np.argmin([t.min() for t in totals])) if free_ends else len(totals) - 1
    place = np.unravel_index(int(totals[last].argmin()), total.shape)
    line = [place]
    for best in reversed(previous[:last]):
        if best[place] == _STARTS_HERE:
            break
        dj, di = _MOVES[best[place]]
        place = (place[0] + dj, place[1] + di)
        line.append(place)
    return last - len(line) + 1, np.array(line[::-1], np.intp)


_MOVES = tuple((dj, di) for dj in (-1, 0, 1) for di in (-1, 0, 1))
_STARTS_HERE = len(_MOVES)
_MOVE_COST = 0.08


def _arrivals(total: FloatArray) -> FloatArray:
    """Return the cost of coming to each place of a layer by each move, shape (moves, j, i)."""
    padded = np.pad(total, 1, constant_values=np.inf)
    rows, columns = total.shape
    return np.stack(
        [
            padded[1 + dj : 1 + dj + rows, 1 + di : 1 + di + columns]
            + _MOVE_COST * (dj * dj + di * di)
            for dj, di in _MOVES
        ]
    )


def track_whole_canal(crop: SpineCrop) -> CanalLine:
    """Return the centre line of the canal through those layers of a crop that show one.

    Raises
    ------
    AnatomyProblem
        If nothing like a canal runs through the crop.
    """
    step_mm = crop.spacing_mm * _COARSE
    hu = _coarse(crop)
    cost = canal_cost(hu, step_mm, _FAINT_BONE_HU) + _off_midline_cost(hu, step_mm)
    first, line = cheapest_line(cost, free_ends=True)
    if len(line) * step_mm < _SHORTEST_CANAL_MM:
        raise AnatomyProblem("No spinal canal was found in this CT.", hint=CLICK_HINT)
    return _smoothed(crop, cost, first, line)


def _off_midline_cost(hu: FloatVoxels, step_mm: float) -> FloatVoxels:
    """Return what it costs to leave the middle of the bones, which hip joints lie far from."""
    beside = np.arange(hu.shape[2], dtype=np.float32)
    counts = (hu > _BONE_HU).sum(axis=1) + 1e-3
    middle = ndimage.gaussian_filter1d((counts * beside).sum(axis=1), _MIDLINE_MM / step_mm)
    middle /= ndimage.gaussian_filter1d(counts.sum(axis=1), _MIDLINE_MM / step_mm)
    away_mm = np.abs(beside - middle[:, np.newaxis]) * step_mm
    cost = np.clip((away_mm - _NEAR_MIDLINE_MM) / _NEAR_MIDLINE_MM, 0.0, 2.0)
    return cost.astype(np.float32)[:, np.newaxis, :]


def _coarse(crop: SpineCrop) -> FloatVoxels:
    smooth: FloatVoxels = ndimage.gaussian_filter(crop.hu, 0.7)[::_COARSE, ::_COARSE, ::_COARSE]
    return smooth


def _smoothed(crop: SpineCrop, cost: FloatVoxels, first: int, line: NDArray[np.intp]) -> CanalLine:
    """Return a line of the coarse grid as a smooth one through the crop's layers."""
    step_mm = crop.spacing_mm * _COARSE
    layers = first + np.arange(len(line))
    along_cost = cost[layers, line[:, 0], line[:, 1]].astype(np.float64)
    ijk = np.stack([line[:, 1], line[:, 0], layers], axis=1) * _COARSE
    coarse = crop.geometry.lps_of(ijk)
    coarse[:, :2] = ndimage.gaussian_filter1d(coarse[:, :2], 3.0 / step_mm, axis=0, mode="nearest")
    s_mm = crop.origin_lps_mm[2] + crop.spacing_mm * np.arange(crop.hu.shape[0])
    last_mm = np.inf if layers[-1] == len(cost) - 1 else coarse[-1, 2]
    s_mm = s_mm[(s_mm >= coarse[0, 2] - 1e-6) & (s_mm <= last_mm + 1e-6)]
    points = np.stack([np.interp(s_mm, coarse[:, 2], coarse[:, n]) for n in range(2)], axis=1)
    return CanalLine(np.column_stack([points, s_mm]), np.interp(s_mm, coarse[:, 2], along_cost))


def track_canal(crop: SpineCrop) -> CanalLine:
    """Return the centre line of what looks most like a canal through every layer of a crop.

    Whether it is one, `CanalLine.cost` tells, layer by layer.
    """
    cost = canal_cost(_coarse(crop), crop.spacing_mm * _COARSE)
    return _smoothed(crop, cost, *cheapest_line(cost))


_ANGLES = 48
_RADII_MM = np.arange(3.0, 17.0, 0.5)


def _wall_cost(crop: SpineCrop, line: CanalLine) -> FloatArray:
    angles = 2 * np.pi * np.arange(_ANGLES) / _ANGLES
    directions = np.stack([np.cos(angles), np.sin(angles), np.zeros(_ANGLES)], axis=1)
    radii = np.r_[_RADII_MM[0] - 1.0, _RADII_MM[0] - 0.5, _RADII_MM, _RADII_MM[-1] + 0.5]
    # Each rise is read over 1.5 mm, a quarter of a millimetre nearer to the centre than its
    # radius: the canal is drawn wide, for needles keep away from it.
    points = (
        line.points_lps_mm[:, np.newaxis, np.newaxis]
        + directions[np.newaxis, :, np.newaxis] * radii[:, np.newaxis]
    )
    hu = np.clip(crop.at(points), -100.0, 350.0)
    rise = (hu[..., 3:] - hu[..., :-3])[..., : len(_RADII_MM)]
    rise = np.clip(rise / 150.0, -0.5, 1.0)
    inside = np.clip((hu[..., 2:-1] - 100.0) / 100.0, 0.0, 1.0)
    crossed = np.cumsum(inside, axis=-1) - inside
    return np.asarray(-rise + 0.35 * crossed, np.float64)


def canal_voxels(crop: SpineCrop, line: CanalLine) -> NDArray[np.bool_]:
    """Return the bony canal in every layer of a crop, closed across the foramina."""
    cost = _wall_cost(crop, line)
    surface = cheapest_surface(
        cost, step_cost_along=0.08, step_cost_across=0.03, closed_along=True, sweeps=8
    )
    radius = _RADII_MM[surface]
    radius = ndimage.gaussian_filter(radius, (1.0, 0.7), mode=("nearest", "wrap"))
    return _fill_outline(crop, line, radius)


def _fill_outline(crop: SpineCrop, line: CanalLine, radius_mm: FloatArray) -> NDArray[np.bool_]:
    _, rows, columns = crop.hu.shape
    x = crop.origin_lps_mm[0] + crop.spacing_mm * np.arange(columns)
    y = crop.origin_lps_mm[1] + crop.spacing_mm * np.arange(rows)
    furthest = float(radius_mm.max())
    filled = np.zeros(crop.hu.shape, np.bool_)
    turns = np.linspace(0.0, 2 * np.pi, _ANGLES + 1)
    for k, (centre, radii) in enumerate(zip(line.points_lps_mm, radius_mm, strict=True)):
        i, j = (
            _within(axis, middle, furthest) for axis, middle in zip((x, y), centre, strict=False)
        )
        dx, dy = x[np.newaxis, i] - centre[0], y[j, np.newaxis] - centre[1]
        angle = np.mod(np.arctan2(dy, dx), 2 * np.pi)
        filled[k, j, i] = np.hypot(dx, dy) <= np.interp(angle, turns, np.r_[radii, radii[0]])
    return filled


def _within(places_mm: FloatArray, middle_mm: float, reach_mm: float) -> slice:
    first, last = np.searchsorted(places_mm, (middle_mm - reach_mm, middle_mm + reach_mm))
    return slice(int(first), int(last) + 1)

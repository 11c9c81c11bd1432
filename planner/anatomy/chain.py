"""All vertebrae of a study in order, each with its name."""

import attrs
import numpy as np

from planner.anatomy.body import canal_front_mm
from planner.anatomy.canal import CanalLine, track_canal
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.segmentation import FoundBody, find_body
from planner.anatomy.spine_crop import crop_around
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.points import FloatArray, PointLike, Triple, as_point_mm, distance_mm
from planner.imaging.volume import Volume

_SEARCH_SPACING_MM = 1.6
_BODY_IN_FRONT_MM = 24.0
_TRIES_MM = (0.0, 9.0, -9.0, 18.0, -18.0)
_MOST_LEVELS = 26
_FALSE_RIB_COST = 0.5
"""Transverse processes of lumbar vertebrae look like ribs more often than ribs are missed."""
_CLEAR_LEAD = 0.4
_LOWER_SHARE, _HIGHER_SHARE = 0.8, 1.15
"""How much lower or higher than its neighbour a body usually is."""
_TWIN_MM = 8.0
"""Two bodies whose centres are closer than this are one."""
_TALLEST_SHARE = 1.35
"""A body this much taller than the ones before it is two that ran together over a missed disc."""
_RIB_HU = 180.0
_RIB_MM3 = 150.0
"""Bone beside a body, both sides together, from which on it bears ribs."""


@attrs.frozen
class LevelPlace:
    """A vertebra of a chain: its name and where its body lies."""

    level: VertebraLevel
    centre_lps_mm: Triple
    bears_ribs: bool
    height_mm: float
    """From disc to disc."""


@attrs.frozen
class LevelNaming:
    """How the levels of a chain got their names."""

    certain: bool
    evidence: str
    """A sentence for the user."""


@attrs.frozen
class SpineChain:
    """Every whole vertebral body of a study, from the head to the feet."""

    levels: tuple[LevelPlace, ...]
    naming: LevelNaming


@attrs.frozen
class _Body:
    """A body of the chain before it has a name."""

    centre_lps_mm: Triple
    above_lps_mm: Triple
    below_lps_mm: Triple
    rib_mm3: tuple[float, float]
    height_mm: float
    """From disc to disc."""

    @property
    def bears_ribs(self) -> bool:
        return sum(self.rib_mm3) >= _RIB_MM3


def _rib_bone_mm3(found: FoundBody) -> tuple[float, float]:
    """Return how much bone lies beside a body and its pedicles to the left and to the right."""
    crop, axes = found.crop, found.outline.axes
    box = crop.box_around(found.points_lps_mm, 16.0)
    uvw = axes.uvw_of(crop.points_lps_mm(box))
    u, v, w = uvw[..., 0], uvw[..., 1], uvw[..., 2]
    bottom, top = found.discs.below.w_mm, found.discs.above.w_mm
    layers = np.arange(bottom, top + 8.0)
    front = canal_front_mm(found.canal, crop, axes, layers)
    behind_front = v - np.interp(w, layers, front)
    wall = found.outline.wall_mm(np.sign(u), np.zeros_like(u), w)
    beyond = np.abs(u) - wall
    zone = (beyond > 3.0) & (beyond < 14.0) & (np.abs(behind_front + 2.0) < 7.0)
    zone &= (w > bottom + 0.35 * (top - bottom)) & (w < top + 5.0)
    bone = zone & (crop.hu[box] > _RIB_HU)
    voxel_mm3 = crop.geometry.voxel_mm3
    return float((bone & (u > 0)).sum()) * voxel_mm3, float((bone & (u < 0)).sum()) * voxel_mm3


def _described(found: FoundBody) -> _Body:
    axes = found.outline.axes
    above, below = found.discs.above, found.discs.below
    height = (above.w_mm - above.half_gap_mm) - (below.w_mm + below.half_gap_mm)
    up = above.w_mm + above.half_gap_mm + height / 2
    down = below.w_mm - below.half_gap_mm - height / 2
    steps = axes.lps_of(np.array([[0.0, 0.0, up], [0.0, 0.0, down]]))
    higher, lower = (_beside_canal(step, found.line, found.centre_lps_mm) for step in steps)
    return _Body(found.centre_lps_mm, higher, lower, _rib_bone_mm3(found), height)


def _beside_canal(point_lps_mm: FloatArray, line: CanalLine, centre_lps_mm: Triple) -> Triple:
    """Return a point moved with the bend of the canal between a body's layer and its own."""
    here, there = (
        line.points_lps_mm[line.nearest_layer(float(p[2]))] for p in (centre_lps_mm, point_lps_mm)
    )
    moved = np.asarray(centre_lps_mm) + there - here
    x, y, _ = moved
    return float(x), float(y), float(point_lps_mm[2])


def _first_body(volume: Volume, progress: Progress) -> FoundBody:
    """Return one body near the middle of the study, found without a click."""
    grid = volume.geometry
    corners = grid.corners_lps_mm()
    reach = np.ptp(corners, axis=0) / 2 + 1.0
    crop = crop_around(volume, grid.centre_lps_mm, reach, reach, _SEARCH_SPACING_MM)
    line = track_canal(crop)
    order = np.argsort(np.abs(line.points_lps_mm[:, 2] - grid.centre_lps_mm[2]))
    calm = [n for n in order if line.cost[n] <= np.median(line.cost)][:1]
    for n, offset_mm in enumerate(_TRIES_MM):
        progress(n / len(_TRIES_MM), "Looking for a first vertebra")
        behind = line.points_lps_mm[calm[0]] + [0.0, 0.0, offset_mm]
        along = line.direction_lps(float(behind[2]))
        front = np.array([0.0, -1.0, 0.0])
        front = front - along * (front @ along)
        try:
            return find_body(volume, behind + _BODY_IN_FRONT_MM * front / np.linalg.norm(front))
        except AnatomyProblem:
            continue
    raise AnatomyProblem(
        "No vertebra was found by itself in this CT.",
        hint="Click inside a vertebral body and name it.",
    )


@attrs.frozen
class _Walk:
    """The bodies on one side of another, nearest first."""

    bodies: tuple[_Body, ...]
    is_lost: bool
    """Whether it ended because two bodies ran together, not at the end of the study."""


def _walk(volume: Volume, start: _Body, progress: Progress, *, upwards: bool) -> _Walk:
    """Return the bodies above or below one, to the end of the study or of what is sure."""
    bodies = [start]
    reach_mm = float(np.ptp(volume.geometry.corners_lps_mm()[:, 2]))
    for _ in range(_MOST_LEVELS):
        body = bodies[-1]
        gone_mm = distance_mm(start.centre_lps_mm, body.centre_lps_mm)
        progress(min(gone_mm / reach_mm, 1.0), "Following the spine")
        guess = body.above_lps_mm if upwards else body.below_lps_mm
        try:
            usual_mm = (_LOWER_SHARE * body.height_mm, _HIGHER_SHARE * body.height_mm)
            following = _described(find_body(volume, guess, usual_height_mm=usual_mm))
        except AnatomyProblem:
            break
        if distance_mm(following.centre_lps_mm, body.centre_lps_mm) < _TWIN_MM:
            break
        if following.height_mm > _TALLEST_SHARE * max(b.height_mm for b in bodies[-2:]):
            return _Walk(tuple(bodies[1:]), is_lost=True)
        bodies.append(following)
    return _Walk(tuple(bodies[1:]), is_lost=False)


def _named_from(bodies: list[_Body], index: int, level: VertebraLevel) -> tuple[LevelPlace, ...]:
    places = []
    for n, body in enumerate(bodies):
        try:
            name = level.below(n - index)
        except AnatomyProblem:
            continue
        places.append(LevelPlace(name, body.centre_lps_mm, body.bears_ribs, body.height_mm))
    return tuple(places)


def _anchored(bodies: list[_Body], anchor: tuple[VertebraLevel, PointLike]) -> SpineChain:
    level, point = anchor
    gaps = [distance_mm(body.centre_lps_mm, as_point_mm(point)) for body in bodies]
    evidence = f"Counted from {level.name}, which was named by hand."
    return SpineChain(
        _named_from(bodies, int(np.argmin(gaps)), level),
        LevelNaming(certain=True, evidence=evidence),
    )


def _misfit(rib_mm3: list[float], bearing: int) -> float:
    """Return how badly it fits that just the first so many vertebrae bear ribs."""
    shares = [min(volume / _RIB_MM3, 1.0) for volume in rib_mm3]
    missed = sum(1.0 - share for share in shares[:bearing])
    return missed + _FALSE_RIB_COST * sum(shares[bearing:])


def _count_with_ribs(bodies: list[_Body]) -> tuple[int, bool]:
    """Return how many vertebrae from above bear ribs, and whether no other number fits as well."""
    rib_mm3 = [sum(body.rib_mm3) for body in bodies]
    misfits = np.array([_misfit(rib_mm3, n) for n in range(len(bodies) + 1)])
    best = int(misfits.argmin())
    lead = float(np.delete(misfits, best).min() - misfits[best])
    return best, lead >= _CLEAR_LEAD


def _by_ribs(bodies: list[_Body]) -> SpineChain:
    """Return the chain named from its ribs: the lowest vertebra that bears them is T12."""
    count, clear = _count_with_ribs(bodies)
    if count == 0:
        evidence = "No vertebra with ribs is seen: the uppermost one is taken for L1."
        places = _named_from(bodies, 0, VertebraLevel.L1)
        return SpineChain(places, LevelNaming(certain=False, evidence=evidence))
    places = _named_from(bodies, count - 1, VertebraLevel.T12)
    if count == len(bodies):
        evidence = "Every vertebra bears ribs: the lowest one is taken for T12."
        return SpineChain(places, LevelNaming(certain=False, evidence=evidence))
    evidence = "The lowest vertebra that bears ribs is taken for T12."
    certain = clear and count > 1
    if not certain:
        evidence += " The ribs are hard to see."
    return SpineChain(places, LevelNaming(certain=certain, evidence=evidence))


def find_chain(
    volume: Volume,
    progress: Progress = no_progress,
    anchor: tuple[VertebraLevel, PointLike] | None = None,
) -> SpineChain:
    """Return every whole vertebral body of a study with its name.

    Parameters
    ----------
    volume
        The CT.
    progress
        Told how far the work is.
    anchor
        A level and a point inside its body, which name all others; without it the ribs do.

    Raises
    ------
    AnatomyProblem
        If no vertebra is found, or the anchor's point lies in none.
    """
    first = (
        find_body(volume, anchor[1], part_of(progress, 0.0, 0.1))
        if anchor
        else _first_body(volume, part_of(progress, 0.0, 0.1))
    )
    start = _described(first)
    above = _walk(volume, start, part_of(progress, 0.1, 0.55), upwards=True)
    below = _walk(volume, start, part_of(progress, 0.55, 1.0), upwards=False)
    bodies = [*reversed(above.bodies), start, *below.bodies]
    progress(1.0, "")
    chain = _anchored(bodies, anchor) if anchor else _by_ribs(bodies)
    return _with_losses(chain, above=above.is_lost, below=below.is_lost)


def _with_losses(chain: SpineChain, *, above: bool, below: bool) -> SpineChain:
    """Return a chain that says where the spine was lost."""
    ends = ((above, "above", 0), (below, "below", -1))
    lost = [
        f" The spine could not be followed {where} {chain.levels[place].level.name}."
        for is_lost, where, place in ends
        if is_lost and chain.levels
    ]
    naming = attrs.evolve(chain.naming, evidence=chain.naming.evidence + "".join(lost))
    return attrs.evolve(chain, naming=naming)

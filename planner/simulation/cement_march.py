"""The front of cement moving on through pores: fast marching from one or more tips."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.simulation.cement_zones import WayOut, Zone
from planner.simulation.front_loops import (
    FAR,
    arrival,
    bell,
    between,
    drop_first,
    heap_entry,
    inlined,
    looped,
    push,
)

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]
UInt8 = NDArray[np.uint8]
UInt64 = NDArray[np.uint64]
Keys = NDArray[np.float64]

_WALL, _BONE, _DISC = int(Zone.WALL), int(Zone.BONE), int(Zone.DISC)
_TRACK, _FIRST_OUTSIDE = int(Zone.TRACK), int(Zone.CANAL)
_INSIDE, _THROUGH_DISC = int(WayOut.INSIDE), int(WayOut.DISC)
_THROUGH_TRACK, _THROUGH_CORTEX = int(WayOut.TRACK), int(WayOut.CORTICAL)
_HEAP_START = 1 << 16
_NEIGHBOURS = 6
_WORTHWHILE = np.float32(0.15)
"""A voxel is put in the heap again only where the front comes this much sooner, in steps."""
_SOONEST = np.float32(1.0 / 3.0**0.5)
"""Least time from the last neighbour to a voxel, in steps along the axis: all three at once."""
_SLOWEST = 1000.0
"""Time of a step through a voxel that hardly lets cement pass; times must stay countable."""


class Ways(NamedTuple):
    """What the front moves through: flat arrays of voxels, ``[k, j, i]`` with i fastest.

    The outermost layer of the grid must be wall.
    """

    zones: UInt8
    """As `Zone`."""
    pore_ml: Float32
    """What each takes."""
    log_conductance: Float32
    """The logarithm of how easily cement moves on; 0 in usual spongy bone."""
    openings: UInt8
    """The `WayOut` of each gap in the cortex, 0 elsewhere."""
    row: int
    """Voxels from one j to the next."""
    plane: int
    """Voxels from one k to the next."""


class Grain(NamedTuple):
    """How the bone between the CT's voxels varies, and how cement heeds it."""

    seed: int
    coarse: Float32
    """What the logarithm of conductance varies by over some millimetres: values at the points of a
    lattice, ``[k, j, i]``, one more along each axis than reach over the grid."""
    coarse_voxels: float
    """From one of its points to the next."""
    fine_spread: float
    """What it varies by from voxel to voxel."""
    across_over_along: float
    """Time of a step across the body's axis over that of one along it, in bone."""
    obedience: float
    """The power on conductance: 0 is a round front whatever the bone."""


class Workspace(NamedTuple):
    """Room for one front at a time; a thread keeps it from run to run, left as it was found.

    New memory for each run would cost more than the run.
    """

    is_full: UInt8
    """1 where any tip's cement has filled a voxel."""
    arrived: Float32
    """When each tip's cement filled a voxel, shape (tips, voxels); far off where it has not."""
    slowness: Float32
    """Time of a step along the body's axis; 0 where nobody has asked yet."""
    waiting: Float32
    """When each tip's front comes, shape (voxels, tips); set once `slowness` is."""
    came_from: Int32
    """Shape (voxels, tips)."""
    way_out: UInt8
    touched: Int32
    """The voxels whose slowness is set."""
    order: Int32
    at_ml: Keys
    parent: Int32


class _Queue(NamedTuple):
    """A heap for each tip, the earliest first: four branches at each fork."""

    heaps: UInt64
    """Of `_entry`, shape (tips, room)."""
    sizes: Int32
    """Entries of each heap, and last the number of voxels touched."""


def workspace_for(voxel_count: int, tip_count: int) -> Workspace:
    """Return room for fronts on a grid."""
    return Workspace(
        is_full=np.zeros(voxel_count, np.uint8),
        arrived=np.full((tip_count, voxel_count), FAR, np.float32),
        slowness=np.zeros(voxel_count, np.float32),
        waiting=np.empty((voxel_count, tip_count), np.float32),
        came_from=np.empty((voxel_count, tip_count), np.int32),
        way_out=np.empty(voxel_count, np.uint8),
        touched=np.empty(voxel_count, np.int32),
        order=np.empty(voxel_count, np.int32),
        at_ml=np.empty(voxel_count, np.float64),
        parent=np.empty(voxel_count, np.int32),
    )


@inlined
def _slowness(ways: Ways, grain: Grain, voxel: int) -> float:
    """Return the time of a step through a voxel, its own grain included."""
    ease = ways.log_conductance[voxel]
    if ways.zones[voxel] == _BONE:
        k, rest = voxel // ways.plane, voxel % ways.plane
        j, i = rest // ways.row, rest % ways.row
        size = grain.coarse_voxels
        ease += between(grain.coarse, k / size, j / size, i / size)
        ease += grain.fine_spread * bell(grain.seed, k, j, i)
    return min(float(np.exp(-grain.obedience * ease)), _SLOWEST)


@inlined
def _touch(room: Workspace, queue: _Queue, voxel: int, slowness: float) -> None:
    """Note how slow a voxel is; no front has come near it yet."""
    room.slowness[voxel] = slowness
    room.waiting[voxel] = FAR
    room.touched[queue.sizes[-1]] = voxel
    queue.sizes[-1] += 1


@inlined
def _reached(ways: Ways, grain: Grain, room: Workspace, tip: int, voxel: int) -> float:
    """Return when a tip's front reaches a voxel beside it."""
    along = room.slowness[voxel]
    across = along * grain.across_over_along if ways.zones[voxel] == _BONE else along
    arrived, row, plane = room.arrived[tip], ways.row, ways.plane
    return arrival(
        float(min(arrived[voxel + 1], arrived[voxel - 1])),
        float(min(arrived[voxel + row], arrived[voxel - row])),
        float(min(arrived[voxel + plane], arrived[voxel - plane])),
        across,
        along,
    )


@inlined
def _way_out(ways: Ways, room: Workspace, voxel: int, before: int) -> int:
    """Return how cement that comes to a voxel from another one has left the bone."""
    if ways.zones[voxel] < _FIRST_OUTSIDE:
        return _INSIDE
    if before != voxel and room.way_out[before] != _INSIDE:
        return int(room.way_out[before])
    if ways.zones[before] == _TRACK:
        return _THROUGH_TRACK
    if ways.zones[voxel] == _DISC:
        return _THROUGH_DISC
    return int(ways.openings[before]) or _THROUGH_CORTEX


@inlined
def _next_tip(sizes: Int32, by_tip_ml: Keys, shares: Keys) -> int:
    """Return the tip that is furthest behind its share; -1 where no front can move on."""
    best, least = -1, np.inf
    for tip in range(len(shares)):
        behind = by_tip_ml[tip] / shares[tip]
        if sizes[tip] > 0 and behind < least:
            best, least = tip, behind
    return best


@inlined
def _taken(queue: _Queue, room: Workspace, tip: int) -> int:
    """Take the earliest voxel off a tip's heap; -1 where it has been filled meanwhile."""
    heap = queue.heaps[tip]
    voxel = int(np.int64(heap[0] & np.uint64(0xFFFFFFFF)))
    queue.sizes[tip] -= 1
    drop_first(heap, queue.sizes[tip])
    if room.is_full[voxel]:
        return -1
    room.is_full[voxel] = 1
    room.arrived[tip, voxel] = room.waiting[voxel, tip]
    return voxel


@inlined
def _spread(
    ways: Ways, grain: Grain, room: Workspace, queue: _Queue, place: tuple[int, int]
) -> None:
    """Offer a filled voxel's neighbours to its tip's heap; `place` is the tip and the voxel."""
    tip, voxel = place
    now = room.arrived[tip, voxel]
    for step in (1, -1, ways.row, -ways.row, ways.plane, -ways.plane):
        near = voxel + step
        if room.is_full[near] or ways.zones[near] == _WALL:
            continue
        if room.slowness[near] == 0.0:
            _touch(room, queue, near, _slowness(ways, grain, near))
        # From no side does a front come sooner than this, whatever its direction.
        if room.waiting[near, tip] <= now + (_SOONEST + _WORTHWHILE) * room.slowness[near]:
            continue
        time = np.float32(_reached(ways, grain, room, tip, near))
        if time < room.waiting[near, tip] - _WORTHWHILE * room.slowness[near]:
            room.waiting[near, tip] = time
            room.came_from[near, tip] = voxel
            push(queue.heaps[tip], queue.sizes[tip], heap_entry(float(time), near))
            queue.sizes[tip] += 1


@looped
def _begun(room: Workspace, tips: Int32) -> _Queue:
    """Return heaps that hold each tip's own voxel."""
    queue = _Queue(np.empty((len(tips), _HEAP_START), np.uint64), np.zeros(len(tips) + 1, np.int32))
    for voxel in tips:
        if room.slowness[voxel] == 0.0:
            _touch(room, queue, voxel, 1.0)
    for tip in range(len(tips)):
        room.waiting[tips[tip], tip] = 0.0
        room.came_from[tips[tip], tip] = tips[tip]
        queue.heaps[tip, 0] = tips[tip]
        queue.sizes[tip] = 1
    return queue


@inlined
def _with_room(queue: _Queue) -> _Queue:
    """Return the heaps with room for another voxel's neighbours."""
    tips, length = queue.heaps.shape
    fullest = 0
    for tip in range(tips):
        fullest = max(fullest, queue.sizes[tip])
    if fullest + _NEIGHBOURS <= length:
        return queue
    heaps = np.empty((tips, 2 * length), np.uint64)
    heaps[:, :length] = queue.heaps
    return _Queue(heaps, queue.sizes)


@looped
def _filled_until(
    ways: Ways, room: Workspace, tips: Int32, shares: Keys, grain: Grain, volume_ml: float
) -> tuple[int, int]:
    """Fill voxels into `room`; return how many were filled and how many touched."""
    queue = _begun(room, tips)
    by_tip_ml = np.zeros(len(tips), np.float64)
    filled, injected_ml = 0, 0.0
    while injected_ml < volume_ml:
        tip = _next_tip(queue.sizes, by_tip_ml, shares)
        if tip < 0:
            break
        voxel = _taken(queue, room, tip)
        if voxel < 0:
            continue
        before = room.came_from[voxel, tip]
        room.way_out[voxel] = _way_out(ways, room, voxel, before)
        by_tip_ml[tip] += ways.pore_ml[voxel]
        injected_ml += ways.pore_ml[voxel]
        room.order[filled], room.at_ml[filled] = voxel, injected_ml
        room.parent[filled] = before
        filled += 1
        queue = _with_room(queue)
        _spread(ways, grain, room, queue, (tip, voxel))
    return filled, queue.sizes[-1]


@looped
def march_front(
    ways: Ways, room: Workspace, tips: Int32, shares: Keys, grain: Grain, volume_ml: float
) -> tuple[Int32, Keys, Int32, UInt8]:
    """Fill voxels in the order in which a front reaches them, until a volume is in.

    Parameters
    ----------
    ways
        What cement moves through.
    room
        Of `workspace_for` as many voxels and tips, used by no other thread meanwhile.
    tips, shares
        The voxel each tip lies in, and its share of the volume; a tip whose front can go no
        further leaves its rest to the others.
    grain
        Of the bone between the CT's voxels.
    volume_ml
        Where to stop.

    Returns
    -------
    order
        Flat indices of the filled voxels, the first one first.
    at_ml
        What had been injected, over all tips, once each was full; never falls.
    parent
        The voxel each was reached from; its own index at a tip.
    way_out
        How cement there had left the bone, as `WayOut`.
    """
    filled, touched = _filled_until(ways, room, tips, shares, grain, volume_ml)
    order = room.order[:filled].copy()
    found = order, room.at_ml[:filled].copy(), room.parent[:filled].copy(), room.way_out[order]
    for n in range(touched):
        room.is_full[room.touched[n]] = 0
        room.arrived[:, room.touched[n]] = FAR
        room.slowness[room.touched[n]] = 0.0
    return found


@looped
def way_back(order: Int32, parent: Int32, place: int) -> Int32:
    """Return the voxels from one at a place of the order back to its tip."""
    way = np.empty(place + 1, np.int32)
    way[0], length, at = order[place], 1, place
    while parent[at] != order[at]:
        before = parent[at]
        # What cement came from was full before: looked for backwards, each place once.
        while order[at] != before:
            at -= 1
        way[length] = before
        length += 1
    return way[:length].copy()

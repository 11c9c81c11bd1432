"""The small loops of a marching front: when it arrives, in what order, through what grain."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

Float32 = NDArray[np.float32]
UInt64 = NDArray[np.uint64]

FAR = 3.0e38
"""Later than any front arrives."""
_TICKS, _MOST_TICKS = 16384.0, 4294967295.0
_MIX_A, _MIX_B = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
_MIX_X, _MIX_Y, _MIX_Z = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xC2B2AE3D27D4EB4F
_BELL_SCALE = 3.0**0.5
"""One over the spread of four numbers from 0 to 1 added up."""


def looped(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Return a function compiled at its first call, kept on disk and run without the GIL.

    As `planner.foundation.compiled.compiled`, but a division by zero gives infinity: no cost is.
    """
    return cast(
        "Callable[_Parameters, _Result]",
        numba.njit(cache=True, nogil=True, error_model="numpy")(function),
    )


def inlined(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Return a function compiled into its callers: handing a dozen arrays on takes its time."""
    return cast(
        "Callable[_Parameters, _Result]",
        numba.njit(inline="always", nogil=True, error_model="numpy")(function),
    )


@looped
def bell(seed: int, x: int, y: int, z: int) -> float:
    """Return a number of mean 0 and spread 1 that only its place and the seed decide."""
    mixed = np.uint64(seed) * np.uint64(_MIX_A)
    mixed ^= np.uint64(x) * np.uint64(_MIX_X)
    mixed ^= np.uint64(y) * np.uint64(_MIX_Y)
    mixed ^= np.uint64(z) * np.uint64(_MIX_Z)
    for _ in range(2):
        mixed ^= mixed >> np.uint64(32)
        mixed *= np.uint64(_MIX_B)
    mixed ^= mixed >> np.uint64(32)
    # Four numbers of 16 bits added up are near enough to a bell.
    total = 0.0
    for n in range(4):
        total += float((mixed >> np.uint64(16 * n)) & np.uint64(0xFFFF))
    return (total / 65536.0 - 2.0) * _BELL_SCALE


@looped
def between(lattice: Float32, k: float, j: float, i: float) -> float:
    """Return the value of a lattice of bells between its points, of the same spread."""
    k0, j0, i0 = int(k), int(j), int(i)
    fk, fj, fi = k - k0, j - j0, i - i0
    total, weight = 0.0, 0.0
    for corner in range(8):
        a, b, c = corner >> 2, (corner >> 1) & 1, corner & 1
        share = (fk if a else 1.0 - fk) * (fj if b else 1.0 - fj) * (fi if c else 1.0 - fi)
        total += share * lattice[k0 + a, j0 + b, i0 + c]
        weight += share * share
    # A mean of eight has a smaller spread than each of them.
    return float(total / np.sqrt(weight))


@inlined
def push(heap: UInt64, size: int, entry: np.uint64) -> None:
    """Put an entry on a heap that held `size` before."""
    at = size
    while at > 0:
        above = (at - 1) >> 2
        if heap[above] <= entry:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = entry


@inlined
def drop_first(heap: UInt64, size: int) -> None:
    """Take the first entry off a heap that holds `size` afterwards."""
    entry = heap[size]
    at, below = 0, 1
    while below < size:
        first = below
        for n in range(below + 1, min(below + 4, size)):
            if heap[n] < heap[first]:
                first = n
        if heap[first] >= entry:
            break
        heap[at] = heap[first]
        at = first
        below = 4 * at + 1
    heap[at] = entry


@inlined
def heap_entry(time: float, voxel: int) -> np.uint64:
    """Return a time and its voxel as one number; of equal times the lower voxel is first."""
    ticks = np.uint64(min(time * _TICKS, _MOST_TICKS))
    return (ticks << np.uint64(32)) | np.uint64(voxel)


@looped
def arrival(a: float, b: float, c: float, across: float, along: float) -> float:
    """Return when a front reaches a voxel from its neighbours' times, each axis's earlier one.

    Solves ``((T - a) / across)^2 + ((T - b) / across)^2 + ((T - c) / along)^2 = 1`` over the
    axes whose neighbour is earlier than T: `a` and `b` across the body, `c` along it.
    """
    # Counted from the first one: squares of late times would swallow their differences.
    base = min(a, b, c)
    best = min(min(a, b) + across, c + along) - base
    s0 = s1 = s2 = 0.0
    for _ in range(3):
        first = min(a, b, c)
        late = first - base
        if first >= FAR or late >= best:
            break
        cost = along if first == c else across
        if first == c:
            c = FAR
        elif first == a:
            a = FAR
        else:
            b = FAR
        weight = 1.0 / (cost * cost)
        s0 += weight
        s1 += weight * late
        s2 += weight * late * late
        inside = s1 * s1 - s0 * (s2 - 1.0)
        if inside >= 0.0:
            best = (s1 + np.sqrt(inside)) / s0
    return base + best

"""Many runs of the same injection: in what share of them cement leaks, and where it goes."""

import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.foundation.progress import Cancelled, Progress, no_progress
from planner.geometry.points import Triple
from planner.simulation.cement_fill import (
    CementInjection,
    FillPicture,
    Leak,
    PreparedInjection,
    leaks_of,
    picture_fill,
    prepare_injection,
)
from planner.simulation.cement_space import CementSpace
from planner.simulation.cement_zones import Destination, LeakClass
from planner.simulation.worker_bands import worker_count

if TYPE_CHECKING:
    from planner.simulation.cement_march import Workspace

USUAL_RUNS = 200
_BATCH = 5
"""Runs that a thread does between two reports."""


@attrs.frozen
class LeakShare:
    """One way out, over all runs."""

    destination: Destination
    leak_class: LeakClass | None
    share_of_runs: float
    """Of runs, not a probability for a patient."""
    volume_at_leak_ml: float
    """The median over the runs that leaked there."""
    least_volume_ml: float
    """The smallest of them."""
    path_lps_mm: tuple[Triple, ...]
    """Of the run nearest the median."""

    @property
    def place_lps_mm(self) -> Triple:
        """Where that run's cement was first outside."""
        return self.path_lps_mm[-1]


@attrs.frozen(eq=False)
class FillStudy:
    """All runs of one injection."""

    picture: FillPicture
    """The run with the CT's own bone and the tips as planned."""
    by_run: tuple[tuple[Leak, ...], ...]
    """What leaked in each run, the gravest first."""
    share_of_runs: NDArray[np.float32]
    """In how many runs cement filled each voxel at the end, ``[k, j, i]``, 0 to 1."""
    filled_ml: float
    """The median of what went in."""

    @property
    def runs(self) -> int:
        """How many there are."""
        return len(self.by_run)

    @property
    def volume_ml(self) -> float:
        """What was injected in each."""
        return self.picture.prepared.injection.volume_ml

    @property
    def leaks(self) -> tuple[LeakShare, ...]:
        """The gravest destination first, of equal ones the most frequent."""
        return leak_shares(self.by_run)

    @property
    def leak_free_share(self) -> float:
        """The share of runs without any leak."""
        return self.leak_free_share_at(self.volume_ml)

    def leaks_at(self, volume_ml: float) -> tuple[LeakShare, ...]:
        """Return what had leaked once a volume was in, the same runs being stopped there."""
        return leak_shares([_until(volume_ml, found) for found in self.by_run])

    def leak_free_share_at(self, volume_ml: float) -> float:
        """Return the share of runs without any leak once a volume was in."""
        free = sum(not _until(volume_ml, found) for found in self.by_run)
        return free / self.runs if self.runs else 1.0

    def grave_share_at(self, volume_ml: float) -> float:
        """Return the share of runs with a leak to a grave place once a volume was in."""
        grave = sum(
            any(leak.destination.is_grave for leak in _until(volume_ml, found))
            for found in self.by_run
        )
        return grave / self.runs if self.runs else 0.0


def _until(volume_ml: float, leaks: Sequence[Leak]) -> tuple[Leak, ...]:
    return tuple(leak for leak in leaks if leak.volume_at_leak_ml <= volume_ml)


def study_fill(
    space: CementSpace,
    injection: CementInjection,
    runs: int = USUAL_RUNS,
    seed: int = 1,
    progress: Progress = no_progress,
) -> FillStudy:
    """Return many runs of an injection, on all cores; the same seed gives the same study.

    Raises
    ------
    PlanProblem
        If a tip lies outside the bone.
    Cancelled
        If the user has cancelled.
    """
    prepared = prepare_injection(space, injection)
    plain = picture_fill(prepared, 0)
    counts = np.zeros(prepared.zones.size, np.uint32)
    leaks: dict[int, tuple[Leak, ...]] = {}
    filled_ml: dict[int, float] = {}
    seeds = [seed * 100_003 + n + 1 for n in range(runs)]
    for done, (number, picture) in enumerate(_pictures(prepared, seeds), start=1):
        counts[picture.order] += 1
        leaks[number] = leaks_of(picture)
        filled_ml[number] = picture.filled_ml
        progress(done / runs, f"Cement of {space.vertebra.level.name}, run {done} of {runs}")
    shares = (counts / max(runs, 1)).astype(np.float32).reshape(prepared.zones.shape)
    return FillStudy(
        picture=plain,
        by_run=tuple(leaks[number] for number in range(runs)),
        share_of_runs=shares,
        filled_ml=float(np.median(list(filled_ml.values()))) if runs else plain.filled_ml,
    )


def _pictures(
    prepared: PreparedInjection, seeds: Sequence[int]
) -> Iterator[tuple[int, FillPicture]]:
    """Yield each run with its number, as they are done."""
    rooms: queue.SimpleQueue[Workspace] = queue.SimpleQueue()
    workers = worker_count()
    for _ in range(workers):
        rooms.put(prepared.new_workspace())

    def batch(numbers: Sequence[int]) -> list[tuple[int, FillPicture]]:
        room = rooms.get()
        try:
            return [(n, picture_fill(prepared, seeds[n], room)) for n in numbers]
        finally:
            rooms.put(room)

    with ThreadPoolExecutor(workers, thread_name_prefix="cement") as pool:
        numbers = range(len(seeds))
        batches = [numbers[first : first + _BATCH] for first in numbers[::_BATCH]]
        waiting: list[Future[list[tuple[int, FillPicture]]]] = [
            pool.submit(batch, part) for part in batches
        ]
        try:
            for future in as_completed(waiting):
                yield from future.result()
        except (Cancelled, GeneratorExit):
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def leak_shares(by_run: Sequence[Sequence[Leak]]) -> tuple[LeakShare, ...]:
    """Return each way out over all runs."""
    kinds = sorted(
        {(leak.destination, leak.leak_class) for found in by_run for leak in found},
        key=lambda kind: (tuple(Destination).index(kind[0]), str(kind[1])),
    )
    shares = []
    for destination, leak_class in kinds:
        same = sorted(
            (
                leak
                for found in by_run
                for leak in found
                if (leak.destination, leak.leak_class) == (destination, leak_class)
            ),
            key=lambda leak: leak.volume_at_leak_ml,
        )
        middle = same[(len(same) - 1) // 2]
        shares.append(
            LeakShare(
                destination,
                leak_class,
                len(same) / len(by_run),
                float(np.median([leak.volume_at_leak_ml for leak in same])),
                same[0].volume_at_leak_ml,
                middle.path_lps_mm,
            )
        )
    order = tuple(Destination)
    return tuple(sorted(shares, key=lambda s: (order.index(s.destination), -s.share_of_runs)))

"""Slices of a tilted gantry brought onto a rectangular grid along the table."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.foundation.progress import Progress, no_progress
from planner.imaging.volume import HuArray


@attrs.frozen
class SliceShear:
    """How the slices of a tilted gantry lie on the grid that they are straightened to."""

    tilt_deg: float
    """Between the normal of the slices and the table's axis."""
    shift_per_i: float
    """How many slices further along the table each column lies than the one before."""
    shift_per_j: float
    """How many slices further along the table each row lies than the one before."""
    first_slice: int
    """Where the grid's first slice lies, counted from the first image's first voxel."""

    def source_slice(self, k: NDArray[np.intp] | int, row: int, column: int) -> NDArray[np.float64]:
        """Return the continuous slice number of a voxel of the grid among the images."""
        shift = row * self.shift_per_j + column * self.shift_per_i
        return np.asarray(k, dtype=np.float64) + self.first_slice - shift


def _between(
    low: HuArray, high: HuArray, share: NDArray[np.float32], outside: int
) -> NDArray[np.float32]:
    """Return values between two slices; beside what the scanner did not see, the nearer one."""
    start = low.astype(np.float32)
    values: NDArray[np.float32] = start + (high - start) * share
    unseen = (low == outside) | (high == outside)
    if unseen.any():
        nearer = np.where(share < 0.5, low, high)
        values[unseen] = nearer[unseen]
    return values


def straighten(
    slices: HuArray,
    shear: SliceShear,
    into: HuArray,
    outside: int,
    progress: Progress = no_progress,
) -> None:
    """Interpolate the images of a tilted gantry along the table, row by row.

    In the slices' own planes nothing is interpolated: an edge along the table stays where it is.

    Parameters
    ----------
    slices
        The images, ``slices[k, j, i]``.
    shear
        How they lie on the grid.
    into
        The grid's voxels, filled here.
    outside
        What stands where there is no image, and in the images where the scanner saw nothing.
    progress
        Told of every row; stops the work by `Cancelled`.
    """
    if shear.shift_per_i and not shear.shift_per_j:
        turned = attrs.evolve(shear, shift_per_i=0.0, shift_per_j=shear.shift_per_i)
        straighten(slices.swapaxes(1, 2), turned, into.swapaxes(1, 2), outside, progress)
        return
    k = np.arange(into.shape[0])
    last = slices.shape[0] - 1
    for j in range(into.shape[1]):
        progress(j / into.shape[1], "Straightening")
        source = shear.source_slice(k, j, 0)
        inside = (source > -1e-6) & (source < last + 1e-6)
        low = np.clip(np.floor(source[inside] + 1e-6).astype(np.intp), 0, max(last - 1, 0))
        share = np.clip(source[inside] - low, 0.0, 1.0).astype(np.float32)[:, np.newaxis]
        into[:, j] = outside
        into[inside, j] = np.rint(
            _between(slices[low, j], slices[np.minimum(low + 1, last), j], share, outside)
        )

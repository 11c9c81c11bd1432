"""Where a field is evaluated: a lattice of points, which a tilted gantry may shear."""

from typing import Self

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, PointLike
from planner.geometry.transforms import RigidTransform

Field = NDArray[np.floating]
"""Values on a lattice: single precision wherever there are many."""
Window = tuple[slice, slice, slice]
"""A part of an array, along k, j and i."""


@attrs.frozen(eq=False)
class Lattice:
    """Points at ``lps_from_ijk @ (i, j, k, 1)``; unlike a grid, its axes may be oblique."""

    shape_kji: tuple[int, int, int]
    lps_from_ijk: FloatArray

    @classmethod
    def of(cls, grid: GridGeometry) -> Self:
        """Return the lattice of a grid's voxel centres."""
        return cls(grid.shape_kji, np.array(grid.lps_from_ijk))

    @property
    def spacing_mm(self) -> float:
        """The mean distance between neighbours, over which edges are blurred."""
        return float(np.abs(np.linalg.det(self.lps_from_ijk[:3, :3])) ** (1.0 / 3.0))

    def window_around(self, centre_lps_mm: PointLike, radius_mm: float) -> Window | None:
        """Return the part of the lattice that a sphere lies in, None where it lies outside."""
        ijk_from_lps = np.linalg.inv(self.lps_from_ijk)
        centre = ijk_from_lps[:3, :3] @ np.asarray(centre_lps_mm) + ijk_from_lps[:3, 3]
        reach = radius_mm * np.linalg.norm(ijk_from_lps[:3, :3], axis=1)
        lower = np.maximum(np.ceil(centre - reach).astype(int), 0)
        upper = np.minimum(np.floor(centre + reach).astype(int) + 1, self.shape_kji[::-1])
        if (lower >= upper).any():
            return None
        i, j, k = (slice(int(a), int(b)) for a, b in zip(lower, upper, strict=True))
        return k, j, i

    def box(self, centre_mm: PointLike, half_mm: PointLike, frame: RigidTransform) -> Window | None:
        """Return the part of the lattice that a box of a frame lies in, None where outside.

        Parameters
        ----------
        centre_mm, half_mm
            Of the box, in the frame's millimetres.
        frame
            ``lps_from_frame``.
        """
        inverse = np.linalg.inv(self.lps_from_ijk)
        turn = inverse[:3, :3] @ frame.rotation
        centre = inverse[:3, :3] @ frame.point(centre_mm) + inverse[:3, 3]
        reach = np.abs(turn) @ np.asarray(half_mm)
        lower = np.maximum(np.ceil(centre - reach).astype(int), 0)
        upper = np.minimum(np.floor(centre + reach).astype(int) + 1, self.shape_kji[::-1])
        if (lower >= upper).any():
            return None
        i, j, k = (slice(int(a), int(b)) for a, b in zip(lower, upper, strict=True))
        return k, j, i

    def cropped(self, window: Window) -> Self:
        """Return the lattice of a window of this one."""
        k, j, i = window
        matrix = np.array(self.lps_from_ijk)
        matrix[:3, 3] += matrix[:3, :3] @ (i.start, j.start, k.start)
        shape = (k.stop - k.start, j.stop - j.start, i.stop - i.start)
        return type(self)(shape, matrix)

    def coordinates(self, frame: RigidTransform) -> tuple[Field, Field, Field]:
        """Return every point's coordinates in a frame, each array of this lattice's shape.

        Parameters
        ----------
        frame
            ``lps_from_frame``.
        """
        matrix = np.eye(4)
        matrix[:3, :3] = frame.rotation.T
        matrix[:3, 3] = -frame.rotation.T @ frame.translation_mm
        matrix = matrix @ self.lps_from_ijk
        k, j, i = (np.arange(n, dtype=np.float32) for n in self.shape_kji)
        rows = matrix.astype(np.float32)
        u, v, w = (
            (rows[n, 0] * i + rows[n, 3])[None, None, :]
            + (rows[n, 1] * j)[None, :, None]
            + (rows[n, 2] * k)[:, None, None]
            for n in range(3)
        )
        return u, v, w

"""Where the voxels of a volume lie."""

import functools
from typing import Self

import attrs
import numpy as np
from numpy.typing import ArrayLike

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import FloatArray, PointLike, Triple, Vec3, as_point_mm

_ORTHOGONALITY_TOLERANCE = 1e-4
"""Largest cosine between two axes of a grid that still counts as orthogonal."""


def _as_lps_from_ijk(value: ArrayLike) -> FloatArray:
    matrix = np.array(value, dtype=np.float64)
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        raise GeometryProblem("A grid needs four by four finite numbers.")
    if not np.array_equal(matrix[3], [0, 0, 0, 1]):
        raise GeometryProblem("The last row of a grid's matrix must be 0 0 0 1.")
    axes = matrix[:3, :3]
    lengths = np.linalg.norm(axes, axis=0)
    if (lengths <= 0).any():
        raise GeometryProblem("A grid needs a spacing above zero along each axis.")
    cosines = (axes / lengths).T @ (axes / lengths)
    if np.abs(cosines - np.eye(3)).max() > _ORTHOGONALITY_TOLERANCE:
        raise GeometryProblem("The axes of a grid must be orthogonal.")
    matrix.flags.writeable = False
    return matrix


def _as_shape(value: PointLike) -> tuple[int, int, int]:
    i, j, k = (int(v) for v in value)
    if min(i, j, k) < 1:
        raise GeometryProblem("A grid needs at least one voxel along each axis.")
    return i, j, k


@attrs.frozen
class GridGeometry:
    """A regular orthogonal grid: its size, and LPS millimetres from voxel indices.

    Indices are continuous, column-row-slice, and integer at the voxel's centre. Arrays on the
    grid are read ``voxels[k, j, i]``, so their shape is ``shape_ijk`` reversed.
    """

    shape_ijk: tuple[int, int, int] = attrs.field(converter=_as_shape)
    lps_from_ijk: FloatArray = attrs.field(
        converter=_as_lps_from_ijk, eq=attrs.cmp_using(eq=np.array_equal)
    )

    @classmethod
    def axis_aligned(
        cls, shape_ijk: tuple[int, int, int], origin_lps_mm: PointLike, spacing_mm: PointLike
    ) -> Self:
        """Return a grid whose axes run along L, P and S from the first voxel's centre."""
        matrix = np.diag([*(float(s) for s in spacing_mm), 1.0])
        matrix[:3, 3] = origin_lps_mm
        return cls(shape_ijk, matrix)

    @property
    def shape_kji(self) -> tuple[int, int, int]:
        """The shape of arrays on this grid."""
        i, j, k = self.shape_ijk
        return k, j, i

    @functools.cached_property
    def spacing_ijk_mm(self) -> Triple:
        """Distance between voxel centres along each index."""
        i, j, k = np.linalg.norm(self.lps_from_ijk[:3, :3], axis=0)
        return float(i), float(j), float(k)

    @property
    def voxel_mm3(self) -> float:
        """Volume of one voxel."""
        return float(np.prod(self.spacing_ijk_mm))

    @functools.cached_property
    def axes_lps(self) -> FloatArray:
        """Unit vectors along i, j and k as the columns of a 3 x 3 matrix, read-only."""
        axes: FloatArray = self.lps_from_ijk[:3, :3] / np.array(self.spacing_ijk_mm, np.float64)
        axes.flags.writeable = False
        return axes

    @functools.cached_property
    def ijk_from_lps(self) -> FloatArray:
        """The 4 x 4 inverse of `lps_from_ijk`, read-only."""
        inverse: FloatArray = np.linalg.inv(self.lps_from_ijk).astype(np.float64)
        inverse.flags.writeable = False
        return inverse

    @property
    def centre_lps_mm(self) -> Vec3:
        """The middle of the grid."""
        return as_point_mm(self.lps_of((np.asarray(self.shape_ijk) - 1) / 2))

    def lps_of(self, ijk: ArrayLike) -> FloatArray:
        """Return LPS millimetres of continuous indices, shape (..., 3)."""
        matrix = self.lps_from_ijk
        lps_mm: FloatArray = np.asarray(ijk, dtype=np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
        return lps_mm

    def ijk_of(self, lps_mm: ArrayLike) -> FloatArray:
        """Return continuous indices of LPS millimetres, shape (..., 3)."""
        matrix = self.ijk_from_lps
        ijk: FloatArray = np.asarray(lps_mm, dtype=np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
        return ijk

    def contains(self, lps_mm: PointLike) -> bool:
        """Return whether a point lies inside the voxels, their outer halves included."""
        ijk = self.ijk_of(np.asarray(lps_mm))
        return bool(np.all(ijk >= -0.5) and np.all(ijk <= np.asarray(self.shape_ijk) - 0.5))

    def corners_lps_mm(self) -> FloatArray:
        """Return the eight corner voxel centres, shape (8, 3)."""
        last = np.asarray(self.shape_ijk) - 1
        corners = np.array(np.meshgrid(*[(0, n) for n in last], indexing="ij")).reshape(3, 8).T
        return self.lps_of(corners)

    def cropped(self, lower_ijk: PointLike, upper_ijk: PointLike) -> Self:
        """Return the grid of voxels from `lower_ijk` up to but without `upper_ijk`."""
        lower, upper = np.asarray(lower_ijk, dtype=int), np.asarray(upper_ijk, dtype=int)
        matrix = np.array(self.lps_from_ijk)
        matrix[:3, 3] = self.lps_of(lower)
        i, j, k = (int(v) for v in upper - lower)
        return type(self)((i, j, k), matrix)

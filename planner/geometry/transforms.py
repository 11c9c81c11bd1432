"""Rigid transforms, named ``target_from_source``."""

import functools
from typing import Self

import attrs
import numpy as np
from numpy.typing import ArrayLike

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import FloatArray, PointLike, Vec3, as_point_mm, as_unit_vector

_ROTATION_TOLERANCE = 1e-6
"""How far R R^T may be from the identity, and det R from 1."""


def _as_rotation(value: ArrayLike) -> FloatArray:
    rotation = np.array(value, dtype=np.float64)
    if rotation.shape != (3, 3) or not np.isfinite(rotation).all():
        raise GeometryProblem("A rotation needs three by three finite numbers.")
    off = np.abs(rotation @ rotation.T - np.eye(3)).max()
    if off > _ROTATION_TOLERANCE or np.linalg.det(rotation) < 0:
        raise GeometryProblem("A rotation needs orthogonal axes of length 1, right-handed.")
    rotation.flags.writeable = False
    return rotation


@attrs.frozen
class RigidTransform:
    """Rotation, then translation in millimetres: ``target = rotation @ source + translation``.

    Products read by touching names: ``lps_from_vertebra @ vertebra_from_needle``.

    Examples
    --------
    >>> lps_from_vertebra = RigidTransform.from_axes([10, 0, 0], [0, 1, 0], [-1, 0, 0], [0, 0, 1])
    >>> lps_from_vertebra.point([1, 0, 0])
    array([10.,  1.,  0.])
    """

    rotation: FloatArray = attrs.field(
        converter=_as_rotation, eq=attrs.cmp_using(eq=np.array_equal)
    )
    translation_mm: Vec3 = attrs.field(converter=as_point_mm, eq=attrs.cmp_using(eq=np.array_equal))

    @classmethod
    def identity(cls) -> Self:
        """Return the transform that changes nothing."""
        return cls(np.eye(3), np.zeros(3))

    @classmethod
    def from_axes(cls, origin: PointLike, x: PointLike, y: PointLike, z: PointLike) -> Self:
        """Return the transform from the frame with this origin and these unit axes."""
        return cls(np.stack([x, y, z], axis=1), np.asarray(origin))

    @classmethod
    def from_matrix(cls, matrix: ArrayLike) -> Self:
        """Return the transform of a 4 x 4 homogeneous matrix."""
        array = np.asarray(matrix, dtype=np.float64)
        if array.shape != (4, 4) or not np.allclose(array[3], [0, 0, 0, 1]):
            raise GeometryProblem("A rigid transform needs four by four numbers, last row 0 0 0 1.")
        return cls(array[:3, :3], array[:3, 3])

    @property
    def matrix(self) -> FloatArray:
        """The 4 x 4 homogeneous matrix, a copy."""
        matrix = np.eye(4)
        matrix[:3, :3] = self.rotation
        matrix[:3, 3] = self.translation_mm
        return matrix

    @functools.cached_property
    def inverse(self) -> "RigidTransform":
        """The transform back."""
        return RigidTransform(self.rotation.T, -self.rotation.T @ self.translation_mm)

    def __matmul__(self, other: "RigidTransform") -> "RigidTransform":
        """Return the transform that applies `other` first."""
        return RigidTransform(
            self.rotation @ other.rotation,
            self.rotation @ other.translation_mm + self.translation_mm,
        )

    def point(self, source_mm: PointLike) -> Vec3:
        """Return one point in the target frame, shape (3,)."""
        return as_point_mm(self.rotation @ np.asarray(source_mm) + self.translation_mm)

    def points(self, source_mm: FloatArray) -> FloatArray:
        """Return points in the target frame, shape (n, 3)."""
        moved: FloatArray = np.asarray(source_mm) @ self.rotation.T + self.translation_mm
        return moved

    def vector(self, source: PointLike) -> Vec3:
        """Return one direction in the target frame, shape (3,)."""
        return as_point_mm(self.rotation @ np.asarray(source))


def rotation_about(axis: PointLike, angle_deg: float) -> FloatArray:
    """Return the right-handed rotation about an axis through the origin, shape (3, 3).

    Examples
    --------
    >>> rotation_about([0, 0, 1], 90.0).round(6) @ [1, 0, 0]
    array([0., 1., 0.])
    """
    x, y, z = as_unit_vector(axis)
    angle = np.radians(angle_deg)
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    rotation: FloatArray = np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross
    return rotation

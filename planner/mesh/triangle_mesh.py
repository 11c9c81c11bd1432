"""A surface of triangles in patient space."""

from typing import Self

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import FloatArray, Vec3, as_point_mm

FaceArray = NDArray[np.int64]


def _as_vertices(value: NDArray[np.floating]) -> FloatArray:
    vertices = np.array(value, dtype=np.float64)
    if vertices.ndim != 2 or vertices.shape[1] != 3 or not np.isfinite(vertices).all():
        raise GeometryProblem("A mesh needs finite vertices of three numbers each.")
    vertices.flags.writeable = False
    return vertices


def _as_faces(value: NDArray[np.integer]) -> FaceArray:
    faces = np.array(value, dtype=np.int64)
    if faces.ndim != 2 or faces.shape[1] != 3:
        raise GeometryProblem("A mesh needs faces of three vertex numbers each.")
    faces.flags.writeable = False
    return faces


@attrs.frozen(eq=False)
class TriangleMesh:
    """Vertices (n, 3) in LPS millimetres and faces (m, 3); outward faces turn counter-clockwise."""

    vertices_lps_mm: FloatArray = attrs.field(converter=_as_vertices)
    faces: FaceArray = attrs.field(converter=_as_faces)

    def __attrs_post_init__(self) -> None:
        if self.faces.size and not 0 <= self.faces.min() <= self.faces.max() < len(
            self.vertices_lps_mm
        ):
            raise GeometryProblem("A mesh's faces must name its own vertices.")

    @classmethod
    def empty(cls) -> Self:
        """Return a mesh without faces."""
        return cls(np.zeros((0, 3)), np.zeros((0, 3), dtype=np.int64))

    @property
    def area_mm2(self) -> float:
        """The surface's area."""
        return float(np.linalg.norm(self._doubled_normals(), axis=1).sum() / 2.0)

    @property
    def volume_mm3(self) -> float:
        """The volume inside, by the divergence theorem; meaningless unless watertight."""
        first = self.vertices_lps_mm[self.faces[:, 0]]
        return float(np.einsum("ij,ij->", first, self._doubled_normals()) / 6.0)

    @property
    def is_watertight(self) -> bool:
        """Whether each edge is shared by two faces that turn against each other."""
        edges = np.concatenate([self.faces[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))])
        forward, counts = np.unique(edges, axis=0, return_counts=True)
        backward = np.unique(edges[:, ::-1], axis=0)
        return bool((counts == 1).all() and np.array_equal(forward, backward))

    def centroid_lps_mm(self) -> Vec3:
        """Return the mean of the vertices."""
        return as_point_mm(self.vertices_lps_mm.mean(axis=0))

    def _doubled_normals(self) -> FloatArray:
        a, b, c = (self.vertices_lps_mm[self.faces[:, n]] for n in range(3))
        normals: FloatArray = np.cross(b - a, c - a)
        return normals

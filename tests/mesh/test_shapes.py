import math

import numpy as np
import pytest

from planner.foundation.errors import GeometryProblem
from planner.geometry.shapes import Capsule, Segment, capsule_between
from planner.mesh.polydata import mesh_of, polydata_of
from planner.mesh.shapes import box_mesh, capsule_mesh, cone_mesh, cylinder_mesh, tube_mesh


@pytest.mark.parametrize(
    "end", [(4.0, 30.0, -5.0), (1.0, 2.0, 50.0), (1.0, 2.0, 3.0)], ids=["oblique", "along", "ball"]
)
def test_a_capsule_is_closed_outward_and_within_one_percent_of_its_formula(
    end: tuple[float, float, float],
) -> None:
    capsule = capsule_between((1.0, 2.0, 3.0), end, 7.5)
    mesh = capsule_mesh(capsule)
    assert mesh.is_watertight
    assert mesh.volume_mm3 == pytest.approx(capsule.volume_mm3, rel=0.01)
    assert np.abs(capsule.signed_distance_mm(mesh.vertices_lps_mm)).max() < 1e-9


def test_a_cylinder_is_closed_outward_and_within_one_percent_of_its_formula() -> None:
    axis = Segment((10.0, -5.0, 3.0), (-20.0, 40.0, -9.0))
    mesh = cylinder_mesh(axis, 1.7)
    assert mesh.is_watertight
    assert mesh.volume_mm3 == pytest.approx(math.pi * 1.7**2 * axis.length_mm, rel=0.01)


def test_shapes_without_extent_are_refused() -> None:
    point = Segment((0, 0, 0), (0, 0, 0))
    with pytest.raises(GeometryProblem):
        cylinder_mesh(point, 1.0)
    with pytest.raises(GeometryProblem):
        capsule_mesh(Capsule(point, 0.0))


def test_a_mesh_survives_the_way_to_vtk_and_back() -> None:
    mesh = cylinder_mesh(Segment((0, 0, 0), (1, 2, 3)), 1.0)
    returned = mesh_of(polydata_of(mesh))
    assert np.array_equal(returned.vertices_lps_mm, mesh.vertices_lps_mm)
    assert np.array_equal(returned.faces, mesh.faces)


def test_a_cone_and_a_box_are_closed_outward_and_have_their_volume() -> None:
    cone = cone_mesh(Segment((1.0, 2.0, 3.0), (1.0, 2.0, 33.0)), 2.0, 5.0)
    assert cone.is_watertight
    assert cone.volume_mm3 == pytest.approx(math.pi * 30.0 * (4.0 + 10.0 + 25.0) / 3.0, rel=0.01)
    box = box_mesh((5.0, -6.0, 7.0), (2.0, 4.0, 8.0))
    assert box.volume_mm3 == pytest.approx(64.0)
    assert box.vertices_lps_mm.min(axis=0) == pytest.approx((4.0, -8.0, 3.0))
    with pytest.raises(GeometryProblem):
        cone_mesh(Segment((0, 0, 0), (0, 0, 0)), 1.0, 1.0)


def test_a_bent_tube_keeps_its_radius_and_faces_outwards() -> None:
    turns = np.linspace(0.0, np.pi, 60)
    bow = 50.0 * np.stack([np.cos(turns), np.sin(turns), np.zeros_like(turns)], axis=1)
    mesh = tube_mesh(bow, 4.0, (0.0, 0.0, 1.0))
    from_bow = np.linalg.norm(mesh.vertices_lps_mm[:, np.newaxis] - bow, axis=2).min(axis=1)
    assert from_bow == pytest.approx(4.0, abs=0.05)
    a, b, c = (mesh.vertices_lps_mm[mesh.faces[:, n]] for n in range(3))
    normals, middles = np.cross(b - a, c - a), (a + b + c) / 3.0
    nearest = np.linalg.norm(middles[:, np.newaxis] - bow, axis=2).argmin(axis=1)
    assert (np.einsum("ij,ij->i", normals, middles - bow[nearest]) > 0.0).all()

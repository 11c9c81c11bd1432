import shutil
import struct
import subprocess
from pathlib import Path

import attrs
import numpy as np
import pytest
from phantom_snapshot import CENTRE, LEVEL, TIP

from planner.export.run_export import run_export
from planner.export.snapshot import MeshKind, NamedMesh, PlanSnapshot
from planner.mesh.triangle_mesh import TriangleMesh
from planner_writer_mesh.stl import read_stl, stl_bytes
from planner_writer_mesh.writer import HEADER, StlWriter


def sphere(segments: int = 48, radius_mm: float = 20.0, at_mm: float = 300.0) -> TriangleMesh:
    """Return a closed sphere with slivers at its poles, far from the origin."""
    rings = np.linspace(0, np.pi, segments)[1:-1]
    turns = np.linspace(0, 2 * np.pi, segments, endpoint=False)
    vertices = [(0, 0, 1.0), *((np.sin(r) * np.cos(t), np.sin(r) * np.sin(t), np.cos(r))
                               for r in rings for t in turns), (0, 0, -1.0)]  # fmt: skip
    faces = []
    for t in range(segments):
        n = (t + 1) % segments
        faces.append((0, 1 + t, 1 + n))
        for r in range(len(rings) - 1):
            a, b = 1 + r * segments, 1 + (r + 1) * segments
            faces += [(a + t, b + t, b + n), (a + t, b + n, a + n)]
        last = 1 + (len(rings) - 1) * segments
        faces.append((last + t, len(vertices) - 1, last + n))
    return TriangleMesh(np.array(vertices) * radius_mm + at_mm, np.array(faces))


@pytest.fixture
def paths(a_snapshot: PlanSnapshot, tmp_path: Path) -> dict[str, Path]:
    receipt = run_export(a_snapshot, StlWriter(), tmp_path)
    return {file.path.name.rsplit("-", 1)[0]: file.path for file in receipt.files}


def test_each_surface_has_its_own_file(paths: dict[str, Path]) -> None:
    assert list(paths) == ["T12-vertebra", "T12-left-needle"]


def test_the_header_says_lps_and_that_this_is_no_medical_device(paths: dict[str, Path]) -> None:
    header = paths["T12-vertebra"].read_bytes()[:80].decode("ascii")
    assert header.startswith("SPACE=LPS")
    assert "Not a medical device" in header
    assert len(HEADER) <= 80


def test_vtk_reads_the_surfaces_where_they_are_in_the_patient(paths: dict[str, Path]) -> None:
    from vtkmodules.vtkIOGeometry import vtkSTLReader

    for name, centre in (("T12-vertebra", CENTRE), ("T12-left-needle", TIP)):
        reader = vtkSTLReader()
        reader.SetFileName(str(paths[name]))
        reader.Update()
        assert reader.GetOutput().GetNumberOfCells() == 12
        assert reader.GetOutput().GetCenter() == pytest.approx(centre, abs=1e-3)


def test_the_needle_on_the_left_lies_to_the_left_of_the_bone(paths: dict[str, Path]) -> None:
    bone, needle = (read_stl(paths[name].read_bytes()) for name in paths)
    assert needle[..., 0].mean() > bone[..., 0].mean()


def test_normals_point_out_of_the_surface() -> None:
    mesh = sphere()
    data = stl_bytes(mesh, HEADER)
    layout = np.dtype([("n", "<f4", 3), ("c", "<f4", (3, 3)), ("a", "<u2")])
    facets = np.frombuffer(data[84:], dtype=layout)
    outward = facets["c"].mean(axis=1) - 300.0
    assert (np.einsum("ij,ij->i", facets["n"], outward) > 0).all()
    assert np.linalg.norm(facets["n"], axis=1) == pytest.approx(1.0, abs=1e-5)


def test_faces_that_vanish_in_single_precision_leave_a_closed_surface() -> None:
    mesh = sphere(radius_mm=0.002, at_mm=400.0)
    corners = read_stl(stl_bytes(mesh, HEADER))
    assert len(corners) < len(mesh.faces)
    vertices, index = np.unique(corners.reshape(-1, 3), axis=0, return_inverse=True)
    faces = index.reshape(-1, 3)
    edges = np.concatenate([faces[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))])
    forward, forward_counts = np.unique(edges, axis=0, return_counts=True)
    backward, backward_counts = np.unique(edges[:, ::-1], axis=0, return_counts=True)
    assert len(vertices) > 3
    assert np.array_equal(forward, backward)
    assert np.array_equal(forward_counts, backward_counts)


def test_a_surface_with_a_hole_is_named_and_not_written(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    whole = a_snapshot.meshes[0].mesh
    surface = TriangleMesh(whole.vertices_lps_mm, whole.faces[1:])
    holed = NamedMesh("x", "T12", LEVEL, surface, MeshKind.BONE)
    receipt = run_export(attrs.evolve(a_snapshot, meshes=(holed,)), StlWriter(), tmp_path)
    assert [p.message for p in receipt.problems] == [
        "The surface of T12 has holes: segment T12 anew."
    ]


def test_data_cut_short_is_refused() -> None:
    data = stl_bytes(sphere(), HEADER)
    for length in (len(data) - 1, len(data) - 50):
        with pytest.raises(ValueError, match="cut short"):
            read_stl(data[:length])
    assert struct.unpack_from("<I", data, 80) == (len(sphere().faces),)


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("admesh") is None, reason="admesh is not installed")
def test_admesh_finds_no_open_edge(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    round_mesh = NamedMesh("T12-sphere", "Sphere", LEVEL, sphere(), MeshKind.BONE)
    snapshot = attrs.evolve(a_snapshot, meshes=(*a_snapshot.meshes, round_mesh))
    for file in run_export(snapshot, StlWriter(), tmp_path).files:
        report = subprocess.run(
            ["admesh", "-e", "-c", str(file.path)], capture_output=True, text=True, check=True
        ).stdout
        (line,) = [li for li in report.splitlines() if "Total disconnected facets" in li]
        assert line.split(":")[1].split() == ["0", "0"], report

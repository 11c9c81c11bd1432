"""Writers of surfaces: one file each (STL, PLY), or all in one file (3MF, glTF)."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planner.export.file_names import plan_file_name, study_tag
from planner.export.snapshot import NamedMesh, PlanSnapshot
from planner.export.variant_words import variants_of_plan
from planner.export.writer import WriteProblem, WriterInfo
from planner.foundation.progress import Progress
from planner_writer_mesh.colours import colour_of
from planner_writer_mesh.gltf import glb_bytes
from planner_writer_mesh.ply import ply_bytes, ply_vertices
from planner_writer_mesh.stl import read_stl, stl_bytes
from planner_writer_mesh.three_mf import write_3mf

HEADER = "SPACE=LPS UNIT=mm Research and education software. Not a medical device."
"""Programs that know ``SPACE=LPS`` put the mesh where it belongs without a question."""
_TOLERANCE_MM = 1e-3
"""How far single precision may move a corner, at the scale of a body."""


def surface_problems(snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
    """Return a problem when there is no surface, and one for each that is not closed."""
    if not snapshot.meshes:
        return (WriteProblem("There is no surface to write: find a level first."),)
    return tuple(
        WriteProblem(f"The surface of {named.title} has holes: segment {named.level.name} anew.")
        for named in snapshot.meshes
        if not named.mesh.faces.size or not named.mesh.is_watertight
    )


class StlWriter:
    """Writes each surface of the snapshot as a binary STL file in LPS millimetres."""

    info = WriterInfo(id="mesh-stl", title="Meshes (STL)", file_suffixes=(".stl",))

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what is wrong with the surfaces."""
        return surface_problems(snapshot)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write one file for each surface."""
        return _one_file_each(
            snapshot, folder, progress, ".stl", lambda named: stl_bytes(named.mesh, HEADER)
        )

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem for each file whose surface does not lie where it should."""
        return _misplaced(snapshot, paths, lambda data: read_stl(data).reshape(-1, 3))


class PlyWriter:
    """Writes each surface as a binary PLY file in its colour, in LPS millimetres."""

    info = WriterInfo(id="mesh-ply", title="Meshes (PLY, coloured)", file_suffixes=(".ply",))

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what is wrong with the surfaces."""
        return surface_problems(snapshot)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write one file for each surface."""
        return _one_file_each(
            snapshot,
            folder,
            progress,
            ".ply",
            lambda named: ply_bytes(named.mesh, colour_of(named), (HEADER, named.title)),
        )

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem for each file whose surface does not lie where it should."""
        return _misplaced(snapshot, paths, ply_vertices)


class ThreeMfWriter:
    """Writes all surfaces as one 3MF package for printing, in LPS millimetres."""

    info = WriterInfo(id="mesh-3mf", title="Model to print (3MF)", file_suffixes=(".3mf",))

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what is wrong with the surfaces."""
        return surface_problems(snapshot)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write the package."""
        progress(0.0, "3MF")
        path = folder / plan_file_name(snapshot, "model", ".3mf")
        write_3mf(snapshot.meshes, path, _levels(snapshot), _description(snapshot))
        progress(1.0, "3MF")
        return (path,)


class GltfWriter:
    """Writes all surfaces as one binary glTF file for viewers."""

    info = WriterInfo(id="mesh-gltf", title="Model to look at (glTF)", file_suffixes=(".glb",))

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what is wrong with the surfaces."""
        return surface_problems(snapshot)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write the file."""
        progress(0.0, "glTF")
        path = folder / plan_file_name(snapshot, "model", ".glb")
        path.write_bytes(glb_bytes(snapshot.meshes, snapshot.software, _description(snapshot)))
        progress(1.0, "glTF")
        return (path,)


def _one_file_each(
    snapshot: PlanSnapshot,
    folder: Path,
    progress: Progress,
    suffix: str,
    bytes_of_mesh: Callable[[NamedMesh], bytes],
) -> Sequence[Path]:
    paths = []
    for number, named in enumerate(snapshot.meshes):
        progress(number / len(snapshot.meshes), named.title)
        path = folder / _file_name(named, snapshot, suffix)
        path.write_bytes(bytes_of_mesh(named))
        paths.append(path)
    return tuple(paths)


def _misplaced(
    snapshot: PlanSnapshot,
    paths: Sequence[Path],
    points_in: Callable[[bytes], NDArray[np.float32]],
) -> Sequence[WriteProblem]:
    by_name = {path.stem: path for path in paths}
    return tuple(
        WriteProblem(f"The surface of {named.title} reads back in another place.")
        for named in snapshot.meshes
        if not _bounds_agree(named, points_in(by_name[_file_name(named, snapshot)].read_bytes()))
    )


def _levels(snapshot: PlanSnapshot) -> str:
    levels = ", ".join(level.level.name for level in snapshot.plan.levels)
    variants = variants_of_plan(snapshot.plan)
    return f"Plan of {levels}. {variants}" if variants else f"Plan of {levels}"


def _description(snapshot: PlanSnapshot) -> str:
    return f"SPACE=LPS UNIT=mm. {snapshot.disclaimer} {snapshot.software}."


def _file_name(named: NamedMesh, snapshot: PlanSnapshot, suffix: str = "") -> str:
    return f"{named.name}-{study_tag(snapshot)}{suffix}"


def _bounds_agree(named: NamedMesh, points_lps_mm: NDArray[np.float32]) -> bool:
    vertices = named.mesh.vertices_lps_mm[np.unique(named.mesh.faces)]
    return bool(
        np.allclose(points_lps_mm.min(axis=0), vertices.min(axis=0), rtol=0, atol=_TOLERANCE_MM)
        and np.allclose(points_lps_mm.max(axis=0), vertices.max(axis=0), rtol=0, atol=_TOLERANCE_MM)
    )

"""STL meshes: the bone, the needles and the balloons, one file each."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from planner.export.file_names import study_tag
from planner.export.snapshot import NamedMesh, PlanSnapshot
from planner.export.writer import WriteProblem, WriterInfo
from planner.foundation.progress import Progress
from planner_writer_mesh.stl import read_stl, stl_bytes

HEADER = "SPACE=LPS UNIT=mm Research and education software. Not a medical device."
"""Programs that know ``SPACE=LPS`` put the mesh where it belongs without a question."""
_TOLERANCE_MM = 1e-3
"""How far single precision may move a corner, at the scale of a body."""


class StlWriter:
    """Writes each surface of the snapshot as a binary STL file in LPS millimetres."""

    info = WriterInfo(id="mesh-stl", title="Meshes (STL)", file_suffixes=(".stl",))

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return a problem when there is no surface, and one for each that is not closed."""
        if not snapshot.meshes:
            return (WriteProblem("There is no surface to write: find a level first."),)
        return tuple(
            WriteProblem(
                f"The surface of {named.title} has holes: segment {named.level.name} anew."
            )
            for named in snapshot.meshes
            if not named.mesh.faces.size or not named.mesh.is_watertight
        )

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write one file for each surface."""
        paths = []
        for number, named in enumerate(snapshot.meshes):
            progress(number / len(snapshot.meshes), named.title)
            path = folder / _file_name(named, snapshot)
            path.write_bytes(stl_bytes(named.mesh, HEADER))
            paths.append(path)
        return tuple(paths)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem for each file whose surface does not lie where it should."""
        by_name = {path.name: path for path in paths}
        return tuple(
            WriteProblem(f"The surface of {named.title} reads back in another place.")
            for named in snapshot.meshes
            if not _lies_where_it_should(named, by_name[_file_name(named, snapshot)])
        )


def _file_name(named: NamedMesh, snapshot: PlanSnapshot) -> str:
    return f"{named.name}-{study_tag(snapshot)}.stl"


def _lies_where_it_should(named: NamedMesh, path: Path) -> bool:
    corners = read_stl(path.read_bytes()).reshape(-1, 3)
    vertices = named.mesh.vertices_lps_mm[np.unique(named.mesh.faces)]
    return bool(
        np.allclose(corners.min(axis=0), vertices.min(axis=0), rtol=0, atol=_TOLERANCE_MM)
        and np.allclose(corners.max(axis=0), vertices.max(axis=0), rtol=0, atol=_TOLERANCE_MM)
    )

"""Binary PLY: a surface with its colour."""

import numpy as np
from numpy.typing import NDArray

from planner.mesh.triangle_mesh import TriangleMesh
from planner_writer_mesh.colours import Colour, bytes_of

_VERTEX = np.dtype([("place", "<f4", 3), ("colour", "u1", 3)])
_FACE = np.dtype([("count", "u1"), ("corners", "<i4", 3)])


def ply_bytes(mesh: TriangleMesh, colour: Colour, comments: tuple[str, ...]) -> bytes:
    """Return a mesh as binary PLY in LPS millimetres, every vertex of one colour.

    Parameters
    ----------
    mesh
        The surface.
    colour
        Of all of it.
    comments
        Lines of ASCII for its head.
    """
    vertices = np.zeros(len(mesh.vertices_lps_mm), _VERTEX)
    vertices["place"], vertices["colour"] = mesh.vertices_lps_mm, bytes_of(colour)
    faces = np.zeros(len(mesh.faces), _FACE)
    faces["count"], faces["corners"] = 3, mesh.faces
    head = [
        "ply",
        "format binary_little_endian 1.0",
        *(f"comment {line}" for line in comments),
        f"element vertex {len(vertices)}",
        *(f"property float {axis}" for axis in "xyz"),
        *(f"property uchar {part}" for part in ("red", "green", "blue")),
        f"element face {len(faces)}",
        "property list uchar int vertex_indices",
        "end_header\n",
    ]
    return "\n".join(head).encode("ascii") + vertices.tobytes() + faces.tobytes()


def ply_vertices(data: bytes) -> NDArray[np.float32]:
    """Return the vertices (n, 3) of a file that `ply_bytes` wrote, in millimetres.

    Raises
    ------
    ValueError
        If it is cut short.
    """
    head, _, body = data.partition(b"end_header\n")
    (count,) = (int(line.split()[2]) for line in head.split(b"\n") if line.startswith(b"element v"))
    vertices: NDArray[np.float32] = np.frombuffer(body, _VERTEX, count)["place"]
    return vertices

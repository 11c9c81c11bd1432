"""Binary STL: the bytes of a surface."""

import struct

import numpy as np
from numpy.typing import NDArray

from planner.mesh.triangle_mesh import TriangleMesh

_HEADER_BYTES = 80
_FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])

Corners = NDArray[np.float32]


def stl_bytes(mesh: TriangleMesh, header: str) -> bytes:
    """Return a mesh as binary STL in LPS millimetres.

    Parameters
    ----------
    mesh
        The surface. Faces that vanish when its corners are rounded to single precision are left
        out, so that a closed surface stays closed.
    header
        At most 80 ASCII letters; it must not begin with ``solid``, the mark of a text file.

    Raises
    ------
    ValueError
        If the header does not fit.
    """
    encoded = header.encode("ascii")
    if len(encoded) > _HEADER_BYTES or header.startswith("solid"):
        raise ValueError("An STL header has at most 80 letters and does not begin with solid.")
    corners = _corners(mesh)
    facets = np.zeros(len(corners), dtype=_FACET)
    facets["corners"] = corners
    facets["normal"] = _normals(corners)
    return encoded.ljust(_HEADER_BYTES) + struct.pack("<I", len(facets)) + facets.tobytes()


def read_stl(data: bytes) -> Corners:
    """Return the corners (n, 3, 3) of binary STL in millimetres.

    Raises
    ------
    ValueError
        If the length does not fit the number of facets.
    """
    (count,) = struct.unpack_from("<I", data, _HEADER_BYTES)
    start = _HEADER_BYTES + 4
    if len(data) != start + count * _FACET.itemsize:
        raise ValueError("The STL data is cut short.")
    corners: Corners = np.frombuffer(data, dtype=_FACET, offset=start)["corners"]
    return corners


def _corners(mesh: TriangleMesh) -> Corners:
    corners: Corners = mesh.vertices_lps_mm.astype(np.float32)[mesh.faces]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    vanished = (a == b).all(axis=1) | (b == c).all(axis=1) | (c == a).all(axis=1)
    kept: Corners = corners[~vanished]
    return kept


def _normals(corners: Corners) -> Corners:
    a, b, c = (corners[:, n].astype(np.float64) for n in range(3))
    normals = np.cross(b - a, c - a)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    unit: Corners = np.divide(
        normals, lengths, out=np.zeros_like(normals), where=lengths > 0
    ).astype(np.float32)
    return unit

"""The canal's surface by how near a needle comes to it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.assessment.findings import Severity
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import FloatArray
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.palette import CANAL, severity_colour
from planner.rendering.plan_picture import NeedlePicture

_CLEAR_MM = 4.0
"""From here on the canal has its own colour."""


def canal_colours(
    canal: TriangleMesh, needles: Sequence[NeedlePicture]
) -> NDArray[np.uint8] | None:
    """Return a colour for each vertex of a canal, shape (n, 3): red within the limit, then amber.

    None where there is nothing to tell apart.
    """
    if not needles or not len(canal.vertices_lps_mm):
        return None
    away_mm = np.min([_from_surface_mm(canal.vertices_lps_mm, n) for n in needles], axis=0)
    limit_mm = clinical_number("canal-margin-limit")
    table = np.array([severity_colour(Severity.DANGER), severity_colour(Severity.CAUTION), CANAL])
    rank = np.digitize(away_mm, (limit_mm, _CLEAR_MM))
    colours: NDArray[np.uint8] = np.rint(255.0 * table[rank]).astype(np.uint8)
    return colours


def _from_surface_mm(points_lps_mm: FloatArray, needle: NeedlePicture) -> FloatArray:
    start, along = np.asarray(needle.path.start_lps_mm), np.asarray(needle.path.direction_lps)
    offset = points_lps_mm - start
    foot = np.clip(offset @ along, 0.0, needle.path.length_mm)
    off: FloatArray = np.linalg.norm(offset - foot[:, np.newaxis] * along, axis=1)
    return off - needle.radius_mm

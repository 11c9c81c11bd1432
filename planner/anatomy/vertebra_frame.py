"""The frame of a vertebra: left, posterior and superior from the centroid of its body."""

import numpy as np

from planner.anatomy.body_block import BodyAxes, axes_at
from planner.anatomy.canal import CanalLine
from planner.anatomy.vertebra import BodyWalls
from planner.geometry.points import FloatArray


def frame_of(body_lps_mm: FloatArray, walls: BodyWalls, line: CanalLine) -> BodyAxes:
    """Return the frame of a vertebra.

    Parameters
    ----------
    body_lps_mm
        Points that fill the body evenly, shape (n, 3): the origin is their mean.
    walls
        The superior axis is the mean of both endplates' normals.
    line
        The posterior axis points at the canal.
    """
    centroid = body_lps_mm.mean(axis=0)
    superior = np.asarray(walls.superior.normal_lps) - np.asarray(walls.inferior.normal_lps)
    superior = superior / np.linalg.norm(superior)
    offset = (line.points_lps_mm - centroid) @ superior
    nearest = np.argsort(np.abs(offset))[:9]
    return axes_at(centroid, superior, line.points_lps_mm[nearest].mean(axis=0))

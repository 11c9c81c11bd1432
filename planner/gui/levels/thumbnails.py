"""A small sagittal picture of each level, cut through the middle of its own frame."""

import functools

import numpy as np
from PySide6.QtGui import QImage

from planner.anatomy.vertebra import VertebraModel
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import Volume
from planner.imaging.window_level import SPINE, greys_of

WIDTH_MM, HEIGHT_MM = 56.0, 40.0
_PX_PER_MM = 2.0
_KEPT = 64


@functools.lru_cache(maxsize=_KEPT)
def level_thumbnail(volume: Volume, vertebra: VertebraModel) -> QImage:
    """Return a picture of a body and its canal, anterior on the left as in the sagittal view."""
    back = np.arange(-WIDTH_MM * 0.45, WIDTH_MM * 0.55, 1.0 / _PX_PER_MM)
    up = np.arange(HEIGHT_MM / 2.0, -HEIGHT_MM / 2.0, -1.0 / _PX_PER_MM)
    z, y = np.meshgrid(up, back, indexing="ij")
    points = vertebra.lps_from_vertebra.points(np.stack([np.zeros_like(y), y, z], axis=-1))
    values = trilinear(volume.voxels, volume.geometry.ijk_of(points.reshape(-1, 3)))
    greys = greys_of(np.rint(values).astype(np.int16).reshape(y.shape), SPINE)
    rows, columns = greys.shape
    # The copy owns its memory.
    return QImage(
        np.ascontiguousarray(greys).data, columns, rows, columns, QImage.Format.Format_Grayscale8
    ).copy()

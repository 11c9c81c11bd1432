"""One slice turned as radiologists look at it, before there is a volume to cut."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.geometry.grids import GridGeometry
from planner.geometry.points import as_triple
from planner.geometry.transforms import RigidTransform
from planner.imaging.window_level import WindowLevel
from planner.rendering.cameras import SliceOrientation, SlicePlane, anatomical_plane

_ORIENTATION_OF_NORMAL = (
    SliceOrientation.SAGITTAL,
    SliceOrientation.CORONAL,
    SliceOrientation.AXIAL,
)
"""By the axis that the slice's normal is nearest to: x, y, z."""


@attrs.frozen(eq=False)
class UprightSlice:
    """Pixels as they are shown, and what their rows and columns are in the patient."""

    pixels: NDArray[np.int16]
    """(rows, columns): the first row is on top, the first column on the left."""
    plane: SlicePlane
    row_mm: float
    """From one row to the next."""
    column_mm: float
    """From one column to the next."""
    orientation: SliceOrientation

    def grey(self, window: WindowLevel) -> NDArray[np.uint8]:
        """Return the pixels as grey values, black and white where the window ends."""
        black = window.level_hu - window.width_hu / 2.0
        shown = (self.pixels.astype(np.float32) - black) * (255.0 / window.width_hu)
        grey: NDArray[np.uint8] = np.clip(shown, 0.0, 255.0).astype(np.uint8)
        return grey


def upright_slice(
    pixels: NDArray[np.int16], geometry: GridGeometry, slice_index_k: int
) -> UprightSlice:
    """Turn a slice as stored until left, right, head and feet lie where readers expect them.

    The patient's left comes to the right of axial and coronal slices, anterior to the left of
    sagittal ones; nothing is resampled.

    Parameters
    ----------
    pixels
        The slice as stored, ``pixels[j, i]``.
    geometry
        The grid of the whole volume.
    slice_index_k
        Which slice of the volume it is.
    """
    i_lps, j_lps, k_lps = geometry.axes_lps.T
    i_mm, j_mm, _ = geometry.spacing_ijk_mm
    orientation = _ORIENTATION_OF_NORMAL[int(np.argmax(np.abs(k_lps)))]
    i_last, j_last, _ = (n - 1 for n in geometry.shape_ijk)
    centre = geometry.lps_of((i_last / 2, j_last / 2, slice_index_k))
    ideal = anatomical_plane(orientation, RigidTransform.identity(), as_triple(centre))
    shown, right, down = pixels, i_lps, j_lps
    column_mm, row_mm = i_mm, j_mm
    if abs(i_lps @ ideal.right_lps) < abs(j_lps @ ideal.right_lps):
        shown, right, down = shown.T, down, right
        column_mm, row_mm = row_mm, column_mm
    if right @ ideal.right_lps < 0.0:
        shown, right = shown[:, ::-1], -right
    if down @ ideal.down_lps < 0.0:
        shown, down = shown[::-1], -down
    plane = SlicePlane(as_triple(centre), as_triple(right), as_triple(down))
    return UprightSlice(np.ascontiguousarray(shown), plane, row_mm, column_mm, orientation)

"""The spine pulled straight: Hounsfield units along the column of bodies in front of the canal."""

import attrs
import numpy as np
from scipy import ndimage

from planner.anatomy.canal import CanalLine
from planner.anatomy.spine_crop import FloatVoxels, SpineCrop
from planner.geometry.points import FloatArray

STEP_MM = 1.0
"""From one layer of the strip to the next, along the column of bodies."""
_ACROSS_MM = 2.0
_IN_FRONT_MM = 20.0
"""From the middle of the canal to a line that runs through every body."""
_U_MM = np.arange(-60.0, 60.1, _ACROSS_MM)
_V_MM = np.arange(-62.0, 34.1, _ACROSS_MM)
_IMPLANT_HU, _MARROW_HU = 1000.0, 110.0
_TURN_MM = 10.0
"""Over how much height the direction of the column is taken."""


@attrs.frozen(eq=False)
class SpineStrip:
    """Hounsfield units ``hu[s, v, u]`` in layers across the column of bodies.

    Layers follow each other from the feet to the head, `STEP_MM` apart half way between canal and
    front of the bodies. In each, u grows to the left and v to the back; both are zero in the
    middle of the canal.
    """

    hu: FloatVoxels
    canal_lps_mm: FloatArray
    """Where u and v are zero in each layer, shape (layers, 3)."""
    left_lps: FloatArray
    back_lps: FloatArray
    up_lps: FloatArray
    canal_cost: FloatArray
    """How unlike a canal each layer is."""

    @property
    def u_mm(self) -> FloatArray:
        """Places to the left."""
        return _U_MM

    @property
    def v_mm(self) -> FloatArray:
        """Places to the back."""
        return _V_MM

    def without_implants(self, margin_mm: float) -> "SpineStrip":
        """Return the strip with marrow in place of all that is thick and denser than bone.

        Cement and metal, and what they brighten within a margin, would else pass for endplates
        and ribs.
        """
        dense = ndimage.binary_opening(self.hu > _IMPLANT_HU, np.ones((3, 2, 2), np.bool_))
        if not dense.any():
            return self
        layers, columns = round(margin_mm / STEP_MM), round(margin_mm / _ACROSS_MM)
        around = ndimage.binary_dilation(
            dense, np.ones((2 * layers + 1, *[2 * columns + 1] * 2), np.bool_)
        )
        hidden = around & (self.hu > _MARROW_HU)
        return attrs.evolve(self, hu=np.where(hidden, np.float32(_MARROW_HU), self.hu))

    def part(self, u_mm: tuple[float, float], v_mm: tuple[float, float]) -> FloatVoxels:
        """Return the columns within u (either side, by its size) and v, shape (layers, v, u)."""
        u = (np.abs(_U_MM) >= u_mm[0]) & (np.abs(_U_MM) <= u_mm[1])
        v = (v_mm[0] <= _V_MM) & (v_mm[1] >= _V_MM)
        return self.hu[:, v][:, :, u]

    def lps_of(self, layer: float, u_mm: float, v_mm: float) -> FloatArray:
        """Return the point at a place of the strip; between layers it is interpolated."""
        places = np.arange(len(self.hu))
        point = self.canal_lps_mm + u_mm * self.left_lps + v_mm * self.back_lps
        found: FloatArray = np.array([np.interp(layer, places, point[:, n]) for n in range(3)])
        return found


def _unit(vectors: FloatArray) -> FloatArray:
    units: FloatArray = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return units


def _frames(points_lps_mm: FloatArray, step_mm: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return unit vectors to the left, the back and the head along a line of equal steps."""
    smooth = ndimage.gaussian_filter1d(points_lps_mm, _TURN_MM / step_mm, axis=0, mode="nearest")
    up = _unit(np.gradient(smooth, axis=0))
    left = np.array([1.0, 0.0, 0.0])
    left = _unit(left - up * (up @ left)[:, np.newaxis])
    return left, np.cross(up, left), up


def _resampled(values: FloatArray, along_mm: FloatArray, at_mm: FloatArray) -> FloatArray:
    return np.stack([np.interp(at_mm, along_mm, column) for column in values.T], axis=1)


def strip_along(crop: SpineCrop, line: CanalLine) -> SpineStrip:
    """Return the strip of a crop along its canal."""
    canal = line.points_lps_mm
    left, back, up = _frames(canal, crop.spacing_mm)
    bodies = canal - _IN_FRONT_MM * back
    steps = (np.diff(bodies, axis=0) * up[1:]).sum(axis=1)
    along = np.r_[0.0, np.cumsum(np.maximum(steps, 0.05 * crop.spacing_mm))]
    at = np.arange(0.0, along[-1], STEP_MM)
    canal, left, back, up = (_resampled(v, along, at) for v in (canal, left, back, up))
    points = (
        canal[:, np.newaxis, np.newaxis]
        + back[:, np.newaxis, np.newaxis] * _V_MM[:, np.newaxis, np.newaxis]
        + left[:, np.newaxis, np.newaxis] * _U_MM[:, np.newaxis]
    )
    cost = np.interp(at, along, line.cost)
    return SpineStrip(crop.at(points), canal, _unit(left), _unit(back), _unit(up), cost)

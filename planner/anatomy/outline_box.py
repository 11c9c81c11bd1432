"""The box around a vertebral body that the outline network sees, in the vertebra's own axes."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.anatomy.body_block import BodyAxes
from planner.anatomy.spine_crop import Box, FloatVoxels, SpineCrop
from planner.geometry.points import FloatArray
from planner.imaging.linear_lattice import read_lattice

BOX_STEP_MM = 1.5
BOX_SHAPE_WVU = (56, 72, 72)
BOX_FIRST_UVW_MM = (-53.25, -26.25, -50.25)
"""The centre of the first voxel, from the body's centroid to the left, back and head."""


@attrs.frozen
class OutlineBox:
    """A regular grid in a vertebra's axes, arrays ``[w, v, u]``."""

    axes: BodyAxes
    first_uvw_mm: tuple[float, float, float] = BOX_FIRST_UVW_MM
    step_mm: float = BOX_STEP_MM
    shape_wvu: tuple[int, int, int] = BOX_SHAPE_WVU

    def points_lps_mm(self) -> FloatArray:
        """Return the centres of the voxels, shape (w, v, u, 3)."""
        u, v, w = (
            first + self.step_mm * np.arange(count)
            for first, count in zip(self.first_uvw_mm, self.shape_wvu[::-1], strict=True)
        )
        grid = np.stack(np.meshgrid(w, v, u, indexing="ij")[::-1], axis=-1)
        return self.axes.lps_of(grid)

    def sampled(self, voxels: FloatVoxels | NDArray[np.bool_], crop: SpineCrop) -> FloatVoxels:
        """Return an array of a crop's grid read at the box's voxels, linear."""
        steps = self.axes.lps_from_body.rotation * (self.step_mm / crop.spacing_mm)
        start = crop.geometry.ijk_of(self.axes.lps_of(np.asarray(self.first_uvw_mm)))
        return read_lattice(voxels, steps, start, self.shape_wvu)

    def read_back(
        self, values: FloatVoxels, crop: SpineCrop, part: Box, beyond: float = 0.0
    ) -> FloatVoxels:
        """Return an array of this box read at the voxels of a part of a crop."""
        steps = self.axes.lps_from_body.rotation.T * (crop.spacing_mm / self.step_mm)
        corner = crop.geometry.lps_of(np.array([side.start for side in part])[::-1])
        start = (self.axes.uvw_of(corner) - np.asarray(self.first_uvw_mm)) / self.step_mm
        k, j, i = (side.stop - side.start for side in part)
        return read_lattice(values, steps, start, (k, j, i), beyond=beyond)

    def part_of(self, crop: SpineCrop) -> Box:
        """Return the part of a crop that holds this box."""
        far = np.asarray(self.first_uvw_mm) + self.step_mm * (np.array(self.shape_wvu[::-1]) - 1)
        ends = np.stack([np.asarray(self.first_uvw_mm), far])
        corners = np.array([(a, b, c) for a in ends[:, 0] for b in ends[:, 1] for c in ends[:, 2]])
        sides = crop.box_around(self.axes.lps_of(corners), 0.0)
        k, j, i = (
            slice(side.start, min(side.stop, count))
            for side, count in zip(sides, crop.hu.shape, strict=True)
        )
        return k, j, i

"""The part of a CT around a vertebra, on a grid of cubic voxels along L, P and S."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, PointLike, as_point_mm
from planner.imaging.resample import isotropic_crop_geometry, resample_volume
from planner.imaging.volume import Volume, VoxelMask

FloatVoxels = NDArray[np.float32]
Box = tuple[slice, slice, slice]
CROP_SPACING_MM = 0.8


@attrs.frozen(eq=False)
class SpineCrop:
    """Hounsfield units ``hu[k, j, i]`` on a grid whose axes run along L, P and S."""

    hu: FloatVoxels
    geometry: GridGeometry
    source_steps_lps_mm: FloatArray
    """The CT's own voxel edges as columns, shape (3, 3)."""

    def blur_mm(self, directions_lps: FloatArray) -> FloatArray:
        """Return how wide the image blurs an edge along unit vectors, shape (..., 3).

        The CT's own blur, and that of reading between voxels twice: the crop's, and those along
        a line through it.
        """
        own = np.asarray(directions_lps) @ self.source_steps_lps_mm
        blur: FloatArray = np.sqrt((own**2).sum(axis=-1) + 2.0 * self.spacing_mm**2)
        return blur

    @property
    def spacing_mm(self) -> float:
        """The edge of a voxel."""
        return self.geometry.spacing_ijk_mm[0]

    @property
    def origin_lps_mm(self) -> FloatArray:
        """The centre of the first voxel."""
        origin: FloatArray = np.array(self.geometry.lps_from_ijk[:3, 3])
        return origin

    def at(self, points_lps_mm: FloatArray) -> FloatVoxels:
        """Return the Hounsfield units at points (..., 3), linear; the nearest voxel outside."""
        points = np.asarray(points_lps_mm)
        kji = np.moveaxis((points - self.origin_lps_mm) / self.spacing_mm, -1, 0)[::-1]
        values: FloatVoxels = ndimage.map_coordinates(
            self.hu, kji, order=1, mode="nearest", prefilter=False
        )
        return values

    def mask(self, voxels: NDArray[np.bool_]) -> VoxelMask:
        """Return voxels of this grid as a mask."""
        return VoxelMask(voxels, self.geometry)

    def voxel_of(self, point_lps_mm: PointLike) -> tuple[int, int, int]:
        """Return the indices k, j, i of the voxel nearest to a point, kept inside the grid."""
        ijk = np.rint(self.geometry.ijk_of(np.asarray(point_lps_mm))).astype(int)
        i, j, k = (int(v) for v in np.clip(ijk, 0, np.asarray(self.geometry.shape_ijk) - 1))
        return k, j, i

    def box_around(self, points_lps_mm: FloatArray, margin_mm: float) -> Box:
        """Return the part of the grid that holds points (n, 3), and a margin around them."""
        ijk = self.geometry.ijk_of(points_lps_mm)
        margin = margin_mm / self.spacing_mm
        lower = np.clip(np.floor(ijk.min(axis=0) - margin), 0, None).astype(int)
        upper = np.ceil(ijk.max(axis=0) + margin).astype(int) + 1
        i, j, k = (slice(int(a), int(b)) for a, b in zip(lower, upper, strict=True))
        return k, j, i

    def points_lps_mm(self, box: Box) -> FloatArray:
        """Return the centre of every voxel of a part of the grid, shape (k, j, i, 3)."""
        ranges = [np.arange(n)[part] for n, part in zip(self.hu.shape, box, strict=True)]
        k, j, i = np.meshgrid(*ranges, indexing="ij")
        return self.geometry.lps_of(np.stack([i, j, k], axis=-1))


def crop_around(
    volume: Volume,
    centre_lps_mm: PointLike,
    lower_mm: PointLike,
    upper_mm: PointLike,
    spacing_mm: float = CROP_SPACING_MM,
) -> SpineCrop:
    """Return the crop from `lower_mm` below to `upper_mm` above a point, as far as there is CT."""
    centre = as_point_mm(centre_lps_mm)
    grid = isotropic_crop_geometry(
        volume.geometry,
        centre - np.asarray(lower_mm),
        centre + np.asarray(upper_mm),
        spacing_mm,
    )
    return SpineCrop(
        resample_volume(volume, grid).voxels.astype(np.float32),
        grid,
        volume.geometry.lps_from_ijk[:3, :3],
    )

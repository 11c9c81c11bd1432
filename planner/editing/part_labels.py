"""What each voxel around a vertebra belongs to: one label a voxel, so that no two parts overlap."""

import enum
from typing import Self

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, PointLike
from planner.imaging.volume import VoxelMask

LabelArray = NDArray[np.uint8]
BoolVoxels = NDArray[np.bool_]
Box = tuple[slice, slice, slice]


class Part(enum.IntEnum):
    """What a voxel belongs to; the value is its label."""

    NOTHING = 0
    BODY = 1
    ARCH = 2
    """The pedicles and the posterior elements."""
    CANAL = 3
    OTHER = 4
    """Bone of a neighbour or a rib."""

    @property
    def title(self) -> str:
        """What the user calls it."""
        return _TITLES[self]


_TITLES = {
    Part.NOTHING: "nothing",
    Part.BODY: "body",
    Part.ARCH: "arch",
    Part.CANAL: "canal",
    Part.OTHER: "neighbour",
}
OWN_BONE = (Part.BODY, Part.ARCH)


def _read_only(voxels: LabelArray) -> LabelArray:
    voxels = voxels.view()
    voxels.flags.writeable = False
    return voxels


@attrs.frozen(eq=False)
class PartLabels:
    """The labels ``voxels[k, j, i]`` of `Part` on a vertebra's grid."""

    voxels: LabelArray = attrs.field(converter=_read_only)
    geometry: GridGeometry

    def __attrs_post_init__(self) -> None:
        if self.voxels.shape != self.geometry.shape_kji or self.voxels.dtype != np.uint8:
            raise GeometryProblem("Labels need 8-bit voxels that fill their grid.")

    @classmethod
    def of_vertebra(cls, vertebra: VertebraModel) -> Self:
        """Return the labels of a vertebra's masks; its own bone goes before what else is there."""
        labels = np.zeros(vertebra.whole.geometry.shape_kji, np.uint8)
        labels[vertebra.other_bone.voxels] = Part.OTHER
        labels[vertebra.canal.voxels] = Part.CANAL
        labels[vertebra.whole.voxels] = Part.ARCH
        labels[vertebra.body.voxels] = Part.BODY
        return cls(labels, vertebra.whole.geometry)

    def having(self, *parts: Part) -> BoolVoxels:
        """Return the voxels that belong to one of some parts."""
        chosen = np.zeros(len(Part), np.bool_)
        chosen[list(parts)] = True
        found: BoolVoxels = chosen[self.voxels]
        return found

    def mask(self, *parts: Part) -> VoxelMask:
        """Return some parts as one mask."""
        return VoxelMask(self.having(*parts), self.geometry)

    def with_voxels(self, voxels: LabelArray) -> Self:
        """Return other labels on the same grid."""
        return type(self)(voxels, self.geometry)

    def changed(self, where: BoolVoxels, part: Part) -> Self:
        """Return the labels with a part put where a mask is true."""
        labels = self.voxels.copy()
        labels[where] = part
        return self.with_voxels(labels)

    def voxel_of(self, lps_mm: PointLike) -> tuple[int, int, int] | None:
        """Return the indices k, j, i of the voxel at a point, None outside the grid."""
        if not self.geometry.contains(lps_mm):
            return None
        ijk = np.rint(self.geometry.ijk_of(np.asarray(lps_mm))).astype(int)
        i, j, k = (int(v) for v in np.minimum(ijk, np.asarray(self.geometry.shape_ijk) - 1))
        return k, j, i

    def box_of(self, *parts: Part, margin: int = 2) -> Box:
        """Return the part of the arrays that holds some parts, and a margin around them.

        Raises
        ------
        GeometryProblem
            If there is none of them.
        """
        where = self.having(*parts)
        sides = []
        for axis in range(3):
            others = tuple(n for n in range(3) if n != axis)
            filled = np.flatnonzero(where.any(axis=others))
            if not len(filled):
                raise GeometryProblem("There is nothing of this vertebra to edit.")
            sides.append(slice(max(int(filled[0]) - margin, 0), int(filled[-1]) + margin + 1))
        k, j, i = sides
        return k, j, i

    def centre_lps_mm(self, *parts: Part) -> FloatArray:
        """Return the centroid of some parts.

        Raises
        ------
        GeometryProblem
            If there is none of them.
        """
        found = np.argwhere(self.having(*parts))
        if not len(found):
            raise GeometryProblem("There is nothing of this vertebra to edit.")
        return self.geometry.lps_of(found.mean(axis=0)[::-1])

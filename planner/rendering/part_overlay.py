"""The parts of a vertebra as tints over a slice, straight from their labels."""

import numpy as np
from numpy.typing import NDArray

from planner.editing.part_labels import LabelArray, Part, PartLabels
from planner.foundation.compiled import compiled
from planner.geometry.points import FloatArray
from planner.rendering.blending import Pixels
from planner.rendering.palette import ARCH_PART, BODY_PART, CANAL, NEIGHBOUR_BONE, Colour
from planner.rendering.picking import SliceMapping

PART_COLOURS: dict[Part, Colour] = {
    Part.BODY: BODY_PART,
    Part.ARCH: ARCH_PART,
    Part.CANAL: CANAL,
    Part.OTHER: NEIGHBOUR_BONE,
}
_INSIDE, _NEIGHBOURS_INSIDE, _EDGE = 0.28, 0.1, 0.95
"""How much of a part's colour its inside and its edge take; the bone below stays readable."""
_PARTS = len(Part)


@compiled
def _labels_at_pixels(labels: LabelArray, ijk_from_px: FloatArray, found: LabelArray) -> None:
    """Fill in for each pixel the label that weighs most among the eight voxels around it."""
    layers, rows, columns = labels.shape
    height, width = found.shape
    weights = np.zeros(_PARTS)
    for y in range(height):
        for x in range(width):
            fi = ijk_from_px[0, 0] * x + ijk_from_px[0, 1] * y + ijk_from_px[0, 2]
            fj = ijk_from_px[1, 0] * x + ijk_from_px[1, 1] * y + ijk_from_px[1, 2]
            fk = ijk_from_px[2, 0] * x + ijk_from_px[2, 1] * y + ijk_from_px[2, 2]
            i, j, k = int(np.floor(fi)), int(np.floor(fj)), int(np.floor(fk))
            if i < 0 or j < 0 or k < 0 or i + 1 >= columns or j + 1 >= rows or k + 1 >= layers:
                found[y, x] = 0
                continue
            first = labels[k, j, i]
            is_same = True
            for corner in range(1, 8):
                if labels[k + (corner >> 2), j + ((corner >> 1) & 1), i + (corner & 1)] != first:
                    is_same = False
                    break
            if is_same:
                found[y, x] = first
                continue
            weights[:] = 0.0
            for corner in range(8):
                di, dj, dk = corner & 1, (corner >> 1) & 1, corner >> 2
                share = (fi - i) if di else (1.0 - fi + i)
                share *= (fj - j) if dj else (1.0 - fj + j)
                share *= (fk - k) if dk else (1.0 - fk + k)
                weights[labels[k + dk, j + dj, i + di]] += share
            found[y, x] = weights.argmax()


@compiled
def _tint(
    found: LabelArray,
    colours: FloatArray,
    shares: FloatArray,
    edge_share: float,
    rgb: NDArray[np.uint32],
) -> None:
    """Blend colours into ``0xffRRGGBB`` pixels, stronger where the next pixel is another part's."""
    height, width = found.shape
    for y in range(height):
        for x in range(width):
            label = found[y, x]
            right = found[y, x + 1] if x + 1 < width else label
            below = found[y + 1, x] if y + 1 < height else label
            edge = label != right or label != below
            shown = label
            if edge and label == 0:
                shown = max(right, below)
            if shown == 0:
                continue
            share = edge_share if edge else shares[shown]
            pixel = rgb[y, x]
            red = (pixel >> 16) & 255
            green = (pixel >> 8) & 255
            blue = pixel & 255
            red = int(red + share * (colours[shown, 0] - red))
            green = int(green + share * (colours[shown, 1] - green))
            blue = int(blue + share * (colours[shown, 2] - blue))
            rgb[y, x] = np.uint32(0xFF000000) | np.uint32(red << 16 | green << 8 | blue)


def _colour_table() -> FloatArray:
    table = np.zeros((_PARTS, 3))
    for part, colour in PART_COLOURS.items():
        table[part] = 255.0 * np.asarray(colour)
    return table


_COLOURS = _colour_table()
_SHARES = np.full(_PARTS, _INSIDE)
_SHARES[Part.OTHER] = _NEIGHBOURS_INSIDE


def tinted(pixels: Pixels, labels: PartLabels, mapping: SliceMapping) -> NDArray[np.uint32]:
    """Return the pixels of a slice with the parts of a vertebra laid over them.

    Parameters
    ----------
    pixels
        Greys or ``0xffRRGGBB``, shape (height_px, width_px) of the mapping.
    labels
        What each voxel belongs to.
    mapping
        Where the pixels lie in the patient.
    """
    plane, mm = mapping.plane, mapping.mm_per_px
    lps_from_px = np.zeros((3, 3))
    lps_from_px[:, 0] = mm * np.asarray(plane.right_lps)
    lps_from_px[:, 1] = mm * np.asarray(plane.down_lps)
    lps_from_px[:, 2] = mapping.lps_of((0.5, 0.5))
    ijk_from_lps = labels.geometry.ijk_from_lps
    ijk_from_px = ijk_from_lps[:3, :3] @ lps_from_px
    ijk_from_px[:, 2] += ijk_from_lps[:3, 3]
    found = np.zeros(pixels.shape, np.uint8)
    _labels_at_pixels(labels.voxels, ijk_from_px, found)
    rgb = pixels.astype(np.uint32)
    if pixels.dtype == np.uint8:
        rgb = rgb * np.uint32(0x010101) | np.uint32(0xFF000000)
    _tint(found, _COLOURS, _SHARES, _EDGE, rgb)
    return rgb

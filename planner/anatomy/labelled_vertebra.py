"""A vertebra from another program's outline of it."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.arch_place import BoolVoxels
from planner.anatomy.body import canal_front_mm
from planner.anatomy.body_block import BodyAxes, axes_behind
from planner.anatomy.canal import CanalLine, canal_voxels
from planner.anatomy.click_place import canal_before
from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.mask_surfaces import heights_of, mask_surfaces, walls_of
from planner.anatomy.remeasure import NO_PEDICLE_NOTE, pedicle_from_masks
from planner.anatomy.segmentation import uncertainty_mm
from planner.anatomy.spine_crop import SpineCrop, crop_around
from planner.anatomy.trabecular import trabecular_hu
from planner.anatomy.vertebra import VertebraModel
from planner.anatomy.vertebra_frame import frame_of
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import FloatArray
from planner.geometry.transforms import RigidTransform
from planner.imaging.resample import resample_mask, resample_shape
from planner.imaging.volume import HuArray, Volume, VoxelMask

_BELOW_CENTRE_MM = (58.0, 45.0, 58.0)
_ABOVE_CENTRE_MM = (58.0, 95.0, 55.0)
_GRID_MARGIN_MM = 14.0
_ROUNDS = 3
"""How often the body is cut from the arch, each time along the axes found before."""
_LAYERS_MM = np.arange(-30.0, 30.1, 1.0)
_LEAST_WHOLE_ML, _LEAST_BODY_ML = 4.0, 3.0
_LEAST_EDGE_HU = 75.0
"""Labels on three CTs rose by 140 HU and more at their edge, by 70 and less where 5 mm beside."""
_MOST_CANAL_SHARE = 0.03
"""Labels on three CTs had 0.3 % and less in the canal, mostly 2 to 5 % where 5 mm beside."""
_HU_RANGE = (-100.0, 400.0)
_RIM_VOXELS, _GAP_VOXELS, _AROUND_VOXELS = 2, 1, 5
_OTHER_BONE_HU, _RIB_HU = 170.0, 350.0
_OWN_EDGE_VOXELS = 2
_IN_FRONT_MM = 14.0
_HINT = "Check that the map was made from this CT."
_COARSE_MM = 2.0
"""In-plane voxels from which on labels lose pedicles."""
COARSE_NOTE = "The label map is coarse: its pedicles are likely wider than they measure."


@attrs.frozen(eq=False)
class _Place:
    """A crop of the CT around a label, the label in it, and the canal behind it."""

    crop: SpineCrop
    label: BoolVoxels
    line: CanalLine
    canal: BoolVoxels
    centre_lps_mm: FloatArray


@attrs.frozen(eq=False)
class _Body:
    voxels: BoolVoxels
    axes: BodyAxes


def thickest_point_lps_mm(label: VoxelMask) -> FloatArray:
    """Return the point deepest inside a label: the middle of the vertebral body."""
    box = ndimage.find_objects(label.voxels.astype(np.uint8))[0]
    depth = ndimage.distance_transform_edt(
        np.pad(label.voxels[box], 1), sampling=label.geometry.spacing_ijk_mm[::-1]
    )
    near = np.argwhere(depth > 0.9 * depth.max())
    deepest = near[np.argmin(((near - near.mean(axis=0)) ** 2).sum(axis=1))]
    kji = deepest - 1 + [part.start for part in box]
    return label.geometry.lps_of(kji[::-1])


def largest_part(label: VoxelMask) -> VoxelMask:
    """Return the largest connected part of a label: stray voxels are no vertebra."""
    parts, count = ndimage.label(label.voxels)
    if count < 2:
        return label
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return VoxelMask(parts == sizes.argmax(), label.geometry)


def vertebra_of_label(
    volume: Volume, label: VoxelMask, other_labels: VoxelMask, level: VertebraLevel
) -> VertebraModel:
    """Return the vertebra that a label outlines.

    The label is the vertebra's bone; the canal is found in the CT, and the body is the bone in
    front of it.

    Parameters
    ----------
    volume
        The CT.
    label
        The whole vertebra in one part, on any grid.
    other_labels
        Other bone that the same map labels.
    level
        What the vertebra is called.

    Raises
    ------
    AnatomyProblem
        If the label is too small, reaches the end of the CT or of its own map, or does not lie on
        bone in front of and around a canal.
    """
    require_whole(label, volume)
    place = _place(volume, label)
    _require_on_bone(place)
    body = _cut_body(place)
    return _model(volume, place, body, (label, other_labels), level)


def require_whole(label: VoxelMask, volume: Volume) -> None:
    """Raise unless a label is large enough and ends before its own map and the CT do.

    Raises
    ------
    AnatomyProblem
        If it is not.
    """
    if label.volume_mm3 < _LEAST_WHOLE_ML * 1000.0:
        raise AnatomyProblem("Too little bone bears this label to measure it.")
    ijk = np.argwhere(label.voxels)[:, ::-1]
    if (ijk == 0).any() or (ijk == np.asarray(label.geometry.shape_ijk) - 1).any():
        raise AnatomyProblem("Its label is cut off by the end of the label map.")
    there = volume.geometry.ijk_of(label.geometry.lps_of(ijk))
    if (there < 0.5).any() or (there > np.asarray(volume.geometry.shape_ijk) - 1.5).any():
        raise AnatomyProblem("Its label is cut off by the end of the CT.")


def _place(volume: Volume, label: VoxelMask) -> _Place:
    centre = thickest_point_lps_mm(label)
    crop = crop_around(volume, centre, _BELOW_CENTRE_MM, _ABOVE_CENTRE_MM)
    line = canal_before(crop, crop, centre)
    voxels = resample_shape(label, crop.geometry).voxels
    return _Place(crop, voxels, line, canal_voxels(crop, line), centre)


def _require_on_bone(place: _Place) -> None:
    label = place.label
    if not label.any():
        raise AnatomyProblem("Too little bone bears this label to measure it.")
    in_canal = float(place.canal[label].mean())
    if _edge_hu(place) < _LEAST_EDGE_HU or in_canal > _MOST_CANAL_SHARE:
        raise AnatomyProblem("Its label does not lie on the bone of this CT.", hint=_HINT)


def _edge_hu(place: _Place) -> float:
    """Return how much brighter the rim of a label is than what lies around it."""
    hu = np.clip(place.crop.hu, *_HU_RANGE)
    rim = place.label & ~ndimage.binary_erosion(place.label, iterations=_RIM_VOXELS)
    around = ndimage.binary_dilation(place.label, iterations=_AROUND_VOXELS)
    around &= ~ndimage.binary_dilation(place.label, iterations=_GAP_VOXELS)
    return float(hu[rim].mean() - hu[around].mean())


def _cut_body(place: _Place) -> _Body:
    """Return the bone in front of the canal, and the axes that follow from it."""
    kji = np.argwhere(place.label & ~place.canal)
    body = _cut_along(place, kji, axes_behind(place.centre_lps_mm, place.line))
    for _ in range(_ROUNDS - 1):
        body = _cut_along(place, kji, body.axes)
    return body


def _cut_along(place: _Place, kji: NDArray[np.intp], axes: BodyAxes) -> _Body:
    points = place.crop.geometry.lps_of(kji[:, ::-1])
    front = canal_front_mm(place.canal, place.crop, axes, _LAYERS_MM)
    uvw = axes.uvw_of(points)
    before = uvw[:, 1] <= np.interp(uvw[:, 2], _LAYERS_MM, front)
    voxels = np.zeros(place.label.shape, np.bool_)
    voxels[tuple(kji[before].T)] = True
    body = largest_part(place.crop.mask(voxels))
    if body.volume_mm3 < _LEAST_BODY_ML * 1000.0:
        raise AnatomyProblem("Too little of its label lies in front of the canal.", hint=_HINT)
    inside = place.crop.geometry.lps_of(np.argwhere(body.voxels)[:, ::-1])
    centred = BodyAxes(RigidTransform(axes.lps_from_body.rotation, inside.mean(axis=0)))
    walls = walls_of(body, mask_surfaces(body, centred))
    return _Body(np.asarray(body.voxels), frame_of(inside, walls, place.line))


def _other_bone(place: _Place, body: _Body, other_labels: VoxelMask) -> BoolVoxels:
    """Return labelled bone of others, and what is as bright as a rib beside the vertebra."""
    labelled = resample_mask(other_labels, place.crop.geometry).voxels & ~place.label
    near_own = ndimage.binary_dilation(place.label, iterations=_OWN_EDGE_VOXELS)
    candidates = (place.crop.hu > _OTHER_BONE_HU) & ~near_own & ~place.canal
    kji = np.argwhere(candidates)
    uvw = body.axes.uvw_of(place.crop.geometry.lps_of(kji[:, ::-1]))
    front = canal_front_mm(place.canal, place.crop, body.axes, _LAYERS_MM)
    ahead = uvw[:, 1] < np.interp(uvw[:, 2], _LAYERS_MM, front) - _IN_FRONT_MM
    candidates[tuple(kji[ahead].T)] = False
    parts, count = ndimage.label(candidates)
    is_bone = np.zeros(count + 1, np.bool_)
    is_bone[parts[candidates & (place.crop.hu > _RIB_HU)]] = True
    other: BoolVoxels = labelled | is_bone[parts]
    return other


def _notes(label: VoxelMask) -> tuple[str, ...]:
    is_coarse = min(label.geometry.spacing_ijk_mm) > _COARSE_MM
    return (COARSE_NOTE,) if is_coarse else ()


def _with_blur(vertebra: VertebraModel, hu: HuArray) -> VoxelMask:
    """Return a vertebra with the bone at its edge: coarse labels stop short of the cortex.

    Pedicles are measured to the outside of their cortex.
    """
    own = vertebra.whole.voxels
    edge = ndimage.binary_dilation(own, iterations=_OWN_EDGE_VOXELS) & (hu > _OTHER_BONE_HU)
    filled = ndimage.binary_closing(own | edge, iterations=_OWN_EDGE_VOXELS)
    return VoxelMask(own | (filled & ~vertebra.canal.voxels), vertebra.whole.geometry)


def _model(
    volume: Volume,
    place: _Place,
    body: _Body,
    labels: tuple[VoxelMask, VoxelMask],
    level: VertebraLevel,
) -> VertebraModel:
    label, other_labels = labels
    whole = place.label & ~place.canal
    points = place.crop.geometry.lps_of(np.argwhere(whole)[:, ::-1])
    box = place.crop.box_around(points, _GRID_MARGIN_MM)
    k, j, i = box
    stops = np.minimum([i.stop, j.stop, k.stop], place.crop.geometry.shape_ijk)
    grid = place.crop.geometry.cropped((i.start, j.start, k.start), stops)
    hu = np.rint(place.crop.hu[box]).astype(np.int16)
    masks = [
        VoxelMask(np.ascontiguousarray(voxels[box]), grid)
        for voxels in (whole, body.voxels, place.canal, _other_bone(place, body, other_labels))
    ]
    surfaces = mask_surfaces(masks[1], body.axes)
    vertebra = VertebraModel(
        level=level,
        whole=masks[0],
        body=masks[1],
        canal=masks[2],
        other_bone=masks[3],
        lps_from_vertebra=body.axes.lps_from_body,
        walls=walls_of(masks[1], surfaces),
        heights=heights_of(surfaces),
        left_pedicle=None,
        right_pedicle=None,
        trabecular_hu=trabecular_hu(masks[1], hu, body.axes.lps_from_body),
        boundary_uncertainty_mm=max(
            uncertainty_mm(volume.geometry), uncertainty_mm(label.geometry)
        ),
    )
    with_blur = attrs.evolve(vertebra, whole=_with_blur(vertebra, hu))
    left, right = (pedicle_from_masks(with_blur, hu, side) for side in (Side.LEFT, Side.RIGHT))
    missing = tuple(
        NO_PEDICLE_NOTE.format(side.value)
        for side, pedicle in ((Side.LEFT, left), (Side.RIGHT, right))
        if pedicle is None
    )
    return attrs.evolve(
        vertebra,
        left_pedicle=left,
        right_pedicle=right,
        notes=(*missing, *_notes(label)),
    )

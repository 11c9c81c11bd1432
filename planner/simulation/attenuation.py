"""A CT made ready for X-rays: how much each voxel weakens them, in millimetres of water."""

from collections.abc import Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.anatomy.skin import find_skin
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.compiled import compiled
from planner.foundation.errors import AnatomyProblem, GeometryProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.volume import Volume, VoxelMask
from planner.simulation.worker_bands import in_bands

Int16Array = NDArray[np.int16]

AIR_HU, DENSEST_HU = -1000, 4000
"""Values outside these are the scanner's padding or overshoot, and are clipped."""
WATER = 1000
"""The value of a voxel of water: attenuation is kept in thousandths of it."""
_PLANE_STEP_MM = 2.9
"""Planes are averaged in depth up to about this thickness. A ray that crosses them at 45 degrees
sees a structure smeared by as much."""
_LEAST_FACTOR, _COARSEST_PLANE_MM = 4, 4.0
"""Two copies of a quarter each are what the memory of a large volume is worth; where fewer planes
would have to be averaged, for voxels above a millimetre, rays cross each plane."""
_LEAST_PLANES = 2
"""Rays go from one plane to the next."""
_BONE_HU = 100
"""Above this a value counts as mineral rather than soft tissue."""
_SHARE_OF_SKIN = 0.8


@attrs.frozen(eq=False)
class DepthAverage:
    """The same voxels with groups of `factor` averaged along one axis."""

    values: Int16Array
    factor: int


@attrs.frozen(eq=False)
class AttenuationVolume:
    """How much each voxel weakens X-rays: ``values[k, j, i]`` in thousandths of water's."""

    values: Int16Array
    geometry: GridGeometry
    averaged: Mapping[int, DepthAverage]
    """By axis (0 for i, 1 for j, 2 for k), for the axes the arm looks along."""
    lower_ijk: tuple[int, int, int]
    upper_ijk: tuple[int, int, int]
    """First and last index along each axis of what is not air."""

    @property
    def bytes(self) -> int:
        """The memory it takes."""
        return self.values.nbytes + sum(copy.values.nbytes for copy in self.averaged.values())


def prepare(
    volume: Volume, progress: Progress = no_progress, *, couch: bool = False, bone: bool = True
) -> AttenuationVolume:
    """Return the attenuation of a CT.

    Parameters
    ----------
    volume
        The CT.
    couch
        Keep what lies outside the patient's skin; without it that is air.
    bone
        Weigh mineral as a fluoroscope's softer beam does; without it each voxel counts by its
        Hounsfield units alone, (HU + 1000) / 1000 of water.

    Raises
    ------
    GeometryProblem
        If the volume has fewer than two voxels along an axis.
    """
    if min(volume.geometry.shape_ijk) < 2:
        raise GeometryProblem("An X-ray needs a volume of two or more voxels along each axis.")
    gain = clinical_number("fluoroscopy-bone-gain") if bone else 1.0
    skin_progress = part_of(progress, 0.0, _SHARE_OF_SKIN)
    # The patient's mask has no name here: it is gone before planes are averaged.
    values = _values_of(volume, None if couch else _patient(volume, skin_progress), gain)
    progress(0.9, "Preparing the X-ray")
    attenuation = attenuation_of(values, volume.geometry)
    progress(1.0, "")
    return attenuation


def attenuation_of(values: Int16Array, geometry: GridGeometry) -> AttenuationVolume:
    """Return attenuation, given in thousandths of water's, with all that a projection needs."""
    lower, upper = _filled(values)
    spacing_mm = geometry.spacing_ijk_mm
    averaged = {}
    for axis in _axes_across_the_patient(geometry):
        factor = max(int(_PLANE_STEP_MM / spacing_mm[axis]), _LEAST_FACTOR)
        if factor * spacing_mm[axis] <= _COARSEST_PLANE_MM:
            until = upper[axis] + 1
            averaged[axis] = DepthAverage(_depth_averaged(values, axis, factor, until), factor)
    return AttenuationVolume(values, geometry, averaged, lower, upper)


def _patient(volume: Volume, progress: Progress) -> VoxelMask | None:
    try:
        skin = find_skin(volume, progress)
    except AnatomyProblem:
        # A phantom without a body: there is no couch to tell from a patient.
        return None
    return VoxelMask(_closed_front_to_back(skin.voxels), skin.geometry)


def _closed_front_to_back(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the patient with what lies between his front and his back.

    A lung that the edge of the field cuts open is outside to whoever fills holes.
    """
    behind = np.logical_or.accumulate(inside, axis=1)
    before = np.logical_or.accumulate(inside[:, ::-1], axis=1)[:, ::-1]
    closed: NDArray[np.bool_] = behind & before
    return closed


def _axes_across_the_patient(geometry: GridGeometry) -> tuple[int, ...]:
    """Return the two index axes that do not run along the patient's long axis."""
    along = int(np.abs(geometry.axes_lps[2]).argmax())
    return tuple(axis for axis in range(3) if axis != along)


def _values_of(volume: Volume, patient: VoxelMask | None, bone_gain: float) -> Int16Array:
    values = np.empty(volume.voxels.shape, np.int16)
    table = _value_of_hu(bone_gain)
    voxels = np.ascontiguousarray(volume.voxels)
    if patient is None:
        in_bands(len(values), lambda k, stop: _look_up(voxels, table, (k, stop), values))
        return values
    inside = np.ascontiguousarray(patient.voxels)
    mask_from_volume = patient.geometry.ijk_from_lps @ volume.geometry.lps_from_ijk
    in_bands(
        len(values),
        lambda k, stop: _look_up_inside(voxels, table, (k, stop), inside, mask_from_volume, values),
    )
    return values


def _value_of_hu(bone_gain: float) -> Int16Array:
    """Return a value for each of the 65,536 possible Hounsfield units, the least first."""
    hu = np.clip(np.arange(-32768, 32768), AIR_HU, DENSEST_HU).astype(np.float64)
    mineral = np.maximum(hu - _BONE_HU, 0.0)
    values: Int16Array = np.rint(WATER + hu + (bone_gain - 1.0) * mineral).astype(np.int16)
    return values


@compiled
def _look_up(
    voxels: Int16Array, table: Int16Array, slices: tuple[int, int], values: Int16Array
) -> None:
    for k in range(slices[0], slices[1]):
        for j in range(voxels.shape[1]):
            for i in range(voxels.shape[2]):
                values[k, j, i] = table[int(voxels[k, j, i]) + 32768]


@compiled
def _look_up_inside(
    voxels: Int16Array,
    table: Int16Array,
    slices: tuple[int, int],
    inside: NDArray[np.bool_],
    inside_from_voxels: FloatArray,
    values: Int16Array,
) -> None:
    """Fill slices with the table's values inside a mask on another grid, with air outside."""
    n_k, n_j, n_i = inside.shape
    turn, shift = inside_from_voxels[:3, :3], inside_from_voxels[:3, 3] + 0.5
    for k in range(slices[0], slices[1]):
        for j in range(voxels.shape[1]):
            x = turn[0, 1] * j + turn[0, 2] * k + shift[0]
            y = turn[1, 1] * j + turn[1, 2] * k + shift[1]
            z = turn[2, 1] * j + turn[2, 2] * k + shift[2]
            for i in range(voxels.shape[2]):
                column = min(max(int(x + turn[0, 0] * i), 0), n_i - 1)
                row = min(max(int(y + turn[1, 0] * i), 0), n_j - 1)
                layer = min(max(int(z + turn[2, 0] * i), 0), n_k - 1)
                hu = int(voxels[k, j, i])
                values[k, j, i] = table[hu + 32768] if inside[layer, row, column] else 0


def _filled(values: Int16Array) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Return the first and the last index along i, j, k of what is not air."""
    # any() over the slices first: one pass over the memory, the rest is small.
    lower, upper = [], []
    in_slice = np.zeros(len(values), np.bool_)
    shadow = np.zeros(values.shape[1:], np.bool_)
    in_bands(len(values), lambda k, stop: _mark_filled(values, (k, stop), in_slice))
    for k in np.flatnonzero(in_slice):
        shadow |= values[k] > 0
    for filled in (shadow.any(axis=0), shadow.any(axis=1), in_slice):
        places = np.flatnonzero(filled)
        lower.append(int(places[0]) if len(places) else 0)
        upper.append(int(places[-1]) if len(places) else 0)
    return (lower[0], lower[1], lower[2]), (upper[0], upper[1], upper[2])


@compiled
def _mark_filled(values: Int16Array, slices: tuple[int, int], in_slice: NDArray[np.bool_]) -> None:
    for k in range(slices[0], slices[1]):
        in_slice[k] = values[k].max() > 0


def _depth_averaged(values: Int16Array, axis: int, factor: int, until: int) -> Int16Array:
    """Return groups of `factor` voxels averaged along an axis; a group cut short ends in air.

    Groups from the index `until` on hold nothing but air and are left out.
    """
    place = 2 - axis
    shape = list(values.shape)
    shape[place] = min(-(-shape[place] // factor), max(-(-until // factor), _LEAST_PLANES))
    averaged = np.empty(shape, np.int16)
    if place == 2:
        in_bands(len(values), lambda k, stop: _average_rows(values, factor, (k, stop), averaged))
        return averaged
    # Averaged over its second axis; across slices the first two change places.
    source, target = (
        (values, averaged)
        if place == 1
        else (values.transpose(1, 0, 2), averaged.transpose(1, 0, 2))
    )
    in_bands(len(source), lambda k, stop: _average_columns(source, factor, (k, stop), target))
    return averaged


@compiled
def _average_rows(
    values: Int16Array, factor: int, slices: tuple[int, int], averaged: Int16Array
) -> None:
    for k in range(slices[0], slices[1]):
        for j in range(values.shape[1]):
            for group in range(averaged.shape[2]):
                total = 0
                for i in range(group * factor, min((group + 1) * factor, values.shape[2])):
                    total += values[k, j, i]
                averaged[k, j, group] = (total + factor // 2) // factor


@compiled
def _average_columns(
    values: Int16Array, factor: int, slices: tuple[int, int], averaged: Int16Array
) -> None:
    total = np.empty(values.shape[2], np.int32)
    for k in range(slices[0], slices[1]):
        for group in range(averaged.shape[1]):
            total[:] = factor // 2
            for j in range(group * factor, min((group + 1) * factor, values.shape[1])):
                for i in range(values.shape[2]):
                    total[i] += values[k, j, i]
            for i in range(values.shape[2]):
                averaged[k, group, i] = total[i] // factor

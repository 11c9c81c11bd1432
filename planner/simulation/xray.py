"""The X-ray: line integrals of a patient's attenuation, in millimetres of water."""

import enum

import numpy as np

from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.simulation.attenuation import WATER, AttenuationVolume
from planner.simulation.c_arm import XrayView
from planner.simulation.plane_stack import FloatImage, PlaneStack, RayFan, add_line_integrals
from planner.simulation.worker_bands import in_bands, worker_count

_STEPS_A_SECOND = 3.0e8
"""Steps of a ray that one core of a usual machine makes in a second; a slower one takes longer
than the budget, but the picture is the same everywhere."""
_MM_OF_WATER = 1.0 / WATER


class Quality(enum.Enum):
    """How finely rays are followed."""

    COARSE = "coarse"
    """Through planes averaged in depth, a few millimetres apart."""
    FULL = "full"
    """Through each plane of voxels."""


def line_integrals(
    attenuation: AttenuationVolume, view: XrayView, quality: Quality = Quality.COARSE
) -> FloatImage:
    """Return how much water weakens each ray as much as the patient does.

    Parameters
    ----------
    attenuation
        As prepared from a CT.
    view
        The picture's geometry.
    quality
        How finely rays are followed; `quality_within` chooses.

    Returns
    -------
    Millimetres of water, shape (rows, columns), rows downwards.
    """
    image = np.zeros((view.pixels, view.pixels), np.float32)
    add_to(image, attenuation, view, quality)
    return image


def add_to(
    image: FloatImage, attenuation: AttenuationVolume, view: XrayView, quality: Quality
) -> None:
    """Add the line integrals of a volume to an image of the same view, in place."""
    stack, fan = _stack_and_fan(attenuation, view, quality)
    in_bands(
        len(image),
        lambda row, stop: add_line_integrals(stack, fan, _MM_OF_WATER, (row, stop), image),
    )


def quality_within(budget_s: float, attenuation: AttenuationVolume, view: XrayView) -> Quality:
    """Return the best quality that a time budget allows on this machine's cores."""
    axis = _crossed_axis(attenuation.geometry, view)
    planes = attenuation.upper_ijk[axis] - attenuation.lower_ijk[axis] + 1
    steps = planes * view.pixels**2
    return Quality.FULL if steps <= budget_s * _STEPS_A_SECOND * worker_count() else Quality.COARSE


def _crossed_axis(grid: GridGeometry, view: XrayView) -> int:
    """Return the index axis whose planes the picture's rays cross most steeply."""
    return int(np.abs(view.towards_viewer_lps @ grid.axes_lps).argmax())


def _stack_and_fan(
    attenuation: AttenuationVolume, view: XrayView, quality: Quality
) -> tuple[PlaneStack, RayFan]:
    """Return the voxels as planes, and the rays in the planes' indices."""
    grid = attenuation.geometry
    axis = _crossed_axis(grid, view)
    order = [axis, *(other for other in range(3) if other != axis)]
    values, factor = attenuation.values, 1
    if quality is Quality.COARSE and axis in attenuation.averaged:
        values = attenuation.averaged[axis].values
        factor = attenuation.averaged[axis].factor
    scale = np.where(np.arange(3) == axis, factor, 1)
    # A group of voxels has its centre between its first and its last.
    shift = (scale - 1) / 2.0

    def of_point(lps_mm: FloatArray) -> FloatArray:
        index: FloatArray = ((grid.ijk_of(lps_mm) - shift) / scale)[order]
        return index

    def of_step(lps_mm: FloatArray) -> FloatArray:
        index: FloatArray = (grid.ijk_from_lps[:3, :3] @ lps_mm / scale)[order]
        return index

    shape_ijk = np.array(values.shape[::-1])
    # Interpolation carries a voxel's value one voxel beyond its centre.
    lower = (np.array(attenuation.lower_ijk) - shift) / scale - 1.0
    upper = (np.array(attenuation.upper_ijk) - shift) / scale + 1.0
    stack = PlaneStack(
        values=values.reshape(-1),
        strides=(np.array(values.strides[::-1]) // values.itemsize)[order].astype(np.int32),
        shape=shape_ijk[order].astype(np.int32),
        lower=np.maximum(lower, np.where(np.arange(3) == axis, 0.0, -0.5))[order],
        upper=np.minimum(upper, shape_ijk - np.where(np.arange(3) == axis, 1.0, 0.5))[order],
    )
    fan = RayFan(
        source=of_point(np.asarray(view.source_lps_mm)),
        first=of_point(view.first_pixel_lps_mm),
        right=of_step(np.asarray(view.right_lps) * view.pixel_mm),
        down=of_step(np.asarray(view.down_lps) * view.pixel_mm),
        spacing_mm=np.array(grid.spacing_ijk_mm)[order] * scale[order],
    )
    return stack, fan

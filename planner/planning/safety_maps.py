"""Distances that every margin is read from: made once for a vertebra, then only looked up."""

from concurrent.futures import ThreadPoolExecutor

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.great_vessels import GreatVessels
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import GeometryProblem
from planner.foundation.progress import Progress, no_progress
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.distance_maps import DistanceMap, signed_distance_map
from planner.imaging.volume import Volume, VoxelMask
from planner.planning.foramen_space import foramen_space
from planner.planning.lung_space import lung_distance
from planner.planning.vessel_space import VesselSpace, vessel_space

_BODY_BORDER_MM = 8.0
"""Bone around the body that its own maps reach: a tip may be dragged past a wall."""
_BONE_BORDER_MM = 8.0
"""Beyond this no breach is told apart: the last grade begins at six millimetres."""

_CANAL_BORDER_MM = 12.0
"""Around canal and foramina: beyond it a needle is far away, and distances read the less."""
_AT_ONCE = 2

_COLUMN_EDGES = 1.5
"""Width of a column in voxel edges: with narrower ones a turned vertebra leaves gaps in them."""
_POSTERIOR_RIM_MM = 4.0
"""Depth at the posterior wall in which the body may overhang the canal."""

_WHOLE_COLUMN_SHARE = 0.35
"""Share of the median column of a body below which a column does not reach through it; the front
of a severe wedge still does."""


@attrs.frozen(eq=False)
class SafetyMaps:
    """Signed distances in millimetres around one vertebra, positive inside what they name."""

    vertebra: VertebraModel
    skin: VoxelMask
    """The patient's inside."""
    volume: Volume | None
    """The CT, which finds the skin between voxels; None: the mask alone does."""
    bone: DistanceMap
    """To the surface of the whole vertebra."""
    canal: DistanceMap
    foramina: DistanceMap | None
    """To the foramina above and below; None where neighbours that bound them are not imaged."""
    lung: DistanceMap | None
    """To air inside the patient; None where there is none near, or no CT to see it in."""
    vessels: VesselSpace | None
    """To the great vessels; None where they were not looked for."""
    other_bone: DistanceMap | None
    """To neighbouring vertebrae and ribs; None where there are none near."""
    body: DistanceMap
    """To the surface of the body alone."""
    between_endplates: DistanceMap
    """To the upper or lower surface of the body, whichever is nearer, continued sideways."""
    behind_anterior_wall: DistanceMap
    """To the front surface of the body, continued sideways."""
    half_width_mm: float
    """Half the body's width between its lateral walls."""

    @property
    def reach(self) -> GridGeometry:
        """The grid that paths are watched on."""
        return self.vertebra.whole.geometry


def build_safety_maps(
    vertebra: VertebraModel,
    skin: VoxelMask,
    volume: Volume | None = None,
    progress: Progress = no_progress,
    *,
    vessels: GreatVessels | None = None,
) -> SafetyMaps:
    """Return the maps of a vertebra.

    Parameters
    ----------
    vertebra
        With its masks on one grid.
    skin
        The patient's inside, on a grid of its own.
    volume
        The CT, by which skin entries are found between voxels; without it by the mask alone.

    vessels
        Aorta and vena cava as far as they are known.

    Raises
    ------
    GeometryProblem
        If the vertebra, its body or its canal is empty.
    """
    progress(0.0, f"Measuring distances around {vertebra.level.name}")
    body = _cropped(vertebra.body, _grid_around(vertebra.body, _BODY_BORDER_MM))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # The longest first, so that none is left over at the end.
        other = pool.submit(_distance, vertebra.other_bone, None)
        bone = pool.submit(_distance, vertebra.whole, _BONE_BORDER_MM)
        foramina = pool.submit(_to_foramina, vertebra)
        canal = pool.submit(_distance, vertebra.canal, _CANAL_BORDER_MM)
        lung = pool.submit(_to_lung, vertebra, skin, volume)
        near_vessels = pool.submit(_to_vessels, vertebra, vessels)
        own = pool.submit(signed_distance_map, body)
        places = _frame_coordinates(vertebra, body.geometry)
        rim_mm = _posterior_rim_mm(vertebra)
        endplates = pool.submit(_between_surfaces, body, places, axis=2, rim_behind_mm=rim_mm)
        front = pool.submit(_between_surfaces, body, places, axis=1)
        return SafetyMaps(
            vertebra=vertebra,
            skin=skin,
            volume=volume,
            bone=_found(bone.result()),
            canal=_found(canal.result()),
            foramina=foramina.result(),
            lung=lung.result(),
            vessels=near_vessels.result(),
            other_bone=other.result(),
            body=own.result(),
            between_endplates=endplates.result(),
            behind_anterior_wall=front.result(),
            half_width_mm=float(np.abs(places[..., 0][body.voxels]).max()),
        )


def _distance(mask: VoxelMask, border_mm: float | None) -> DistanceMap | None:
    """Return the distance to a mask's surface, only so far around it; None where it is empty."""
    if mask.is_empty:
        return None
    around = mask if border_mm is None else _cropped(mask, _grid_around(mask, border_mm))
    return signed_distance_map(around)


def _found(distances: DistanceMap | None) -> DistanceMap:
    if distances is None:
        raise GeometryProblem("A vertebra needs an outline and a canal to measure distances to.")
    return distances


def _to_foramina(vertebra: VertebraModel) -> DistanceMap | None:
    space = foramen_space(vertebra)
    return None if space is None else _distance(space, _CANAL_BORDER_MM)


def _to_lung(vertebra: VertebraModel, skin: VoxelMask, volume: Volume | None) -> DistanceMap | None:
    return None if volume is None else lung_distance(volume, skin, vertebra.whole.geometry)


def _to_vessels(vertebra: VertebraModel, vessels: GreatVessels | None) -> VesselSpace | None:
    return None if vessels is None else vessel_space(vessels, vertebra)


def _posterior_rim_mm(vertebra: VertebraModel) -> float:
    """Return where the posterior rim of the body begins, posterior of its centre."""
    wall = vertebra.lps_from_vertebra.inverse.point(vertebra.walls.posterior.point_lps_mm)
    return float(wall[1]) - _POSTERIOR_RIM_MM


def _frame_coordinates(vertebra: VertebraModel, grid: GridGeometry) -> FloatArray:
    """Return each voxel centre of a grid in the vertebra's frame, shape (k, j, i, 3)."""
    vertebra_from_lps = vertebra.lps_from_vertebra.inverse
    origin = vertebra_from_lps.point(grid.lps_from_ijk[:3, 3])
    steps = vertebra_from_lps.rotation @ grid.lps_from_ijk[:3, :3]
    i, j, k = (np.arange(n, dtype=np.float64)[:, np.newaxis] for n in grid.shape_ijk)
    along_i, along_j, along_k = i * steps[:, 0], j * steps[:, 1], k * steps[:, 2]
    places: FloatArray = (
        along_k[:, np.newaxis, np.newaxis] + along_j[:, np.newaxis] + along_i + origin
    )
    return places


def _grid_around(mask: VoxelMask, border_mm: float) -> GridGeometry:
    grid = mask.geometry
    border = np.ceil(border_mm / np.array(grid.spacing_ijk_mm)).astype(int)
    found = [np.flatnonzero(mask.voxels.any(axis=axes)) for axes in ((0, 1), (0, 2), (1, 2))]
    lower = np.maximum([f[0] for f in found] - border, 0)
    upper = np.minimum([f[-1] + 1 for f in found] + border, grid.shape_ijk)
    return grid.cropped(lower, upper)


def _cropped(mask: VoxelMask, part: GridGeometry) -> VoxelMask:
    i, j, k = (int(n) for n in np.rint(mask.geometry.ijk_of(part.lps_from_ijk[:3, 3])))
    ni, nj, nk = part.shape_ijk
    voxels = mask.voxels[k : k + nk, j : j + nj, i : i + ni]
    return VoxelMask(np.ascontiguousarray(voxels), part)


def _between_surfaces(
    body: VoxelMask, places_mm: FloatArray, *, axis: int, rim_behind_mm: float | None = None
) -> DistanceMap:
    """Return the distance to the body's outermost surfaces along an axis of the vertebra.

    Each column of the body along the axis has a first and a last voxel; the space between them
    is continued sideways from the nearest column, so that only these two surfaces count. With
    `rim_behind_mm` both count, else only the first; columns further back than it end at the
    canal, not at an endplate, where they do not reach across the body's centre.
    """
    across = [n for n in range(3) if n != axis]
    edge_mm = body.geometry.spacing_ijk_mm[0]
    columns = np.floor(places_mm[..., across] / (_COLUMN_EDGES * edge_mm)).astype(np.intp)
    columns -= columns.min(axis=(0, 1, 2))
    shape = tuple(int(n) + 1 for n in columns.max(axis=(0, 1, 2)))
    column = np.ravel_multi_index((columns[..., 0], columns[..., 1]), shape)
    along = places_mm[..., axis]
    inside = body.voxels
    lowest, highest = np.full(shape, np.inf).ravel(), np.full(shape, -np.inf).ravel()
    np.minimum.at(lowest, column[inside], along[inside])
    np.maximum.at(highest, column[inside], along[inside])
    # A rim that overhangs makes columns of a voxel or two, which are no surface of the body.
    span = np.where(np.isfinite(lowest), highest - lowest, 0.0)
    is_whole = span >= _WHOLE_COLUMN_SHARE * np.median(span[np.isfinite(lowest)])
    if rim_behind_mm is not None:
        back = np.full(shape, -np.inf).ravel()
        np.maximum.at(back, column[inside], places_mm[..., 1][inside])
        is_whole &= (back < rim_behind_mm) | ((lowest < 0.0) & (highest > 0.0))
    nearest = _nearest_filled(is_whole.reshape(shape)).ravel()
    lowest, highest = (
        ndimage.median_filter(table[nearest].reshape(shape), size=3, mode="nearest").ravel()
        for table in (lowest, highest)
    )
    between = along >= lowest[column] - edge_mm / 2
    if rim_behind_mm is not None:
        between &= along <= highest[column] + edge_mm / 2
    return signed_distance_map(VoxelMask(between, body.geometry))


def _nearest_filled(filled: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return for each cell of a table the flat number of the nearest cell that is filled."""
    nearest = ndimage.distance_transform_edt(~filled, return_distances=False, return_indices=True)
    flat: NDArray[np.intp] = np.ravel_multi_index((nearest[0], nearest[1]), filled.shape)
    return flat

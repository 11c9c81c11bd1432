"""The great vessels in front of the spine: where they are seen, and where they may be."""

import enum
from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.anatomy.chain import LevelPlace
from planner.anatomy.spine_crop import FloatVoxels
from planner.anatomy.vertebra import VertebraModel
from planner.anatomy.vessel_tube import VesselTube, find_tube
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import AnatomyProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.imaging.resample import isotropic_crop_geometry, resample_shape, resample_volume
from planner.imaging.volume import Volume, VoxelMask

_ARTERY_HU, _VEIN_HU = 150.0, 110.0
"""Blood without contrast agent stays below 70 HU, tissue with it mostly below 100; a vein is looked
for only beside an artery that is seen."""
_VESSELS = ("aorta", "vena cava")
_SPACING_MM = 1.5
_BESIDE_MM, _AHEAD_MM, _BEHIND_MM = 55.0, 75.0, 10.0
"""Where great vessels are sought, from the middle of the bodies."""
_BEYOND_MM = 25.0
"""Above the highest and below the lowest body."""
_MOST_AHEAD_MM = 40.0
"""How far from the bodies a great vessel is still likely."""
_WIDTH_OF_HEIGHT, _DEPTH_OF_HEIGHT = 0.75, 0.62
"""Half the width and half the depth of a body, of its height from disc to disc."""
_VEIN_SIDE_MM = 10.0
"""How far left of the middle the vena cava may lie."""
_SOFT_HU = (-30.0, _ARTERY_HU)
"""Fat and lung are no vessels."""


class VesselCertainty(enum.Enum):
    """What stands behind a great vessel."""

    LABELLED = "labelled"
    """Another program's label map outlines it."""
    SEEN = "seen"
    """Contrast agent shows it in the CT."""
    POSSIBLE = "possible"
    """It is not told apart: soft tissue in front of the bodies may be it."""


@attrs.frozen
class BodyRound:
    """Where a vertebral body lies, as an ellipse in its axial plane."""

    centre_lps_mm: Triple = attrs.field(converter=as_triple)
    half_width_mm: float = attrs.field(validator=attrs.validators.gt(0.0))
    half_depth_mm: float = attrs.field(validator=attrs.validators.gt(0.0))


@attrs.frozen(eq=False)
class GreatVessels:
    """Aorta and vena cava as far as they are known; both masks lie on one grid."""

    outlined: VoxelMask
    """Vessels that are labelled or seen, their walls included."""
    possible: VoxelMask
    """Soft tissue near the bodies that may be a vessel not told apart."""
    certainty: VesselCertainty
    """Of what is outlined; `POSSIBLE` where nothing is."""
    sentence: str
    """What is known and what is not, for the user."""

    def near(self, vertebra: VertebraModel) -> "GreatVessels":
        """Return the same on a vertebra's own grid, without the vertebra's bone."""
        grid, bone = vertebra.whole.geometry, vertebra.whole.voxels
        outlined, possible = (
            VoxelMask(resample_shape(mask, grid).voxels & ~bone, grid)
            for mask in (self.outlined, self.possible)
        )
        return attrs.evolve(self, outlined=outlined, possible=possible)


def rounds_of_chain(levels: Sequence[LevelPlace]) -> tuple[BodyRound, ...]:
    """Return where the bodies of a chain lie, sized by the heights around each."""
    heights = np.array([place.height_mm for place in levels])
    usual = [float(np.median(heights[max(0, n - 2) : n + 3])) for n in range(len(levels))]
    return tuple(
        BodyRound(place.centre_lps_mm, _WIDTH_OF_HEIGHT * height, _DEPTH_OF_HEIGHT * height)
        for place, height in zip(levels, usual, strict=True)
    )


def rounds_of_vertebra(vertebra: VertebraModel) -> tuple[BodyRound, ...]:
    """Return where an outlined body lies, and where those above and below it are to be expected."""
    frame, walls = vertebra.lps_from_vertebra, vertebra.walls
    from_lps = frame.inverse
    front = -float(from_lps.point(walls.anterior.point_lps_mm)[1])
    back = float(from_lps.point(walls.posterior.point_lps_mm)[1])
    half_depth = max((front + back) / 2, 1.0)
    half_width = half_depth * _WIDTH_OF_HEIGHT / _DEPTH_OF_HEIGHT
    middle = (back - front) / 2
    step = 1.3 * vertebra.heights.middle_mm
    return tuple(
        BodyRound(as_triple(frame.point((0.0, middle, n * step))), half_width, half_depth)
        for n in (1, 0, -1)
    )


def rounds_of_vertebrae(vertebrae: Sequence[VertebraModel]) -> tuple[BodyRound, ...]:
    """Return where outlined bodies lie."""
    return tuple(rounds_of_vertebra(vertebra)[1] for vertebra in vertebrae)


def great_vessels(volume: Volume, bodies: Sequence[BodyRound]) -> GreatVessels:
    """Return the great vessels in front of some bodies, from the CT alone.

    Full of contrast agent they are outlined. Blood without it looks like any soft tissue: then
    all soft tissue within `great-vessel-zone` of the bodies' front and sides may be a vessel.

    Parameters
    ----------
    volume
        The CT.
    bodies
        Of `rounds_of_chain` or `rounds_of_vertebra`.

    Raises
    ------
    AnatomyProblem
        If there are no bodies.
    GeometryProblem
        If none of them lies in the CT.
    """
    if not bodies:
        raise AnatomyProblem("Great vessels are sought in front of vertebrae; none is known.")
    grid = _grid_in_front(volume, bodies)
    hu = resample_volume(volume, grid).voxels.astype(np.float32)
    gap, beside = _gaps_mm(grid, bodies)
    tubes = _tubes(hu, gap, beside)
    outlined = np.zeros(hu.shape, np.bool_)
    for tube in tubes.values():
        outlined |= tube.voxels
    return GreatVessels(
        VoxelMask(outlined, grid),
        VoxelMask(_soft_tissue_near(hu, gap) & ~outlined, grid),
        VesselCertainty.SEEN if tubes else VesselCertainty.POSSIBLE,
        _sentence(tubes),
    )


def labelled_vessels(
    volume: Volume, bodies: Sequence[BodyRound], labels: Mapping[str, VoxelMask]
) -> GreatVessels:
    """Return the great vessels in front of some bodies as another program's labels have them.

    Parameters
    ----------
    volume
        The CT.
    bodies
        In front of which.
    labels
        ``aorta`` or ``vena cava`` or both, on any grid; what is missing may be any soft tissue
        near.

    Raises
    ------
    AnatomyProblem
        If there are no bodies.
    """
    if not bodies:
        raise AnatomyProblem("Great vessels are sought in front of vertebrae; none is known.")
    grid = _grid_in_front(volume, bodies)
    outlined = np.zeros(grid.shape_kji, np.bool_)
    for label in labels.values():
        outlined |= resample_shape(label, grid).voxels
    missing = [name for name in _VESSELS if name not in labels]
    possible = np.zeros(grid.shape_kji, np.bool_)
    words = f"The label map outlines the {' and the '.join(labels)}."
    if missing:
        hu = resample_volume(volume, grid).voxels.astype(np.float32)
        possible = _soft_tissue_near(hu, _gaps_mm(grid, bodies)[0]) & ~outlined
        words += f" The {missing[0]} is not told apart: {_zone_words()}."
    return GreatVessels(
        VoxelMask(outlined, grid), VoxelMask(possible, grid), VesselCertainty.LABELLED, words
    )


def _soft_tissue_near(hu: FloatVoxels, gap: FloatVoxels) -> NDArray[np.bool_]:
    low, high = _SOFT_HU
    near = (gap > 0.0) & (gap <= clinical_number("great-vessel-zone"))
    found: NDArray[np.bool_] = near & (hu > low) & (hu < high)
    return found


def _zone_words() -> str:
    return (
        f"soft tissue within {clinical_number('great-vessel-zone'):.0f} mm in front and beside "
        "the bodies is treated as possible vessel"
    )


def _grid_in_front(volume: Volume, bodies: Sequence[BodyRound]) -> GridGeometry:
    centres = np.array([body.centre_lps_mm for body in bodies])
    lower = centres.min(axis=0) - np.array([_BESIDE_MM, _AHEAD_MM, _BEYOND_MM])
    upper = centres.max(axis=0) + np.array([_BESIDE_MM, _BEHIND_MM, _BEYOND_MM])
    return isotropic_crop_geometry(volume.geometry, lower, upper, _SPACING_MM)


def _gaps_mm(grid: GridGeometry, bodies: Sequence[BodyRound]) -> tuple[FloatVoxels, FloatVoxels]:
    """Return how far each voxel lies from the bodies' walls, and how far left of their middle.

    Behind the middle of the bodies the distance is infinite.
    """
    rows = sorted(bodies, key=lambda body: body.centre_lps_mm[2])
    heights = [body.centre_lps_mm[2] for body in rows]
    i, j, k = grid.shape_ijk
    x, y = grid.lps_of(_line(i, 0))[:, 0], grid.lps_of(_line(j, 1))[:, 1]
    z = grid.lps_of(_line(k, 2))[:, 2]

    def along(values: Sequence[float]) -> FloatArray:
        found: FloatArray = np.interp(z, heights, values)[:, np.newaxis, np.newaxis]
        return found

    left = x[np.newaxis, np.newaxis, :] - along([body.centre_lps_mm[0] for body in rows])
    behind = y[np.newaxis, :, np.newaxis] - along([body.centre_lps_mm[1] for body in rows])
    distance = np.hypot(left, behind)
    half_width = along([body.half_width_mm for body in rows])
    half_depth = along([body.half_depth_mm for body in rows])
    across = np.hypot(left / half_width, behind / half_depth)
    gap = np.where(across > 0.0, distance * (1.0 - 1.0 / np.maximum(across, 1e-6)), -half_depth)
    gap = np.where(behind > 0.0, np.inf, gap)
    return gap.astype(np.float32), np.broadcast_to(left, gap.shape).astype(np.float32)


def _line(count: int, axis: int) -> NDArray[np.intp]:
    ijk = np.zeros((count, 3), np.intp)
    ijk[:, axis] = np.arange(count)
    return ijk


def _tubes(hu: FloatVoxels, gap: FloatVoxels, left_mm: FloatVoxels) -> dict[str, VesselTube]:
    """Return what contrast agent shows: the aorta, and the vena cava to the right of it."""
    outside = (gap > 0.0) & np.isfinite(gap)
    unlikely = np.where(outside, np.minimum(gap / _MOST_AHEAD_MM, 1.0), np.inf).astype(np.float32)
    unlikely[gap > _MOST_AHEAD_MM] = np.inf
    aorta = find_tube(hu, _SPACING_MM, unlikely, _ARTERY_HU)
    if aorta is None:
        return {}
    to_the_right = (left_mm < _VEIN_SIDE_MM) & ~aorta.voxels
    beside = np.where(to_the_right, unlikely, np.inf).astype(np.float32)
    vein = find_tube(hu, _SPACING_MM, beside, _VEIN_HU)
    return {"aorta": aorta} if vein is None else {"aorta": aorta, "vena cava": vein}


def _sentence(tubes: dict[str, VesselTube]) -> str:
    if not tubes:
        return (
            f"No contrast agent shows the great vessels, they are not told apart: {_zone_words()}."
        )
    aorta = tubes["aorta"]
    if len(tubes) == 1:
        return (
            f"Contrast agent shows one great vessel, taken for the aorta ({aorta.hu:.0f} HU). "
            f"The vena cava is not told apart: {_zone_words()}."
        )
    return (
        "Contrast agent shows two great vessels, taken for aorta and vena cava "
        f"({aorta.hu:.0f} and {tubes['vena cava'].hu:.0f} HU). Smaller ones are not told apart: "
        f"{_zone_words()}."
    )

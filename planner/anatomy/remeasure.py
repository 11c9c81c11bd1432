"""Measure a vertebra again after its masks were changed by hand."""

import attrs
import numpy as np

from planner.anatomy.body import canal_front_mm
from planner.anatomy.body_block import BodyAxes, axes_at
from planner.anatomy.levels import Side
from planner.anatomy.mask_surfaces import (
    HEIGHT_SHARES,
    MaskSurfaces,
    heights_of,
    mask_surfaces,
    walls_of,
)
from planner.anatomy.pedicle import find_pedicle
from planner.anatomy.spine_crop import SpineCrop
from planner.anatomy.trabecular import trabecular_hu
from planner.anatomy.vertebra import (
    BodyHeights,
    BodyWalls,
    HandMade,
    HeightLine,
    Pedicle,
    VertebraModel,
)
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, no_progress
from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray, PointLike, as_triple
from planner.geometry.transforms import RigidTransform
from planner.imaging.resample import resample_volume
from planner.imaging.volume import HuArray, Volume, VoxelMask

_SMALLEST_BODY_ML = 1.0
_PEDICLE_LAYERS_MM = np.arange(-6.0, 12.0)
NO_PEDICLE_NOTE = "No pedicle was found on the {}."
EDITED_NOTE = "The outline was edited by hand."


@attrs.frozen(eq=False)
class VertebraMasks:
    """What a vertebra is made of, on one grid."""

    whole: VoxelMask
    body: VoxelMask
    canal: VoxelMask
    other_bone: VoxelMask


def hu_on_grid_of(vertebra: VertebraModel, volume: Volume) -> HuArray:
    """Return the Hounsfield units ``hu[k, j, i]`` on a vertebra's own grid."""
    return resample_volume(volume, vertebra.whole.geometry).voxels


def remeasured(
    vertebra: VertebraModel, masks: VertebraMasks, hu: HuArray, progress: Progress = no_progress
) -> VertebraModel:
    """Return a vertebra with other masks, and everything that follows from them.

    Landmarks that the user has set stay where they are.

    Parameters
    ----------
    vertebra
        As it was.
    masks
        As they are now, on the vertebra's grid.
    hu
        Hounsfield units on that grid.
    progress
        Told how far the work is.

    Raises
    ------
    AnatomyProblem
        If the body or the canal is gone, or what is left of the body cannot be measured.
    """
    if masks.body.volume_mm3 < _SMALLEST_BODY_ML * 1000.0:
        raise AnatomyProblem("Too little of the body would be left.", hint="Undo or paint it.")
    if masks.canal.is_empty:
        raise AnatomyProblem("Nothing of the canal would be left.", hint="Undo or paint it.")
    progress(0.0, "Measuring the vertebra")
    measured = attrs.evolve(vertebra, **attrs.asdict(masks, recurse=False))
    if _differ(vertebra.body, masks.body):
        measured = _with_body_measures(vertebra, measured, hu)
    progress(0.5)
    pedicles = [pedicle_from_masks(measured, hu, side) for side in (Side.LEFT, Side.RIGHT)]
    return attrs.evolve(
        measured,
        left_pedicle=pedicles[0],
        right_pedicle=pedicles[1],
        by_hand=_with(measured.by_hand, HandMade.OUTLINE),
        notes=_notes(vertebra.notes, pedicles),
    )


def _differ(one: VoxelMask, other: VoxelMask) -> bool:
    return one is not other and not np.array_equal(one.voxels, other.voxels)


def _with(made: tuple[HandMade, ...], what: HandMade) -> tuple[HandMade, ...]:
    return made if what in made else (*made, what)


def _with_body_measures(before: VertebraModel, after: VertebraModel, hu: HuArray) -> VertebraModel:
    """Return a vertebra whose walls and heights moved as far as its mask did.

    The masks alone would measure a little else than the images from which the body was found:
    what did not change must not seem to.
    """
    axes = BodyAxes(before.lps_from_vertebra)
    was, now = (mask_surfaces(model.body, axes) for model in (before, after))
    walls_was, walls_now = walls_of(before.body, was), walls_of(after.body, now)
    walls = BodyWalls(
        *(
            _moved(getattr(before.walls, name), getattr(walls_was, name), getattr(walls_now, name))
            for name in ("superior", "inferior", "anterior", "posterior")
        )
    )
    frame = _frame(after, walls)
    is_set = HandMade.LANDMARKS in before.by_hand
    return attrs.evolve(
        after,
        lps_from_vertebra=frame,
        walls=walls,
        heights=before.heights if is_set else _moved_heights(before.heights, was, now),
        trabecular_hu=trabecular_hu(after.body, hu, frame),
    )


def _moved(plane: Plane, was: Plane, now: Plane) -> Plane:
    """Return a plane turned and moved as another one was."""
    normal = np.asarray(plane.normal_lps) + np.asarray(now.normal_lps) - np.asarray(was.normal_lps)
    there = np.asarray(was.point_lps_mm)
    shift_mm = -float(now.signed_distance_mm(there[np.newaxis])[0])
    point = np.asarray(plane.point_lps_mm) + shift_mm * np.asarray(was.normal_lps)
    return Plane(as_triple(point), as_triple(normal))


def _moved_heights(heights: BodyHeights, was: MaskSurfaces, now: MaskSurfaces) -> BodyHeights:
    rotation = was.axes.lps_from_body.rotation
    lines = []
    for line, share in zip(
        (heights.anterior, heights.middle, heights.posterior), HEIGHT_SHARES, strict=True
    ):
        steps = [
            rotation @ (now.end_mm(share, upper=upper) - was.end_mm(share, upper=upper))
            for upper in (True, False)
        ]
        lines.append(
            HeightLine(
                as_triple(np.asarray(line.superior_lps_mm) + steps[0]),
                as_triple(np.asarray(line.inferior_lps_mm) + steps[1]),
            )
        )
    return BodyHeights(*lines)


def _frame(vertebra: VertebraModel, walls: BodyWalls) -> RigidTransform:
    """Return axes from the centroid: up between both endplates, back as they were."""
    centroid = _points(vertebra.body).mean(axis=0)
    superior = np.asarray(walls.superior.normal_lps) - np.asarray(walls.inferior.normal_lps)
    back = vertebra.lps_from_vertebra.rotation[:, 1]
    return axes_at(centroid, superior, centroid + back).lps_from_body


def _points(mask: VoxelMask) -> FloatArray:
    return mask.geometry.lps_of(np.argwhere(mask.voxels)[:, ::-1])


def with_found_heights(vertebra: VertebraModel) -> VertebraModel:
    """Return a vertebra whose height lines are those of its mask, whatever the user had set.

    Raises
    ------
    AnatomyProblem
        If the body cannot be measured.
    """
    surfaces = mask_surfaces(vertebra.body, BodyAxes(vertebra.lps_from_vertebra))
    return attrs.evolve(
        vertebra,
        heights=heights_of(surfaces),
        by_hand=tuple(item for item in vertebra.by_hand if item is not HandMade.LANDMARKS),
    )


def with_height_end(
    vertebra: VertebraModel, name: str, *, superior: bool, lps_mm: PointLike
) -> VertebraModel:
    """Return a vertebra with one end of a height line set by hand.

    Parameters
    ----------
    vertebra
        As it was.
    name
        ``anterior``, ``middle`` or ``posterior``.
    superior
        Whether the end on the upper endplate is meant.
    lps_mm
        Where it is now.
    """
    line: HeightLine = getattr(vertebra.heights, name)
    end = "superior_lps_mm" if superior else "inferior_lps_mm"
    moved = attrs.evolve(line, **{end: as_triple(np.asarray(lps_mm))})
    return attrs.evolve(
        vertebra,
        heights=attrs.evolve(vertebra.heights, **{name: moved}),
        by_hand=_with(vertebra.by_hand, HandMade.LANDMARKS),
    )


def pedicle_from_masks(vertebra: VertebraModel, hu: HuArray, side: Side) -> Pedicle | None:
    """Return a pedicle as a vertebra's masks show it; `hu` lies on their grid."""
    grid = vertebra.whole.geometry
    crop = SpineCrop(hu.astype(np.float32), grid, grid.lps_from_ijk[:3, :3])
    axes = BodyAxes(vertebra.lps_from_vertebra)
    canal = vertebra.canal.voxels
    front = float(np.median(canal_front_mm(canal, crop, axes, _PEDICLE_LAYERS_MM)))
    return find_pedicle(vertebra.whole.voxels, canal, crop, axes, front, side)


def _notes(notes: tuple[str, ...], pedicles: list[Pedicle | None]) -> tuple[str, ...]:
    """Return what is doubtful now: what was said of the pedicles may have been mended."""
    said = {NO_PEDICLE_NOTE.format(side.value) for side in Side} | {EDITED_NOTE}
    missing = tuple(
        NO_PEDICLE_NOTE.format(side.value)
        for side, pedicle in zip((Side.LEFT, Side.RIGHT), pedicles, strict=True)
        if pedicle is None
    )
    return (*missing, *(note for note in notes if note not in said), EDITED_NOTE)

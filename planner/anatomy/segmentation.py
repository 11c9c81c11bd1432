"""One vertebra from one click inside its body."""

import attrs
import numpy as np

from planner.anatomy.arch import OwnAndOther
from planner.anatomy.arch_place import BoolVoxels, Surroundings
from planner.anatomy.body import BodyOutline, body_voxels, canal_front_mm, find_outline
from planner.anatomy.body_block import BodyAxes, axes_behind, sample_block
from planner.anatomy.body_check import look_beside
from planner.anatomy.canal import CLICK_HINT, CanalLine, canal_voxels
from planner.anatomy.click_place import canal_before, cut_body, disc_at, no_body_at
from planner.anatomy.disc import USUAL_HEIGHT_MM, DiscPair, find_discs
from planner.anatomy.heights import fit_walls, measure_heights
from planner.anatomy.implants import implant_note, without_implants
from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.mask_box import voxels_of
from planner.anatomy.pedicle import find_pedicle
from planner.anatomy.spine_crop import Box, SpineCrop, crop_around
from planner.anatomy.trabecular import trabecular_hu
from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.anatomy.vertebra_frame import frame_of
from planner.anatomy.whole_outline import whole_outline
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, no_progress
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, PointLike, Triple, as_point_mm, as_triple
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import Volume, VoxelMask

_BELOW_CLICK_MM = (58.0, 45.0, 58.0)
_ABOVE_CLICK_MM = (58.0, 95.0, 55.0)
_BLOCK_HALF_WIDTH_MM = 32.0
_BLOCK_V_MM = (-36.0, 34.0)
_BLOCK_HALF_HEIGHT_MM = 48.0
_ROUNDS = 3
"""How often the body is outlined, each time along the axes found before."""
_CLICK_TOLERANCE_MM = 2.5
_EDGE_MM, _TOUCHING_MM3 = 0.8, 60.0
"""How near the edge of the pictures bone counts as cut there, and from how much of it on."""
_GRID_MARGIN_MM = 14.0
_MASK_ERROR_MM = 0.6
_FAINT_DISC_HU = 25.0
_NEIGHBOUR_MM = 8.0
"""How much of its neighbour must be seen where a disc is faint, or the edge of the CT is no disc.
"""


@attrs.frozen(eq=False)
class _Column:
    """A crop and the canal in it."""

    crop: SpineCrop
    as_seen: SpineCrop
    line: CanalLine
    canal: BoolVoxels


@attrs.frozen(eq=False)
class FoundBody:
    """A vertebral body, and what was found on the way to it."""

    crop: SpineCrop
    line: CanalLine
    canal: BoolVoxels
    outline: BodyOutline
    discs: DiscPair
    voxels: BoolVoxels
    as_seen: SpineCrop
    """The CT with the cement and metal that were hidden from what found the body."""
    remarks: tuple[str, ...] = ()
    """Sentences about what makes the outline doubtful."""

    @property
    def centre_lps_mm(self) -> Triple:
        """The centroid of the body."""
        return as_triple(self.points_lps_mm.mean(axis=0))

    @property
    def points_lps_mm(self) -> FloatArray:
        """The centres of the body's voxels, shape (n, 3)."""
        return self.crop.geometry.lps_of(voxels_of(self.voxels))


def _require_inside(volume: Volume, at_lps_mm: PointLike) -> None:
    if not volume.geometry.contains(as_point_mm(at_lps_mm)):
        raise AnatomyProblem("This point lies outside the CT.", hint=CLICK_HINT)


def _require_whole_body(found: "FoundBody", volume: Volume) -> None:
    """Raise unless the whole body lies inside the pictures, between the first and last slice."""
    grid = volume.geometry
    points = found.points_lps_mm
    ijk = grid.ijk_of(points)
    margin = np.minimum(_EDGE_MM / np.asarray(grid.spacing_ijk_mm), 1.0)
    touching = (ijk < margin) | (ijk > np.asarray(grid.shape_ijk) - 1.0 - margin)
    if float(touching.any(axis=-1).sum()) * found.crop.geometry.voxel_mm3 >= _TOUCHING_MM3:
        cut = points[touching.any(axis=-1)].mean(axis=0)
        raise cut_body(_direction(cut - np.asarray(found.centre_lps_mm)))
    axes = found.outline.axes
    for disc, sign in ((found.discs.above, 1.0), (found.discs.below, -1.0)):
        neighbour_mm = disc.w_mm + sign * (disc.half_gap_mm + _NEIGHBOUR_MM)
        beyond = axes.lps_of(np.array([0.0, 0.0, neighbour_mm]))
        if disc.score_hu < _FAINT_DISC_HU and not grid.contains(beyond):
            raise cut_body(_direction(beyond - np.asarray(found.centre_lps_mm)))


def _direction(offset_lps_mm: FloatArray) -> str:
    axis = int(np.abs(offset_lps_mm).argmax())
    names = (("on the right", "on the left"), ("in front", "behind"), ("below", "above"))
    return names[axis][int(offset_lps_mm[axis] > 0.0)]


def find_body(
    volume: Volume,
    at_lps_mm: PointLike,
    progress: Progress = no_progress,
    usual_height_mm: tuple[float, float] = USUAL_HEIGHT_MM,
) -> FoundBody:
    """Return the vertebral body around a point; a neighbour's height helps to tell its discs.

    Raises
    ------
    AnatomyProblem
        If the point lies outside the CT or in no vertebral body, or the body is cut off by the
        end of the CT.
    """
    _require_inside(volume, at_lps_mm)
    click = as_point_mm(at_lps_mm)
    progress(0.0, "Finding the spinal canal")
    as_seen = crop_around(volume, click, _BELOW_CLICK_MM, _ABOVE_CLICK_MM)
    crop = without_implants(as_seen)
    line = canal_before(crop, as_seen, click)
    column = _Column(crop, as_seen, line, canal_voxels(crop, line))
    axes = axes_behind(click, line)
    found: FoundBody | None = None
    for turn in range(_ROUNDS):
        progress(0.3 + 0.2 * turn, "Outlining the vertebral body")
        found = _outlined(column, axes, usual_height_mm)
        if found is None:
            break
        axes = frame_of(found.points_lps_mm, fit_walls(found.outline), line)
    if found is None or not _close_to(found, click):
        raise no_body_at(as_seen, line, volume.geometry, click)
    _require_whole_body(found, volume)
    return attrs.evolve(found, remarks=_remarks(found, click))


def _remarks(found: FoundBody, click: FloatArray) -> tuple[str, ...]:
    """Return what makes an outline doubtful.

    Raises
    ------
    AnatomyProblem
        If it is that of a disc.
    """
    beside = look_beside(found.outline, found.crop, found.line)
    if beside.is_disc:
        raise disc_at(found.line, click)
    notes = (
        "" if found.as_seen is found.crop else implant_note(found.as_seen, found.points_lps_mm),
        "A disc may lie inside this outline: check both endplates." if beside.holds_disc else "",
    )
    return tuple(note for note in notes if note)


def _outlined(
    column: _Column, axes: BodyAxes, usual_height_mm: tuple[float, float]
) -> FoundBody | None:
    """Return the body around the origin of axes, None where no discs bound one."""
    crop, canal = column.crop, column.canal
    block = sample_block(crop, axes, _BLOCK_HALF_WIDTH_MM, _BLOCK_V_MM, _BLOCK_HALF_HEIGHT_MM)
    discs = find_discs(block, 0.0, usual_height_mm)
    if discs is None:
        return None
    outline = find_outline(block, discs, canal, crop)
    voxels = body_voxels(outline, canal, crop)
    if not voxels.any():
        return None
    return FoundBody(crop, column.line, canal, outline, discs, voxels, column.as_seen)


def _close_to(found: FoundBody, click: FloatArray) -> bool:
    gaps = np.linalg.norm(found.points_lps_mm - click, axis=1)
    return bool(gaps.min() <= _CLICK_TOLERANCE_MM)


def uncertainty_mm(geometry: GridGeometry) -> float:
    """Return how far an outline drawn on a grid may be off."""
    half_step_mm = float(np.mean(geometry.spacing_ijk_mm)) / 2
    return float(np.hypot(_MASK_ERROR_MM, half_step_mm))


def _cut_out(crop: SpineCrop, box: Box, voxels: BoolVoxels) -> VoxelMask:
    k, j, i = box
    stops = np.minimum([i.stop, j.stop, k.stop], crop.geometry.shape_ijk)
    grid = crop.geometry.cropped((i.start, j.start, k.start), stops)
    return VoxelMask(np.ascontiguousarray(voxels[box]), grid)


def _pedicles(found: FoundBody, bone: OwnAndOther, frame: BodyAxes) -> list[Pedicle | None]:
    front = canal_front_mm(found.canal, found.crop, frame, np.arange(-6.0, 12.0))
    return [
        find_pedicle(bone.with_blur, found.canal, found.crop, frame, float(np.median(front)), side)
        for side in (Side.LEFT, Side.RIGHT)
    ]


def _notes(found: FoundBody, bone: OwnAndOther, pedicles: list[Pedicle | None]) -> tuple[str, ...]:
    notes = list(found.remarks)
    notes += [
        f"No pedicle was found on the {side.value}."
        for side, pedicle in zip((Side.LEFT, Side.RIGHT), pedicles, strict=True)
        if pedicle is None
    ]
    for name, disc in (("above", found.discs.above), ("below", found.discs.below)):
        if disc.score_hu < _FAINT_DISC_HU:
            notes.append(f"The disc {name} is hard to see: check the endplate there.")
    if bone.own[0].any() or bone.own[-1].any():
        notes.append("The posterior elements reach the end of the CT.")
    return tuple(notes)


def find_level(
    volume: Volume, at_lps_mm: PointLike, level: VertebraLevel, progress: Progress = no_progress
) -> VertebraModel:
    """Return the vertebra whose body a point lies in.

    Parameters
    ----------
    volume
        The CT.
    at_lps_mm
        A point inside the vertebral body, best near its middle.
    level
        What the vertebra is called.
    progress
        Told how far the work is.

    Raises
    ------
    AnatomyProblem
        If the point lies outside the CT or in no vertebral body, or the body is cut off by the
        end of the CT.
    """
    found = find_body(volume, at_lps_mm, progress)
    progress(0.7, "Separating the neighbours")
    walls = fit_walls(found.outline)
    frame = frame_of(found.points_lps_mm, walls, found.line)
    outlined = whole_outline(
        Surroundings(
            crop=found.crop,
            line=found.line,
            canal=found.canal,
            body=found.voxels,
            outline=found.outline,
            discs=found.discs,
            level=level,
        ),
        frame,
    )
    bone, found = outlined.bone, attrs.evolve(found, voxels=outlined.body)
    progress(0.9, "Measuring the vertebra")
    pedicles = _pedicles(found, bone, frame)
    box = found.crop.box_around(found.crop.geometry.lps_of(voxels_of(bone.own)), _GRID_MARGIN_MM)
    whole, body, canal, other = (
        _cut_out(found.crop, box, voxels)
        for voxels in (bone.own, found.voxels, found.canal, bone.other)
    )
    lps_from_vertebra = RigidTransform(frame.lps_from_body.rotation, found.centre_lps_mm)
    left, right = pedicles
    progress(1.0, "")
    return VertebraModel(
        level=level,
        whole=whole,
        body=body,
        canal=canal,
        other_bone=other,
        lps_from_vertebra=lps_from_vertebra,
        walls=walls,
        heights=measure_heights(found.outline, frame),
        left_pedicle=left,
        right_pedicle=right,
        trabecular_hu=trabecular_hu(body, found.as_seen.hu[box], lps_from_vertebra),
        boundary_uncertainty_mm=uncertainty_mm(volume.geometry),
        notes=(*outlined.notes, *_notes(found, bone, pedicles)),
    )

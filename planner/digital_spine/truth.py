"""What is true of a model spine, as the values that the anatomy package measures."""

import attrs
import numpy as np

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import BodyHeights, BodyWalls, HeightLine, Pedicle, VertebraModel
from planner.digital_spine.arch_shape import pedicle_shape
from planner.digital_spine.body_shape import BodyLandmarks
from planner.digital_spine.body_walls import body_walls
from planner.digital_spine.bone_scene import BoneScene, bone_scene
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.model_spine import ModelSpine
from planner.digital_spine.oval_stacks import paint_stacks
from planner.digital_spine.paint_pathology import filled_distance, track_limb
from planner.digital_spine.pathology import Cavity, Cement, NeedleTrack
from planner.digital_spine.spine_pose import PosedVertebra
from planner.digital_spine.vertebra_field import canal_limbs, tube_field
from planner.foundation.errors import PlanProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import Triple, as_triple
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import BoolArray, VoxelMask

TRUTH_STEP_MM = 0.5
_BESIDE_MM = 9.0
"""Around a vertebra, so that canal and neighbours are seen."""


@attrs.frozen(eq=False)
class VertebraTruth:
    """One vertebra as it is, and what it was before it broke."""

    model: VertebraModel
    heights_before: BodyHeights
    pedicles: VoxelMask
    """Both, between body and articular pillars."""
    cement: VoxelMask | None
    cavity: VoxelMask | None
    tracks: VoxelMask | None

    @property
    def posterior_elements(self) -> VoxelMask:
        """Everything that is neither body nor pedicle."""
        model = self.model
        rest = model.whole.voxels & ~model.body.voxels & ~self.pedicles.voxels
        return VoxelMask(rest, model.whole.geometry)

    @property
    def height_losses(self) -> tuple[float, float, float]:
        """The share lost of the anterior, middle and posterior height."""
        before, now = self.heights_before, self.model.heights
        return (
            1.0 - now.anterior_mm / before.anterior_mm,
            1.0 - now.middle_mm / before.middle_mm,
            1.0 - now.posterior_mm / before.posterior_mm,
        )


def height_lines(landmarks: BodyLandmarks, frame: RigidTransform) -> BodyHeights:
    """Return the three heights in LPS; `frame` is ``lps_from_vertebra``."""
    return BodyHeights(
        *(
            HeightLine(
                as_triple(frame.point((0.0, v, upper))), as_triple(frame.point((0.0, v, lower)))
            )
            for v, upper, lower in zip(
                landmarks.v_mm, landmarks.upper_mm, landmarks.lower_mm, strict=True
            )
        )
    )


def true_pedicle(vertebra: PosedVertebra, side: Side) -> Pedicle:
    """Return a side's pedicle as its shape has it."""
    shape, frame = pedicle_shape(vertebra, side), vertebra.lps_from_vertebra
    return Pedicle(
        side=side,
        isthmus_lps_mm=as_triple(frame.point(shape.isthmus_mm)),
        axis_lps=as_triple(frame.vector(shape.axis)),
        width_mm=shape.width_mm,
        height_mm=shape.height_mm,
    )


def truth_grid(model: ModelSpine, level: VertebraLevel, step_mm: float) -> GridGeometry:
    """Return a grid of cubic voxels along L, P and S around one vertebra."""
    vertebra = model.spine.vertebra(level)
    measures, body = vertebra.anatomy.body, vertebra.body
    spans = [vertebra.anatomy.side(side).transverse_span for side in (Side.LEFT, Side.RIGHT)]
    half_u = max(max(spans) / 2.0, body.half_width_mm) + _BESIDE_MM
    back = body.half_depth_mm + measures.canal_depth + measures.spinous_length + _BESIDE_MM
    front = -body.half_depth_mm - _BESIDE_MM - 6.0
    fall = np.sin(np.radians(measures.spinous_drop)) * measures.spinous_length
    low = -body.half_height_mm - max(fall, measures.facet_height + 6.0) - _BESIDE_MM
    high = body.half_height_mm + 14.0 + _BESIDE_MM
    corners = np.array(
        [(u, v, w) for u in (-half_u, half_u) for v in (front, back) for w in (low, high)]
    )
    lps = vertebra.lps_from_vertebra.points(corners)
    lower = np.floor(lps.min(axis=0) / step_mm) * step_mm
    count = np.ceil((lps.max(axis=0) - lower) / step_mm).astype(int) + 1
    i, j, k = (int(n) for n in count)
    return GridGeometry.axis_aligned((i, j, k), lower, (step_mm,) * 3)


def _placed(inner: BoolArray, window: tuple[slice, slice, slice], grid: GridGeometry) -> BoolArray:
    whole = np.zeros(grid.shape_kji, np.bool_)
    whole[window] = inner
    return whole


def _frame_at_centroid(
    vertebra: PosedVertebra, body: VoxelMask, walls: BodyWalls
) -> RigidTransform:
    """Return the frame that the anatomy package defines: at the body's centroid."""
    kji = np.argwhere(body.voxels)
    origin = body.geometry.lps_of(kji[:, ::-1].mean(axis=0))
    up = np.asarray(walls.superior.normal_lps) - np.asarray(walls.inferior.normal_lps)
    up = up / np.linalg.norm(up)
    back = vertebra.lps_from_vertebra.rotation[:, 1]
    back = back - (back @ up) * up
    back = back / np.linalg.norm(back)
    return RigidTransform.from_axes(origin, np.cross(back, up), back, up)


def vertebra_truth(
    model: ModelSpine, level: VertebraLevel, step_mm: float = TRUTH_STEP_MM
) -> VertebraTruth:
    """Return what is true of one vertebra of a model.

    Heights, wedge, walls and pedicles come from the shapes' formulas; masks hold every voxel
    whose centre lies inside. Hounsfield units and uncertainty are those of the model: the mean of
    its spongy bone, and none.

    Raises
    ------
    PlanProblem
        If the model has no such level.
    """
    levels = [v.level for v in model.spine.vertebrae]
    if level not in levels:
        raise PlanProblem(f"This model has no vertebra {level.name}.")
    place = levels.index(level)
    vertebra = model.spine.vertebrae[place]
    grid = truth_grid(model, level, step_mm)
    lattice = Lattice.of(grid)
    scene = bone_scene(model, lattice)
    field = scene.vertebrae[place]
    if field is None or field.body is None or field.pedicles is None:
        raise PlanProblem(f"{level.name} lies outside its own grid.")
    whole = _placed(field.bone < 0.0, field.window, grid)
    in_body = _placed((field.bone < 0.0) & (field.body < 0.0), field.window, grid)
    in_pedicle = _placed((field.pedicles < 0.0), field.window, grid) & whole & ~in_body
    other = _other_bone(scene, place)
    canal = (tube_field(canal_limbs(model.spine), lattice) < 0.0) & ~whole & ~other
    body_mask = VoxelMask(in_body, grid)
    walls = body_walls(vertebra.body, vertebra.lps_from_vertebra)
    found = VertebraModel(
        level=level,
        whole=VoxelMask(whole, grid),
        body=body_mask,
        canal=VoxelMask(canal, grid),
        other_bone=VoxelMask(other, grid),
        lps_from_vertebra=_frame_at_centroid(vertebra, body_mask, walls),
        walls=walls,
        heights=height_lines(vertebra.body.landmarks, vertebra.lps_from_vertebra),
        left_pedicle=true_pedicle(vertebra, Side.LEFT),
        right_pedicle=true_pedicle(vertebra, Side.RIGHT),
        trabecular_hu=model.bone.trabecular_hu,
        boundary_uncertainty_mm=0.0,
    )
    return VertebraTruth(
        model=found,
        heights_before=height_lines(vertebra.body.landmarks_before, vertebra.lps_from_vertebra),
        pedicles=VoxelMask(in_pedicle, grid),
        cement=_filled_mask(model, vertebra, Cement, grid),
        cavity=_filled_mask(model, vertebra, Cavity, grid),
        tracks=_track_mask(model, vertebra, grid, whole),
    )


def _other_bone(scene: BoneScene, place: int) -> BoolArray:
    other = scene.ribs < 0.0
    for n, field in enumerate(scene.vertebrae):
        if n != place and field is not None:
            other[field.window] |= field.bone < 0.0
    return other


def _filled_mask(
    model: ModelSpine, vertebra: PosedVertebra, kind: type[Cement | Cavity], grid: GridGeometry
) -> VoxelMask | None:
    found: list[Cement | Cavity] = model.of_kind(kind, vertebra.level)
    if not found:
        return None
    seed = model.seed + vertebra.level.value
    lattice = Lattice.of(grid)
    inside = np.zeros(grid.shape_kji, np.bool_)
    for filled in found:
        inside |= filled_distance(lattice, vertebra, filled, seed) < 0.0
    return VoxelMask(inside, grid)


def _track_mask(
    model: ModelSpine, vertebra: PosedVertebra, grid: GridGeometry, whole: BoolArray
) -> VoxelMask | None:
    tracks = model.of_kind(NeedleTrack, vertebra.level)
    if not tracks:
        return None
    points = Lattice.of(grid).coordinates(vertebra.lps_from_vertebra)
    inside = np.zeros(grid.shape_kji, np.bool_)
    for track in tracks:
        inside |= track_limb(vertebra, track).distance_mm(*points) < 0.0
    return VoxelMask(inside & whole, grid)


def structure_mask(
    model: ModelSpine, structure_ids: tuple[str, ...], lattice: Lattice
) -> BoolArray:
    """Return where named structures around the spine lie.

    Parameters
    ----------
    model
        The patient.
    structure_ids
        Such as ``aorta`` and ``vena-cava``.
    lattice
        Where it is evaluated; rows must run at one height.
    """
    stacks = model.stacks.only(structure_ids)
    share = np.zeros(lattice.shape_kji, np.float32)
    looks = np.tile([1.0, 0.0], (len(stacks.tissues), 1))
    paint_stacks(share, lattice, stacks, looks, model.seed)
    inside: BoolArray = share > 0.5
    return inside


def landmarks_lps_mm(model: ModelSpine, level: VertebraLevel) -> dict[str, Triple]:
    """Return named points of one vertebra in LPS millimetres."""
    vertebra = model.spine.vertebra(level)
    frame = vertebra.lps_from_vertebra
    body, measures = vertebra.body, vertebra.anatomy.body
    drop = np.radians(measures.spinous_drop)
    root = np.array([0.0, body.half_depth_mm + measures.canal_depth + 2.0, -2.0])
    tip = root + (measures.spinous_length - 2.0) * np.array([0.0, np.cos(drop), -np.sin(drop)])
    points = {
        "body_centre": frame.point((0.0, 0.0, 0.0)),
        "spinous_tip": frame.point(tip),
        "left_isthmus": frame.point(pedicle_shape(vertebra, Side.LEFT).isthmus_mm),
        "right_isthmus": frame.point(pedicle_shape(vertebra, Side.RIGHT).isthmus_mm),
    }
    return {name: as_triple(point) for name, point in points.items()}

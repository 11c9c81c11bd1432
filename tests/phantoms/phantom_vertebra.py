"""A vertebra built from formulas, so that its frame, isthmus, walls and margins are known.

Tests use the fixtures (`a_phantom_vertebra`, `a_phantom_skin`, `a_bipedicular_plan`,
`an_assessment`) or import this module by its name: ``from phantom_vertebra import PhantomShape``.
"""

import functools
import math
from collections.abc import Iterator

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import BodyHeights, BodyWalls, HeightLine, Pedicle, VertebraModel
from planner.assessment.findings import Assessment, Finding, LevelAssessment, Severity
from planner.geometry.grids import GridGeometry
from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.geometry.shapes import capsule_between
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import VoxelMask
from planner.planning.measures import (
    BalloonMeasures,
    BreachGrade,
    CArmAngles,
    CementBand,
    CementMeasures,
    Margin,
    NeedleMargins,
    NeedleMeasures,
)
from planner.planning.plan import (
    LevelPlan,
    Plan,
    PlannedBalloon,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)

BoolArray = NDArray[np.bool_]

IN_PLACE = RigidTransform(np.eye(3), np.array([12.0, -35.0, -410.0]))
"""Where the phantom lies when nothing else is said: upright, away from the origin."""


@attrs.frozen
class PhantomShape:
    """Formulas in the vertebra's frame: x left, y posterior, z superior, origin in the body."""

    body_half_width_mm: float = 22.0
    body_half_depth_mm: float = 15.5
    body_half_height_mm: float = 13.0
    waist_share: float = 0.1
    """How much narrower the body is half way up."""
    left_width_mm: float = 9.0
    left_height_mm: float = 14.0
    right_width_mm: float = 7.6
    right_height_mm: float = 13.0
    pedicle_x_mm: float = 14.0
    pedicle_y_mm: float = 20.5
    pedicle_z_mm: float = 3.0
    convergence_deg: float = 10.0
    flare_per_mm2: float = 0.004
    """How fast a pedicle widens away from its isthmus."""
    canal_y_mm: float = 24.0
    canal_radius_mm: float = 8.0
    disc_mm: float = 8.0

    def width_mm(self, side: Side) -> float:
        """The pedicle's width at its isthmus."""
        return self.left_width_mm if side is Side.LEFT else self.right_width_mm

    def height_mm(self, side: Side) -> float:
        """The pedicle's height at its isthmus."""
        return self.left_height_mm if side is Side.LEFT else self.right_height_mm

    def isthmus_mm(self, side: Side) -> FloatArray:
        """The centre of the pedicle's narrowest cross-section."""
        return np.array([side.sign * self.pedicle_x_mm, self.pedicle_y_mm, self.pedicle_z_mm])

    def axis(self, side: Side) -> FloatArray:
        """The pedicle's axis from back to front."""
        angle = math.radians(self.convergence_deg)
        return np.array([-side.sign * math.sin(angle), -math.cos(angle), 0.0])

    def mirrored(self) -> "PhantomShape":
        """The same bone in a mirror."""
        return attrs.evolve(
            self,
            left_width_mm=self.right_width_mm,
            left_height_mm=self.right_height_mm,
            right_width_mm=self.left_width_mm,
            right_height_mm=self.left_height_mm,
        )

    def in_body(self, points_mm: FloatArray) -> BoolArray:
        x, y, z = points_mm[..., 0], points_mm[..., 1], points_mm[..., 2]
        waist = 1.0 - self.waist_share * (1.0 - (z / self.body_half_height_mm) ** 2)
        across = (np.abs(x) / (self.body_half_width_mm * waist)) ** 4
        along = (np.abs(y) / (self.body_half_depth_mm * waist)) ** 4
        return (across + along <= 1.0) & (np.abs(z) <= self.body_half_height_mm)

    def in_canal(self, points_mm: FloatArray) -> BoolArray:
        x, y = points_mm[..., 0], points_mm[..., 1] - self.canal_y_mm
        return x**2 + y**2 <= self.canal_radius_mm**2

    def in_pedicle(self, points_mm: FloatArray, side: Side) -> BoolArray:
        offset = points_mm - self.isthmus_mm(side)
        axis = self.axis(side)
        along = offset @ axis
        across = offset @ np.cross(axis, [0.0, 0.0, 1.0])
        flare = 1.0 + self.flare_per_mm2 * along**2
        ellipse = (across / (self.width_mm(side) / 2)) ** 2 + (
            offset[..., 2] / (self.height_mm(side) / 2)
        ) ** 2
        return (ellipse <= flare**2) & (np.abs(along) <= 9.5)

    def in_whole(self, points_mm: FloatArray) -> BoolArray:
        x, y, z = points_mm[..., 0], points_mm[..., 1], points_mm[..., 2]
        inside = self.in_body(points_mm)
        for side in Side:
            inside |= self.in_pedicle(points_mm, side)
            pillar = (np.abs(x - side.sign * 16.0) / 6.5) ** 2 + ((y - 30.0) / 6.0) ** 2
            inside |= (pillar <= 1.0) & (np.abs(z - 1.0) <= 14.0)
            inside |= _in_capsule(
                points_mm, (side.sign * 17.0, 29.0, 3.0), (side.sign * 37.0, 34.0, 5.0), 4.5
            )
        ring = np.hypot(x, y - self.canal_y_mm)
        inside |= (ring <= 13.5) & (y > self.canal_y_mm + 2.0) & (np.abs(z) <= 9.0)
        inside |= (np.abs(x) <= 3.0) & (y > 36.0) & (y < 62.0) & (np.abs(z + 3.0) <= 8.0)
        return inside & ~self.in_canal(points_mm)

    def in_neighbours(self, points_mm: FloatArray) -> BoolArray:
        step = np.array([0.0, 0.0, 2 * self.body_half_height_mm + self.disc_mm])
        return self.in_whole(points_mm - step) | self.in_whole(points_mm + step)

    def in_skin(self, points_mm: FloatArray) -> BoolArray:
        x, y = points_mm[..., 0], points_mm[..., 1]
        return (x / 160.0) ** 2 + ((y + 35.0) / 125.0) ** 2 <= 1.0


def _in_capsule(points_mm: FloatArray, start: Triple, end: Triple, radius_mm: float) -> BoolArray:
    offset, along = points_mm - np.array(start), np.subtract(end, start)
    share = np.clip(offset @ along / (along @ along), 0.0, 1.0)
    return np.linalg.norm(offset - share[..., np.newaxis] * along, axis=-1) <= radius_mm


def _grid_around(
    lower_mm: Triple, upper_mm: Triple, lps_from_vertebra: RigidTransform, edge_mm: float
) -> GridGeometry:
    corners = np.array(np.meshgrid(*zip(lower_mm, upper_mm, strict=True))).reshape(3, 8).T
    lps = lps_from_vertebra.points(corners)
    lower, upper = lps.min(axis=0), lps.max(axis=0)
    i, j, k = (int(n) for n in np.ceil((upper - lower) / edge_mm) + 1)
    return GridGeometry.axis_aligned((i, j, k), lower, (edge_mm, edge_mm, edge_mm))


def _mirrored(grid: GridGeometry, lps_from_vertebra: RigidTransform) -> GridGeometry:
    """Return a grid that lies as another does, right and left of an upright vertebra exchanged."""
    first, last = grid.corners_lps_mm().min(axis=0), grid.corners_lps_mm().max(axis=0)
    middle_mm = float(lps_from_vertebra.point((0.0, 0.0, 0.0))[0])
    lower = (2.0 * middle_mm - float(last[0]), *(float(v) for v in first[1:]))
    return GridGeometry.axis_aligned(grid.shape_ijk, lower, grid.spacing_ijk_mm)


def _slabs(grid: GridGeometry, vertebra_from_lps: RigidTransform) -> Iterator[FloatArray]:
    i, j, k = grid.shape_ijk
    jj, ii = np.meshgrid(np.arange(j), np.arange(i), indexing="ij")
    for slab in range(k):
        ijk = np.stack([ii, jj, np.full_like(ii, slab)], axis=-1)
        lps = grid.lps_of(ijk)
        yield vertebra_from_lps.points(lps)


def phantom_vertebra(
    shape: PhantomShape | None = None,
    lps_from_vertebra: RigidTransform = IN_PLACE,
    *,
    level: VertebraLevel = VertebraLevel.L1,
    edge_mm: float = 0.8,
    uncertainty_mm: float = 0.6,
    in_mirror: bool = False,
) -> VertebraModel:
    """Return the vertebra of a shape's formulas, placed in the patient.

    `in_mirror` puts every voxel where the mirror shows it; the shape is to be `mirrored` too.
    """
    shape = shape or PhantomShape()
    grid = _grid_around((-43.0, -21.0, -31.3), (43.0, 65.0, 31.0), lps_from_vertebra, edge_mm)
    if in_mirror:
        grid = _mirrored(grid, lps_from_vertebra)
    whole, body, canal, others = (np.zeros(grid.shape_kji, dtype=bool) for _ in range(4))
    for k, points in enumerate(_slabs(grid, lps_from_vertebra.inverse)):
        whole[k], body[k] = shape.in_whole(points), shape.in_body(points)
        canal[k] = shape.in_canal(points)
        others[k] = shape.in_neighbours(points) & ~whole[k] & ~canal[k]
    return VertebraModel(
        level=level,
        whole=VoxelMask(whole, grid),
        body=VoxelMask(body & whole, grid),
        canal=VoxelMask(canal, grid),
        other_bone=VoxelMask(others, grid),
        lps_from_vertebra=lps_from_vertebra,
        walls=_walls(shape, lps_from_vertebra),
        heights=_heights(shape, lps_from_vertebra),
        left_pedicle=_pedicle(shape, lps_from_vertebra, Side.LEFT),
        right_pedicle=_pedicle(shape, lps_from_vertebra, Side.RIGHT),
        trabecular_hu=112.0,
        boundary_uncertainty_mm=uncertainty_mm,
    )


def _walls(shape: PhantomShape, lps_from_vertebra: RigidTransform) -> BodyWalls:
    def wall(axis: int, place_mm: float) -> Plane:
        normal = np.zeros(3)
        normal[axis] = math.copysign(1.0, place_mm)
        return Plane(
            as_triple(lps_from_vertebra.point(normal * abs(place_mm))),
            as_triple(lps_from_vertebra.vector(normal)),
        )

    height, depth = shape.body_half_height_mm, shape.body_half_depth_mm
    return BodyWalls(
        superior=wall(2, height),
        inferior=wall(2, -height),
        anterior=wall(1, -depth),
        posterior=wall(1, depth),
    )


def _heights(shape: PhantomShape, lps_from_vertebra: RigidTransform) -> BodyHeights:
    def line(y_mm: float) -> HeightLine:
        up, down = (
            as_triple(lps_from_vertebra.point((0.0, y_mm, z)))
            for z in (shape.body_half_height_mm, -shape.body_half_height_mm)
        )
        return HeightLine(up, down)

    depth = shape.body_half_depth_mm
    return BodyHeights(anterior=line(-depth), middle=line(0.0), posterior=line(depth))


def _pedicle(shape: PhantomShape, lps_from_vertebra: RigidTransform, side: Side) -> Pedicle:
    return Pedicle(
        side=side,
        isthmus_lps_mm=as_triple(lps_from_vertebra.point(shape.isthmus_mm(side))),
        axis_lps=as_triple(lps_from_vertebra.vector(shape.axis(side))),
        width_mm=shape.width_mm(side),
        height_mm=shape.height_mm(side),
    )


def phantom_skin(
    shape: PhantomShape | None = None,
    lps_from_vertebra: RigidTransform = IN_PLACE,
    *,
    edge_mm: float = 2.5,
) -> VoxelMask:
    """Return the patient's inside, an elliptic cylinder about the vertebra."""
    shape = shape or PhantomShape()
    grid = _grid_around((-165.0, -165.0, -75.0), (165.0, 95.0, 75.0), lps_from_vertebra, edge_mm)
    inside = np.zeros(grid.shape_kji, dtype=bool)
    for k, points in enumerate(_slabs(grid, lps_from_vertebra.inverse)):
        inside[k] = shape.in_skin(points)
    return VoxelMask(inside, grid)


def phantom_needle(
    side: Side,
    *,
    tip_mm: Triple,
    through_mm: Triple | None = None,
    shape: PhantomShape | None = None,
    lps_from_vertebra: RigidTransform = IN_PLACE,
    model_id: str = "access-11g-125",
) -> PlannedNeedle:
    """Return the needle with a tip and a point it passes, both in the vertebra's frame.

    It starts on the phantom's skin, solved from the ellipse. Without `through_mm` it passes the
    middle of the isthmus.
    """
    shape = shape or PhantomShape()
    tip = np.array(tip_mm)
    through = shape.isthmus_mm(side) if through_mm is None else np.array(through_mm)
    back = (through - tip) / np.linalg.norm(through - tip)
    scale, centre = np.array([1 / 160.0, 1 / 125.0]), np.array([0.0, -35.0])
    start, way = (tip[:2] - centre) * scale, back[:2] * scale
    a, b, c = way @ way, 2 * start @ way, start @ start - 1.0
    out = (-b + math.sqrt(b * b - 4 * a * c)) / (2 * a)
    return PlannedNeedle(
        side=side,
        model_id=model_id,
        skin_lps_mm=as_triple(lps_from_vertebra.point(tip + out * back)),
        tip_lps_mm=as_triple(lps_from_vertebra.point(tip)),
    )


def phantom_plan(
    shape: PhantomShape | None = None, lps_from_vertebra: RigidTransform = IN_PLACE
) -> Plan:
    """Return a bipedicular kyphoplasty: both needles through the middle of their isthmus."""
    needles = tuple(
        phantom_needle(
            side,
            tip_mm=(side.sign * 8.5, -7.0, 0.5),
            shape=shape,
            lps_from_vertebra=lps_from_vertebra,
            model_id="access-8g-125",
        )
        for side in Side
    )
    return Plan(
        (
            LevelPlan(
                VertebraLevel.L1,
                Procedure.KYPHOPLASTY,
                needles,
                tuple(
                    PlannedBalloon(
                        side, "kyphon-xpander-15-3", front_beyond_tip_mm=0.0, volume_ml=2.0
                    )
                    for side in Side
                ),
                PlannedCement("kyphon-hv-r", volume_ml=4.0),
            ),
        )
    )


def phantom_assessment() -> Assessment:
    """Return an assessment of `phantom_plan` written by hand: what writers and views are shown."""
    (level_plan,) = phantom_plan().levels
    findings = (
        Finding(
            Severity.CAUTION,
            "pedicle-wall-margin",
            "The right needle is 0.9 +/- 0.6 mm from the pedicle's wall; the limit is 1.0 mm.",
            level_plan.level,
            Side.RIGHT,
            0.9,
            1.0,
            "mm",
        ),
        *(
            Finding(
                Severity.SAFE,
                "canal-margin",
                f"The {side.value} needle stays 4.2 +/- 0.6 mm from the spinal canal.",
                level_plan.level,
                side,
                4.2,
                2.0,
                "mm",
            )
            for side in Side
        ),
    )
    return Assessment(
        (
            LevelAssessment(
                level_plan.level,
                tuple(_needle_measures(needle) for needle in level_plan.needles),
                tuple(_balloon_measures(needle) for needle in level_plan.needles),
                CementMeasures(4.0, CementBand(4.4, 6.5, 7.0, "absolute volume"), 5.1, 0.137),
                findings,
            ),
        )
    )


def _needle_measures(needle: PlannedNeedle) -> NeedleMeasures:
    width_mm = PhantomShape().width_mm(needle.side)
    return NeedleMeasures(
        side=needle.side,
        skin_lps_mm=needle.skin_lps_mm,
        bone_entry_lps_mm=needle.path.point_at(needle.path.length_mm - 45.0),
        tip_lps_mm=needle.tip_lps_mm,
        transverse_deg=11.3,
        sagittal_deg=5.2,
        skin_entry_from_midline_mm=25.6,
        depth_from_skin_mm=needle.path.length_mm,
        depth_from_bone_mm=45.0,
        pedicle_fill_share=4.191 / width_mm,
        margins=NeedleMargins(
            pedicle_wall=Margin(2.4 if needle.side is Side.LEFT else 0.9, 0.6),
            canal=Margin(4.2, 0.6),
            foramen=None,
            endplate=Margin(10.4, 0.6),
            anterior_cortex=Margin(6.9, 0.6),
        ),
        grade=BreachGrade.A,
        en_face=CArmAngles(orbital_deg=needle.side.sign * 11.3, angular_deg=5.2),
        tip_depth_share=0.73,
    )


def _balloon_measures(needle: PlannedNeedle) -> BalloonMeasures:
    end_mm = needle.path.length_mm
    front, rear = needle.path.point_at(end_mm), needle.path.point_at(end_mm - 15.0)
    return BalloonMeasures(
        side=needle.side,
        shape=capsule_between(
            needle.path.point_at(end_mm - 6.5), needle.path.point_at(end_mm - 8.5), 6.5
        ),
        contact_mm=3.4,
        nearest_wall="inferior endplate",
        rear_marker_beyond_cannula_mm=1.5,
        front_marker_lps_mm=front,
        rear_marker_lps_mm=rear,
    )


@functools.cache
def _shared_vertebra() -> VertebraModel:
    return phantom_vertebra()


@functools.cache
def _shared_skin() -> VoxelMask:
    return phantom_skin()


@pytest.fixture
def a_phantom_vertebra() -> VertebraModel:
    """An L1 of known shape with a wider left pedicle."""
    return _shared_vertebra()


@pytest.fixture
def a_phantom_skin() -> VoxelMask:
    """The inside of the patient around the phantom vertebra."""
    return _shared_skin()


@pytest.fixture
def a_bipedicular_plan() -> Plan:
    """A kyphoplasty of the phantom's L1 with two needles, two balloons and cement."""
    return phantom_plan()


@pytest.fixture
def an_assessment() -> Assessment:
    """A whole assessment of `a_bipedicular_plan`: measures, a caution and safe findings."""
    return phantom_assessment()

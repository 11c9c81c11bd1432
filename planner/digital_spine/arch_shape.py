"""Pedicles, joints, laminae and processes of a vertebra as limbs in its own frame."""

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.digital_spine.distance_fields import Joined, Limb, block
from planner.digital_spine.spine_pose import FacetJoint, PosedVertebra
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.geometry.transforms import RigidTransform

FACET_GAP_MM = 1.8
"""Between the bony facets of a joint: cartilage of both."""
_FILLET_MM = 2.2
_PEDICLE_FRONT_MM, _PEDICLE_BACK_MM = 9.0, 8.0
"""How far a pedicle's limb reaches from its isthmus into the body and into the pillar."""
_PEDICLE_FLARE = 0.24
_PILLAR_TOP_MM = np.array([0.0, -1.5, 1.5])
_PILLAR_FOOT_MM = np.array([0.0, 1.0, -3.0])
_FACET_THICKNESS_MM = 3.4
"""Half thickness of an articular process."""


@attrs.frozen
class PedicleShape:
    """A pedicle in the vertebra's frame, mm."""

    side: Side
    isthmus_mm: Triple
    axis: Triple
    """From back to front."""
    width_mm: float
    height_mm: float

    @property
    def limb(self) -> Limb:
        """The pedicle as an elliptic rod, narrowest at its isthmus."""
        centre, axis = np.asarray(self.isthmus_mm), np.asarray(self.axis)
        half = (_PEDICLE_FRONT_MM + _PEDICLE_BACK_MM) / 2.0
        # The rod is narrowest half way along: its middle is the isthmus.
        radii = (self.width_mm / 2.0, self.height_mm / 2.0)
        across = (1.0, 0.0, 0.0)
        return Limb(
            as_triple(centre + half * axis),
            as_triple(centre - half * axis),
            across,
            radii,
            radii,
            flare=_PEDICLE_FLARE,
        )


def pedicle_shape(vertebra: PosedVertebra, side: Side) -> PedicleShape:
    """Return a side's pedicle in the vertebra's frame."""
    measures, body = vertebra.anatomy.side(side), vertebra.body
    turn, fall = np.radians([measures.pedicle_transverse, measures.pedicle_sagittal])
    axis = np.array([-side.sign * np.tan(turn), -1.0, -np.tan(fall)])
    axis = axis / np.linalg.norm(axis)
    below_rim = 1.2 if vertebra.level.is_thoracic else 2.6
    top = body.landmarks_before.upper_mm[2] - below_rim
    beside = measures.canal_width / 2.0 + measures.pedicle_width / 2.0
    isthmus = (
        side.sign * beside,
        body.half_depth_mm + 3.2,
        top - measures.pedicle_height / 2.0,
    )
    return PedicleShape(
        side, isthmus, as_triple(axis), measures.pedicle_width, measures.pedicle_height
    )


def _pillar(vertebra: PosedVertebra, pedicle: PedicleShape) -> FloatArray:
    """Return the middle of the articular pillar, where everything of a side meets."""
    back = np.asarray(pedicle.isthmus_mm) - 8.0 * np.asarray(pedicle.axis)
    out = 0.6 if vertebra.level.is_thoracic else 1.6
    pillar: FloatArray = back + np.array([pedicle.side.sign * out, 0.5, -0.5])
    return pillar


def _facet_block(joint: FacetJoint, frame: RigidTransform, *, is_upper: bool) -> Limb:
    """Return an articular process at a joint: the upper vertebra's lies behind the gap.

    `frame` is ``vertebra_from_lps`` of the vertebra the process belongs to.
    """
    normal, up = frame.vector(joint.normal_lps), frame.vector(joint.up_lps)
    sign = 1.0 if is_upper else -1.0
    thickness = _FACET_THICKNESS_MM if not is_upper else _FACET_THICKNESS_MM - 0.4
    offset = sign * (thickness + FACET_GAP_MM / 2.0)
    centre = frame.point(joint.centre_lps_mm) + offset * normal
    # The lower vertebra's process comes from below, the upper one's from above.
    centre = centre + (0.12 if is_upper else -0.08) * joint.height_mm * up
    half = (joint.height_mm / 2.0 + 0.8, thickness, joint.width_mm / 2.0 + 0.4)
    return block(centre, up, normal, half)


def lower_facet_block(joint: FacetJoint, vertebra_from_lps: RigidTransform) -> Limb:
    """Return the process by which a lower vertebra, or the sacrum, bears the one above."""
    return _facet_block(joint, vertebra_from_lps, is_upper=False)


def _stem(start: FloatArray, end: FloatArray, radii: tuple[float, float]) -> Limb:
    return Limb(as_triple(start), as_triple(end), (1.0, 0.0, 0.0), radii, radii)


def _joint_limbs(vertebra: PosedVertebra, side: Side, pillar: FloatArray) -> list[Joined]:
    limbs = []
    frame = vertebra.lps_from_vertebra.inverse
    slim = vertebra.level.is_thoracic
    radii = (3.6, 3.8) if slim else (4.2, 4.8)
    for joint in vertebra.joints_above:
        if joint.side is side:
            facet = _facet_block(joint, frame, is_upper=False)
            foot = np.asarray(facet.start_mm)
            limbs += [Joined(facet, _FILLET_MM), Joined(_stem(pillar, foot, radii), _FILLET_MM)]
    for joint in vertebra.joints_below:
        if joint.side is side:
            facet = _facet_block(joint, frame, is_upper=True)
            head = np.asarray(facet.end_mm)
            limbs += [Joined(facet, _FILLET_MM), Joined(_stem(pillar, head, radii), _FILLET_MM)]
    return limbs


def _lamina(vertebra: PosedVertebra, side: Side, pillar: FloatArray) -> Joined:
    measures, body = vertebra.anatomy.side(side), vertebra.body
    thick = 2.9 if vertebra.level.is_thoracic else 3.2
    behind = body.half_depth_mm + measures.canal_depth + thick - 0.4
    tall = measures.lamina_height / 2.0
    middle = body.landmarks_before.lower_mm[1] * 0.35
    start = (side.sign * (measures.canal_width / 2.0 + 1.2), behind - 6.0, pillar[2] * 0.3 + middle)
    end = (side.sign * 0.8, behind + 1.0, middle - 2.0)
    return Joined(
        Limb(start, end, (0.0, 0.0, 1.0), (tall, thick), (tall * 0.92, thick), squareness=2.6),
        _FILLET_MM,
    )


def _transverse(vertebra: PosedVertebra, side: Side, pillar: FloatArray) -> list[Joined]:
    reach = side.sign * vertebra.anatomy.side(side).transverse_span / 2.0
    level = vertebra.level
    if not level.is_thoracic:
        root = pillar + np.array([side.sign * 1.0, -1.5, -1.0])
        tip = np.array([reach - side.sign * 2.5, pillar[1] + 3.0, pillar[2] - 1.0])
        blade = Limb(as_triple(root), as_triple(tip), (0.0, 0.0, 1.0), (5.2, 3.4), (4.4, 2.4))
        return [Joined(blade, _FILLET_MM), _mammillary(pillar, side)]
    root = pillar + np.array([side.sign * 0.5, 1.5, 0.0])
    tip = np.array([reach - side.sign * 4.0, pillar[1] + 15.0, pillar[2] + 2.5])
    if abs(tip[0] - root[0]) < 9.0:
        tip = root + np.array([side.sign * 7.0, 7.0, 0.0])
    stalk = Limb(as_triple(root), as_triple(tip), (0.0, 0.0, 1.0), (5.4, 4.2), (5.2, 4.4))
    return [Joined(stalk, _FILLET_MM)]


def _mammillary(pillar: FloatArray, side: Side) -> Joined:
    start = pillar + np.array([side.sign * 1.0, 4.5, 3.0])
    end = start + np.array([side.sign * 0.5, 3.0, 3.5])
    return Joined(_stem(start, end, (2.8, 2.8)), _FILLET_MM)


def _spinous(vertebra: PosedVertebra) -> list[Joined]:
    measures = vertebra.anatomy.body
    body = vertebra.body
    drop = np.radians(measures.spinous_drop)
    middle = body.landmarks_before.lower_mm[1] * 0.35 - 2.0
    root = np.array([0.0, body.half_depth_mm + measures.canal_depth + 2.0, middle])
    direction = np.array([0.0, np.cos(drop), -np.sin(drop)])
    length = measures.spinous_length - 4.0
    tip = root + length * direction
    tall = measures.spinous_height / 2.0
    blade = Limb(
        as_triple(root),
        as_triple(tip - 2.0 * direction),
        (1.0, 0.0, 0.0),
        (2.9, tall * 0.9),
        (2.5, tall),
        squareness=2.5,
    )
    square = np.array([0.0, np.sin(drop), np.cos(drop)])
    knob = Limb(
        as_triple(tip - 0.75 * tall * square),
        as_triple(tip + 0.55 * tall * square),
        (1.0, 0.0, 0.0),
        (3.8, 3.2),
        (3.2, 3.0),
    )
    return [Joined(blade, _FILLET_MM), Joined(knob, _FILLET_MM)]


def arch_limbs(vertebra: PosedVertebra) -> list[Joined]:
    """Return everything behind the body except the pedicles, in the vertebra's frame."""
    limbs = []
    for side in (Side.LEFT, Side.RIGHT):
        pillar = _pillar(vertebra, pedicle_shape(vertebra, side))
        limbs.append(
            Joined(_stem(pillar + _PILLAR_TOP_MM, pillar + _PILLAR_FOOT_MM, (4.6, 5.0)), _FILLET_MM)
        )
        limbs += _joint_limbs(vertebra, side, pillar)
        limbs.append(_lamina(vertebra, side, pillar))
        limbs += _transverse(vertebra, side, pillar)
    return limbs + _spinous(vertebra)

"""Where each vertebra stands: a chain of bodies and discs, and the facet joints between them."""

import itertools
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from planner.anatomy.levels import Side, VertebraLevel
from planner.digital_spine.body_shape import BodyShape
from planner.digital_spine.model_patient import ModelPatient, VertebraAnatomy
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.geometry.transforms import RigidTransform

_ANCHOR_TILT_DEG = -9.0
"""The axis of T12 leans back towards the head, lying."""
_OPENING_SHARE = 0.35
"""How much of a fracture's wedge the disc above takes up by opening."""
_THORACIC_FACET_DEG = 70.0
"""Joints further than this from the sagittal plane are built as thoracic ones."""
_CURVE_LEVELS = 4.0
"""Over how many levels to each side of its apex a scoliosis fades."""


def turn_x(angle_rad: float) -> FloatArray:
    """Return the rotation about the axis to the left: the front goes down for positive angles."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def turn_y(angle_rad: float) -> FloatArray:
    """Return the rotation about the axis to the back."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def turn_z(angle_rad: float) -> FloatArray:
    """Return the rotation about the axis to the head."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def _moved(w_mm: float) -> RigidTransform:
    return RigidTransform(np.eye(3), np.array([0.0, 0.0, w_mm]))


def _turned(rotation: FloatArray) -> RigidTransform:
    return RigidTransform(rotation, np.zeros(3))


@attrs.frozen
class FacetJoint:
    """The joint of one side between a level and the next one below."""

    side: Side
    centre_lps_mm: Triple = attrs.field(converter=as_triple)
    normal_lps: Triple = attrs.field(converter=as_triple)
    """From the lower vertebra's facet to the upper vertebra's."""
    up_lps: Triple = attrs.field(converter=as_triple)
    width_mm: float
    height_mm: float


@attrs.frozen(eq=False)
class PosedVertebra:
    """A vertebra in its place."""

    anatomy: VertebraAnatomy
    body: BodyShape
    lps_from_vertebra: RigidTransform
    """Origin in the middle of the unbroken body."""
    joints_above: tuple[FacetJoint, ...] = ()
    joints_below: tuple[FacetJoint, ...] = ()

    @property
    def level(self) -> VertebraLevel:
        """Its name."""
        return self.anatomy.level


@attrs.frozen(eq=False)
class PosedSpine:
    """All vertebrae from T4 down, and the frame of the sacrum's upper endplate."""

    vertebrae: tuple[PosedVertebra, ...]
    lps_from_sacral_plate: RigidTransform
    """Origin in the middle of the endplate of S1, axes left, posterior and out of the bone."""

    def vertebra(self, level: VertebraLevel) -> PosedVertebra:
        """Return one by its level.

        Raises
        ------
        KeyError
            If the spine has no such level.
        """
        return {v.level: v for v in self.vertebrae}[level]


def _plane(body: BodyShape, *, is_upper: bool) -> RigidTransform:
    """Return ``vertebra_from_plane`` of an endplate's rim."""
    height_mm, slope = body.rim_plane(is_upper=is_upper)
    return _moved(height_mm) @ _turned(turn_x(np.arctan(slope)))


def _wedge_rad(body: BodyShape) -> float:
    """Return by how much a body's endplates converge to the front."""
    slopes = [body.rim_plane(is_upper=up)[1] for up in (True, False)]
    return float(np.arctan(slopes[0]) - np.arctan(slopes[1]))


def _disc_angle_rad(anatomy: VertebraAnatomy) -> float:
    measures = anatomy.body
    depth = measures.inferior_depth
    return float(np.arctan((measures.disc_anterior - measures.disc_posterior) / depth))


def _corrections_rad(
    patient: ModelPatient, anatomies: Sequence[VertebraAnatomy], whole: Sequence[BodyShape]
) -> list[float]:
    """Return what each disc's angle must change by for the patient's kyphosis and lordosis."""
    is_thoracic = [a.level.is_thoracic for a in anatomies]
    wedges = [_wedge_rad(body) for body in whole]
    angles = [_disc_angle_rad(a) for a in anatomies]
    chest = [n for n, t in enumerate(is_thoracic) if t]
    loin = [n for n, t in enumerate(is_thoracic) if not t]
    # The kyphosis ends in the last thoracic body, the lordosis in the disc above S1.
    inner = chest[:-1]
    kyphosis = sum(wedges[n] for n in chest) - sum(angles[n] for n in inner)
    lordosis = sum(angles[n] for n in loin) - sum(wedges[n] for n in loin)
    more_chest = (kyphosis - np.radians(patient.kyphosis_deg)) / len(inner)
    more_loin = (np.radians(patient.lordosis_deg) - lordosis) / len(loin)
    return [
        float(more_loin if n in loin else more_chest if n in inner else 0.0)
        for n in range(len(anatomies))
    ]


def _side_tilts_rad(
    patient: ModelPatient, levels: Sequence[VertebraLevel]
) -> list[tuple[float, float]]:
    """Return how far each body, and last the sacrum, is tilted to the side and turned."""
    apex = levels.index(patient.scoliosis_apex) if patient.scoliosis_apex in levels else 0
    place = np.arange(len(levels) + 1) - apex
    # The tilt of each body: one way above the apex, the other way below, straight far away.
    tilt = place / _CURVE_LEVELS * np.exp(0.5 - 0.5 * (place / (_CURVE_LEVELS / 2)) ** 2) * 2
    tilt = tilt / max(float(np.ptp(tilt)), 1e-9) * np.radians(patient.scoliosis_deg)
    turn = np.radians(patient.rotation_deg) * np.exp(-0.5 * (place / (_CURVE_LEVELS / 2)) ** 2)
    return list(zip(tilt.tolist(), turn.tolist(), strict=True))


def _bend(above: tuple[float, float], below: tuple[float, float]) -> FloatArray:
    """Return how a disc turns the body below against the one above."""
    bend: FloatArray = turn_y(below[0] - above[0]) @ turn_z(below[1] - above[1])
    return bend


def _joint(upper: PosedVertebra, side: Side) -> FacetJoint:
    measures, body = upper.anatomy.side(side), upper.body
    angle, tilt = np.radians([measures.facet_from_sagittal, measures.facet_tilt])
    is_thoracic = measures.facet_from_sagittal > _THORACIC_FACET_DEG
    behind = (0.93 if is_thoracic else 0.84) * measures.canal_depth
    disc = (measures.disc_anterior + measures.disc_posterior) / 2.0
    below = body.landmarks_before.lower_mm[2] - 0.5 * disc - (0.0 if is_thoracic else 1.5)
    centre = (side.sign * measures.facet_distance / 2.0, body.half_depth_mm + behind, below)
    flat = np.array([-side.sign * np.cos(angle), np.sin(angle), 0.0])
    normal = flat * np.cos(tilt) + np.array([0.0, 0.0, np.sin(tilt)])
    up = np.array([0.0, 0.0, 1.0]) - np.sin(tilt) * normal
    frame = upper.lps_from_vertebra
    return FacetJoint(
        side,
        frame.point(centre),
        frame.vector(normal),
        frame.vector(up / np.linalg.norm(up)),
        measures.facet_width,
        measures.facet_height,
    )


def _with_joints(vertebrae: Sequence[PosedVertebra]) -> tuple[PosedVertebra, ...]:
    below = [
        tuple(_joint(vertebra, side) for side in (Side.LEFT, Side.RIGHT)) for vertebra in vertebrae
    ]
    above: list[tuple[FacetJoint, ...]] = [(), *below[:-1]]
    return tuple(
        attrs.evolve(vertebra, joints_above=a, joints_below=b)
        for vertebra, a, b in zip(vertebrae, above, below, strict=True)
    )


def pose_spine(
    patient: ModelPatient,
    anatomies: Sequence[VertebraAnatomy],
    bodies: Mapping[VertebraLevel, BodyShape],
    origin_lps_mm: Triple,
) -> PosedSpine:
    """Return the spine of a patient who lies on the back.

    Parameters
    ----------
    patient
        Whose posture it is.
    anatomies
        From the head down.
    bodies
        Each level's body as it is now; a fracture bends the spine.
    origin_lps_mm
        Where the middle of T12 lies.
    """
    levels = [a.level for a in anatomies]
    shapes = [bodies[level] for level in levels]
    whole = [attrs.evolve(shape, fracture=None) for shape in shapes]
    corrections = _corrections_rad(patient, anatomies, whole)
    tilts = _side_tilts_rad(patient, levels)
    steps = []
    for n, anatomy in enumerate(anatomies):
        lower = shapes[n + 1] if n + 1 < len(shapes) else None
        broken = _wedge_rad(lower) - _wedge_rad(whole[n + 1]) if lower else 0.0
        angle = _disc_angle_rad(anatomy) + corrections[n] + _OPENING_SHARE * broken
        disc = (anatomy.body.disc_anterior + anatomy.body.disc_posterior) / 2.0
        bend = turn_x(angle) @ _bend(tilts[n], tilts[n + 1])
        step = _plane(shapes[n], is_upper=False) @ _moved(-disc / 2) @ _turned(bend)
        steps.append(step @ _moved(-disc / 2))
    anchor = levels.index(VertebraLevel.T12)
    lean = turn_x(np.radians(_ANCHOR_TILT_DEG)) @ _bend((0.0, 0.0), tilts[anchor])
    at_anchor = RigidTransform(lean, np.asarray(origin_lps_mm))
    frames = _chained(steps, shapes, anchor, at_anchor)
    vertebrae = [
        PosedVertebra(anatomy, shape, frame)
        for anatomy, shape, frame in zip(anatomies, shapes, frames[:-1], strict=True)
    ]
    return PosedSpine(_with_joints(vertebrae), frames[-1])


def _chained(
    steps: Sequence[RigidTransform],
    shapes: Sequence[BodyShape],
    anchor: int,
    at_anchor: RigidTransform,
) -> list[RigidTransform]:
    """Return the frame of each vertebra and of the sacral plate, in both ways from the anchor."""
    tops = [_plane(shape, is_upper=True).inverse for shape in shapes[1:]]
    next_from = [step @ top for step, top in itertools.zip_longest(steps[:-1], tops)]
    frames = [at_anchor]
    for link in reversed(next_from[:anchor]):
        frames.insert(0, frames[0] @ link.inverse)
    for link in next_from[anchor:]:
        frames.append(frames[-1] @ link)
    return [*frames, frames[-1] @ steps[-1]]

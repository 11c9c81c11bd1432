"""Where the patient is looked at from: the one place that knows the radiological convention.

Slices show the patient's left on the viewer's right in axial and coronal planes, and anterior on
the left in sagittal ones. Cameras of the 3D view stand where the operator of a prone patient
does: behind.
"""

import enum
import functools
import math

import attrs
import numpy as np

from planner.geometry.planes import Plane
from planner.geometry.points import PointLike, Triple, Vec3, as_triple, as_unit_vector
from planner.geometry.shapes import Segment
from planner.geometry.transforms import RigidTransform

_LETTERS = (("R", "L"), ("A", "P"), ("I", "S"))
"""What lies towards smaller and larger x, y and z."""
_SECOND_LETTER_SHARE = 0.38
"""A direction more than 22.5 degrees off an axis carries two letters."""

_SAME_MM = 1e-6
"""What rounding leaves of a move along a plane; it must not make every view draw anew."""


class SliceOrientation(enum.Enum):
    """The three planes of a frame."""

    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"


_RIGHT_AND_DOWN = {
    SliceOrientation.AXIAL: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    SliceOrientation.SAGITTAL: ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)),
    SliceOrientation.CORONAL: ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)),
}
"""Image right and image down in a frame whose axes run left, posterior and superior."""


def _as_unit_triple(value: PointLike) -> Triple:
    return as_triple(as_unit_vector(value))


@attrs.frozen
class SlicePlane:
    """A plane as shown: the point in the middle, what is right and what is down on screen."""

    centre_lps_mm: Triple = attrs.field(converter=as_triple)
    right_lps: Triple = attrs.field(converter=_as_unit_triple)
    down_lps: Triple = attrs.field(converter=_as_unit_triple)

    @functools.cached_property
    def into_screen_lps(self) -> Vec3:
        """The direction away from the viewer."""
        return as_unit_vector(np.cross(self.right_lps, self.down_lps))

    @functools.cached_property
    def plane(self) -> Plane:
        """The plane itself; its positive side is behind it."""
        return Plane(self.centre_lps_mm, as_triple(self.into_screen_lps))

    def through(self, point_lps_mm: PointLike) -> "SlicePlane":
        """Return the parallel plane through a point, its centre straight before or behind."""
        depth_mm = float(self.plane.signed_distance_mm(np.asarray(point_lps_mm)[np.newaxis])[0])
        moved = np.asarray(self.centre_lps_mm) + depth_mm * self.into_screen_lps
        return attrs.evolve(self, centre_lps_mm=as_triple(moved))

    def shows_the_same(self, other: "SlicePlane") -> bool:
        """Return whether another plane shows the same, but for what rounding leaves."""
        directions = (self.right_lps, self.down_lps) == (other.right_lps, other.down_lps)
        return directions and math.dist(self.centre_lps_mm, other.centre_lps_mm) < _SAME_MM

    def centred_on(self, point_lps_mm: PointLike) -> "SlicePlane":
        """Return the parallel plane with a point in the middle."""
        return attrs.evolve(self, centre_lps_mm=as_triple(point_lps_mm))


def anatomical_plane(
    orientation: SliceOrientation, lps_from_slices: RigidTransform, centre_lps_mm: PointLike
) -> SlicePlane:
    """Return one of the three planes of a frame (axes left, posterior, superior)."""
    right, down = _RIGHT_AND_DOWN[orientation]
    return SlicePlane(
        as_triple(centre_lps_mm),
        as_triple(lps_from_slices.vector(right)),
        as_triple(lps_from_slices.vector(down)),
    )


def barrel_plane(needle: Segment, lps_from_slices: RigidTransform, depth_mm: float) -> SlicePlane:
    """Return the plane across a needle at a depth from its entry, laid out as a coronal one."""
    right, _ = _RIGHT_AND_DOWN[SliceOrientation.CORONAL]
    along = np.asarray(needle.direction_lps)
    left = _made_perpendicular(lps_from_slices.vector(right), along)
    down = np.cross(left, along)
    return SlicePlane(needle.point_at(depth_mm), as_triple(left), as_triple(down))


def in_line_plane(
    orientation: SliceOrientation, needle: Segment, lps_from_slices: RigidTransform
) -> SlicePlane:
    """Return an axial or sagittal plane turned about its right or down until it holds a needle."""
    flat = anatomical_plane(orientation, lps_from_slices, needle.point_at(needle.length_mm / 2.0))
    along = np.asarray(needle.direction_lps)
    if orientation is SliceOrientation.AXIAL:
        right = _made_perpendicular(flat.right_lps, along)
        return attrs.evolve(flat, right_lps=as_triple(right), down_lps=as_triple(-along))
    down = _made_perpendicular(flat.down_lps, along)
    return attrs.evolve(flat, right_lps=as_triple(-along), down_lps=as_triple(down))


def _made_perpendicular(direction_lps: PointLike, to_lps: PointLike) -> Vec3:
    direction, axis = np.asarray(direction_lps), as_unit_vector(to_lps)
    return as_unit_vector(direction - (direction @ axis) * axis)


def side_letters(direction_lps: PointLike) -> str:
    """Return where a direction points in the patient: ``L``, or ``LA`` between left and anterior.

    Examples
    --------
    >>> side_letters((0.99, -0.1, 0.0)), side_letters((0.7, -0.7, 0.0))
    ('L', 'LA')
    """
    direction = as_unit_vector(direction_lps)
    order = np.argsort(-np.abs(direction), kind="stable")
    letters = [_LETTERS[axis][int(direction[axis] > 0)] for axis in order]
    second = abs(float(direction[order[1]])) > _SECOND_LETTER_SHARE
    return letters[0] + (letters[1] if second else "")


class CameraPreset(enum.Enum):
    """Where the 3D view looks from."""

    OBLIQUE = "oblique"
    AP = "ap"
    LATERAL = "lateral"
    BARREL = "barrel"


@attrs.frozen
class CameraPose:
    """The direction of view and what is up, in patient space."""

    into_screen_lps: Triple = attrs.field(converter=_as_unit_triple)
    up_lps: Triple = attrs.field(converter=_as_unit_triple)


def camera_pose(
    preset: CameraPreset, lps_from_vertebra: RigidTransform, needle: Segment | None = None
) -> CameraPose:
    """Return a pose relative to a vertebra; without a needle `BARREL` is `AP`.

    `AP` looks from behind, the patient's left on image left; `LATERAL` from the patient's left,
    anterior on image left.
    """
    up = as_triple(lps_from_vertebra.vector((0.0, 0.0, 1.0)))
    if preset is CameraPreset.BARREL and needle is not None:
        return CameraPose(needle.direction_lps, up)
    into = {
        CameraPreset.OBLIQUE: (-0.62, -0.66, -0.42),
        CameraPreset.LATERAL: (-1.0, 0.0, 0.0),
    }.get(preset, (0.0, -1.0, 0.0))
    return CameraPose(as_triple(lps_from_vertebra.vector(into)), up)

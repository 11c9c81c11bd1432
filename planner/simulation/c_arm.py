"""The C-arm: where its source and detector stand, and where points fall on its picture."""

import math

import attrs
import numpy as np

from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import GeometryProblem
from planner.geometry.points import FloatArray, Triple, Vec3, as_point_mm, as_triple
from planner.geometry.transforms import RigidTransform

_positive = attrs.validators.gt(0.0)


@attrs.frozen
class CArmGeometry:
    """The arm's fixed measures and its detector, a square of square pixels."""

    source_isocentre_mm: float = attrs.field(validator=_positive)
    source_detector_mm: float = attrs.field(validator=_positive)
    detector_mm: float = attrs.field(validator=_positive)
    """Edge of the detector, from the outer border of its first pixel to that of its last."""
    pixels: int = attrs.field(validator=attrs.validators.ge(1))
    """Along each edge."""

    def __attrs_post_init__(self) -> None:
        lengths = (self.source_isocentre_mm, self.source_detector_mm, self.detector_mm)
        if not all(math.isfinite(length) for length in lengths):
            raise GeometryProblem("A C-arm needs finite distances.")
        if self.source_detector_mm <= self.source_isocentre_mm:
            raise GeometryProblem("The isocentre of a C-arm lies between source and detector.")

    @property
    def pixel_mm(self) -> float:
        """Edge of one pixel on the detector."""
        return self.detector_mm / self.pixels

    @property
    def magnification(self) -> float:
        """How much larger a thing at the isocentre is on the detector."""
        return self.source_detector_mm / self.source_isocentre_mm


def mobile_c_arm(pixels: int) -> CArmGeometry:
    """Return a generic mobile arm whose detector is read out with so many pixels an edge."""
    return CArmGeometry(
        source_isocentre_mm=clinical_number("c-arm-source-isocentre"),
        source_detector_mm=clinical_number("c-arm-source-detector"),
        detector_mm=clinical_number("c-arm-detector"),
        pixels=pixels,
    )


def magnified(arm: CArmGeometry, magnification: float) -> CArmGeometry:
    """Return an arm whose picture shows the middle of the detector larger, on as many pixels."""
    return attrs.evolve(arm, detector_mm=arm.detector_mm / magnification)


@attrs.frozen
class CArmPose:
    """How the arm is turned about its isocentre.

    With all angles zero the source lies in front of the patient and the detector behind: the AP
    shot of a prone patient, its picture seen from behind the detector with the head up.
    """

    isocentre_lps_mm: Triple = attrs.field(converter=as_triple)
    orbital_deg: float = 0.0
    """Grows as the detector swings to the patient's left about the long axis; 90: lateral."""
    angular_deg: float = 0.0
    """Grows as the detector tilts towards the head."""
    wig_wag_deg: float = 0.0
    """Swivel of the whole arm about the room's vertical; with the detector on the patient's left
    it grows as the detector swings towards the head."""
    image_rotation_deg: float = 0.0
    """How far the picture is turned clockwise on the screen."""

    def __attrs_post_init__(self) -> None:
        angles = (self.orbital_deg, self.angular_deg, self.wig_wag_deg, self.image_rotation_deg)
        if not all(math.isfinite(angle) for angle in angles):
            raise GeometryProblem("A C-arm needs finite angles.")

    @property
    def lps_from_arm(self) -> RigidTransform:
        """The arm's frame in the patient, before the picture is turned on the screen.

        Its origin is the isocentre; its axes are the picture's left, the direction from source
        to detector, and the picture's up: with all angles zero the patient's own. Orbital turns
        about the patient's long axis, angular in the arm's frame, then the whole arm swivels
        about the vertical, which runs from the front to the back of a prone patient.
        """
        rotation = (
            _turn("y", -self.wig_wag_deg)
            @ _turn("z", -self.orbital_deg)
            @ _turn("x", self.angular_deg)
        )
        return RigidTransform(rotation, np.asarray(self.isocentre_lps_mm))


def _turn(axis: str, angle_deg: float) -> FloatArray:
    """Return the right-handed rotation about a coordinate axis."""
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    # Quarter turns are exact, so that a true lateral looks along the axis to the last bit.
    cosine = 0.0 if angle_deg % 180.0 == 90.0 else math.cos(math.radians(angle_deg))
    sine = 0.0 if angle_deg % 180.0 == 0.0 else math.sin(math.radians(angle_deg))
    rotation = np.eye(3)
    rotation[[first, second], [first, second]] = cosine
    rotation[second, first], rotation[first, second] = sine, -sine
    return rotation


@attrs.frozen
class XrayView:
    """One picture's geometry: a point source and a flat detector.

    Pixels are addressed ``(column, row)``, continuous, whole at a pixel's centre, the first at
    the picture's upper left.
    """

    source_lps_mm: Triple = attrs.field(converter=as_triple)
    detector_centre_lps_mm: Triple = attrs.field(converter=as_triple)
    right_lps: Triple = attrs.field(converter=as_triple)
    """Unit vector along a row."""
    down_lps: Triple = attrs.field(converter=as_triple)
    """Unit vector along a column."""
    pixel_mm: float = attrs.field(validator=_positive)
    pixels: int = attrs.field(validator=attrs.validators.ge(1))

    @property
    def towards_viewer_lps(self) -> Vec3:
        """Unit vector from the source to the detector: out of the screen."""
        return as_point_mm(np.cross(self.down_lps, self.right_lps))

    @property
    def first_pixel_lps_mm(self) -> Vec3:
        """The centre of the upper left pixel."""
        reach_mm = (self.pixels - 1) / 2.0 * self.pixel_mm
        corner = np.add(self.right_lps, self.down_lps) * reach_mm
        return as_point_mm(np.asarray(self.detector_centre_lps_mm) - corner)

    @property
    def source_detector_mm(self) -> float:
        """The distance between source and detector."""
        return math.dist(self.source_lps_mm, self.detector_centre_lps_mm)

    def pixels_of(self, points_lps_mm: FloatArray) -> FloatArray:
        """Return where points fall on the picture.

        Parameters
        ----------
        points_lps_mm
            Shape (n, 3).

        Returns
        -------
        ``(column, row)`` of each, shape (n, 2); NaN for points beside or behind the source.
        """
        offset = np.asarray(points_lps_mm, dtype=np.float64) - self.source_lps_mm
        depth_mm = offset @ self.towards_viewer_lps
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(depth_mm > 0.0, self.source_detector_mm / depth_mm, np.nan)
        across_mm = np.stack([offset @ self.right_lps, offset @ self.down_lps], axis=1)
        pixels: FloatArray = across_mm * scale[:, np.newaxis] / self.pixel_mm
        return pixels + (self.pixels - 1) / 2.0

    def detector_points_lps_mm(self, pixels: FloatArray) -> FloatArray:
        """Return the points of the detector at pixels ``(column, row)``, shape (n, 3)."""
        steps_mm = np.asarray(pixels, dtype=np.float64) * self.pixel_mm
        points: FloatArray = self.first_pixel_lps_mm + steps_mm @ np.stack(
            [self.right_lps, self.down_lps]
        )
        return points

    def ray_directions_lps(self, pixels: FloatArray) -> FloatArray:
        """Return the unit vectors from the source to pixels ``(column, row)``, shape (n, 3)."""
        rays = self.detector_points_lps_mm(pixels) - self.source_lps_mm
        directions: FloatArray = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        return directions


def view_of(arm: CArmGeometry, pose: CArmPose) -> XrayView:
    """Return the picture an arm takes in a pose."""
    to_left, outwards, up = pose.lps_from_arm.rotation.T
    isocentre = np.asarray(pose.isocentre_lps_mm)
    # What was up comes to the right when the picture is turned clockwise.
    right, up = _turn("z", -pose.image_rotation_deg)[:2, :2] @ np.stack([-to_left, up])
    behind_mm = arm.source_detector_mm - arm.source_isocentre_mm
    return XrayView(
        source_lps_mm=as_triple(isocentre - arm.source_isocentre_mm * outwards),
        detector_centre_lps_mm=as_triple(isocentre + behind_mm * outwards),
        # Adding zero turns a negative zero into a plain one.
        right_lps=as_triple(right + 0.0),
        down_lps=as_triple(0.0 - up),
        pixel_mm=arm.pixel_mm,
        pixels=arm.pixels,
    )

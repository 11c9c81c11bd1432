"""How far a view is from the true AP, the true lateral and the view down a pedicle."""

import math

import attrs
import numpy as np

from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray, Triple, as_triple, as_unit_vector
from planner.geometry.shapes import Segment
from planner.planning.measures import CArmAngles
from planner.planning.needle_path import en_face_angles
from planner.simulation.c_arm import XrayView

_SPINOUS_HALF_WIDTH_MM, _SPINOUS_DEPTH_MM = 8.0, 10.0
"""The spinous process is what lies this near to the midline and to the hindmost bone there."""
_BARREL_LENGTH_MM = 20.0


@attrs.frozen
class ViewLandmarks:
    """What the eye goes by: the parts of a vertebra that lie straight in a true view."""

    left_pedicle_lps_mm: Triple
    right_pedicle_lps_mm: Triple
    spinous_process_lps_mm: Triple
    superior_endplate: Plane
    inferior_endplate: Plane
    """Each through the middle of its endplate."""
    axes_lps: tuple[Triple, Triple, Triple]
    """Left, posterior and superior of the vertebra."""


@attrs.frozen
class ViewErrors:
    """How far a view is from a true one; all angles are zero in a perfect one."""

    rotation_deg: float
    """About the vertebra's long axis. In AP it moves the spinous process off the middle between
    the pedicles, in lateral the pedicles off each other."""
    superior_endplate_deg: float
    inferior_endplate_deg: float
    """Between the ray and the endplate: an endplate met flat is a line, else an ellipse."""
    on_screen_deg: float
    """How far the vertebra is turned on the screen; straightened by turning the picture or
    swivelling the arm."""

    @property
    def endplate_deg(self) -> float:
        """The flatter of both endplates: on a wedged vertebra only one can be flat."""
        return min(abs(self.superior_endplate_deg), abs(self.inferior_endplate_deg))

    @property
    def worst_deg(self) -> float:
        """The larger of rotation and the flatter endplate's tilt."""
        return max(abs(self.rotation_deg), self.endplate_deg)


def view_landmarks(vertebra: VertebraModel) -> ViewLandmarks:
    """Return what a vertebra's views are judged by.

    Raises
    ------
    AnatomyProblem
        If a pedicle was not found: no view can be judged by it.
    """
    left, right = vertebra.left_pedicle, vertebra.right_pedicle
    if left is None or right is None:
        raise AnatomyProblem(
            f"The views of {vertebra.level.name} cannot be judged: a pedicle was not found.",
            hint="Choose a level with both pedicles.",
        )
    rotation = vertebra.lps_from_vertebra.rotation
    superior, inferior = vertebra.walls.superior, vertebra.walls.inferior
    centre = np.asarray(vertebra.centre_lps_mm)
    return ViewLandmarks(
        left_pedicle_lps_mm=left.isthmus_lps_mm,
        right_pedicle_lps_mm=right.isthmus_lps_mm,
        spinous_process_lps_mm=as_triple(_spinous_process(vertebra)),
        superior_endplate=_through_axis(superior, centre, rotation[:, 2]),
        inferior_endplate=_through_axis(inferior, centre, rotation[:, 2]),
        axes_lps=(as_triple(rotation[:, 0]), as_triple(rotation[:, 1]), as_triple(rotation[:, 2])),
    )


def _through_axis(endplate: Plane, centre: FloatArray, axis: FloatArray) -> Plane:
    """Return the same plane with its point where the vertebra's long axis crosses it."""
    return attrs.evolve(endplate, point_lps_mm=endplate.crossed_by_line(centre, axis))


def _spinous_process(vertebra: VertebraModel) -> FloatArray:
    """Return the middle of the hindmost bone near the midline."""
    k, j, i = np.nonzero(vertebra.whole.voxels)
    lps_mm = vertebra.whole.geometry.lps_of(np.stack([i, j, k], axis=1))
    places_mm = vertebra.lps_from_vertebra.inverse.points(lps_mm)
    near = np.abs(places_mm[:, 0]) <= _SPINOUS_HALF_WIDTH_MM
    hindmost_mm = places_mm[near, 1].max()
    tip: FloatArray = lps_mm[near & (places_mm[:, 1] >= hindmost_mm - _SPINOUS_DEPTH_MM)].mean(
        axis=0
    )
    return tip


def ap_errors(view: XrayView, marks: ViewLandmarks) -> ViewErrors:
    """Return how far a view is from a true AP of a vertebra.

    Rotation is positive when the detector has swung too far to the patient's left.
    """
    middle = np.add(marks.left_pedicle_lps_mm, marks.right_pedicle_lps_mm) / 2.0
    backwards = np.asarray(marks.spinous_process_lps_mm) - middle
    level_deg = _on_screen_deg(view, marks.axes_lps[0], view.right_lps)
    return _errors(view, marks, straight_lps=backwards, level_deg=level_deg)


def lateral_errors(view: XrayView, marks: ViewLandmarks) -> ViewErrors:
    """Return how far a view is from a true lateral of a vertebra, from either side.

    Rotation is positive when the detector has swung too far in the direction in which orbital
    grows.
    """
    across = np.subtract(marks.left_pedicle_lps_mm, marks.right_pedicle_lps_mm)
    if float(across @ view.towards_viewer_lps) < 0.0:
        across = -across
    level_deg = _on_screen_deg(view, marks.axes_lps[2], view.down_lps)
    return _errors(view, marks, straight_lps=across, level_deg=level_deg)


def _errors(
    view: XrayView, marks: ViewLandmarks, *, straight_lps: FloatArray, level_deg: float
) -> ViewErrors:
    """Return the errors of a view whose rays should run along a direction."""
    left, posterior, _ = (np.asarray(axis) for axis in marks.axes_lps)
    middle = np.add(marks.left_pedicle_lps_mm, marks.right_pedicle_lps_mm) / 2.0
    ray = as_unit_vector(middle - view.source_lps_mm)
    # Orbital turns from posterior to the left.
    turned = math.atan2(float(ray @ left), float(ray @ posterior))
    wanted = math.atan2(float(straight_lps @ left), float(straight_lps @ posterior))
    return ViewErrors(
        rotation_deg=_half_turn_deg(math.degrees(turned - wanted)),
        superior_endplate_deg=_tilt_deg(view, marks.superior_endplate),
        inferior_endplate_deg=_tilt_deg(view, marks.inferior_endplate),
        on_screen_deg=level_deg,
    )


def _half_turn_deg(angle_deg: float) -> float:
    return (angle_deg + 180.0) % 360.0 - 180.0


def _tilt_deg(view: XrayView, endplate: Plane) -> float:
    """Return the angle between an endplate and the ray through its middle."""
    ray = as_unit_vector(np.subtract(endplate.point_lps_mm, view.source_lps_mm))
    return math.degrees(math.asin(float(np.clip(ray @ np.asarray(endplate.normal_lps), -1.0, 1.0))))


def _on_screen_deg(view: XrayView, axis_lps: Triple, level_lps: Triple) -> float:
    """Return the angle on the screen between an axis and a direction, either way round."""
    across = np.cross(view.towards_viewer_lps, level_lps)
    axis = np.asarray(axis_lps)
    angle_deg = math.degrees(math.atan2(float(axis @ across), float(axis @ np.asarray(level_lps))))
    return (angle_deg + 90.0) % 180.0 - 90.0


def barrel_error_deg(view: XrayView, pedicle: Pedicle) -> float:
    """Return the angle between a pedicle's axis and the ray through its isthmus.

    Zero when the view looks down the barrel, from behind or from the front.
    """
    ray = as_unit_vector(np.subtract(pedicle.isthmus_lps_mm, view.source_lps_mm))
    along = abs(float(ray @ np.asarray(pedicle.axis_lps)))
    return math.degrees(math.acos(min(along, 1.0)))


def pedicle_en_face(pedicle: Pedicle) -> CArmAngles:
    """Return where a C-arm centred on a pedicle looks down its barrel."""
    behind = np.subtract(pedicle.isthmus_lps_mm, _BARREL_LENGTH_MM * np.asarray(pedicle.axis_lps))
    return en_face_angles(Segment(as_triple(behind), pedicle.isthmus_lps_mm))


def true_ap_angles(marks: ViewLandmarks) -> CArmAngles:
    """Return the angles of the true AP: the spinous process midway, an endplate flat.

    On a wedged vertebra only one endplate can be flat: the one for which the arm tilts less.
    """
    middle = np.add(marks.left_pedicle_lps_mm, marks.right_pedicle_lps_mm) / 2.0
    backwards = np.asarray(marks.spinous_process_lps_mm) - middle
    sideways = np.cross(backwards, marks.axes_lps[2])
    # Along the spinous process, and in the plane of an endplate.
    tried = [
        _angles_along(np.cross(np.asarray(sign * np.asarray(endplate.normal_lps)), sideways))
        for sign, endplate in ((1.0, marks.superior_endplate), (-1.0, marks.inferior_endplate))
    ]
    return min(tried, key=lambda angles: abs(angles.angular_deg))


def true_lateral_angles(marks: ViewLandmarks) -> CArmAngles:
    """Return the angles of the true lateral with the detector on the patient's left."""
    return _angles_along(np.subtract(marks.left_pedicle_lps_mm, marks.right_pedicle_lps_mm))


def _angles_along(towards_detector_lps: FloatArray) -> CArmAngles:
    x, y, z = towards_detector_lps
    return CArmAngles(
        orbital_deg=math.degrees(math.atan2(x, y)),
        angular_deg=math.degrees(math.atan2(z, math.hypot(x, y))),
    )

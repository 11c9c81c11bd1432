"""Instruments as they weaken the beam: steel, polymer, contrast medium."""

import math

import numpy as np

from planner.devices.device_values import NeedleModel
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.geometry.shapes import Capsule, Segment
from planner.simulation.attenuating_bodies import AttenuatingBody, Block, Rod

_TROCAR_DEG, _BEVEL_DEG = 28.0, 35.0
"""Between the needle's axis and the faces of its tip."""
_HUB_RADIUS_MM, _HUB_LENGTH_MM = 6.0, 22.0
_SHAFT_RADIUS_MM = 1.1
_MARKER_LENGTH_MM, _MARKER_RADIUS_MM, _MARKER_BORE_MM = 1.2, 0.75, 0.5
_TABLE_MM = (530.0, 45.0, 2000.0)
"""Width, thickness and length of a table top."""

Bodies = tuple[AttenuatingBody, ...]


def access_needle(model: NeedleModel, path: Segment) -> Bodies:
    """Return a needle with its stylet in: a solid bar with a trocar's tip, and its hub.

    Parameters
    ----------
    model
        Its diameter and length.
    path
        From anywhere on its line to the tip.
    """
    shaft = _reaching_back(path, model.length_mm)
    faces = _tip_faces(path, _TROCAR_DEG, turns_deg=(0.0, 120.0, 240.0))
    return (_steel(Rod(shaft, model.outer_radius_mm, faces)), _hub(shaft))


def bevelled_needle(model: NeedleModel, path: Segment, *, bevel_turn_deg: float) -> Bodies:
    """Return a needle whose stylet is cut obliquely; the turn says which way the face looks."""
    shaft = _reaching_back(path, model.length_mm)
    faces = _tip_faces(path, _BEVEL_DEG, turns_deg=(bevel_turn_deg,))
    return (_steel(Rod(shaft, model.outer_radius_mm, faces)), _hub(shaft))


def working_cannula(model: NeedleModel, path: Segment) -> Bodies:
    """Return an open tube that ends at the end of a path, and its hub."""
    tube = _reaching_back(path, model.length_mm)
    return (
        _steel(Rod(tube, model.outer_radius_mm)),
        _steel(Rod(tube, model.inner_diameter_mm / 2.0), bore=True),
        _hub(tube),
    )


def steel_bar(path: Segment, diameter_mm: float) -> Bodies:
    """Return a guide wire, a drill or a pointer: a solid bar along a path."""
    return (_steel(Rod(path, diameter_mm / 2.0)),)


def polymer_bar(path: Segment, diameter_mm: float) -> Bodies:
    """Return a bone filler or a shaft of polymer along a path."""
    return (AttenuatingBody(Rod(path, diameter_mm / 2.0), clinical_number("xray-polymer")),)


def inflated_balloon(
    shape: Capsule, shaft: Segment, markers_lps_mm: tuple[Triple, Triple]
) -> Bodies:
    """Return a balloon filled with contrast medium, its shaft and its two ring markers.

    Parameters
    ----------
    shape
        The balloon.
    shaft
        From the cannula's hub to the front marker.
    markers_lps_mm
        The centres of both markers, on the shaft.
    """
    contrast = AttenuatingBody(shape, clinical_number("xray-contrast"))
    polymer = AttenuatingBody(Rod(shaft, _SHAFT_RADIUS_MM), clinical_number("xray-polymer"))
    rings = tuple(
        AttenuatingBody(
            Rod(_about(centre, shaft), radius_mm), sign * clinical_number("xray-marker")
        )
        for centre in markers_lps_mm
        for radius_mm, sign in ((_MARKER_RADIUS_MM, 1.0), (_MARKER_BORE_MM, -1.0))
    )
    return (contrast, polymer, *rings)


def table_top(top_lps_mm: Triple) -> AttenuatingBody:
    """Return the top of a table under a prone patient, whose front lies on it.

    Parameters
    ----------
    top_lps_mm
        A point in the middle of its upper surface.
    """
    width_mm, thickness_mm, length_mm = _TABLE_MM
    centre = np.asarray(top_lps_mm) - (0.0, thickness_mm / 2.0, 0.0)
    left, back, up = (as_triple(axis) for axis in np.eye(3))
    block = Block(as_triple(centre), (left, back, up), (width_mm, thickness_mm, length_mm))
    return AttenuatingBody(block, clinical_number("xray-table"))


def _steel(shape: Rod, *, bore: bool = False) -> AttenuatingBody:
    water = clinical_number("xray-steel")
    return AttenuatingBody(shape, -water if bore else water)


def _hub(shaft: Segment) -> AttenuatingBody:
    start = np.asarray(shaft.start_lps_mm)
    behind = start - _HUB_LENGTH_MM * np.asarray(shaft.direction_lps)
    hub = Rod(Segment(as_triple(behind), shaft.start_lps_mm), _HUB_RADIUS_MM)
    return AttenuatingBody(hub, clinical_number("xray-polymer"))


def _reaching_back(path: Segment, length_mm: float) -> Segment:
    """Return the piece of a line of a length that ends where a path ends."""
    tip = np.asarray(path.end_lps_mm)
    return Segment(as_triple(tip - length_mm * np.asarray(path.direction_lps)), path.end_lps_mm)


def _about(centre_lps_mm: Triple, line: Segment) -> Segment:
    half = _MARKER_LENGTH_MM / 2.0 * np.asarray(line.direction_lps)
    centre = np.asarray(centre_lps_mm)
    return Segment(as_triple(centre - half), as_triple(centre + half))


def _tip_faces(
    path: Segment, face_deg: float, *, turns_deg: tuple[float, ...]
) -> tuple[Plane, ...]:
    """Return the planes that cut a bar to a point at the end of its path.

    A turn of 0 looks to the patient's head, as far as the needle's direction lets it.
    """
    along = np.asarray(path.direction_lps)
    upwards = across_towards_head(along)
    sideways = np.cross(along, upwards)
    faces = []
    for turn in np.radians(turns_deg):
        outwards = math.cos(turn) * upwards + math.sin(turn) * sideways
        face = math.radians(face_deg)
        normal = math.cos(face) * outwards + math.sin(face) * along
        faces.append(Plane(path.end_lps_mm, as_triple(normal)))
    return tuple(faces)


def across_towards_head(direction_lps: FloatArray) -> FloatArray:
    """Return the unit vector across a direction that is nearest to the patient's head."""
    for axis in (np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])):
        across = axis - (axis @ direction_lps) * direction_lps
        length = float(np.linalg.norm(across))
        if length > 0.1:
            break
    unit: FloatArray = across / length
    return unit

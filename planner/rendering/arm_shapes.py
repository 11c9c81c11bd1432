"""The parts of a generic mobile arm and of a prone patient as surfaces, for a small picture."""

import attrs
import numpy as np

from planner.geometry.points import FloatArray, Triple
from planner.geometry.shapes import Capsule, Segment
from planner.mesh.shapes import box_mesh, capsule_mesh, cone_mesh, cylinder_mesh, tube_mesh
from planner.mesh.triangle_mesh import TriangleMesh
from planner.simulation.c_arm import CArmGeometry
from planner.simulation.c_arm_limits import (
    DETECTOR_HOUSING_DEPTH_MM,
    DETECTOR_HOUSING_MM,
    SOURCE_HOUSING_MM,
)

_ARC_RADIUS_MM, _ARC_TUBE_MM, _ARC_STEPS = 535.0, 40.0, 48
_ARC_OVERHANG_DEG = 8.0
"""Beyond source and detector: the arc slides through its holder."""
_HOLDER_MM, _COLUMN_MM = (190.0, 200.0, 240.0), (170.0, 640.0, 190.0)
_HOLDER_X_MM = _ARC_RADIUS_MM + _HOLDER_MM[0] / 2.0 - _ARC_TUBE_MM
_COLUMN_X_MM = _HOLDER_X_MM + _HOLDER_MM[0] / 2.0
_ABOVE_MM = 70.0
_SOURCE_LENGTH_MM = 190.0
_ROUNDNESS = 0.66
"""A trunk's depth to its width."""


@attrs.frozen(eq=False)
class ArmShapes:
    """Surfaces in the arm's frame: its origin the isocentre, its axes left, to detector, up."""

    arc: TriangleMesh
    source: TriangleMesh
    detector: TriangleMesh
    beam: TriangleMesh
    holder: TriangleMesh
    """It swivels and tilts with the arm, but does not turn about the table."""
    column: TriangleMesh
    """It only swivels."""


def arm_shapes(arm: CArmGeometry) -> ArmShapes:
    """Return the parts of an arm whose C opens to the patient's right."""
    behind_mm = arm.source_detector_mm - arm.source_isocentre_mm
    source_y = -arm.source_isocentre_mm
    half_field_mm = arm.detector_mm / 2.0
    detector_end = behind_mm + DETECTOR_HOUSING_DEPTH_MM + 60.0
    turns = np.radians(np.linspace(-90.0 - _ARC_OVERHANG_DEG, 90.0 + _ARC_OVERHANG_DEG, _ARC_STEPS))
    arc = _ARC_RADIUS_MM * np.stack([np.cos(turns), np.sin(turns), np.zeros_like(turns)], axis=1)
    return ArmShapes(
        arc=tube_mesh(arc, _ARC_TUBE_MM, (0.0, 0.0, 1.0)),
        source=cylinder_mesh(
            _along_y(source_y - _SOURCE_LENGTH_MM / 2.0, source_y + _SOURCE_LENGTH_MM / 2.0),
            SOURCE_HOUSING_MM,
        ),
        detector=cylinder_mesh(_along_y(behind_mm, detector_end), DETECTOR_HOUSING_MM),
        beam=cone_mesh(_along_y(source_y, behind_mm), 2.0, half_field_mm),
        holder=box_mesh((_HOLDER_X_MM, 0.0, 0.0), _HOLDER_MM),
        column=box_mesh((_COLUMN_X_MM, -_COLUMN_MM[1] / 2.0 + _ABOVE_MM, 0.0), _COLUMN_MM),
    )


def _along_y(start_mm: float, end_mm: float) -> Segment:
    return Segment((0.0, start_mm, 0.0), (0.0, end_mm, 0.0))


def prone_patient(middle_lps_mm: Triple, width_mm: float, front_mm: float) -> TriangleMesh:
    """Return a patient who lies on his front: trunk, head, arms beside the head, and legs.

    Parameters
    ----------
    middle_lps_mm
        Within the lower trunk; its x and z count.
    width_mm
        Of the trunk.
    front_mm
        The LPS y on which he lies.
    """
    half = width_mm / 2.0
    parts = [
        _limb((0.0, -230.0), (0.0, 240.0), half),
        _limb((0.0, 470.0), (0.0, 520.0), 80.0),
        _limb((0.0, 380.0), (0.0, 470.0), 58.0),
        *(_limb((s * 95.0, -330.0), (s * 110.0, -1000.0), 78.0) for s in (-1.0, 1.0)),
        *(_limb((s * (half - 15.0), 250.0), (s * (half + 45.0), 560.0), 46.0) for s in (-1.0, 1.0)),
    ]
    mesh = joined(*parts)
    place = mesh.vertices_lps_mm * (1.0, _ROUNDNESS, 1.0)
    x, _, z = middle_lps_mm
    lying = np.add(place, (x, front_mm - place[:, 1].min(), z))
    return TriangleMesh(lying, mesh.faces)


def _limb(
    start_xz: tuple[float, float], end_xz: tuple[float, float], radius: float
) -> TriangleMesh:
    (x, z), (end_x, end_z) = start_xz, end_xz
    return capsule_mesh(Capsule(Segment((x, 0.0, z), (end_x, 0.0, end_z)), radius))


def joined(*meshes: TriangleMesh) -> TriangleMesh:
    """Return surfaces as one."""
    counts = np.cumsum([0, *(len(mesh.vertices_lps_mm) for mesh in meshes[:-1])])
    vertices: FloatArray = np.concatenate([mesh.vertices_lps_mm for mesh in meshes])
    faces = [mesh.faces + first for mesh, first in zip(meshes, counts, strict=True)]
    return TriangleMesh(vertices, np.concatenate(faces))

"""A small picture of arm, table and patient, seen from the feet."""

import math

import attrs
import numpy as np
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkLightKit, vtkRenderer

from planner.geometry.points import Triple, as_triple, as_unit_vector
from planner.geometry.transforms import RigidTransform
from planner.mesh.shapes import box_mesh
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.arm_shapes import arm_shapes, prone_patient
from planner.rendering.palette import CAUTION, LEAK, Colour
from planner.rendering.scene import Scene
from planner.rendering.visuals.surface_body import SurfaceBody
from planner.simulation.attenuating_bodies import Block
from planner.simulation.c_arm import CArmPose, magnified, mobile_c_arm
from planner.simulation.c_arm_limits import clearances_mm

_NEAR_MM = 40.0
"""A part this near to the table is shown in the colour of caution."""
_FLOOR: Colour = (0.086, 0.106, 0.133)
_STEEL: Colour = (0.66, 0.71, 0.77)
_HOUSING: Colour = (0.82, 0.86, 0.9)
_TABLE: Colour = (0.36, 0.42, 0.5)
_PATIENT: Colour = (0.62, 0.53, 0.47)
_BEAM: Colour = (1.0, 0.88, 0.54)
_BEAM_OPACITY = 0.22
_SHARP_EDGE_DEG = 40.0
_INTO_SCREEN, _UP = (0.42, -0.5, 0.86), (0.0, 1.0, 0.0)
_VIEW_ANGLE_DEG, _DISTANCE_MM = 24.0, 3900.0
_WIDTH_SHARE = 0.95
"""Of the arm's width to its height in the picture."""
_AIM_MM = (90.0, -60.0, 60.0)
"""From the middle of the patient to the middle of the picture: the arm's foot stands left."""


@attrs.frozen
class ArmPlace:
    """What stands and lies in the room."""

    pose: CArmPose
    table: Block
    middle_lps_mm: Triple = attrs.field(converter=as_triple)
    """Of the trunk."""
    width_mm: float = 360.0
    """Of the trunk."""
    magnification: float = 1.0


class ArmScene(Scene):
    """The arm moves; table and patient stay. A part that strikes the table turns red."""

    def __init__(self) -> None:
        self._renderer = vtkRenderer()
        super().__init__((self._renderer,))
        self._renderer.SetBackground(*_FLOOR)
        self._renderer.AutomaticLightCreationOff()
        self._lights = vtkLightKit()
        self._lights.AddLightsToRenderer(self._renderer)
        shapes = arm_shapes(mobile_c_arm(pixels=1))
        self._table = self._added(_TABLE)
        self._patient = self._added(_PATIENT, sharp_edge_deg=180.0)
        self._holder = self._added(_STEEL, shapes.holder)
        self._column = self._added(_STEEL, shapes.column)
        self.parts = {
            "arc": self._added(_STEEL, shapes.arc),
            "source": self._added(_HOUSING, shapes.source),
            "detector": self._added(_HOUSING, shapes.detector),
        }
        # Last: it is seen through, and nothing behind it may be drawn after it.
        self._beam = self._added(_BEAM, shapes.beam, opacity=_BEAM_OPACITY)
        self._place: ArmPlace | None = None
        self.colours: dict[str, Colour] = {}

    def _added(
        self,
        colour: Colour,
        mesh: TriangleMesh | None = None,
        *,
        opacity: float = 1.0,
        sharp_edge_deg: float = _SHARP_EDGE_DEG,
    ) -> SurfaceBody:
        body = SurfaceBody(colour, opacity, sharp_edge_deg=sharp_edge_deg)
        if mesh is not None:
            body.show(mesh)
        self._renderer.AddActor(body.actor)
        return body

    def show(self, place: ArmPlace) -> None:
        """Show the arm in a pose, allowed or not."""
        if place == self._place:
            return
        self._show_room(place)
        self._place = place
        lps_from_arm = place.pose.lps_from_arm
        for body in self.parts.values():
            _move(body, lps_from_arm)
        _move(self._beam, lps_from_arm, 1.0 / place.magnification)
        facing = attrs.evolve(place.pose, orbital_deg=0.0)
        _move(self._holder, facing.lps_from_arm)
        _move(self._column, attrs.evolve(facing, angular_deg=0.0).lps_from_arm)
        self._colour_parts(place)
        self.request_frame()

    def _show_room(self, place: ArmPlace) -> None:
        last = self._place
        if last is not None and _room_of(last) == _room_of(place):
            return
        table = place.table
        self._table.show(box_mesh(table.centre_lps_mm, table.size_mm))
        top_mm = table.centre_lps_mm[1] + table.size_mm[1] / 2.0
        self._patient.show(prone_patient(place.middle_lps_mm, place.width_mm, top_mm))
        middle = np.asarray(place.middle_lps_mm) + _AIM_MM
        camera = self._renderer.GetActiveCamera()
        camera.SetFocalPoint(*middle)
        camera.SetPosition(*(middle - _DISTANCE_MM * as_unit_vector(_INTO_SCREEN)))
        camera.SetViewUp(*_UP)
        self._renderer.ResetCameraClippingRange()

    def fit(self) -> None:
        """Keep the arm within pictures that are narrower than it is wide."""
        across = max(_WIDTH_SHARE * self.height_px / self.width_px, 1.0)
        half = math.tan(math.radians(_VIEW_ANGLE_DEG / 2.0)) * across
        self._renderer.GetActiveCamera().SetViewAngle(2.0 * math.degrees(math.atan(half)))

    def _colour_parts(self, place: ArmPlace) -> None:
        arm = magnified(mobile_c_arm(pixels=1), place.magnification)
        rooms_mm = clearances_mm(place.pose, arm, place.table)
        for name, room_mm in rooms_mm.items():
            colour = LEAK if room_mm < 0.0 else CAUTION if room_mm < _NEAR_MM else _HOUSING
            self.colours[name] = colour
            self.parts[name].set_colour(colour)

    def prepare(self) -> None:
        """Keep near and far parts of the arm in the picture."""
        self._renderer.ResetCameraClippingRange()


def _room_of(place: ArmPlace) -> tuple[object, ...]:
    return place.table, place.middle_lps_mm, place.width_mm


def _move(body: SurfaceBody, lps_from_body: RigidTransform, across: float = 1.0) -> None:
    """Put a body where its frame stands, made narrower across the beam."""
    matrix = vtkMatrix4x4()
    placed = lps_from_body.matrix @ np.diag([across, 1.0, across, 1.0])
    matrix.DeepCopy(placed.ravel().tolist())
    body.actor.SetUserMatrix(matrix)

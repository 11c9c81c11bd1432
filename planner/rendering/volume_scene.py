"""The vertebrae, needles, balloons and cement in 3D."""

import math

import attrs
import numpy as np
from vtkmodules.vtkRenderingCore import vtkLightKit, vtkRenderer

from planner.anatomy.levels import Side, VertebraLevel
from planner.geometry.points import PointLike, Triple, as_triple
from planner.mesh.filled_surface import filled_surface
from planner.mesh.queries import first_hit_lps_mm
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.cameras import CameraPose, SlicePlane
from planner.rendering.canal_colours import canal_colours
from planner.rendering.fill_picture import SHOWN_IN_3D_SHARE, SharePicture
from planner.rendering.layers import Layer
from planner.rendering.palette import (
    BACKGROUND,
    BALLOON,
    BONE,
    CANAL,
    CEMENT,
    DEFECT,
    GAS,
    GHOST,
    LEAK,
    NEIGHBOUR_BONE,
    needle_colour,
)
from planner.rendering.picking import CameraMapping, Px
from planner.rendering.plan_picture import (
    BalloonPicture,
    NeedlePicture,
    PlanPicture,
    VertebraPicture,
)
from planner.rendering.rendered_bone import RenderedBone
from planner.rendering.scene import Scene
from planner.rendering.shape_surfaces import balloon_surface, needle_surface
from planner.rendering.visual_registry import VisualRegistry
from planner.rendering.visuals.line_set import LineSet
from planner.rendering.visuals.orientation_cube import OrientationCube
from planner.rendering.visuals.ray_cast_body import RayCastBody
from planner.rendering.visuals.surface_body import SurfaceBody

_VIEW_ANGLE_DEG = 24.0
_BONE_OPACITY, _NEIGHBOUR_OPACITY, _CANAL_OPACITY = 0.7, 0.16, 0.35
_OPEN_OPACITY = 0.3
"""Where cement or a lifted body is to be seen inside and around it."""
_PEELS = 6
_SHARP_EDGE_DEG = 50.0
_ROUTE_WIDTH_PX = 3.0
_FINE_CEMENT, _QUICK_CEMENT = 2, 4
"""Edges of the cubes cement is drawn from, in its voxels: at rest, and while it changes."""
_FINDING_COLOURS = {"defects": DEFECT, "gas": GAS}
_Spot = tuple[VertebraLevel, Side]


@attrs.frozen
class VolumeShot:
    """All that one picture of the scene depends on, so that another scene can draw it."""

    picture: PlanPicture
    hidden: frozenset[Layer]
    rendered: RenderedBone | None
    position_lps_mm: Triple
    focus_lps_mm: Triple
    up_lps: Triple
    size_px: tuple[int, int]
    pixel_ratio: float


class VolumeScene(Scene):
    """Translucent bone, solid needles seen inside it, a cube with the sides.

    Depth peeling needs a window without multisampling: with it, VTK drew nothing.
    """

    def __init__(self) -> None:
        self._bodies = vtkRenderer()
        self._cube = OrientationCube()
        super().__init__((self._bodies, self._cube.renderer))
        self._bodies.SetBackground(*BACKGROUND)
        self._bodies.SetMaximumNumberOfPeels(_PEELS)
        self._bodies.SetOcclusionRatio(0.0)
        # VTK's weighted blending costs a quarter of a moving frame on the processor.
        self._bodies.UseOITOff()
        self._bodies.AutomaticLightCreationOff()
        self._lights = vtkLightKit()
        self._lights.SetKeyLightIntensity(1.22)
        self._lights.SetKeyToFillRatio(3.0)
        self._lights.SetKeyToHeadRatio(3.2)
        self._lights.AddLightsToRenderer(self._bodies)
        self._camera = self._bodies.GetActiveCamera()
        self._camera.SetViewAngle(_VIEW_ANGLE_DEG)
        self._cement = self._added(SurfaceBody(CEMENT, 1.0))
        self._leaked = self._added(SurfaceBody(LEAK, 1.0))
        self._ghost = self._added(SurfaceBody(GHOST, 0.3))
        self._route = LineSet(LEAK, _ROUTE_WIDTH_PX)
        self._bodies.AddActor(self._route.actor)
        self._rays = RayCastBody()
        self._bodies.AddVolume(self._rays.prop)
        self._rendered: RenderedBone | None = None
        self._picture = PlanPicture()
        self._hidden: frozenset[Layer] = frozenset()
        self._is_picture_new = False
        self._is_still = True
        self._is_cement_fine = True
        self._build_registries()
        self.set_still(still=True)
        self.look(CameraPose((0.0, -1.0, 0.0), (0.0, 0.0, 1.0)))

    def _build_registries(self) -> None:
        self._bones: VisualRegistry[VertebraLevel, VertebraPicture, SurfaceBody] = VisualRegistry(
            lambda _: self._added(SurfaceBody(BONE, _BONE_OPACITY)), self._show_bone, self._remove
        )
        self._canals: VisualRegistry[VertebraLevel, VertebraPicture, SurfaceBody] = VisualRegistry(
            lambda _: self._added_inside(SurfaceBody(CANAL, _CANAL_OPACITY)),
            self._show_canal,
            self._remove,
        )
        self._balloons: VisualRegistry[_Spot, BalloonPicture, SurfaceBody] = VisualRegistry(
            lambda _: self._added_inside(SurfaceBody(BALLOON, 0.7)),
            lambda body, value: body.show(balloon_surface(value.shape, value.flat)),
            self._remove,
        )
        self._findings: VisualRegistry[str, TriangleMesh, SurfaceBody] = VisualRegistry(
            lambda kind: self._added(SurfaceBody(_FINDING_COLOURS[kind], 1.0)),
            lambda body, value: body.show(value),
            self._remove,
        )
        self._needles: VisualRegistry[_Spot, NeedlePicture, SurfaceBody] = VisualRegistry(
            lambda spot: self._added(
                SurfaceBody(needle_colour(spot[1]), 1.0, sharp_edge_deg=_SHARP_EDGE_DEG)
            ),
            lambda body, value: body.show(needle_surface(value.path, value.radius_mm)),
            self._remove,
        )

    def show_picture(self, picture: PlanPicture, hidden: frozenset[Layer] = frozenset()) -> None:
        """Draw what the plan holds, but for hidden layers."""
        if (picture, hidden) != (self._picture, self._hidden):
            self._picture, self._hidden = picture, hidden
            self._is_picture_new = True
            self.request_frame()

    def show_rendered(self, bone: RenderedBone | None) -> None:
        """Show the images themselves instead of the surfaces of bone, or the surfaces again."""
        if bone is not self._rendered:
            self._rendered = bone
            self._rays.show(bone)
            self._is_picture_new = True
            self.request_frame()

    def prepare(self) -> None:
        """Build what the picture holds: once a frame, however often the plan changed since."""
        if not self._is_picture_new:
            if self._is_still and not self._is_cement_fine:
                self._show_cement(self._picture, is_hidden=Layer.CEMENT in self._hidden)
            return
        self._is_picture_new = False
        picture, hidden = self._picture, self._hidden
        focused = {item.model.level: item for item in picture.in_focus}
        beside = {item.model.level: item for item in picture.beside_focus}
        hides_bone = Layer.BONE in hidden or self._rendered is not None
        self._bones.show({} if hides_bone else focused | beside)
        self._canals.show({} if Layer.CANAL in hidden else focused)
        self._needles.show(
            {} if Layer.NEEDLES in hidden else {(n.level, n.side): n for n in picture.needles}
        )
        self._balloons.show(
            {(b.level, b.side): b for b in picture.balloons if Layer.BALLOONS not in hidden}
        )
        self._show_cement(picture, is_hidden=Layer.CEMENT in hidden)
        ghost = None if Layer.GHOST in hidden else picture.ghost
        self._ghost.show(ghost.mesh if ghost else TriangleMesh.empty())
        found = {} if hides_bone else {"defects": picture.defects, "gas": picture.gas}
        self._findings.show({kind: mesh for kind, mesh in found.items() if len(mesh.faces)})
        self._bodies.ResetCameraClippingRange()

    def shot(self) -> VolumeShot:
        """Return what is shown now, and from where."""
        return VolumeShot(
            self._picture,
            self._hidden,
            self._rendered,
            as_triple(self._camera.GetPosition()),
            as_triple(self._camera.GetFocalPoint()),
            as_triple(self._camera.GetViewUp()),
            (self.width_px, self.height_px),
            self.pixel_ratio,
        )

    def take(self, shot: VolumeShot) -> None:
        """Show what another scene of the same size shows."""
        self.show_picture(shot.picture, shot.hidden)
        self.show_rendered(shot.rendered)
        self._camera.SetPosition(*shot.position_lps_mm)
        self._camera.SetFocalPoint(*shot.focus_lps_mm)
        self._camera.SetViewUp(*shot.up_lps)
        self._place()

    def _show_cement(self, picture: PlanPicture, *, is_hidden: bool) -> None:
        """Show a fill at its volume, or of a map of shares where half of the runs came to."""
        cement, route = picture.cement, picture.route
        self._is_cement_fine = self._is_still
        fill = cement.fill if cement and not is_hidden else None
        times = _FINE_CEMENT if self._is_still else _QUICK_CEMENT
        if cement is None or fill is None:
            self._cement.show(TriangleMesh.empty())
            self._leaked.show(TriangleMesh.empty())
        elif isinstance(fill, SharePicture):
            self._cement.show(filled_surface(fill.at_least(SHOWN_IN_3D_SHARE), times))
            self._leaked.show(TriangleMesh.empty())
        else:
            self._cement.show(filled_surface(fill.inside_at(cement.volume_ml), times))
            self._leaked.show(filled_surface(fill.outside_at(cement.volume_ml)))
        shown = route is not None and not is_hidden
        self._route.show(route.segments_lps_mm if route and shown else np.zeros((0, 2, 3)))

    @property
    def mapping(self) -> CameraMapping:
        """How the pixels map to the patient now."""
        matrix = self._camera.GetCompositeProjectionTransformMatrix(
            self.width_px / self.height_px, -1.0, 1.0
        )
        clip_from_lps = np.array(
            [[matrix.GetElement(row, column) for column in range(4)] for row in range(4)]
        )
        into = as_triple(self._camera.GetDirectionOfProjection())
        return CameraMapping(clip_from_lps, into, self.width_px, self.height_px)

    @property
    def screen_plane(self) -> SlicePlane:
        """The plane parallel to the screen through the point in the middle."""
        into, up = self._camera.GetDirectionOfProjection(), self._camera.GetViewUp()
        down = as_triple([-share for share in up])
        return SlicePlane(self._camera.GetFocalPoint(), as_triple(np.cross(down, into)), down)

    def bone_under(self, px: Px) -> Triple | None:
        """Return the point of the bone's surface under a pixel, None beside it."""
        ray = self.mapping.ray_of(px)
        start = np.asarray(ray.start_lps_mm)
        bones = [item.bone for item in self._picture.in_focus]
        hits = [first_hit_lps_mm(bone, start, ray.direction_lps) for bone in bones]
        found = [hit for hit in hits if hit is not None]
        return min(found, key=lambda hit: math.dist(hit, ray.start_lps_mm), default=None)

    def look(self, pose: CameraPose) -> None:
        """Turn the camera about the point it looks at."""
        focal = np.asarray(self._camera.GetFocalPoint())
        away_mm = self._camera.GetDistance()
        self._camera.SetPosition(*(focal - away_mm * np.asarray(pose.into_screen_lps)))
        self._camera.SetViewUp(*pose.up_lps)
        self._camera.OrthogonalizeViewUp()
        self._place()

    def frame_on(self, centre_lps_mm: PointLike, radius_mm: float) -> None:
        """Look at a point from where a sphere about it fills the view."""
        into = np.asarray(self._camera.GetDirectionOfProjection())
        away_mm = radius_mm / math.sin(math.radians(_VIEW_ANGLE_DEG / 2.0))
        centre = np.asarray(centre_lps_mm, dtype=np.float64)
        self._camera.SetFocalPoint(*centre)
        self._camera.SetPosition(*(centre - away_mm * into))
        self._place()

    def turn(self, right_deg: float, down_deg: float) -> None:
        """Walk round the patient: about what is up on screen, then over or under."""
        self._camera.Azimuth(-right_deg)
        self._camera.Elevation(down_deg)
        self._camera.OrthogonalizeViewUp()
        self._place()

    def zoom(self, factor: float) -> None:
        """Go nearer (above 1) or further away."""
        self._camera.Dolly(factor)
        self._place()

    def pan(self, from_px: Px, to_px: Px) -> None:
        """Move the camera along the screen until one pixel shows what another did."""
        mapping, focal = self.mapping, self._camera.GetFocalPoint()
        start = np.asarray(mapping.lps_on_screen_plane(from_px, focal))
        step = start - np.asarray(mapping.lps_on_screen_plane(to_px, focal))
        self._camera.SetFocalPoint(*(np.asarray(focal) + step))
        self._camera.SetPosition(*(np.asarray(self._camera.GetPosition()) + step))
        self._place()

    def fit(self) -> None:
        """Keep the cube's size, and the number of rays."""
        self._rays.fit(self.width_px, self.height_px)
        self._cube.fit(self.width_px, self.height_px, self.pixel_ratio)

    def set_still(self, *, still: bool) -> None:
        """Peel depths and smooth edges at rest; while moving, bones blend over what they hold."""
        # Peeling and rays do not go together on the processor; rays have no edges to smooth.
        has_surfaces = self._rendered is None
        self._bodies.SetUseDepthPeeling(still and has_surfaces)
        self._bodies.SetUseFXAA(still and has_surfaces)
        self._rays.set_still(still=still)
        self._cube.set_still(still=still)
        self._is_still = still
        for body in (*self._bones, *self._canals):
            body.set_still(still=still)

    def _place(self) -> None:
        self._bodies.ResetCameraClippingRange()
        self._cube.turn_with(self._camera)
        self.request_frame()

    def _show_bone(self, body: SurfaceBody, value: VertebraPicture) -> None:
        is_neighbour = not self._is_in_focus(value)
        looks_inside = self._picture.cement is not None or self._picture.ghost is not None
        opacity = _OPEN_OPACITY if looks_inside else _BONE_OPACITY
        body.set_opacity(_NEIGHBOUR_OPACITY if is_neighbour else opacity)
        body.set_colour(NEIGHBOUR_BONE if is_neighbour else BONE)
        body.show(value.bone, value.coarse_bone)
        body.set_still(still=self._is_still)

    def _show_canal(self, body: SurfaceBody, value: VertebraPicture) -> None:
        body.show(value.canal, value.coarse_canal)
        body.set_still(still=self._is_still)
        hides_needles = Layer.NEEDLES in self._hidden
        needles = [n for n in self._picture.needles if n.level is value.model.level]
        shown = () if hides_needles else needles
        key = tuple((needle.path, needle.radius_mm) for needle in shown)
        body.paint(key, lambda canal: canal_colours(canal, shown))

    def _is_in_focus(self, vertebra: VertebraPicture) -> bool:
        """Return whether a vertebra is the active one, or any where none is active."""
        return self._picture.active_level in {None, vertebra.model.level}

    def _added(self, body: SurfaceBody) -> SurfaceBody:
        self._bodies.AddActor(body.actor)
        return body

    def _added_inside(self, body: SurfaceBody) -> SurfaceBody:
        """Add a translucent body before the bones around it: they blend in this order."""
        self._added(body)
        for bone in self._bones:
            self._remove(bone)
            self._added(bone)
        return body

    def _remove(self, body: SurfaceBody) -> None:
        self._bodies.RemoveActor(body.actor)

"""One plane of the volume with everything of the plan that it cuts."""

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkCamera, vtkRenderer

from planner.anatomy.levels import Side, VertebraLevel
from planner.geometry.points import PointLike
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import Volume
from planner.imaging.window_level import SPINE, WindowLevel
from planner.rendering.cameras import SliceOrientation, SlicePlane, anatomical_plane
from planner.rendering.layers import Layer
from planner.rendering.palette import BLACK, BONE_OUTLINE, CANAL
from planner.rendering.picking import SliceMapping
from planner.rendering.plan_picture import BalloonPicture, NeedlePicture, PlanPicture
from planner.rendering.scene import Scene
from planner.rendering.visual_registry import VisualRegistry
from planner.rendering.visuals.balloon_slice import BalloonSlice
from planner.rendering.visuals.endplate_lines import EndplateLines
from planner.rendering.visuals.image_slice import ImageSlice
from planner.rendering.visuals.needle_slice import NeedleSlice
from planner.rendering.visuals.slice_visual import SliceVisual
from planner.rendering.visuals.surface_outline import SurfaceOutline

if TYPE_CHECKING:
    from planner.anatomy.vertebra import VertebraModel
    from planner.mesh.triangle_mesh import TriangleMesh

_CAMERA_DISTANCE_MM = 500.0
_HALF_RANGE_MM = 20.0
_LIFT_MM = 0.02
"""From one overlay to the next one above it; in parallel projection nothing moves on screen."""
_USUAL_HEIGHT_MM = 110.0
_Visual = TypeVar("_Visual", bound=SliceVisual)
_Spot = tuple[VertebraLevel, Side]


class SliceScene(Scene):
    """The image, and the overlays a little nearer to the camera, each kind in its own depth."""

    def __init__(self) -> None:
        self._camera = vtkCamera()
        self._camera.ParallelProjectionOn()
        self._renderer = vtkRenderer()
        self._renderer.SetActiveCamera(self._camera)
        self._renderer.SetBackground(*BLACK)
        # Overlays are sorted by depth already; VTK's own blending would cost two more passes.
        self._renderer.UseOITOff()
        super().__init__((self._renderer,))
        self._image = ImageSlice()
        self._renderer.AddViewProp(self._image.prop)
        self._plane = anatomical_plane(
            SliceOrientation.AXIAL, RigidTransform.identity(), (0.0, 0.0, 0.0)
        )
        self._height_mm = _USUAL_HEIGHT_MM
        self._window_level = SPINE
        self._image.show_window_level(SPINE)
        self._picture = PlanPicture()
        self._hidden: frozenset[Layer] = frozenset()
        self._build_registries()

    def _build_registries(self) -> None:
        self._bones: VisualRegistry[VertebraLevel, TriangleMesh, SurfaceOutline] = VisualRegistry(
            lambda _: self._added(SurfaceOutline(BONE_OUTLINE, 1.0, 0.55)),
            SurfaceOutline.show,
            self._remove,
        )
        self._canals: VisualRegistry[VertebraLevel, TriangleMesh, SurfaceOutline] = VisualRegistry(
            lambda _: self._added(SurfaceOutline(CANAL, 1.4, 0.8)),
            SurfaceOutline.show,
            self._remove,
        )
        self._endplates: VisualRegistry[VertebraLevel, VertebraModel, EndplateLines] = (
            VisualRegistry(lambda _: self._added(EndplateLines()), EndplateLines.show, self._remove)
        )
        self._balloons: VisualRegistry[_Spot, BalloonPicture, BalloonSlice] = VisualRegistry(
            lambda _: self._added(BalloonSlice()), BalloonSlice.show, self._remove
        )
        self._needles: VisualRegistry[_Spot, NeedlePicture, NeedleSlice] = VisualRegistry(
            lambda spot: self._added(NeedleSlice(spot[1])), NeedleSlice.show, self._remove
        )

    @property
    def mapping(self) -> SliceMapping:
        """How the pixels map to the patient now."""
        return SliceMapping(
            self._plane, self.width_px, self.height_px, self._height_mm / self.height_px
        )

    @property
    def plane(self) -> SlicePlane:
        """The plane shown, its centre in the middle of the view."""
        return self._plane

    @property
    def height_mm(self) -> float:
        """How much of the patient the view shows from top to bottom."""
        return self._height_mm

    def show_volume(self, volume: Volume | None) -> None:
        """Show the voxels of a volume."""
        self._image.show(volume)
        self.request_frame()

    def show_window_level(self, window_level: WindowLevel) -> None:
        """Map Hounsfield units to grey."""
        if window_level != self._window_level:
            self._window_level = window_level
            self._image.show_window_level(window_level)
            self.request_frame()

    def show_plane(self, plane: SlicePlane) -> None:
        """Show another plane."""
        if plane == self._plane:
            return
        self._plane = plane
        self._cut()
        self.fit()
        self.request_frame()

    def show_height(self, height_mm: float) -> None:
        """Zoom until the view shows this much of the patient from top to bottom."""
        if height_mm != self._height_mm:
            self._height_mm = height_mm
            self.fit()
            self.request_frame()

    def show_picture(self, picture: PlanPicture, hidden: frozenset[Layer] = frozenset()) -> None:
        """Draw what the plan holds, but for hidden layers."""
        self._picture, self._hidden = picture, hidden
        vertebrae = {item.model.level: item for item in picture.in_focus}
        self._bones.show(
            {level: item.bone for level, item in vertebrae.items() if self._shows(Layer.OUTLINES)}
        )
        self._canals.show(
            {level: item.canal for level, item in vertebrae.items() if self._shows(Layer.CANAL)}
        )
        self._endplates.show(
            {level: item.model for level, item in vertebrae.items() if self._shows(Layer.ENDPLATES)}
        )
        self._balloons.show(
            {(b.level, b.side): b for b in picture.balloons if self._shows(Layer.BALLOONS)}
        )
        self._needles.show(
            {(n.level, n.side): n for n in picture.needles if self._shows(Layer.NEEDLES)}
        )
        self._cut()
        self.request_frame()

    def set_still(self, *, still: bool) -> None:
        """Draw finely at rest, quickly while moving."""
        self._image.set_still(still=still)

    def recentre(self, point_lps_mm: PointLike) -> None:
        """Put a point in the middle of the view, on its own slice."""
        self.show_plane(self._plane.centred_on(point_lps_mm))

    def fit(self) -> None:
        """Place the camera so that the view shows its plane at its height."""
        centre, into = np.asarray(self._plane.centre_lps_mm), self._plane.into_screen_lps
        self._camera.SetFocalPoint(*centre)
        self._camera.SetPosition(*(centre - _CAMERA_DISTANCE_MM * into))
        self._camera.SetViewUp(*(-np.asarray(self._plane.down_lps)))
        self._camera.SetParallelScale(self._height_mm / 2.0)
        self._camera.SetClippingRange(
            _CAMERA_DISTANCE_MM - _HALF_RANGE_MM, _CAMERA_DISTANCE_MM + _HALF_RANGE_MM
        )
        for visual in self._visuals():
            visual.set_pixel_ratio(self.pixel_ratio)

    def _shows(self, layer: Layer) -> bool:
        return layer not in self._hidden

    def _visuals(self) -> list[SliceVisual]:
        return [
            *self._bones,
            *self._canals,
            *self._endplates,
            *self._balloons,
            *self._needles,
        ]

    def _cut(self) -> None:
        into = self._plane.into_screen_lps
        actors: list[vtkActor] = []
        for visual in self._visuals():
            visual.show_plane(self._plane)
            actors += visual.actors
        for order, actor in enumerate(actors, start=1):
            actor.SetPosition(*(-order * _LIFT_MM * into))

    def _added(self, visual: _Visual) -> _Visual:
        for actor in visual.actors:
            self._renderer.AddActor(actor)
        visual.set_pixel_ratio(self.pixel_ratio)
        return visual

    def _remove(self, visual: SliceVisual) -> None:
        for actor in visual.actors:
            self._renderer.RemoveActor(actor)

"""The 3D view: turned with the left button, and a place to drag needles too."""

import attrs
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from planner.anatomy.vertebra import VertebraModel
from planner.geometry.points import PointLike, Triple
from planner.geometry.transforms import RigidTransform
from planner.gui.fine_frames import IS_POSSIBLE, FineFrames
from planner.gui.scene_frames import SceneFrames
from planner.gui.view_state import ViewState
from planner.gui.views import overlay
from planner.gui.views.needle_marks import draw_needle_marks
from planner.gui.views.tool_view import ToolView
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.cameras import CameraPreset, camera_pose
from planner.rendering.layers import Layer
from planner.rendering.palette import CAUTION
from planner.rendering.picking import CameraMapping, Px
from planner.rendering.plan_picture import Handle, PlanPicture
from planner.rendering.rendered_bone import RenderedBone
from planner.rendering.volume_scene import VolumeScene, VolumeShot

_RADIUS_MM = 50.0
_DEG_PER_PX = 0.5
_ZOOM_PER_NOTCH = 1.12
_NOTCH = 120.0
_PRESETS = (
    (CameraPreset.AP, "AP", "From behind, as the operator stands"),
    (CameraPreset.LATERAL, "Lat", "From the patient's left"),
    (CameraPreset.BARREL, "Barrel", "Along the active needle"),
)


class VolumeView(ToolView):
    """Vertebrae, needles and balloons in 3D."""

    def __init__(self, state: ViewState, parent: QWidget | None = None) -> None:
        self.scene = VolumeScene()
        self._fine = FineFrames()
        super().__init__(SceneFrames(self.scene), state, parent)
        self._last = QPointF()
        self._is_rendered = False
        self._fine.drawn.connect(self._take_shot)
        self._live_bone: TriangleMesh | None = None
        state.overlay_changed.connect(self.update)
        self._presets = self._build_presets()

    def _build_presets(self) -> QFrame:
        bar = QFrame(self)
        bar.setObjectName("view-presets")
        row = QHBoxLayout(bar)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(2)
        for preset, text, tip in _PRESETS:
            button = QPushButton(text, bar)
            button.setProperty("kind", "quiet")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setToolTip(tip)
            button.setStatusTip(tip)
            button.clicked.connect(lambda _checked=False, chosen=preset: self.look_from(chosen))
            row.addWidget(button)
        return bar

    @property
    def mapping(self) -> CameraMapping:
        """How the device pixels map to the patient now."""
        return self.scene.mapping

    def come_to_rest(self) -> None:
        """Have the fine picture drawn beside the window's thread: it takes up to a second."""
        if IS_POSSIBLE and not self.is_closed:
            self._fine.request(self.scene.shot())
        else:
            super().come_to_rest()

    def request_frame(self) -> None:
        """Draw anew; what was at rest is so no longer."""
        self._fine.drop()
        super().request_frame()

    def shut_down(self) -> None:
        """Give the buffers back, those of the fine pictures too."""
        if not self.is_closed:
            self._fine.shut_down()
        super().shut_down()

    def show_plan(self, picture: PlanPicture) -> None:
        """Draw what the plan holds."""
        self.picture = picture
        self.show_layers()

    def show_rendered(self, bone: RenderedBone | None) -> None:
        """Show the images themselves instead of the surfaces of bone."""
        self._is_rendered = bone is not None
        self.scene.show_rendered(bone)
        self.update()

    def show_layers(self) -> None:
        """Draw the plan with the layers that are shown now."""
        self.scene.show_picture(self._with_live_bone(), self.hidden_layers())

    def show_live_bone(self, bone: TriangleMesh | None) -> None:
        """Show a surface that is being edited instead of the active vertebra's, or not."""
        if bone is not self._live_bone:
            self._live_bone = bone
            self.show_layers()

    def focus_on(self, lps_mm: PointLike) -> None:
        """Look at a vertebra from behind, left and above."""
        self.scene.frame_on(lps_mm, _RADIUS_MM)
        self.look_from(CameraPreset.OBLIQUE)

    def look_from(self, preset: CameraPreset) -> None:
        """Turn the camera to a preset about the active vertebra."""
        vertebra, needle = self._active_vertebra(), self.active_needle()
        frame = vertebra.lps_from_vertebra if vertebra else RigidTransform.identity()
        self.scene.look(camera_pose(preset, frame, needle.path if needle else None))

    def pick(self, px: Px) -> Triple | None:
        """Return the point of the bone's surface under a device pixel."""
        return self.scene.bone_under(px)

    def pick_beside(self, px: Px, anchor_lps_mm: PointLike) -> Triple:
        """Return the point under a device pixel in the plane of the screen through another."""
        return self.mapping.lps_on_screen_plane(px, anchor_lps_mm)

    def px_of(self, lps_mm: PointLike) -> Px:
        """Return the device pixel before a point."""
        return self.mapping.px_of(lps_mm)

    def shows_handle(self, handle: Handle) -> bool:
        """Return whether needles are shown: in 3D every handle is."""
        del handle
        return self.state.is_visible(Layer.NEEDLES)

    def view_press(self, event: QMouseEvent) -> None:
        """Begin to turn, pan or zoom."""
        self._last = event.position()

    def view_drag(self, event: QMouseEvent) -> None:
        """Turn with the left button, pan with the middle one, zoom with the right one."""
        before, now = self._last, event.position()
        step, self._last = now - before, now
        buttons = event.buttons()
        if buttons & Qt.MouseButton.LeftButton:
            self.scene.turn(step.x() * _DEG_PER_PX, step.y() * _DEG_PER_PX)
        elif buttons & Qt.MouseButton.MiddleButton:
            self.scene.pan(self.device_px(before), self.device_px(now))
        elif buttons & Qt.MouseButton.RightButton:
            self.scene.zoom(1.01 ** -step.y())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Go nearer or further away."""
        self.scene.zoom(_ZOOM_PER_NOTCH ** (event.angleDelta().y() / _NOTCH))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the presets in the lower right corner."""
        super().resizeEvent(event)
        size = self._presets.sizeHint()
        edge = round(overlay.EDGE_PX)
        self._presets.resize(size)
        self._presets.move(self.width() - size.width() - edge, self.height() - size.height() - edge)

    def paint_over(self, painter: QPainter) -> None:
        """Paint the handles, and what is missing while no bone was found."""
        area = QRectF(self.rect())
        if not self.picture.vertebrae and not self._is_rendered:
            words = "Bone appears here once a level is found"
            overlay.draw_text(painter, area, Qt.AlignmentFlag.AlignCenter, words)
        if self.state.is_visible(Layer.NEEDLES):
            draw_needle_marks(self, painter)
        edge = overlay.EDGE_PX
        inner = area.adjusted(edge, edge, -edge, -edge)
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        overlay.draw_line_of_words(painter, inner, top, self.shown_patient_line())
        notes = ["images in 3D, not what was segmented"] if self._is_rendered else []
        cement = self.picture.cement if self.state.is_visible(Layer.CEMENT) else None
        if cement is not None:
            notes.append(cement.words_in_3d)
        if self.state.overlay is not None:
            notes.append(f"CT alone. In the slices: {self.state.overlay.label}")
        for number, note in enumerate(notes, start=1):
            line = inner.adjusted(0.0, 17.0 * number, 0.0, 0.0)
            overlay.draw_line_of_words(painter, line, top, note, CAUTION)

    def _with_live_bone(self) -> PlanPicture:
        live, level = self._live_bone, self.picture.active_level
        if live is None or level is None:
            return self.picture
        vertebrae = tuple(
            attrs.evolve(v, bone=live, coarse_bone=TriangleMesh.empty())
            if v.model.level is level
            else v
            for v in self.picture.vertebrae
        )
        return attrs.evolve(self.picture, vertebrae=vertebrae)

    def _active_vertebra(self) -> VertebraModel | None:
        level = self.state.active_level or self.picture.active_level
        models = [item.model for item in self.picture.vertebrae]
        return next((m for m in models if m.level is level), models[0] if models else None)

    def _take_shot(self, shot: VolumeShot, image: QImage) -> None:
        if shot == self.scene.shot():
            self.take_fine(image)

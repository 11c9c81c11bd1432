"""Four linked views: axial, sagittal, coronal or down the barrel, and 3D."""

from collections.abc import Generator

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from planner.anatomy.levels import VertebraLevel
from planner.editing.part_labels import PartLabels
from planner.geometry.points import Triple, distance_mm
from planner.gui.tools.tool import Tool
from planner.gui.view_state import Layout, NeedleView, ViewName, ViewState
from planner.gui.views.companion_view import CompanionView
from planner.gui.views.overlay_bar import OverlayBar
from planner.gui.views.slice_planes import foot_on_needle, header_of, looks_down_the_barrel
from planner.gui.views.slice_view import SliceView
from planner.gui.views.tool_view import ToolView
from planner.gui.views.view_pane import ViewPane
from planner.gui.views.volume_view import VolumeView
from planner.imaging.volume import Volume
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.palette import AXIAL, CORONAL, SAGITTAL, VOLUME, needle_colour
from planner.rendering.plan_picture import NeedlePicture, PlanPicture, VertebraPicture
from planner.rendering.rendered_bone import RenderedBone

_SPACING_PX = 6
_LEVEL_HEIGHT_MM = 110.0
"""How much of the patient a slice shows around a vertebra."""
_BODY_HEIGHT_MM = 62.0
_FAR_FROM_LEVEL_MM = 40.0
_PLACES = {
    ViewName.AXIAL: (0, 0),
    ViewName.SAGITTAL: (0, 1),
    ViewName.CORONAL: (1, 0),
    ViewName.VOLUME: (1, 1),
}
_COMPARED_PLACES = {ViewName.AXIAL: (0, 0), ViewName.SAGITTAL: (1, 0)}
"""Of two series: the CT left, the other one right of it."""
_COLOURS = {
    ViewName.AXIAL: AXIAL,
    ViewName.SAGITTAL: SAGITTAL,
    ViewName.CORONAL: CORONAL,
    ViewName.VOLUME: VOLUME,
}


class ViewGrid(QWidget):
    """The middle of the window."""

    hovered = Signal(object)
    """(Triple in LPS mm, HU or None) under the mouse, or None beside everything."""

    def __init__(self, view_state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = view_state
        self._volume: Volume | None = None
        self._picture = PlanPicture()
        self._focused_level: VertebraLevel | None = None
        self._has_volume_view = True
        self._is_held = False
        self._slices = {
            name: SliceView(name, view_state)
            for name in (ViewName.AXIAL, ViewName.SAGITTAL, ViewName.CORONAL)
        }
        self._volume_view = VolumeView(view_state)
        self._panes: dict[ViewName, ViewPane] = {}
        self._grid = grid = QGridLayout()
        grid.setSpacing(_SPACING_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_SPACING_PX)
        column.addLayout(grid, 1)
        for name, view in (*self._slices.items(), (ViewName.VOLUME, self._volume_view)):
            pane = ViewPane(view, _COLOURS[name], self)
            pane.header.double_clicked.connect(lambda chosen=name: self._toggle_maximised(chosen))
            view.hovered.connect(self._report_hover)
            view.gesture_running.connect(self._hold_slices)
            grid.addWidget(pane, *_PLACES[name])
            self._panes[name] = pane
        self._companions = {
            name: self._companion_pane(name) for name in (ViewName.AXIAL, ViewName.SAGITTAL)
        }
        self.overlay_bar = OverlayBar(view_state, self)
        column.addWidget(self.overlay_bar)
        view_state.crosshair_changed.connect(self._show_headers)
        view_state.slice_frame_changed.connect(self._show_headers)
        # After the slices have moved, another place lies under a mouse that rests.
        view_state.crosshair_changed.connect(self._hover_again)
        view_state.slice_frame_changed.connect(self._hover_again)
        view_state.active_changed.connect(self._follow_active)
        view_state.layout_changed.connect(self._follow_layout)
        self._follow_layout()

    def _companion_pane(self, name: ViewName) -> ViewPane:
        """Return the place beside a slice for the same slice of another series."""
        main, beside = self._slices[name], CompanionView(name, self._state)
        main.framed.connect(lambda: beside.frame_like(main))
        beside.framed.connect(lambda: main.frame_like(beside))
        pane = ViewPane(beside, _COLOURS[name], self)
        pane.hide()
        return pane

    def prepare_in_steps(self) -> Generator[None, None, None]:
        """Make every view ready, one after another, for a first picture without delay."""
        for view in self._views():
            view.prepare()
            yield

    def hide_volume_view(self) -> None:
        """Show slices alone, for images without a plan; the lowest one is as wide as two."""
        self._has_volume_view = False
        self._follow_layout()

    def show_volume(self, volume: Volume | None) -> None:
        """Show the voxels of a volume in the three slices; None empties them."""
        self._volume = volume
        for view in self._slices.values():
            view.show_volume(volume)
        if volume is not None:
            centre = volume.geometry.centre_lps_mm
            point = self._state.crosshair_lps_mm
            if point == (0.0, 0.0, 0.0) or not volume.geometry.contains(point):
                self._state.set_crosshair(centre)
            reach_mm = float(np.ptp(volume.geometry.corners_lps_mm(), axis=0).max())
            for view in self._slices.values():
                view.focus_on(self._state.crosshair_lps_mm, reach_mm)
            self._volume_view.focus_on(centre)
        self._focused_level = None
        self._focus_on_active_level()

    def show_plan(self, picture: PlanPicture) -> None:
        """Draw what the plan holds in every view."""
        self._picture = picture
        for view in self._views():
            view.picture = picture
        for view in self._slices.values():
            view.show_plan(picture)
        self._volume_view.show_plan(picture)
        self._focus_on_active_level()
        self._show_headers()

    def show_rendered(self, bone: RenderedBone | None) -> None:
        """Cast rays through the images in 3D instead of showing surfaces, or not."""
        self._volume_view.show_rendered(bone)

    def show_parts(self, labels: PartLabels | None) -> None:
        """Lay the parts of a vertebra over the slices while they are edited, or no longer."""
        for view in self._slices.values():
            view.content.show_parts(labels)

    def show_live_bone(self, bone: TriangleMesh | None) -> None:
        """Show a surface that is being edited in 3D instead of the active vertebra's, or not."""
        self._volume_view.show_live_bone(bone)

    def look_at_in_3d(self, lps_mm: Triple) -> None:
        """Bring a point into the middle of the 3D view."""
        self._volume_view.focus_on(lps_mm)

    def set_labels(self, patient_line: str) -> None:
        """Write whose images these are into every view; one key hides it."""
        for view in (*self._views(), *(pane.view for pane in self._companions.values())):
            view.patient_line = patient_line
            view.update()

    def set_tool(self, tool: Tool | None) -> None:
        """Let the left button steer a tool in every view."""
        for view in self._views():
            view.set_tool(tool)

    def cancel_gesture(self) -> bool:
        """Undo the gesture that runs in any view; return whether there was one."""
        return any(view.cancel_gesture() for view in self._views())

    def focus_on_level(self, level: VertebraLevel) -> None:
        """Bring a vertebra into the middle of every view: its body in slices, all of it in 3D."""
        vertebra = self._vertebra(level)
        if vertebra is None:
            return
        centre = vertebra.model.centre_lps_mm
        if distance_mm(self._state.crosshair_lps_mm, centre) > _FAR_FROM_LEVEL_MM:
            self._state.set_crosshair(centre)
        for view in self._slices.values():
            view.focus_on(centre, _LEVEL_HEIGHT_MM)
        self._volume_view.focus_on(vertebra.bone.centroid_lps_mm())

    def look_closely(self, name: ViewName, lps_mm: Triple) -> None:
        """Fill a slice with one vertebral body and the discs beside it."""
        self._slices[name].focus_on(lps_mm, _BODY_HEIGHT_MM)

    @property
    def slice_in_hand(self) -> SliceView:
        """The slice that has the keys, or else the first one that is shown."""
        shown = [view for view in self._slices.values() if view.isVisibleTo(self)]
        held = [view for view in shown if view.hasFocus()]
        return (held or shown or [self._slices[ViewName.AXIAL]])[0]

    @property
    def volume(self) -> Volume | None:
        """The voxels that the slices show."""
        return self._volume

    def fit(self) -> None:
        """Show the active vertebra, or all of the images where it is shown already."""
        level = self._state.active_level or self._picture.active_level
        vertebra = self._vertebra(level)
        in_hand = self.slice_in_hand
        shown = (in_hand.content.height_mm, in_hand.place[1])
        if level is not None and vertebra is not None and shown != (_LEVEL_HEIGHT_MM, (0.0, 0.0)):
            self.focus_on_level(level)
        elif self._volume is not None:
            self._show_all(self._volume)

    def _show_all(self, volume: Volume) -> None:
        reach_mm = float(np.ptp(volume.geometry.corners_lps_mm(), axis=0).max())
        for view in self._slices.values():
            view.focus_on(volume.geometry.centre_lps_mm, reach_mm)

    def settle(self) -> None:
        """Draw every view finely at its next paint."""
        for view in (*self._views(), *(pane.view for pane in self._companions.values())):
            view.settle()

    def grab_png(self, size: QSize | None = None) -> bytes:
        """Return the four views as a PNG image, scaled to fit a size where one is given."""
        self.settle()
        pixmap = self.grab()
        if size is not None:
            pixmap = pixmap.scaled(
                size,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        pixmap.save(buffer, "PNG")
        return bytes(buffer.data().data())

    def view(self, name: ViewName) -> ToolView:
        """Return one of the four views."""
        return self._panes[name].view

    def shut_down(self) -> None:
        """Give all buffers back; a window that closes calls this before it goes."""
        for view in (*self._views(), *(pane.view for pane in self._companions.values())):
            view.shut_down()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give all buffers back."""
        self.shut_down()
        super().closeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape undo the running gesture, whichever view has it."""
        if event.key() == Qt.Key.Key_Escape and self.cancel_gesture():
            return
        super().keyPressEvent(event)

    def _views(self) -> tuple[ToolView, ...]:
        return (*self._slices.values(), self._volume_view)

    def _vertebra(self, level: VertebraLevel | None) -> VertebraPicture | None:
        return next((v for v in self._picture.vertebrae if v.model.level is level), None)

    def _active_needle(self) -> NeedlePicture | None:
        return self._volume_view.active_needle()

    def _toggle_maximised(self, name: ViewName) -> None:
        self._state.set_maximised(None if self._state.maximised is name else name)

    def _follow_layout(self) -> None:
        is_comparing = self._state.layout is Layout.COMPARE and self._state.maximised is None
        beside = self._companions if is_comparing else {}
        mine = [name for name in self._panes if self._state.maximised in {None, name}]
        shown = list(beside) if is_comparing else mine
        if not self._has_volume_view:
            shown = [name for name in shown if name is not ViewName.VOLUME]
        if self._state.maximised is not None:
            # Before the others hide, or the focus leaves the views with them.
            self._panes[self._state.maximised].view.setFocus()
        for name, pane in self._panes.items():
            pane.setVisible(name in shown)
        for name, pane in self._companions.items():
            pane.setVisible(name in beside)
        places = dict(_COMPARED_PLACES if is_comparing else _PLACES)
        for name in shown:
            is_wide = name is ViewName.CORONAL and not self._has_volume_view
            self._grid.addWidget(self._panes[name], *places[name], 1, 2 if is_wide else 1)
        for name, pane in beside.items():
            self._grid.addWidget(pane, places[name][0], 1)
        # A row or column without a view keeps no room.
        taken = [places[name] for name in shown] + [(places[name][0], 1) for name in beside]
        for index in (0, 1):
            self._grid.setRowStretch(index, int(any(row == index for row, _ in taken)))
            self._grid.setColumnStretch(index, int(any(column == index for _, column in taken)))
        self._put_crosshair_on_needle()
        self._show_headers()

    def _follow_active(self) -> None:
        self._put_crosshair_on_needle()
        self._focus_on_active_level()
        self._show_headers()

    def _focus_on_active_level(self) -> None:
        level = self._state.active_level or self._picture.active_level
        if level is not self._focused_level and level and self._vertebra(level) is not None:
            self._focused_level = level
            self.focus_on_level(level)

    def _hold_slices(self, held: bool) -> None:  # noqa: FBT001 - a slot has no keywords
        self._is_held = held
        for view in self._slices.values():
            view.hold(held=held)
        if not held:
            self._put_crosshair_on_needle()

    def _put_crosshair_on_needle(self) -> None:
        """Slices that follow the needle go through the crosshair, so it has to be on the needle."""
        needle = self._active_needle()
        if self._state.needle_view is not NeedleView.OFF and needle is not None:
            self._state.set_crosshair(foot_on_needle(needle.path, self._state.crosshair_lps_mm))

    def _show_headers(self, *_changed: object) -> None:
        needle = self._active_needle()
        for name in self._slices:
            self._panes[name].set_header(*header_of(name, self._state, needle))
        for name, pane in self._companions.items():
            pane.set_header(*header_of(name, self._state, needle))
        level = self._state.active_level or self._picture.active_level
        self._panes[ViewName.VOLUME].set_header("3D", level.name if level else "")
        is_barrel = looks_down_the_barrel(ViewName.CORONAL, self._state, needle)
        colour = needle_colour(needle.side) if needle and is_barrel else CORONAL
        self._panes[ViewName.CORONAL].header.set_colour(colour)

    def _hover_again(self, *_changed: object) -> None:
        for view in () if self._is_held else self._slices.values():
            if view.mouse is not None:
                view.hovered.emit(view.pick(view.device_px(view.mouse)))

    def _report_hover(self, point: Triple | None) -> None:
        self.hovered.emit(None if point is None else (point, self._hu_at(point)))

    def _hu_at(self, point_lps_mm: Triple) -> float | None:
        volume = self._volume
        if volume is None or not volume.geometry.contains(point_lps_mm):
            return None
        i, j, k = np.rint(volume.geometry.ijk_of(point_lps_mm)).astype(int)
        last_i, last_j, last_k = (n - 1 for n in volume.geometry.shape_ijk)
        return float(volume.voxels[min(k, last_k), min(j, last_j), min(i, last_i)])

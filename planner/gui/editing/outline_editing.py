"""The joints between the editing of outlines, its card, the views and the tools."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from planner.editing.part_labels import PartLabels
from planner.editing.tidy import filled, smoothed, without_islands
from planner.gui.editing.live_mesh import LiveMesh
from planner.gui.stages import Stage
from planner.gui.tools.edit_outline import outline_tool
from planner.gui.tools.tool import Tool
from planner.mesh.triangle_mesh import TriangleMesh

if TYPE_CHECKING:
    from planner.gui.case_desk import CaseDesk
    from planner.gui.editing.edit_settings import EditSettings


class OutlineEditing(QObject):
    """Shows the draft in every view, and gives the left button to the tool that is chosen."""

    def __init__(self, desk: "CaseDesk") -> None:
        super().__init__(desk)
        self._desk = desk
        self._masks = desk.planning.masks
        self._views = desk.workbench.views
        self.mesh = LiveMesh(self)
        self.mesh.made.connect(self._show_mesh)
        self._masks.drafted.connect(self._show_draft)
        self._masks.changed.connect(self._follow)
        card = desk.workbench.levels.edit_card
        card.begin_pressed.connect(self._masks.begin)
        card.end_pressed.connect(self._masks.end)
        card.settings_chosen.connect(self._masks.set_settings)
        card.fill_pressed.connect(self.fill)
        card.smooth_pressed.connect(self.smooth)
        card.islands_pressed.connect(self.remove_islands)
        desk.workbench.stage_changed.connect(self._follow_stage)
        self._tool_of: tuple[object, EditSettings] | None = None

    def toggle(self) -> None:
        """Begin to edit the selected level's outline, or stop."""
        if self._masks.level is not None:
            self._masks.end()
        else:
            self._desk.workbench.go_to(Stage.LEVELS)
            self._masks.begin()

    def resize_brush(self, steps: int) -> None:
        """Make the brush larger or smaller."""
        self._masks.set_settings(self._masks.settings.resized(steps))

    def fill(self) -> None:
        """Fill the holes of the chosen part."""
        part = self._masks.settings.part
        self._masks.shape(f"Fill holes of {part.title}", lambda labels, _hu: filled(labels, part))

    def smooth(self) -> None:
        """Smooth the vertebra."""
        self._masks.shape("Smooth outline", lambda labels, _hu: smoothed(labels))

    def remove_islands(self) -> None:
        """Keep the largest piece alone."""
        self._masks.shape("Remove islands", lambda labels, _hu: without_islands(labels))

    def tool(self) -> Tool | None:
        """Return what the left button does now; None while nothing is edited."""
        if self._masks.level is None:
            return None
        return outline_tool(self._masks, self._desk.view_state)

    def shut_down(self) -> None:
        """Wait for the surface that is being made."""
        self.mesh.close()

    def _show_draft(self, labels: PartLabels | None) -> None:
        self._views.show_parts(labels)
        self.mesh.follow(labels)
        if labels is None:
            self._views.show_live_bone(None)

    def _show_mesh(self, mesh: TriangleMesh) -> None:
        if self._masks.draft is not None:
            self._views.show_live_bone(mesh)

    def _follow(self) -> None:
        settings = self._masks.settings
        now = (self._masks.level, settings)
        if now != self._tool_of:
            self._tool_of = now
            is_brushing = self._masks.level is not None and settings.tool.has_brush
            self._desk.view_state.set_brush(settings.radius_mm if is_brushing else None)
            self._desk.use_stage_tool()

    def _follow_stage(self, stage: Stage) -> None:
        if stage is not Stage.LEVELS:
            self._masks.end()

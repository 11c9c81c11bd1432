"""Drag an end of a height line: one drag, one entry of the history."""

from typing import TYPE_CHECKING

from planner.anatomy.remeasure import with_height_end
from planner.geometry.points import distance_mm
from planner.gui.case_document import CaseDocument
from planner.gui.tools.tool import Pointer
from planner.gui.view_state import ViewState
from planner.gui.views.height_marks import moved_end
from planner.rendering.plan_picture import HeightHandle

if TYPE_CHECKING:
    from planner.anatomy.vertebra import VertebraModel

_GESTURE = "move-landmark"
_LEAST_MOVE_MM = 0.05
_SHORTEST_MM = 2.0


class MoveLandmark:
    """Moves the end that was taken hold of; the vertebra is measured by it when it is let go."""

    takes_handles = True

    def __init__(self, document: CaseDocument, state: ViewState) -> None:
        self._document, self._state = document, state
        self._held: tuple[HeightHandle, VertebraModel] | None = None

    def press(self, pointer: Pointer) -> bool:
        """Take hold of an end; elsewhere the press is another's."""
        case, handle = self._document.case, pointer.handle
        vertebra = (
            case.vertebra(handle.level) if case and isinstance(handle, HeightHandle) else None
        )
        if vertebra is None or not isinstance(handle, HeightHandle):
            return False
        self._held = (handle, vertebra)
        self._document.begin_gesture(_GESTURE)
        return True

    def move(self, pointer: Pointer) -> None:
        """Show the line as it would be."""
        if self._held is not None:
            handle, vertebra = self._held
            self._state.drag_heights(
                moved_end(
                    vertebra.heights,
                    handle.line,
                    is_superior=handle.is_superior,
                    lps_mm=pointer.lps_mm,
                )
            )

    def release(self, pointer: Pointer) -> None:
        """Keep it where it is; a line of nothing is not kept."""
        if self._held is None:
            return
        handle, vertebra = self._held
        self.cancel()
        if distance_mm(handle.lps_mm, pointer.lps_mm) < _LEAST_MOVE_MM:
            return
        moved = with_height_end(
            vertebra, handle.line, superior=handle.is_superior, lps_mm=pointer.lps_mm
        )
        if getattr(moved.heights, handle.line).height_mm >= _SHORTEST_MM:
            self._document.change_vertebra(moved, f"Move {handle.line} landmark")

    def cancel(self) -> None:
        """Put it back."""
        self._held = None
        self._state.drag_heights(None)
        self._document.end_gesture()

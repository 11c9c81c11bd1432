"""Edit an outline by hand: paint along a drag, cut along a line, grow or split from a click."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.editing.cut import cut_by_plane, plane_through, split_at_neck
from planner.editing.grow import GrowRange, grown
from planner.editing.part_labels import Part
from planner.geometry.measurement import MeasureKind
from planner.geometry.points import Triple, distance_mm
from planner.gui.editing.edit_settings import EditTool
from planner.gui.editing.mask_desk import MaskDesk
from planner.gui.tools.tool import Pointer, Tool
from planner.gui.view_state import Draft, ViewState

if TYPE_CHECKING:
    from planner.rendering.cameras import SlicePlane

_SHORTEST_LINE_MM = 2.0


class PaintOutline:
    """Paints or erases from press to release in a slice; Shift makes the one the other."""

    takes_handles = False

    def __init__(self, desk: MaskDesk) -> None:
        self._desk = desk
        self._last: Triple | None = None
        self._is_reversed = False

    def press(self, pointer: Pointer) -> bool:
        """Begin a stroke; in 3D the press is the view's."""
        if pointer.plane is None or not self._desk.begin_stroke():
            return False
        self._is_reversed = pointer.shift
        self._last = pointer.lps_mm
        self._paint(pointer)
        return True

    def move(self, pointer: Pointer) -> None:
        """Paint on to where the hand is."""
        self._paint(pointer)

    def release(self, pointer: Pointer) -> None:
        """Keep the stroke."""
        self._paint(pointer)
        self._last = None
        brush = self._desk.settings.brush(reversed_=self._is_reversed)
        verb = "Erase" if brush.erases else "Paint"
        self._desk.end_stroke(f"{verb} {brush.part.title}")

    def cancel(self) -> None:
        """Take the stroke back."""
        self._last = None
        self._desk.cancel_stroke()

    def _paint(self, pointer: Pointer) -> None:
        if self._last is None or pointer.plane is None:
            return
        brush = self._desk.settings.brush(reversed_=self._is_reversed)
        into = pointer.plane.into_screen_lps
        normal = (float(into[0]), float(into[1]), float(into[2]))
        self._desk.paint(brush, (self._last, pointer.lps_mm), normal)
        self._last = pointer.lps_mm


class CutOutline:
    """Cuts along a line that is dragged across the bone in a slice."""

    takes_handles = False

    def __init__(self, desk: MaskDesk, state: ViewState, becomes: Part, text: str) -> None:
        self._desk, self._state = desk, state
        self._becomes, self._text = becomes, text
        self._from: tuple[Triple, SlicePlane] | None = None

    def press(self, pointer: Pointer) -> bool:
        """Begin the line; in 3D the press is the view's."""
        if pointer.plane is None or self._desk.draft is None:
            return False
        self._from = (pointer.lps_mm, pointer.plane)
        return True

    def move(self, pointer: Pointer) -> None:
        """Show the line."""
        if self._from is not None:
            ends = (self._from[0], pointer.lps_mm)
            self._state.show_draft(Draft(MeasureKind.DISTANCE, ends))

    def release(self, pointer: Pointer) -> None:
        """Cut; a line as short as a click cuts nothing."""
        begun = self._from
        self.cancel()
        if begun is None or distance_mm(begun[0], pointer.lps_mm) < _SHORTEST_LINE_MM:
            return
        start, plane = begun
        cut = plane_through(start, pointer.lps_mm, plane.into_screen_lps)
        becomes = self._becomes
        self._desk.shape(self._text, lambda labels, _hu: cut_by_plane(labels, cut, becomes))

    def cancel(self) -> None:
        """Forget the line."""
        self._from = None
        self._state.show_draft(None)


class ClickOutline:
    """Changes the outline from one click in a slice."""

    takes_handles = False

    def __init__(self, click: Callable[[Triple], None]) -> None:
        self._click = click

    def press(self, pointer: Pointer) -> bool:
        """Take the click; in 3D the press is the view's."""
        if pointer.plane is None:
            return False
        self._click(pointer.lps_mm)
        return True

    def move(self, pointer: Pointer) -> None:
        """Do nothing: a click has no way."""
        del pointer

    def release(self, pointer: Pointer) -> None:
        """Do nothing: the click was all."""
        del pointer

    def cancel(self) -> None:
        """Do nothing: what was begun is a job."""


def outline_tool(desk: MaskDesk, state: ViewState) -> Tool:
    """Return what the left button does with the settings of now."""
    settings = desk.settings
    part = settings.part

    def grow(seed: Triple) -> None:
        limits = GrowRange(settings.hu_range)
        desk.shape(f"Grow {part.title}", lambda labels, hu: grown(labels, hu, part, seed, limits))

    def split(click: Triple) -> None:
        desk.shape("Split from neighbour", lambda labels, _hu: split_at_neck(labels, click))

    match settings.tool:
        case EditTool.PAINT | EditTool.ERASE:
            return PaintOutline(desk)
        case EditTool.GROW:
            return ClickOutline(grow)
        case EditTool.SPLIT_CLICK:
            return ClickOutline(split)
        case EditTool.CUT:
            return CutOutline(desk, state, Part.NOTHING, "Cut outline")
        case EditTool.SPLIT_LINE:
            return CutOutline(desk, state, Part.OTHER, "Split from neighbour")

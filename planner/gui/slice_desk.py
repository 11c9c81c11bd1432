"""What slices can be told to do, over a case or over images alone."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from planner.geometry.measurement import MeasureKind
from planner.gui.case_document import CaseDocument
from planner.gui.tools.measure import TakeMeasure
from planner.gui.view_state import ViewState
from planner.gui.views.cine import Cine
from planner.gui.views.view_grid import ViewGrid
from planner.imaging.slab import Slab, SlabMode
from planner.imaging.window_level import WindowLevel, full_range, window_on
from planner.planning.edits import remove_measurement

_SLAB_STEP_MM, _THINNEST_MM, _THICKEST_MM = 5.0, 5.0, 60.0
_HOW_TO = {
    MeasureKind.DISTANCE: "Drag from end to end in any slice",
    MeasureKind.ANGLE: "Click three points in one slice, the angle's corner second",
    MeasureKind.COBB: "Drag along the upper endplate, then along the lower one",
    MeasureKind.REGION: "Drag from corner to corner around the region",
    MeasureKind.HEIGHTS: "Drag down the front, the middle and the back of the body",
}


class SliceDesk(QObject):
    """Turns what is asked of slices into their state, and measurements into a document.

    Parameters
    ----------
    views
        The slices.
    state
        What they show.
    document
        Holds what is measured, with undo.
    tell
        Shows a sentence.
    use_tool
        Gives the left button back to what it does without a measurement.
    parent
        Owns the desk.
    """

    def __init__(
        self,
        views: ViewGrid,
        state: ViewState,
        document: CaseDocument,
        tell: Callable[[str], None],
        use_tool: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._views, self._state, self._document = views, state, document
        self._tell, self._use_tool = tell, use_tool
        self._is_measuring = False
        self.cine: Cine = Cine(self)

    def rest(self) -> None:
        """Stop what runs and forget what was begun."""
        self.cine.stop()
        self._is_measuring = False
        self._state.show_draft(None)
        self._state.select_measurement(None)

    def measure(self, kind: MeasureKind) -> None:
        """Let the next clicks in a slice measure."""
        self._state.show_draft(None)
        self._is_measuring = True
        self._views.set_tool(TakeMeasure(kind, self._document, self._state, self._end_measuring))
        self._tell(f"{_HOW_TO[kind]}. Escape leaves it.")

    def leave_measuring(self) -> bool:
        """Forget a measurement that was begun; return whether there was one."""
        was_measuring = self._is_measuring
        if was_measuring:
            self._state.show_draft(None)
            self._end_measuring()
        return was_measuring

    def _end_measuring(self) -> None:
        self._is_measuring = False
        self._use_tool()

    def delete_measurement(self) -> None:
        """Delete the measurement made or taken hold of last."""
        chosen = self._state.selected_measurement
        if chosen is None or self._document.plan.measurement(chosen) is None:
            self._tell("Take hold of a measurement first, then delete it.")
            return
        self._document.edit("Delete measurement", remove_measurement(self._document.plan, chosen))

    def undo(self) -> None:
        """Take back the last change."""
        self._document.undo()

    def redo(self) -> None:
        """Do the change again that was taken back."""
        self._document.redo()

    def show_window(self, window_level: WindowLevel | None) -> None:
        """Show other values as black and white; None shows them all."""
        volume = self._views.volume
        if volume is None:
            return
        shown = full_range(volume) if window_level is None else window_on(volume, window_level)
        self._state.set_window_level(shown)

    def change_slab(self, steps: int) -> None:
        """Make the slab thicker or thinner; a thin slice becomes one."""
        slab = self._state.slab
        mode = SlabMode.MAXIMUM if slab.is_thin else slab.mode
        thickness_mm = slab.thickness_mm + (0.0 if slab.is_thin else steps * _SLAB_STEP_MM)
        self._state.set_slab(Slab(mode, min(max(thickness_mm, _THINNEST_MM), _THICKEST_MM)))

    def next_slab(self) -> None:
        """Go on to the next kind of slab."""
        self._state.next_slab_mode()

    def fit(self) -> None:
        """Fit the vertebra into the views, then all of the images."""
        self._views.fit()

    def turn_back(self) -> None:
        """Put the slices back to the vertebra or the scanner."""
        self._state.turn_back()

    def play(self) -> None:
        """Play or stop the film of the slice that has the keys."""
        self.cine.toggle(self._views.slice_in_hand)

    def turn(self, steps: int) -> None:
        """Turn the slices a degree about the line of sight of the slice that has the keys."""
        self._views.slice_in_hand.turn(float(steps))

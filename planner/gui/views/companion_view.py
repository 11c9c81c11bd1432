"""The second of two series, scrolled, zoomed and panned together with the first."""

from PySide6.QtWidgets import QWidget

from planner.gui.view_state import ViewName, ViewState
from planner.gui.views.slice_view import SliceView
from planner.imaging.window_level import SPINE, WindowLevel
from planner.rendering.image_overlay import ImageOverlay


class CompanionView(SliceView):
    """The slice of the overlay's volume where the CT's slice is: read there, never resampled."""

    def __init__(self, name: ViewName, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(name, state, parent)
        self._show_companion(state.overlay)
        state.overlay_changed.connect(self._show_companion)

    @property
    def window_level(self) -> WindowLevel:
        """The companion's own: an MR has no Hounsfield units."""
        overlay = self.state.overlay
        return overlay.window_level if overlay else SPINE

    @property
    def title_words(self) -> str:
        """Which series this is and how it was aligned."""
        return self.state.overlay.label if self.state.overlay else ""

    @property
    def overlay(self) -> ImageOverlay | None:
        """Nothing: it is shown in full."""
        return None

    def change_window_level(self, window_level: WindowLevel) -> None:
        """Window the companion alone."""
        if self.state.overlay is not None:
            self.state.set_overlay(self.state.overlay.with_window(window_level))

    def _show_window_level(self, window_level: WindowLevel) -> None:
        """Leave the CT's window to the CT."""

    def _show_companion(self, overlay: ImageOverlay | None) -> None:
        if overlay is None:
            self.show_volume(None)
            return
        if overlay.volume is not self.volume:
            self.show_volume(overlay.volume)
        self.content.show_volume(overlay.volume, overlay.lps_from_overlay)
        self.content.show_window_level(overlay.window_level)

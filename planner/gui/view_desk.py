"""What the user does with the views alone: measure, turn, play, lay another series over."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject

from planner.assessment.findings import Severity
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress
from planner.geometry.measurement import MeasureKind
from planner.gui.overlay_desk import OverlayDesk
from planner.gui.tools.measure import TakeMeasure
from planner.gui.view_state import Layout, VolumeStyle
from planner.gui.views.cine import Cine
from planner.imaging.slab import Slab, SlabMode
from planner.imaging.window_level import WindowLevel, full_range
from planner.planning.edits import remove_measurement

if TYPE_CHECKING:
    from planner.anatomy.vertebra import VertebraModel
    from planner.dicom.scan_result import SeriesSummary
    from planner.gui.case_desk import CaseDesk
    from planner.gui.session import Session
    from planner.imaging.volume import Volume
    from planner.rendering.rendered_bone import RenderedBone

_RENDERING = "rendering"
_NUDGE_MM, _NUDGE_DEG = 0.5, 0.5
_SLAB_STEP_MM, _THINNEST_MM, _THICKEST_MM = 5.0, 5.0, 60.0
_HOW_TO = {
    MeasureKind.DISTANCE: "Drag from end to end in any slice",
    MeasureKind.ANGLE: "Click three points in one slice, the angle's corner second",
    MeasureKind.COBB: "Drag along the upper endplate, then along the lower one",
    MeasureKind.REGION: "Drag from corner to corner around the region",
    MeasureKind.HEIGHTS: "Drag down the front, the middle and the back of the body",
}


class ViewDesk(QObject):
    """Turns what is asked of the views into their state, and measurements into the plan."""

    def __init__(self, session: "Session", desk: "CaseDesk") -> None:
        super().__init__(desk)
        self._session, self._desk = session, desk
        self._document = desk.planning.document
        self._state = desk.view_state
        self._views = desk.workbench.views
        self._rendered_from: tuple[Volume, VertebraModel | None] | None = None
        self.cine: Cine = Cine(self)
        self.overlays: OverlayDesk = OverlayDesk(
            self._state, session.jobs, lambda: self._views.volume
        )
        bar = self._views.overlay_bar
        bar.register_pressed.connect(self.overlays.register)
        bar.reset_pressed.connect(self.overlays.reset)
        bar.close_pressed.connect(self.overlays.close)
        self.overlays.told.connect(self._tell)
        self.overlays.warned.connect(self._warn)
        session.companion_chosen.connect(self.lay_over)
        self._state.volume_style_changed.connect(self._render_bone)
        self._document.selection_changed.connect(self._render_bone)

    def lay_over(self, series: "SeriesSummary") -> None:
        """Lay a series of the open patient over the CT."""
        case = self._document.case
        if case is None:
            return
        try:
            self.overlays.load(series, case.study.patient)
        except PlannerError as problem:
            self._session.tell_problem(problem)

    def rest(self) -> None:
        """Stop what runs and take away what belongs to the case that is closed."""
        self.cine.stop()
        self.overlays.close()
        # Or the next case would begin with a picture of this one's patient.
        self._state.set_volume_style(VolumeStyle.SURFACES)
        self._state.show_draft(None)
        self._state.select_measurement(None)

    def measure(self, kind: MeasureKind) -> None:
        """Let the next clicks in a slice measure."""
        self._state.show_draft(None)
        self._views.set_tool(TakeMeasure(kind, self._document, self._state, self._desk.use_tool))
        self._tell(f"{_HOW_TO[kind]}. Escape leaves it.")

    def delete_measurement(self) -> None:
        """Delete the measurement made or taken hold of last."""
        chosen = self._state.selected_measurement
        if chosen is None or self._document.plan.measurement(chosen) is None:
            self._tell("Take hold of a measurement first, then delete it.")
            return
        self._document.edit("Delete measurement", remove_measurement(self._document.plan, chosen))

    def show_window(self, window_level: WindowLevel | None) -> None:
        """Show other values as black and white; None shows them all."""
        volume = self._views.volume
        if window_level is None and volume is not None:
            window_level = full_range(volume)
        if window_level is not None:
            self._state.set_window_level(window_level)

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

    def compare(self) -> None:
        """Show both series beside each other, or one over the other."""
        if self._state.overlay is None:
            self._tell("Choose a second series in the study browser first.")
            return
        is_beside = self._state.layout is Layout.COMPARE
        self._state.set_maximised(None)
        self._state.set_layout(Layout.FOUR_UP if is_beside else Layout.COMPARE)

    def nudge_overlay(self, right: float, down: float) -> None:
        """Move the overlay half a millimetre along the slice that has the keys."""
        plane = self._views.slice_in_hand.content.plane
        shift = right * np.asarray(plane.right_lps) + down * np.asarray(plane.down_lps)
        self.overlays.nudge(_NUDGE_MM * shift)

    def turn_overlay(self, steps: float) -> None:
        """Turn the overlay half a degree, clockwise in the slice that has the keys."""
        plane = self._views.slice_in_hand.content.plane
        self.overlays.turn(plane.into_screen_lps, _NUDGE_DEG * steps)

    def toggle_overlay(self) -> None:
        """Show the CT alone, or both in full."""
        if self._state.overlay is not None:
            share = 0.0 if self._state.overlay.share > 0.0 else 0.5
            self._state.set_overlay(self._state.overlay.with_share(share))

    def toggle_volume_style(self) -> None:
        """Show the surfaces of the vertebrae in 3D, or the images themselves."""
        is_rendered = self._state.volume_style is VolumeStyle.RENDERED
        style = VolumeStyle.SURFACES if is_rendered else VolumeStyle.RENDERED
        self._state.set_volume_style(style)

    def _render_bone(self, *_changed: object) -> None:
        """Cut the box that the 3D view casts rays through, about the level or the crosshair."""
        volume = self._views.volume
        if self._state.volume_style is VolumeStyle.SURFACES or volume is None:
            self._views.show_rendered(None)
            self._rendered_from = None
            return
        case, level = self._document.case, self._document.selection.level
        vertebra = case.vertebra(level) if case and level else None
        if self._rendered_from == (volume, vertebra):
            return
        self._rendered_from = (volume, vertebra)
        centre = vertebra.centre_lps_mm if vertebra else self._state.crosshair_lps_mm

        def work(progress: Progress) -> "RenderedBone":
            from planner.rendering.rendered_bone import rendered_bone

            return rendered_bone(volume, centre, progress)

        def done(bone: "RenderedBone") -> None:
            if self._rendered_from == (volume, vertebra) and self._views.volume is volume:
                self._views.show_rendered(bone)
                if vertebra is None:
                    self._views.look_at_in_3d(centre)

        self._session.jobs.start("Preparing the 3D view", work, done, key=_RENDERING)

    def _tell(self, sentence: str) -> None:
        self._session.tell(sentence, Severity.NOTE)

    def _warn(self, sentence: str) -> None:
        self._session.tell(sentence, Severity.CAUTION)

"""What the user does with the views of a case: as of slices, and another series, and 3D."""

from typing import TYPE_CHECKING

import numpy as np

from planner.assessment.findings import Severity
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress
from planner.gui.overlay_desk import OverlayDesk
from planner.gui.slice_desk import SliceDesk
from planner.gui.view_state import Layout, VolumeStyle

if TYPE_CHECKING:
    from planner.anatomy.vertebra import VertebraModel
    from planner.dicom.scan_result import SeriesSummary
    from planner.gui.case_desk import CaseDesk
    from planner.gui.session import Session
    from planner.imaging.volume import Volume
    from planner.rendering.rendered_bone import RenderedBone

_RENDERING = "rendering"
_NUDGE_MM, _NUDGE_DEG = 0.5, 0.5


class ViewDesk(SliceDesk):
    """As of slices, and of the second series and the 3D view of the open case."""

    def __init__(self, session: "Session", desk: "CaseDesk") -> None:
        def tell(sentence: str) -> None:
            session.tell(sentence, Severity.NOTE)

        views, state = desk.workbench.views, desk.view_state
        super().__init__(views, state, desk.planning.document, tell, desk.use_tool, desk)
        self._session = session
        self._rendered_from: tuple[Volume, VertebraModel | None] | None = None
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
        super().rest()
        self.overlays.close()
        # Or the next case would begin with a picture of this one's patient.
        self._state.set_volume_style(VolumeStyle.SURFACES)

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

    def _warn(self, sentence: str) -> None:
        self._session.tell(sentence, Severity.CAUTION)

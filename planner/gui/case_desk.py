"""The joints between an open case and the window: panels, views, tools, status."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from planner.assessment.findings import Severity
from planner.foundation.progress import Progress
from planner.geometry.points import Triple
from planner.geometry.transforms import RigidTransform
from planner.gui.case_document import Selection
from planner.gui.desk_parts import DeskParts
from planner.gui.editing.outline_editing import OutlineEditing
from planner.gui.fluoroscopy.rehearsing import Rehearsing
from planner.gui.opening import Opened
from planner.gui.out_of_sight import is_out_of_sight
from planner.gui.stages import Stage
from planner.gui.tools.first_taker import FirstTaker
from planner.gui.tools.measure import MoveMeasure
from planner.gui.tools.move_landmark import MoveLandmark
from planner.gui.tools.move_needle import MoveNeedle
from planner.gui.tools.pick_level import PickLevel
from planner.gui.tools.place_needle import PlaceNeedle
from planner.gui.view_desk import ViewDesk
from planner.gui.view_state import ViewName
from planner.gui.views.slice_planes import depth_along_mm
from planner.imaging.window_level import WindowLevel
from planner.planning.corridor_search import warm_up_search
from planner.planning.plan import Plan
from planner.rendering.plan_picture import NeedleEnd
from planner.storage.radiograph_notes import RADIOGRAPHS

if TYPE_CHECKING:
    from planner.gui.session import Session


_WARM_UP_AFTER_MS = 400
"""The first pictures of a case come on screen before."""


class CaseDesk(QObject):
    """Connects what the user does on the workbench with what the planning desk can do."""

    def __init__(self, session: "Session", parts: DeskParts) -> None:
        super().__init__(session)
        self._session = session
        self._window = session.window
        self.planning = parts.planning
        self.run = parts.run
        self._run_page = run_page = parts.run_page
        self.workbench = parts.workbench
        self.view_state = parts.workbench.view_state
        self.rehearsing = Rehearsing(self.run, self.planning, self.workbench.rehearse)
        self._looked_at: object = None
        self._warm_up_timer = QTimer(self)
        self._warm_up_timer.setSingleShot(True)
        self._warm_up_timer.timeout.connect(self._prepare_search)
        self.viewing = ViewDesk(session, self)
        self.outline = OutlineEditing(self)
        self._connect_panels()
        self._connect_views()
        self.workbench.stage_changed.connect(self._rehearse)
        self.run.refused.connect(session.tell_problem)
        self.rehearsing.refused.connect(session.tell_problem)
        self.rehearsing.told.connect(lambda text: session.tell(text, Severity.NOTE))
        run_page.told.connect(lambda text: session.tell(text, Severity.NOTE))
        self.planning.changed.connect(self.refresh)
        self.planning.told.connect(session.tell)
        self.planning.document.saved.connect(self._window.status_line.show_saved)
        if parts.is_software_rendered:
            self._window.status_line.rendering.setText("software rendering")
        self.planning.document.plan_changed.connect(self._forget_notice)
        self.planning.document.selection_changed.connect(self._look_at_selected)
        session.radiograph_book.changed.connect(self._keep_shown)

    def open(self, opened: Opened) -> None:
        """Show a case; the former one is complete on the disk, what was shown of it too."""
        self._looked_at = None
        if self.planning.document.case is not None:
            self._keep_shown()
        self.viewing.rest()
        self.planning.masks.end()
        self.planning.open(opened)
        self.workbench.views.show_volume(opened.study.volume)
        state = self.planning.state()
        if opened.case.view_state:
            self._looked_at = state.vertebra
            self.view_state.restore(opened.case.view_state)
        elif state.vertebra is None:
            # The former case may have turned the slices to one of its vertebrae.
            self.view_state.set_slice_frame(RigidTransform.identity())
            self.view_state.set_crosshair(
                self.planning.levels.first_place or opened.study.volume.geometry.centre_lps_mm
            )
        self._session.radiograph_book.restore(opened.case.view_state.get(RADIOGRAPHS))
        self.refresh()
        self._look_at_selected(state.selection)
        self.workbench.go_to(Stage.APPROACH if state.has_needles else Stage.STUDY)
        self.planning.levels.suggest_at(self.view_state.crosshair_lps_mm)
        self.workbench.show_labels(is_masked=self.view_state.identity_masked)
        self._warm_up_timer.start(_WARM_UP_AFTER_MS)

    def _prepare_search(self) -> None:
        self._session.jobs.start("Preparing the search", _warm_up, lambda _done: None)

    def close(self) -> None:
        """Keep what is shown and let go of the case."""
        self._warm_up_timer.stop()
        self.workbench.views.cancel_gesture()
        self.planning.masks.end()
        self.viewing.rest()
        if self.planning.document.case is not None:
            self._keep_shown()
        self.rehearsing.close()
        self.planning.close()
        self._session.radiograph_book.restore(())

    def shut_down(self) -> None:
        """Let go of the case and of the views' buffers."""
        self.close()
        self.outline.shut_down()
        self.workbench.views.shut_down()
        self._run_page.shut_down()

    def _keep_shown(self) -> None:
        """Keep what is shown, and what was measured in radiographs of the patient."""
        measured = self._session.radiograph_book.as_json()
        case = self.planning.document.case
        if case is not None and case.view_state.get(RADIOGRAPHS, []) != measured:
            self.planning.exporting.forget()
        self.planning.document.keep_view_state(self.view_state.as_json() | {RADIOGRAPHS: measured})

    def refresh(self) -> None:
        """Show everything as it is now."""
        state = self.planning.state()
        self.workbench.show_state(state)
        self._show_profile()
        self._window.show_state(state, is_masked=self.view_state.identity_masked)

    def place_next(self, end: NeedleEnd) -> None:
        """Let the next click in a view set an end of the active needle."""
        self.workbench.views.set_tool(PlaceNeedle(end, self._place))
        what = "skin entry" if end is NeedleEnd.ENTRY else "target"
        self._session.tell(f"Click the {what} in any slice. Escape leaves it.", Severity.NOTE)

    def use_tool(self) -> None:
        """Give the left button back to what the stage does with it."""
        self.use_stage_tool()
        self._window.notice.hide()

    def cancel_gesture(self) -> None:
        """Take the running drag back, or stop waiting for a click."""
        self.workbench.views.cancel_gesture()
        self.use_stage_tool()
        self._window.notice.hide()

    def look_again(self) -> None:
        """Turn the slices as preferred, where they are."""
        vertebra = self.planning.state().vertebra
        self.workbench.look_at(vertebra, aligned=self._session.preferences.are_planes_aligned)

    def toggle_measuring_view(self) -> None:
        """Show the mid-sagittal slice of the level alone, or all views again."""
        vertebra = self.planning.state().vertebra
        if self.view_state.maximised is ViewName.SAGITTAL or vertebra is None:
            self.view_state.set_maximised(None)
            if vertebra is not None:
                self.workbench.views.focus_on_level(vertebra.level)
            return
        self.workbench.go_to(Stage.LEVELS)
        self.workbench.look_at(vertebra, aligned=True)
        self.view_state.set_maximised(ViewName.SAGITTAL)
        self.workbench.views.look_closely(ViewName.SAGITTAL, vertebra.centre_lps_mm)

    def toggle_name(self) -> None:
        """Hide or show who the patient is."""
        self.view_state.set_identity_masked(masked=not self.view_state.identity_masked)

    def run_export(
        self, writer_ids: tuple[str, ...], folder: Path, *, may_replace: bool = False
    ) -> None:
        """Write the plan with some writers."""
        is_deidentified = self.workbench.hand_over.deidentify.isChecked()
        self.planning.exporting.write(
            writer_ids, folder, deidentify=is_deidentified, may_replace=may_replace
        )

    def _forget_notice(self, _before: Plan, _after: Plan) -> None:
        """Take away what was said of a plan that is no longer there."""
        self._window.notice.hide()

    def _connect_panels(self) -> None:
        bench, desk, document = self.workbench, self.planning, self.planning.document
        bench.stage_changed.connect(self.use_stage_tool)
        self._connect_levels()
        bench.stage_changed.connect(lambda _stage: self._show_profile())
        bench.approach.procedure_chosen.connect(desk.needles.set_procedure)
        bench.approach.approach_chosen.connect(desk.needles.set_approach)
        bench.approach.model_chosen.connect(desk.needles.set_model)
        bench.approach.propose_pressed.connect(desk.needles.propose)
        bench.approach.proposal_chosen.connect(desk.needles.take)
        bench.approach.side_activated.connect(
            lambda side: document.select(document.selection.level, side)
        )
        self._connect_variants()
        self._connect_hands()
        self._connect_devices()
        self._connect_filling()

    def _connect_variants(self) -> None:
        bar, variants = self.workbench.approach.variants, self.planning.variants
        bar.keep_pressed.connect(variants.keep)
        bar.letter_chosen.connect(variants.switch)
        bar.renamed.connect(variants.rename)
        bar.delete_pressed.connect(variants.delete)

    def _connect_devices(self) -> None:
        bench, desk = self.workbench, self.planning
        for card in bench.balloon.cards.values():
            card.add_pressed.connect(desk.devices.add_balloon)
            card.remove_pressed.connect(desk.devices.remove_balloon)
            card.model_chosen.connect(desk.devices.choose_balloon)
            card.depth_changed.connect(desk.devices.slide_balloon)
            card.volume_changed.connect(desk.devices.inflate_balloon)
            card.drag_began.connect(desk.devices.begin_drag)
            card.drag_ended.connect(desk.devices.end_drag)
            card.gauge_read.connect(desk.devices.read_gauge)
            card.limits_entered.connect(desk.devices.enter_limits)
        bench.balloon.heights.healed_changed.connect(
            lambda healed: desk.devices.set_healed(is_healed=healed)
        )
        for findings in bench.findings.values():
            findings.accepted.connect(desk.devices.accept)
            findings.withdrawn.connect(desk.devices.withdraw)
        bench.cement.add_pressed.connect(desk.devices.add_cement)
        bench.cement.remove_pressed.connect(desk.devices.remove_cement)
        bench.cement.model_chosen.connect(desk.devices.choose_cement)
        bench.cement.slider.volume_changed.connect(desk.devices.set_cement_volume)
        bench.cement.slider.drag_began.connect(desk.devices.begin_drag)
        bench.cement.slider.drag_ended.connect(desk.devices.end_drag)

    def _connect_filling(self) -> None:
        panel, filling = self.workbench.cement, self.planning.filling
        panel.fill.replay_pressed.connect(filling.replay)
        panel.fill.run_pressed.connect(filling.run)
        panel.fill.cancel_pressed.connect(filling.cancel)
        panel.fill.shares_chosen.connect(lambda shown: filling.show_shares(shown=shown))
        panel.fill.leak_chosen.connect(self._show_leak)
        panel.choices.keep_pressed.connect(filling.keep_for_comparison)
        panel.choices.forget_pressed.connect(filling.forget_compared)
        panel.choices.seek_pressed.connect(filling.seek_advice)
        panel.choices.cancel_pressed.connect(filling.cancel)
        panel.choices.move_taken.connect(filling.take_move)
        panel.choices.volume_taken.connect(filling.take_volume)
        panel.volumes.injector_entered.connect(self.planning.devices.set_injector)
        panel.volumes.dead_volume_entered.connect(self.planning.devices.enter_dead_volume)
        panel.clock.phases_entered.connect(self.planning.devices.set_phases)
        panel.clock.problem_found.connect(self._session.tell_problem)
        panel.clock.alarmed.connect(lambda text: self._session.tell(text, Severity.CAUTION))
        self.workbench.stage_changed.connect(
            lambda stage: filling.want(is_wanted=stage is Stage.CEMENT)
        )

    def _show_leak(self, number: int) -> None:
        fill = self.planning.filling.state()
        if number < len(fill.leaks):
            self.planning.filling.choose_leak(number)
            self.view_state.set_crosshair(fill.place_of(number))

    def _connect_levels(self) -> None:
        bench, desk, document = self.workbench, self.planning, self.planning.document
        bench.board.level_chosen.connect(document.select)
        bench.levels.bone_card.place_pressed.connect(self.view_state.set_crosshair)
        bench.levels.heights_card.view_pressed.connect(self.toggle_measuring_view)
        bench.levels.heights_card.again_pressed.connect(desk.levels.find_landmarks)
        # What is drawn on an outline is kept before its level goes or is called otherwise.
        for signal in (bench.levels.remove_pressed, bench.levels.rename_chosen):
            signal.connect(desk.masks.end)
        bench.levels.find_all_pressed.connect(desk.masks.end)
        bench.levels.remove_pressed.connect(document.remove_vertebra)
        bench.levels.rename_chosen.connect(desk.levels.rename)
        bench.levels.find_all_pressed.connect(desk.segmenting.find_all)
        bench.levels.name_chosen.connect(desk.levels.choose_name)
        desk.levels.suggested.connect(bench.levels.show_suggestion)

    def _connect_hands(self) -> None:
        approach, steering = self.workbench.approach, self.planning.steering
        hands = approach.hands
        hands.transverse_typed.connect(steering.set_transverse)
        hands.sagittal_typed.connect(steering.set_sagittal)
        hands.pushed.connect(steering.push)
        hands.held_chosen.connect(steering.hold)
        hands.mirror_pressed.connect(steering.mirror)
        approach.plots.depth_chosen.connect(self._slide_along)
        self.view_state.crosshair_changed.connect(lambda _lps_mm: self._show_profile())
        steering.held_changed.connect(lambda: hands.show_held(steering.held))
        hands.show_held(steering.held)

    def _connect_views(self) -> None:
        self.workbench.views.hovered.connect(self._show_hovered)
        self.view_state.window_level_changed.connect(self._show_window_level)
        self.view_state.identity_masked_changed.connect(self._show_masked)
        self._show_window_level(self.view_state.window_level)
        self.use_stage_tool()

    def use_stage_tool(self, *_stage: object) -> None:
        """Let the left button do what the stage, or the editing of an outline, does with it."""
        self.view_state.show_draft(None)
        self._keep_shown()
        self.planning.detailing.want(wanted=self.workbench.stage is Stage.LEVELS)
        editing = self.outline.tool()
        is_measuring = self.workbench.stage is Stage.LEVELS and editing is None
        self.view_state.show_landmarks(shown=is_measuring)
        if editing is not None:
            self.workbench.views.set_tool(editing)
            return
        move = MoveNeedle(
            self.planning.document,
            self.planning.keeper.on_skin,
            self.planning.needles.snapped,
            lambda: self.planning.steering.held,
        )
        measures = MoveMeasure(self.planning.document, self.view_state)
        picking = (PickLevel(self._pick),) if self.workbench.stage is Stage.LEVELS else ()
        landmarks = MoveLandmark(self.planning.document, self.view_state)
        self.workbench.views.set_tool(FirstTaker(move, measures, landmarks, *picking))

    def _rehearse(self, stage: Stage) -> None:
        if stage is Stage.REHEARSE:
            self.rehearsing.begin()
            self.workbench.run_page.setFocus()

    def _pick(self, lps_mm: Triple) -> None:
        self.view_state.set_crosshair(lps_mm)
        self.planning.levels.find_at(lps_mm)

    def _place(self, end: NeedleEnd, lps_mm: Triple) -> None:
        self._window.notice.hide()
        self.use_stage_tool()
        self.planning.needles.place(end, lps_mm)

    def _show_profile(self) -> None:
        """Show what the active needle passes; nothing of a needle that is not judged yet."""
        if self.workbench.stage is not Stage.APPROACH:
            return
        plots = self.workbench.approach.plots
        is_dragged = self.planning.document.is_gesture_running
        if is_dragged and is_out_of_sight(plots):
            plots.show_updating()
            return
        profile = self.planning.profile()
        at_mm = 0.0
        if profile is not None:
            at_mm = depth_along_mm(profile.needle.path, self.view_state.crosshair_lps_mm)
        plots.show_profile(profile, at_mm)

    def _slide_along(self, from_entry_mm: float) -> None:
        profile = self.planning.profile()
        if profile is not None:
            self.view_state.set_crosshair(profile.needle.path.point_at(from_entry_mm))

    def _look_at_selected(self, _selection: Selection) -> None:
        vertebra = self.planning.state().vertebra
        if vertebra is not None and vertebra is not self._looked_at:
            self._looked_at = vertebra
            self.look_again()

    def _show_hovered(self, hovered: tuple[Triple, float | None] | None) -> None:
        lps_mm, hu = hovered or (None, None)
        self._window.status_line.show_hovered(lps_mm, hu)
        if lps_mm is not None and self.workbench.stage is Stage.LEVELS:
            self.planning.levels.suggest_at(lps_mm)

    def _show_window_level(self, shown: WindowLevel) -> None:
        self._window.status_line.window_level.setText(
            f"W {shown.width_hu:.0f}  L {shown.level_hu:.0f}"
        )

    def _show_masked(self, is_masked: bool) -> None:  # noqa: FBT001  the signal gives one value
        self.workbench.show_labels(is_masked=is_masked)
        self.refresh()


def _warm_up(progress: Progress) -> None:
    progress(0.0)
    warm_up_search()

"""The page a case is worked on: stages left, views in the middle, the stage's panel right."""

from collections.abc import Generator
from typing import Self, TypeVar

import attrs
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Finding
from planner.geometry.transforms import RigidTransform
from planner.gui.desk_state import DeskState
from planner.gui.finding_places import place_of
from planner.gui.fluoroscopy.run_page import RunPage
from planner.gui.height_outlook import ghost_of
from planner.gui.levels.levels_board import LevelsBoard
from planner.gui.out_of_sight import is_out_of_sight
from planner.gui.page_frame import lay_out_page
from planner.gui.panels.approach_panel import ApproachPanel
from planner.gui.panels.balloon_panel import BalloonPanel
from planner.gui.panels.cement_panel import CementPanel
from planner.gui.panels.findings_list import FindingsList, FindingsSummary
from planner.gui.panels.hand_over_panel import HandOverPanel
from planner.gui.panels.levels_panel import LevelsPanel
from planner.gui.panels.rehearse_panel import RehearsePanel
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.panels.study_panel import StudyPanel
from planner.gui.panels.wording import date_words
from planner.gui.stages import Stage, blocked_reason, next_stage
from planner.gui.stepper import Stepper
from planner.gui.theme import Palette
from planner.gui.top_bar import MASKED_NAME
from planner.gui.view_state import NeedleView, ViewState
from planner.gui.views.view_grid import ViewGrid
from planner.rendering.picture_of_plan import plan_picture_of

PanelT = TypeVar("PanelT", bound=StagePanel)

_WITH_FINDINGS = (Stage.APPROACH, Stage.BALLOON, Stage.CEMENT)


class Workbench(QWidget):
    """Shows the desk's state in panels and views."""

    stage_changed = Signal(object)

    study: StudyPanel
    levels: LevelsPanel
    approach: ApproachPanel
    balloon: BalloonPanel
    cement: CementPanel
    rehearse: RehearsePanel
    hand_over: HandOverPanel
    views: ViewGrid

    def __init__(
        self, palette: Palette, view_state: ViewState, run_page: RunPage, parent: QWidget
    ) -> None:
        """Lay out the page; only `in_steps` puts in what it is for."""
        super().__init__(parent)
        self.hide()
        self.view_state = view_state
        self.run_page = run_page
        self.stage = Stage.STUDY
        self.panels: dict[Stage, StagePanel] = {}
        self.findings = {stage: FindingsList(palette) for stage in _WITH_FINDINGS}
        self.summaries = {stage: FindingsSummary(palette) for stage in _WITH_FINDINGS}
        self.stepper = Stepper(palette)
        self.stepper.stage_chosen.connect(self.go_to)
        self.board = LevelsBoard(palette)
        self._state = DeskState()
        self._drawn: tuple[object, ...] = ()
        self._modelled: tuple[object, ...] = ()
        # Filled once they are in their place: each new parent has all below it take on the
        # style again.
        self._centre, self._stack = QStackedWidget(self), QStackedWidget(self)
        lay_out_page(self, self.stepper, _above(self._centre, self.board), self._stack)

    @classmethod
    def in_steps(
        cls, palette: Palette, view_state: ViewState, run_page: RunPage, parent: QWidget
    ) -> Generator[None, None, Self]:
        """Build a workbench, piece by piece; it is whole when it is returned."""
        bench = cls(palette, view_state, run_page, parent)
        yield
        bench.views = ViewGrid(view_state, bench)
        yield
        bench._centre.addWidget(bench.views)
        bench._centre.addWidget(run_page)
        yield
        yield from bench.views.prepare_in_steps()
        yield from bench._add_panels(palette)
        return bench

    def _add_panels(self, palette: Palette) -> Generator[None, None, None]:
        self.study = self._add(Stage.STUDY, StudyPanel(palette))
        yield
        self.levels = self._add(Stage.LEVELS, LevelsPanel(palette))
        yield
        self.approach = self._add(Stage.APPROACH, ApproachPanel(palette))
        yield
        self.balloon = self._add(Stage.BALLOON, BalloonPanel(palette))
        yield
        self.cement = self._add(Stage.CEMENT, CementPanel(palette))
        yield
        self.rehearse = self._add(Stage.REHEARSE, RehearsePanel(palette))
        self.hand_over = self._add(Stage.HAND_OVER, HandOverPanel(palette))

    def _add(self, stage: Stage, panel: PanelT) -> PanelT:
        self.panels[stage] = panel
        self._stack.addWidget(panel)
        if stage is not Stage.HAND_OVER:
            panel.primary_pressed.connect(self._go_on)
        if stage in self.findings:
            panel.add_findings(self.findings[stage], self.summaries[stage])
            self.findings[stage].chosen.connect(self._show_place)
            self.findings[stage].folded.connect(panel.fit)
        return panel

    def go_to(self, stage: Stage) -> None:
        """Show a stage if it can be entered."""
        if blocked_reason(stage, self._state) is not None:
            return
        self.stage = stage
        self._stack.setCurrentWidget(self.panels[stage])
        self.show_state(self._state)
        self.stage_changed.emit(stage)

    def show_state(self, state: DeskState) -> None:
        """Show the desk: the stepper, the panel on top, the plan in the views."""
        self._state = state
        if state.case is None:
            return
        if blocked_reason(self.stage, state) is not None:
            self.stage = Stage.LEVELS if self.stage is not Stage.STUDY else Stage.STUDY
            self._stack.setCurrentWidget(self.panels[self.stage])
            self.stage_changed.emit(self.stage)
        self.stepper.show_state(state, self.stage)
        is_rehearsing = self.stage is Stage.REHEARSE
        self._centre.setCurrentWidget(self.run_page if is_rehearsing else self.views)
        panel = self.panels[self.stage]
        if self.stage is not Stage.HAND_OVER:
            coming = next_stage(self.stage, state)
            panel.show_next(
                f"Next: {coming.title.lower()}" if coming else "Next",
                enabled=coming is not None,
                tip="" if coming else _what_is_missing(self.stage, state),
            )
        panel.show_state(state)
        self._show_board(state)
        if self.stage in self.findings:
            findings = self.findings[self.stage]
            is_unseen = state.is_gesture_running and is_out_of_sight(findings)
            # What is not made anew at each step of a drag says so.
            findings.show_state(attrs.evolve(state, assessment=None) if is_unseen else state)
            self.summaries[self.stage].show_state(state)
        if not state.is_gesture_running:
            panel.fit()
        self._draw(state)

    def _show_board(self, state: DeskState) -> None:
        if self.stage is Stage.LEVELS:
            self.board.unfold_where_there_is_room(self.window().height())
            self.board.show_state(state)
        else:
            self.board.hide()

    def show_labels(self, *, is_masked: bool) -> None:
        """Write whose images these are into the views, or that the name is hidden."""
        if self._state.case is not None:
            study = self._state.case.study
            name = MASKED_NAME if is_masked else study.patient.written_name
            parts = (name, date_words(study.study_date))
            self.views.set_labels("  ".join(part for part in parts if part))

    def look_at(self, vertebra: VertebraModel | None, *, aligned: bool) -> None:
        """Move the crosshair into a vertebra and turn the slices to it or to the scanner."""
        frame = RigidTransform.identity()
        if vertebra is not None:
            self.view_state.set_crosshair(vertebra.centre_lps_mm)
            frame = vertebra.lps_from_vertebra if aligned else frame
        self.view_state.set_slice_frame(frame)

    def follow_needle(self) -> None:
        """Go on to the next way in which slices follow the needle."""
        ways = tuple(NeedleView)
        place = ways.index(self.view_state.needle_view) + 1
        self.view_state.set_needle_view(ways[place % len(ways)])

    def _go_on(self) -> None:
        coming = next_stage(self.stage, self._state)
        if coming is not None:
            self.go_to(coming)

    def _show_place(self, finding: Finding) -> None:
        place = place_of(finding, self._state)
        if place is not None:
            self.view_state.set_crosshair(place)

    def _draw(self, state: DeskState) -> None:
        if state.case is None or state.catalog is None:
            return
        fill = state.fill
        drawn = (state.case, state.assessment, state.selection)
        heights = state.heights if self.stage is Stage.BALLOON else None
        # While an outline is edited, what was found on the former one is not its.
        is_measured = self.stage is Stage.LEVELS and state.edit.level is None
        details = state.details if is_measured else None
        modelled = (fill.picture, fill.route, heights, details)
        is_drawn = bool(self._drawn) and all(
            old is new for old, new in zip(self._drawn, drawn, strict=True)
        )
        if is_drawn and modelled == self._modelled:
            return
        self._modelled = modelled
        self._drawn = drawn
        self.view_state.set_active(state.selection.level, state.side)
        picture = plan_picture_of(
            state.plan,
            state.assessment,
            state.case.vertebrae,
            state.catalog,
            state.selection.level,
            state.side,
        )
        active = next(iter(picture.in_focus), None) if picture.active_level else None
        ghost = ghost_of(heights, active)
        picture = attrs.evolve(
            picture,
            # Balloons are out again when cement goes in; what they left is filled first.
            balloons=() if fill.picture else picture.balloons,
            cement=fill.picture,
            route=fill.route,
            ghost=ghost,
        )
        if details is not None:
            picture = attrs.evolve(
                picture, defects=details.defect_surface, gas=details.cleft_surface
            )
        self.views.show_plan(picture)


def _above(centre: QWidget, board: QWidget) -> QWidget:
    """Return both as one, the first with what room there is."""
    middle = QWidget()
    column = QVBoxLayout(middle)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(centre, 1)
    column.addWidget(board)
    return middle


def _what_is_missing(stage: Stage, state: DeskState) -> str:
    return blocked_reason(Stage(stage + 1), state) or "" if stage < Stage.HAND_OVER else ""

"""A rehearsal at the window: the arm, the clock, the run so far and its two pictures."""

from collections.abc import Callable

import attrs
import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, Signal

from planner.anatomy.levels import Side
from planner.foundation.errors import PlannerError, PlanProblem
from planner.foundation.progress import Progress
from planner.geometry.points import Triple, as_triple
from planner.gui.fluoroscopy.screen_settings import ScreenSettings
from planner.gui.jobs import JobRunner
from planner.rehearsal.events import Event, LayPointer, MoveArm, Panel, PlaceNeedle, TakeShot
from planner.rehearsal.run_file import RecordedRun
from planner.rehearsal.run_in_beam import scene_of
from planner.rehearsal.run_state import RunState, Shot
from planner.rehearsal.scoring import Score, score_run
from planner.rehearsal.session import after, begin
from planner.rehearsal.stage import RehearsalStage
from planner.rehearsal.training_mode import TrainingMode
from planner.simulation.attenuating_bodies import Block
from planner.simulation.attenuation import AttenuationVolume, prepare
from planner.simulation.c_arm import CArmPose, XrayView, magnified, mobile_c_arm, view_of
from planner.simulation.c_arm_limits import pose_problems, within_reach
from planner.simulation.detector import DetectorSettings, GreyImage
from planner.simulation.shot import take_shot, warm_up
from planner.simulation.xray import quality_within

_HELD_PIXELS, _LIVE_PIXELS = 512, 256
_HELD_BUDGET_S, _LIVE_BUDGET_S = 0.5, 0.02
"""A picture that is held may take this long: the trainee sees the last one meanwhile."""
_PREPARING, _SHOOTING, _MARKING = "prepare-xray", "xray", "mark-run"
_REDRAWING = "redraw-xray"
_WHEELED_IN_LPS_MM = (8.0, 0.0, -30.0)
"""From the level to where the arm first stands: the level is for the trainee to find."""
_START_DEG = {Panel.AP: (8.0, -6.0), Panel.LATERAL: (84.0, 5.0)}
"""Orbital and angular: near the true views, which are for the trainee to find."""


@attrs.frozen(eq=False)
class HeldPicture:
    """The last picture of a screen and where the arm stood."""

    picture: GreyImage
    view: XrayView
    pose: CArmPose
    number: int
    """Of the shot, from 1."""
    is_live: bool = False


class RunDesk(QObject):
    """Owns the run and says when anything of it changes."""

    changed = Signal()
    refused = Signal(object)
    """A `PlannerError` that says why an action is not possible."""

    def __init__(self, jobs: JobRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._clock = QElapsedTimer()
        self._patient: AttenuationVolume | None = None
        self._history: list[int] = []
        self._score: Score | None = None
        self._frame = 0
        self._scored: RunState | None = None
        self.stage: RehearsalStage | None = None
        self.state: RunState | None = None
        self.events: tuple[Event, ...] = ()
        self.poses: dict[Panel, CArmPose] = {}
        self.held: dict[Panel, HeldPicture] = {}
        self.panel = Panel.AP
        self.side = Side.LEFT
        self.mode = TrainingMode.FREE
        self._kept: dict[Panel, CArmPose] = {}
        self.settings: dict[Panel, ScreenSettings] = {p: ScreenSettings() for p in Panel}
        self.references: dict[Panel, HeldPicture] = {}
        """The picture of each screen that was kept to compare with."""
        self.pointer_lps_mm: Triple | None = None
        """Where the metal pointer is; a run keeps where pictures showed it."""
        self.look = DetectorSettings()
        """What detector and display add to every picture."""
        self.struck: CArmPose | None = None
        """Where the arm was last asked to go and would have struck the table."""

    @property
    def is_ready(self) -> bool:
        """Whether pictures can be taken."""
        return self._patient is not None and self.state is not None

    @property
    def shown(self) -> dict[Panel, HeldPicture]:
        """The picture on show on each screen: the last one, or the one kept to compare with."""
        return {panel: held for panel in Panel if (held := self._on_show(panel)) is not None}

    def _on_show(self, panel: Panel) -> HeldPicture | None:
        is_reference = self.settings[panel].is_reference_shown
        return (self.references if is_reference else self.held).get(panel)

    @property
    def score(self) -> Score | None:
        """The score of the run as it stands; None while it is being made."""
        return self._score if self._scored is self.state else None

    @property
    def recorded(self) -> RecordedRun | None:
        """The run so far."""
        return RecordedRun(self.stage.scenario.id, self.events) if self.stage else None

    def open(self, stage: RehearsalStage, mode: TrainingMode = TrainingMode.FREE) -> None:
        """Begin a run on a stage; the CT is made ready for X-rays meanwhile."""
        is_same_patient = self.stage is not None and self.stage.volume is stage.volume
        self.stage, self.mode = stage, mode
        self.start_again()
        if is_same_patient and self._patient is not None:
            return
        self._patient = None

        def work(progress: Progress) -> AttenuationVolume:
            warm_up()
            return prepare(stage.volume, progress)

        self._jobs.start("Preparing the X-ray", work, self._prepared, key=_PREPARING)

    def close(self) -> None:
        """Let go of the run and of the patient."""
        self._patient, self.stage, self.state = None, None, None
        self.events, self.held, self._history = (), {}, []

    def start_again(self) -> None:
        """Begin the run anew: nothing in the patient, the arm where it was wheeled in."""
        if self.stage is None:
            return
        place = as_triple(np.add(self.stage.vertebra.centre_lps_mm, _WHEELED_IN_LPS_MM))
        self.poses = {panel: CArmPose(place, *angles) for panel, angles in _START_DEG.items()}
        self.held, self.references, self.events, self._history = {}, {}, (), []
        self.settings = {panel: ScreenSettings() for panel in Panel}
        self.pointer_lps_mm, self.struck = None, None
        self._clock.start()
        self._take(begin(self.stage))

    def choose_panel(self, panel: Panel) -> None:
        """Let the arm go where a screen's picture is taken."""
        self.panel, self.struck = panel, None
        self.changed.emit()

    def choose_side(self, side: Side) -> None:
        """Turn to the needle of a side."""
        self.side = side
        self.changed.emit()

    def turn_arm(self, orbital_deg: float, angular_deg: float) -> None:
        """Turn the arm of the chosen screen, as far as its joints and the table let it."""
        pose = self.poses[self.panel]
        self._move_arm(attrs.evolve(pose, orbital_deg=orbital_deg, angular_deg=angular_deg))

    def shift_arm(self, by_lps_mm: Triple) -> None:
        """Move the arm of the chosen screen along, across or up the table."""
        pose = self.poses[self.panel]
        place = as_triple(np.add(pose.isocentre_lps_mm, by_lps_mm))
        self._move_arm(attrs.evolve(pose, isocentre_lps_mm=place))

    def _move_arm(self, pose: CArmPose) -> None:
        asked = within_reach(pose)
        if self.stage is None:
            return
        table = self.stage.table.shape
        problems = pose_problems(
            asked, mobile_c_arm(pixels=1), table if isinstance(table, Block) else None
        )
        self.struck = asked if problems else None
        if problems:
            self.refused.emit(PlanProblem(problems[0].text))
            self.changed.emit()
            return
        self.poses = {**self.poses, self.panel: asked}
        self.changed.emit()

    def bring_arm(self, panel: Panel, pose: CArmPose) -> None:
        """Choose a screen and let its arm stand in a pose that was recorded."""
        self.panel, self.poses, self.struck = panel, {**self.poses, panel: pose}, None
        self.changed.emit()

    def keep_pose(self) -> None:
        """Remember where the arm of the chosen screen stands."""
        self._kept[self.panel] = self.poses[self.panel]

    def go_to_kept_pose(self) -> None:
        """Bring the arm of the chosen screen back to where it was remembered."""
        kept = self._kept.get(self.panel)
        if kept is None:
            self.refused.emit(PlanProblem("No position of this screen was remembered yet."))
        else:
            self._move_arm(kept)

    def set_look(self, look: DetectorSettings) -> None:
        """Let detector and display add other things to the pictures that follow."""
        self.look = look

    def set_screen(self, settings: ScreenSettings) -> None:
        """Turn, flip or collimate the chosen screen, or show its reference picture."""
        self.settings = {**self.settings, self.panel: settings}
        self.changed.emit()

    def next_reference(self) -> None:
        """Keep the chosen screen's picture; the next call shows it, the one after lets it go."""
        panel, others = (
            self.panel,
            {p: h for p, h in self.references.items() if p is not self.panel},
        )
        held, is_shown = self.held.get(panel), self.settings[panel].is_reference_shown
        if panel not in self.references:
            self.references = {**others, panel: held} if held is not None else others
            self.changed.emit()
            return
        if is_shown:
            self.references = others
        self.set_screen(attrs.evolve(self.settings[panel], is_reference_shown=not is_shown))

    def now_s(self) -> float:
        """Return the seconds since the run began, never before its last action."""
        last_s = self.state.time_s if self.state else 0.0
        return max(self._clock.elapsed() / 1000.0, last_s)

    def shoot(self, beam_s: float, *, is_live: bool = False) -> None:
        """Record a picture of the chosen screen; live ones go on from the shot before."""
        self._keep_pointer()
        pose = self.poses[self.panel]
        moved = MoveArm(self.now_s(), pose.isocentre_lps_mm, pose.orbital_deg, pose.angular_deg)
        settings = self.settings[self.panel]
        shot = TakeShot(
            self.now_s(),
            self.panel,
            beam_s,
            settings.opening,
            is_live=is_live,
            magnification=settings.magnification,
        )
        if self.do(moved) and self.do(shot) and not is_live:
            self.draw(is_live=False)

    def hold_pointer(self, tip_lps_mm: Triple | None) -> None:
        """Hold the metal pointer with its end on the skin, or take it away."""
        self.pointer_lps_mm = tip_lps_mm
        if tip_lps_mm is None:
            self._keep_pointer()
        self.changed.emit()

    def _keep_pointer(self) -> None:
        """Record where the pointer is, if that has changed."""
        if self.state is not None and self.state.pointer_lps_mm != self.pointer_lps_mm:
            self.do(LayPointer(self.now_s(), self.pointer_lps_mm))

    def draw(self, *, is_live: bool) -> None:
        """Show what the beam meets now: coarse while it is live, full for a picture that stays.

        A live picture is left out while the one before is still being made.
        """
        key = f"{_SHOOTING}-{self.panel.value}"
        if is_live and self._jobs.is_running(key):
            return
        patient, stage, panel = self._patient, self.stage, self.panel
        if patient is None or self.state is None or stage is None:
            return
        state = attrs.evolve(self.state, pointer_lps_mm=self.pointer_lps_mm)
        pose, screen = self.poses[panel], self.settings[panel]
        arm = mobile_c_arm(_LIVE_PIXELS if is_live else _HELD_PIXELS)
        view = view_of(magnified(arm, screen.magnification), pose)
        budget_s = _LIVE_BUDGET_S if is_live else _HELD_BUDGET_S
        self._frame += 1
        look = attrs.evolve(self.look, seed=self._frame, opening=screen.opening)
        number = sum(not shot.is_live for shot in state.shots)

        def work(progress: Progress) -> HeldPicture:
            progress(0.0)
            quality = quality_within(budget_s, patient, view)
            picture = take_shot(scene_of(state, stage, patient), view, look, quality)
            return HeldPicture(picture, view, pose, number, is_live)

        title = "Live X-ray" if is_live else "Taking an X-ray"
        self._jobs.start(title, work, lambda held: self._show(panel, held), key=key)

    def draw_again(
        self, state: RunState, shot: Shot, on_done: Callable[[GreyImage, XrayView], None]
    ) -> None:
        """Make the picture of a shot again, in full, of the run as it stood then."""
        patient, stage = self._patient, self.stage
        if patient is None or stage is None:
            return
        view = view_of(magnified(mobile_c_arm(_HELD_PIXELS), shot.magnification), shot.pose)

        def work(progress: Progress) -> GreyImage:
            progress(0.0)
            quality = quality_within(_HELD_BUDGET_S, patient, view)
            settings = DetectorSettings(opening=shot.opening)
            return take_shot(scene_of(state, stage, patient), view, settings, quality)

        self._jobs.start(
            "Drawing the shot", work, lambda picture: on_done(picture, view), key=_REDRAWING
        )

    def do(self, event: Event) -> bool:
        """Do an action; return whether it was possible."""
        if self.state is None or self.stage is None:
            return False
        before = len(self.state.moments)
        try:
            state = after(event, self.state, self.stage)
        except PlannerError as problem:
            self.refused.emit(problem)
            return False
        if len(state.moments) > before:
            self._history.append(len(self.events))
        self.events = (*self.events, event)
        if isinstance(event, PlaceNeedle | LayPointer):
            self.pointer_lps_mm = state.pointer_lps_mm
        self._take(state)
        return True

    def rewind(self) -> None:
        """Go back to just before the last checkpoint that was judged."""
        if not self._history or self.stage is None or not self.mode.may_rewind:
            return
        kept = self.events[: self._history.pop()]
        state = begin(self.stage)
        for event in kept:
            state = after(event, state, self.stage)
        self.events, self.pointer_lps_mm = kept, state.pointer_lps_mm
        self._take(state)

    def _take(self, state: RunState) -> None:
        """Let a state be the current one, and have it marked."""
        self.state = state
        stage = self.stage
        if stage is None:
            return

        def work(progress: Progress) -> Score:
            progress(0.0)
            return score_run(state, stage)

        def done(score: Score) -> None:
            self._score, self._scored = score, state
            self.changed.emit()

        self._jobs.start("Marking the run", work, done, key=_MARKING)
        self.changed.emit()

    def _prepared(self, patient: AttenuationVolume) -> None:
        self._patient = patient
        self.changed.emit()

    def _show(self, panel: Panel, held: HeldPicture) -> None:
        self.held = {**self.held, panel: held}
        self.changed.emit()

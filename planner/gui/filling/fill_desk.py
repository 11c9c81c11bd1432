"""The modelled cement of the selected level: made in jobs, shown for exactly the plan it is of."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from planner.foundation.errors import PlannerError
from planner.gui.case_document import CaseDocument
from planner.gui.crash_guard import words_for
from planner.gui.filling.fill_state import ComparedFill, FillState
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.planning import edits
from planner.planning.device_limits import catalog_of
from planner.rendering.fill_picture import SHOWN_IN_3D_SHARE, CementPicture, RoutePicture

if TYPE_CHECKING:  # loads scipy and numba, which the start page does without
    from planner.gui.filling.fill_making import (
        FillRequest,
        MadeAdvice,
        MadePicture,
        MadeRuns,
        Spaces,
    )
    from planner.simulation.less_leak import LeakAdvice

PICTURE_JOB, RUNS_JOB, ADVICE_JOB = "fill-picture", "fill-runs", "fill-advice"
_WAIT_MS = 60
"""A needle that is being dragged asks for a picture only once it rests."""
_FRAME_MS = 40
_REPLAY_ML_PER_S = 1.0
_SAME_ML = 0.051
_MODEL = "modelled cement, no forecast"


class FillDesk(QObject):
    """Keeps what was made of the selected level's cement and says what of it is current."""

    changed = Signal()
    told = Signal(str)
    refused = Signal(object)

    def __init__(self, document: CaseDocument, keeper: SceneKeeper, jobs: JobRunner) -> None:
        super().__init__(document)
        self._document, self._keeper, self._jobs = document, keeper, jobs
        self._is_wanted = False
        self._spaces: Spaces | None = None
        self._picture: MadePicture | None = None
        self._runs: MadeRuns | None = None
        self._advice: MadeAdvice | None = None
        self._asked: FillRequest | None = None
        self._problem: tuple[FillRequest, str] | None = None
        self._compared: tuple[tuple[FillRequest, ComparedFill], ...] = ()
        self._shows_shares = False
        self._chosen: int | None = None
        self._replayed_ml: float | None = None
        self._replay_clock = QElapsedTimer()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_WAIT_MS)
        self._later.timeout.connect(self._make)
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME_MS)
        self._frames.timeout.connect(self._next_frame)
        document.plan_changed.connect(self._follow_plan)
        document.selection_changed.connect(self._follow)
        keeper.changed.connect(self._follow)

    def want(self, *, is_wanted: bool) -> None:
        """Make pictures from now on, or no more: they are shown in one stage alone."""
        if is_wanted != self._is_wanted:
            self._is_wanted = is_wanted
            self.stop_replay()
            self._follow()

    def close(self) -> None:
        """Let go of everything that was made."""
        self.stop_replay()
        self._picture = self._runs = self._advice = self._asked = self._problem = None
        self._spaces, self._compared, self._chosen = None, (), None

    def state(self) -> FillState:
        """Return what is known of the plan as it is now, and nothing of an earlier one."""
        request = self._request()
        if request is None or not self._is_wanted:
            return FillState()
        planned_ml = request.volume_ml
        shown_ml = planned_ml if self._replayed_ml is None else self._replayed_ml
        picture = self._picture if self._is_of(self._picture, request) else None
        runs = self._current_runs(request)
        leaks = runs.study.leaks_at(planned_ml) if runs else ()
        chosen = self._chosen if self._chosen is not None and self._chosen < len(leaks) else None
        problem = self._problem
        can_show = runs is not None and abs(runs.study.volume_ml - planned_ml) < _SAME_ML
        return FillState(
            picture=self._drawn(picture, runs if can_show else None, shown_ml),
            problem=problem[1] if problem and request.is_same(problem[0]) else "",
            shown_ml=shown_ml,
            is_replaying=self._replayed_ml is not None,
            runs=runs.study.runs if runs else 0,
            runs_ml=runs.study.volume_ml if runs else None,
            leaks=leaks,
            leak_share=1.0 - runs.study.leak_free_share_at(planned_ml) if runs else None,
            grave_share=runs.study.grave_share_at(planned_ml) if runs else None,
            planned_ml=planned_ml,
            curve=runs.curve if runs else (),
            outside_ml=picture.outside_ml if picture else (),
            shows_shares=self._shows_shares and can_show,
            can_show_shares=can_show,
            advice=self._current_advice(request),
            compared=tuple(kept for of, kept in self._compared if of.maps is request.maps),
            route=RoutePicture(leaks[chosen].path_lps_mm) if chosen is not None else None,
            chosen_leak=chosen,
        )

    def run(self) -> None:
        """Make many runs of the planned volume."""
        self._start(RUNS_JOB, "Running cement of", _runs_work, self._take_runs)

    def seek_advice(self) -> None:
        """Look for tips and volumes that leak less in the model."""
        self._start(ADVICE_JOB, "Looking for less leak at", _advice_work, self._take_advice)

    def cancel(self, key: str) -> None:
        """Stop a job of this desk."""
        for job in self._jobs.running:
            if job.key == key:
                job.cancel()
        self._jobs.changed.emit()

    def show_shares(self, *, shown: bool) -> None:
        """Draw the map of shares, or the fill."""
        self._shows_shares = shown
        self.stop_replay()
        self.changed.emit()

    def choose_leak(self, number: int) -> None:
        """Draw the way of a leak of the list."""
        self._chosen = number
        self.changed.emit()

    def keep_for_comparison(self) -> None:
        """Keep the runs' outcome of this plan to be held against another choice."""
        request = self._request()
        runs = self._current_runs(request) if request else None
        if request is None or runs is None:
            return
        kept = compared_fill(request, runs, len(self._compared))
        self._compared = (*self._compared, (request, kept))[-3:]
        self.changed.emit()

    def forget_compared(self) -> None:
        """Throw away what was kept."""
        self._compared = ()
        self.changed.emit()

    def take_move(self) -> None:
        """Move the tips as advised; one change of the plan."""
        request, advice = self._request(), None
        if request is not None:
            advice = self._current_advice(request)
        if request is None or advice is None or advice.move is None:
            return
        plan, level = self._document.plan, request.planned.level
        try:
            for side, tip in advice.move.tips:
                plan = edits.move_tip(plan, level, side, tip)
        except PlannerError as problem:
            self.refused.emit(problem)
        else:
            self._document.edit("Move tips to leak less", plan)

    def take_volume(self) -> None:
        """Plan the smaller volume as advised."""
        request = self._request()
        advice = self._current_advice(request) if request else None
        if request is not None and advice is not None and advice.volume is not None:
            plan = edits.set_cement_volume(
                self._document.plan, request.planned.level, advice.volume.volume_ml
            )
            self._document.edit("Lower cement volume", plan)

    def replay(self) -> None:
        """Show the fill grow from nothing to the planned volume."""
        request = self._request()
        if request is not None and self._is_of(self._picture, request) and request.volume_ml > 0:
            self._shows_shares = False
            self._replayed_ml = 0.0
            self._replay_clock.start()
            self._frames.start()
            self.changed.emit()

    def stop_replay(self) -> None:
        """Show the planned volume again."""
        self._frames.stop()
        self._replayed_ml = None

    def _next_frame(self) -> None:
        request = self._request()
        if request is None or self._replayed_ml is None:
            self.stop_replay()
            return
        # By the clock: where frames come late, cement is not slower.
        self._replayed_ml = _REPLAY_ML_PER_S * self._replay_clock.elapsed() / 1000.0
        if self._replayed_ml >= request.volume_ml:
            self.stop_replay()
        self.changed.emit()

    def _request(self) -> "FillRequest | None":
        scene, planned = self._keeper.scene, self._document.level_plan
        if scene is None or planned is None or planned.cement is None or not planned.needles:
            return None
        maps = scene.maps.get(planned.level)
        if maps is None:
            return None
        from planner.gui.filling.fill_making import FillRequest

        return FillRequest(planned, maps, catalog_of(self._document.plan, scene.catalog))

    def _follow(self, *_values: object) -> None:
        self._follow_request()
        self.changed.emit()

    def _follow_plan(self, *_values: object) -> None:
        """Tell only what changes here: that the plan did, its judgement tells everyone."""
        if not self._follow_request():
            self.changed.emit()

    def _follow_request(self) -> bool:
        """Ask for what is missing; return whether what was asked for is asked for still."""
        request = self._request()
        is_same = request is not None and request.is_same(self._asked)
        if not is_same:
            self._chosen = None
            self.stop_replay()
        if self._is_wanted and request is not None and not self._is_of(self._picture, request):
            self._later.start()
        return is_same

    def _make(self) -> None:
        request = self._request()
        if not self._is_wanted or request is None or self._is_of(self._picture, request):
            return
        self._asked = request
        self._start(PICTURE_JOB, "Picturing cement of", _picture_work, self._take_picture)

    def _start(
        self,
        key: str,
        title: str,
        work: "Callable[[FillRequest, Spaces], Callable[..., object]]",
        take: Callable[..., None],
    ) -> None:
        request = self._request()
        if request is None:
            return
        from planner.gui.filling.fill_making import Spaces

        self._spaces = self._spaces or Spaces()

        def failed(problem: Exception) -> None:
            self._problem = (request, words_for(problem))
            self.changed.emit()

        name = request.planned.level.name
        job_work = work(request, self._spaces)
        self._jobs.start(f"{title} {name}", job_work, take, key=key, on_failed=failed)

    def _take_picture(self, made: "MadePicture") -> None:
        self._picture, self._problem = made, None
        # The plan may have moved on while it was made.
        self._follow()

    def _take_runs(self, made: "MadeRuns") -> None:
        self._runs, self._chosen = made, None
        self.changed.emit()

    def _take_advice(self, made: "MadeAdvice") -> None:
        self._advice = made
        self.changed.emit()

    def _is_of(self, made: "MadePicture | None", request: "FillRequest") -> bool:
        return (
            made is not None
            and request.is_same(made.request)
            and made.drawn.arrival.to_ml >= request.volume_ml - 1e-6
        )

    def _current_runs(self, request: "FillRequest") -> "MadeRuns | None":
        """Return runs that tell of this plan: the same tips, and at least as much cement."""
        runs = self._runs
        if runs is None or not request.is_same(runs.request):
            return None
        return runs if runs.study.volume_ml >= request.volume_ml - 1e-6 else None

    def _current_advice(self, request: "FillRequest") -> "LeakAdvice | None":
        advice = self._advice
        if advice is None or not request.is_same(advice.request):
            return None
        is_of_volume = abs(advice.request.volume_ml - request.volume_ml) < 1e-6
        return advice.advice if is_of_volume else None

    def _drawn(
        self, picture: "MadePicture | None", runs: "MadeRuns | None", shown_ml: float
    ) -> CementPicture | None:
        if runs is not None and self._shows_shares:
            what = f"of {runs.study.runs} runs"
            volume = f"{runs.study.volume_ml:.1f} ml, {_MODEL}"
            return CementPicture(
                runs.shares,
                runs.study.volume_ml,
                f"share {what}, {volume}",
                f"where {SHOWN_IN_3D_SHARE:.0%} or more {what} came, {volume}",
            )
        if picture is None:
            return None
        return CementPicture(picture.drawn, shown_ml, f"{shown_ml:.1f} ml, {_MODEL}")


def compared_fill(request: "FillRequest", runs: "MadeRuns", number: int) -> ComparedFill:
    """Return what is kept of a plan's runs."""
    volume_ml = request.volume_ml
    vertebra = request.maps.vertebra
    frame = vertebra.lps_from_vertebra.inverse
    tips = []
    for needle in request.planned.needles:
        x, y, z = frame.point(needle.tip_lps_mm)
        ahead, high = ("front" if y < 0 else "back"), ("up" if z > 0 else "down")
        tips.append(
            f"{needle.side.value} tip {abs(x):.0f} mm off the midline, {abs(y):.0f} mm "
            f"{ahead}, {abs(z):.0f} mm {high}"
        )
    return ComparedFill(
        title="ABCDEFGH"[number % 8],
        volume_ml=volume_ml,
        tips=tuple(tips),
        leak_share=1.0 - runs.study.leak_free_share_at(volume_ml),
        grave_share=runs.study.grave_share_at(volume_ml),
        runs=runs.study.runs,
    )


def _picture_work(request: "FillRequest", spaces: "Spaces") -> Callable[..., object]:
    from planner.gui.filling.fill_making import make_picture

    return lambda progress: make_picture(request, spaces, progress)


def _runs_work(request: "FillRequest", spaces: "Spaces") -> Callable[..., object]:
    from planner.gui.filling.fill_making import make_runs

    return lambda progress: make_runs(request, spaces, progress)


def _advice_work(request: "FillRequest", spaces: "Spaces") -> Callable[..., object]:
    from planner.gui.filling.fill_making import make_advice

    return lambda progress: make_advice(request, spaces, progress)

"""From the start page into a rehearsal and through its debrief; nothing of it needs a case."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from planner.assessment.findings import Severity
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress, part_of

if TYPE_CHECKING:  # these load scipy and VTK, which the start page does without
    from planner.gui.case_desk import CaseDesk
    from planner.gui.session import Session
    from planner.gui.training.debrief_page import DebriefedRun, DebriefPage
    from planner.gui.training.task_page import TaskPage
    from planner.gui.training.training_room import TrainingRoom
    from planner.rehearsal.debrief import SeenShot
    from planner.rehearsal.events import Event
    from planner.rehearsal.stage import RehearsalStage
    from planner.rehearsal.training_record import RunRecord

_OPENING, _DEBRIEFING, _DRAWING = "open-scenario", "debrief", "debrief-shot"
_SHARE_OF_STAGE = 0.9
_LOG_FILES = "Training logs (*.vtrain)"
_RUN_FILES = "Table (*.csv);;Document (*.json)"


class Training(QObject):
    """Holds the pages of a trainee and moves between them."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._tasks: TaskPage | None = None
        self._room: TrainingRoom | None = None
        self._debrief: DebriefPage | None = None
        self._record: RunRecord | None = None
        session.rehearsal_chosen.connect(self.show_tasks)
        session.window.action_of["cancel-gesture"].triggered.connect(self._leave)
        session.window.closing.connect(self._shut_down)
        session.desk_made.connect(self._watch_own_case)

    def show_tasks(self) -> None:
        """Show the cases to rehearse and how the runs have gone."""
        page = self._task_page()
        self._refresh_runs()
        self._session.window.notice.hide()
        self._session.window.show_front_page(page)

    def _task_page(self) -> "TaskPage":
        if self._tasks is None:
            from planner.gui.training.task_page import TaskPage

            self._tasks = page = TaskPage(self._session.palette, self._session.preferences.trainee)
            page.start_pressed.connect(lambda: self._open(is_watched=False))
            page.watch_pressed.connect(lambda: self._open(is_watched=True))
            page.person_changed.connect(self._keep_person)
            page.import_pressed.connect(self._import)
            page.export_pressed.connect(self._export)
            page.key_pressed.connect(self._set_key)
            page.back_pressed.connect(self._session.show_case_or_start)
        return self._tasks

    def _training_room(self) -> "TrainingRoom":
        if self._room is None:
            from planner.gui.training.training_room import TrainingRoom

            self._room = room = TrainingRoom(self._session.jobs, self._session.palette)
            room.refused.connect(self._session.tell_problem)
            room.told.connect(lambda text: self._session.tell(text, Severity.NOTE))
            room.finished.connect(self._take_record)
            room.debrief_pressed.connect(self._show_debrief)
            room.back_pressed.connect(self.show_tasks)
        return self._room

    def _debrief_page(self) -> "DebriefPage":
        if self._debrief is None:
            from planner.gui.training.debrief_page import DebriefPage

            self._debrief = page = DebriefPage(self._session.palette)
            page.shot_wanted.connect(self._draw_shot)
            page.again_pressed.connect(self._again)
            page.rate_pressed.connect(self._rate)
            page.back_pressed.connect(self.show_tasks)
        return self._debrief

    def _open(self, *, is_watched: bool) -> None:
        tasks = self._task_page()
        scenario, mode = tasks.chosen, tasks.mode

        def work(progress: Progress) -> "tuple[RehearsalStage, tuple[Event, ...]]":
            from planner.rehearsal.expert_run import expert_run
            from planner.rehearsal.teachers_keys import with_kept_key
            from planner.workflow.rehearse import open_stage, proposed_plan

            keyed = with_kept_key(scenario)
            stage = open_stage(keyed, part_of(progress, 0.0, _SHARE_OF_STAGE))
            events = expert_run(proposed_plan(stage), stage).events if is_watched else ()
            return stage, events

        def done(opened: "tuple[RehearsalStage, tuple[Event, ...]]") -> None:
            room = self._training_room()
            room.begin(opened[0], mode, opened[1])
            self._record = None
            self._session.window.notice.hide()
            self._session.window.show_front_page(room)
            room.run_page.setFocus()

        self._session.tell(
            f"Preparing {scenario.title}: a model is made on first use, which takes a while.",
            Severity.NOTE,
        )
        self._session.jobs.start(f"Preparing {scenario.title}", work, done, key=_OPENING)

    def _take_record(self, record: "RunRecord") -> None:
        """Keep a finished run in the trainee's log, if one is named."""
        from planner.workflow.training_logs import keep_run

        self._record = record
        person = self._task_page().name
        if not person:
            self._session.tell("No trainee is named: this run is in no log.", Severity.CAUTION)
            return
        try:
            keep_run(person, record)
        except PlannerError as problem:
            self._session.tell_problem(problem)
        else:
            self._session.tell(f"The run is kept in the log of {person}.", Severity.NOTE)

    def _watch_own_case(self, desk: "CaseDesk") -> None:
        """Keep runs on the user's own case too, where the program knows whose they are."""
        desk.rehearsing.controls.finished.connect(self._keep_own)

    def _keep_own(self, record: "RunRecord") -> None:
        if self._session.preferences.trainee:
            self._take_record(record)

    def _show_debrief(self) -> None:
        room = self._training_room()
        stage, events, score = room.desk.stage, room.desk.events, room.desk.score
        if stage is None or score is None:
            return

        def work(progress: Progress) -> "DebriefedRun":
            from planner.gui.training.debrief_page import DebriefedRun
            from planner.rehearsal.debrief import debrief_of
            from planner.workflow.rehearse import proposed_plan

            progress(0.0)
            debrief = debrief_of(events, stage)
            try:
                wanted = proposed_plan(stage)
            except PlannerError:
                # The task may have no admissible plan: then none is drawn.
                wanted = None
            return DebriefedRun(stage, debrief, score, wanted)

        def done(run: "DebriefedRun") -> None:
            page = self._debrief_page()
            self._session.window.show_front_page(page)
            page.show_run(run)

        self._session.jobs.start("Preparing the debrief", work, done, key=_DEBRIEFING)

    def _draw_shot(self, seen: "SeenShot") -> None:
        room = self._training_room()
        page = self._debrief_page()
        room.desk.draw_again(
            seen.state, seen.shot, lambda picture, view: page.show_picture(seen, picture, view)
        )

    def _again(self) -> None:
        room = self._training_room()
        room.again()
        self._session.window.show_front_page(room)
        room.run_page.setFocus()

    def _set_key(self) -> None:
        from planner.gui.training.key_dialog import KeyDialog
        from planner.rehearsal.teachers_keys import keep_key, with_kept_key

        scenario = self._task_page().chosen
        try:
            dialog = KeyDialog(with_kept_key(scenario), scenario, self._session.window)
            if dialog.exec() != QDialog.DialogCode.Accepted:
                return
            keep_key(scenario, dialog.key(), dialog.limits())
        except PlannerError as problem:
            self._session.tell_problem(problem)
        else:
            text = f"From now on {scenario.title} is marked by this key."
            self._session.tell(text, Severity.NOTE)
            self._refresh_runs()

    def _rate(self) -> None:
        from planner.gui.training.rating_dialog import RatingDialog
        from planner.workflow.training_logs import keep_rating

        person = self._task_page().name
        if self._record is None or not person:
            self._session.tell("Only a run in a log can be rated: name a trainee.", Severity.NOTE)
            return
        dialog = RatingDialog(self._record.id, self._session.window)
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        try:
            keep_rating(person, dialog.rating(dt.datetime.now(dt.UTC)))
        except PlannerError as problem:
            self._session.tell_problem(problem)
        else:
            self._session.tell(f"The rating is kept in the log of {person}.", Severity.NOTE)

    def _keep_person(self, name: str) -> None:
        if name != self._session.preferences.trainee:
            self._session.prefer(attrs.evolve(self._session.preferences, trainee=name))
        self._refresh_runs()

    def _import(self) -> None:
        from planner.workflow.training_logs import import_log

        chosen, _kind = QFileDialog.getOpenFileName(
            self._session.window, "Take in a training log", "", _LOG_FILES
        )
        if not chosen:
            return
        try:
            person, added = import_log(Path(chosen))
        except PlannerError as problem:
            self._session.tell_problem(problem)
            return
        self._session.tell(f"{added} new runs of {person} were taken in.", Severity.NOTE)
        self._refresh_runs()

    def _export(self) -> None:
        from planner.workflow.training_logs import export_runs

        chosen, kind = QFileDialog.getSaveFileName(
            self._session.window, "Export all runs", "training-runs.csv", _RUN_FILES
        )
        if not chosen:
            return
        path = Path(chosen)
        if not path.suffix:
            path = path.with_suffix(".json" if "json" in kind else ".csv")
        try:
            export_runs(path)
        except PlannerError as problem:
            self._session.tell_problem(problem)
        else:
            self._session.tell(f"The runs are in {path.name}.", Severity.NOTE)

    def _refresh_runs(self) -> None:
        from planner.rehearsal.scenario import scenarios
        from planner.rehearsal.teachers_keys import with_kept_key
        from planner.workflow.training_logs import all_runs

        try:
            self._task_page().show_runs(all_runs())
            marked = {case.id: with_kept_key(case) for case in scenarios()}
            self._task_page().show_marking(marked)
        except PlannerError as problem:
            self._session.tell_problem(problem)

    def _leave(self) -> None:
        """Go one page back on Escape."""
        page: QWidget | None = self._session.window.pages.currentWidget()
        if page is None:
            return
        if page is self._tasks:
            self._session.show_case_or_start()
        elif page in {self._room, self._debrief}:
            self.show_tasks()

    def _shut_down(self) -> None:
        if self._debrief is not None:
            self._debrief.shut_down()
        if self._room is not None:
            self._room.run_page.shut_down()

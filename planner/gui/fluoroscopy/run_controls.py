"""The panel's buttons beside a run: name the level, rewind, again, finish, and what is kept."""

import datetime as dt
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from planner.anatomy.levels import VertebraLevel
from planner.foundation.app_paths import data_folder
from planner.foundation.errors import WriterProblem
from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.panels.rehearse_panel import RehearsePanel
from planner.rehearsal.events import Finish, NameLevel
from planner.rehearsal.run_file import encode_run
from planner.rehearsal.training_record import record_of

_TICK_MS = 1000


class RunControls(QObject):
    """Keeps the panel in step with the run, and a finished run on the disk."""

    refused = Signal(object)
    told = Signal(str)
    finished = Signal(object)
    """The `RunRecord` of a run, once it is finished and marked."""

    def __init__(self, run: RunDesk, panel: RehearsePanel) -> None:
        super().__init__(run)
        self._run = run
        self._panel = panel
        self._recorded: object = None
        run.changed.connect(self._show)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_time)
        panel.level_named.connect(self._name_level)
        panel.rewind_pressed.connect(run.rewind)
        panel.again_pressed.connect(run.start_again)
        panel.save_pressed.connect(self._finish)

    def _show(self) -> None:
        run = self._run
        if run.state is None or run.stage is None:
            return
        self._panel.show_run(run.state, run.score, run.stage, run.mode)
        self._show_time()
        if run.state.in_needle_phase != self._tick.isActive():
            (self._tick.start if run.state.in_needle_phase else self._tick.stop)()
        is_new = run.state.is_finished and run.state is not self._recorded
        if is_new and run.score is not None and run.recorded is not None:
            self._recorded = run.state
            now = dt.datetime.now(dt.UTC)
            self.finished.emit(record_of(run.recorded, run.state, run.score, run.mode, now))

    def _show_time(self) -> None:
        """Let the clock of the needle run on between actions."""
        run = self._run
        if run.state is None or run.stage is None:
            self._tick.stop()
            return
        idle_s = max(run.now_s() - run.state.time_s, 0.0) if run.state.in_needle_phase else 0.0
        self._panel.show_limits(run.state, run.stage, idle_s)

    def _name_level(self, level: VertebraLevel) -> None:
        self._run.do(NameLevel(self._run.now_s(), level))

    def _finish(self) -> None:
        """Finish the run and keep it where the person's own files are."""
        run = self._run
        if run.state is None or run.state.is_finished or not run.do(Finish(run.now_s())):
            return
        if run.recorded is None:
            return
        try:
            path = _next_file(data_folder() / "runs")
            path.write_text(encode_run(run.recorded), "utf-8")
        except OSError as error:
            self.refused.emit(WriterProblem(f"The run cannot be saved: {error.strerror}."))
            return
        self.told.emit(f"The run is saved as {path.name}.")


def _next_file(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + sum(1 for _ in folder.glob("run-*.json"))
    while (folder / f"run-{number:04d}.json").exists():
        number += 1
    return folder / f"run-{number:04d}.json"

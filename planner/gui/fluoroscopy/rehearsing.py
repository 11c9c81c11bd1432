"""The joints between the open case and a rehearsal of its selected level."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from planner.anatomy.levels import VertebraLevel
from planner.foundation.app_paths import data_folder
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlannerError, WriterProblem
from planner.gui.desk_state import DeskState
from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.panels.rehearse_panel import RehearsePanel
from planner.gui.planning_desk import PlanningDesk
from planner.planning.plan import Approach, LevelPlan, approach_of
from planner.rehearsal.events import Finish, NameLevel
from planner.rehearsal.run_file import encode_run
from planner.rehearsal.scenario import Scenario, StudySource
from planner.rehearsal.stage import set_stage

_OWN_CASE = "own-case"


class Rehearsing(QObject):
    """Sets the stage from the open case and keeps the panel in step with the run."""

    refused = Signal(object)
    told = Signal(str)

    def __init__(self, run: RunDesk, planning: PlanningDesk, panel: RehearsePanel) -> None:
        super().__init__(run)
        self._run = run
        self._planning = planning
        self._panel = panel
        self._begun_on: object = None
        run.changed.connect(self._show)
        panel.level_named.connect(self._name_level)
        panel.rewind_pressed.connect(run.rewind)
        panel.again_pressed.connect(run.start_again)
        panel.save_pressed.connect(self._save)

    def begin(self) -> None:
        """Begin a run on the selected level, or go on with the one on the same vertebra."""
        scene, state = self._planning.keeper.scene, self._planning.state()
        level_plan = state.level_plan
        if scene is None or level_plan is None:
            return
        maps = scene.maps.get(level_plan.level)
        if maps is None:
            self.told.emit("The level is still being measured: come back in a moment.")
            return
        if maps is self._begun_on:
            return
        try:
            stage = set_stage(
                _scenario_of(level_plan, state), scene.study.volume, maps, scene.catalog
            )
        except PlannerError as problem:
            self.refused.emit(problem)
            return
        self._begun_on = maps
        self._run.open(stage)

    def close(self) -> None:
        """Let go of the patient: the next case brings another."""
        self._begun_on = None
        self._run.close()

    def _show(self) -> None:
        run = self._run
        if run.state is not None and run.stage is not None:
            self._panel.show_run(run.state, run.score, run.stage)

    def _name_level(self, level: VertebraLevel) -> None:
        self._run.do(NameLevel(self._run.now_s(), level))

    def _save(self) -> None:
        """Finish the run and keep it where the person's own files are."""
        run = self._run
        if run.state is None or (
            run.state.is_finished is False and not run.do(Finish(run.now_s()))
        ):
            return
        recorded = run.recorded
        if recorded is None:
            return
        try:
            path = _next_file(data_folder() / "runs")
            path.write_text(encode_run(recorded), "utf-8")
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


def _scenario_of(level_plan: LevelPlan, state: DeskState) -> Scenario:
    """Return the task that an open case sets: its level, procedure and sides."""
    approach = approach_of(level_plan.needles) or Approach.BIPEDICULAR
    step_mm = state.study.slice_step_mm if state.study else 0.0
    is_thick = step_mm > clinical_number("slice-step-note")
    procedure = level_plan.procedure
    return Scenario(
        id=_OWN_CASE,
        title=f"{level_plan.level.name}, {procedure.value}",
        task=f"Treat {level_plan.level.name} as planned.",
        grade=1,
        study=StudySource(sample_id=_OWN_CASE),
        level=level_plan.level,
        procedure=procedure,
        approach=approach,
        unseen=(
            f"Slices are {step_mm:.1f} mm apart: pedicles and endplates are blurred here."
            if is_thick
            else ""
        ),
    )

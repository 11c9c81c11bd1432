"""The joints between the open case and a rehearsal of its selected level."""

from PySide6.QtCore import QObject, Signal

from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlannerError
from planner.gui.desk_state import DeskState
from planner.gui.fluoroscopy.run_controls import RunControls
from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.panels.rehearse_panel import RehearsePanel
from planner.gui.planning_desk import PlanningDesk
from planner.planning.plan import Approach, LevelPlan, approach_of
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
        self._begun_on: object = None
        self.controls = RunControls(run, panel)
        self.controls.refused.connect(self.refused)
        self.controls.told.connect(self.told)

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

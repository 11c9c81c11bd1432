"""The trainee's pages with the phantom as the patient."""

import sys
from pathlib import Path

import pytest
from phantom_vertebra import PhantomShape

sys.path.append(str(Path(__file__).parents[2] / "rehearsal"))

from rehearsal_stages import TASK, stage_of

from planner.devices.catalog import device_catalog
from planner.gui.theme import DARK
from planner.gui.training.training_room import TrainingRoom
from planner.planning.gauge_choice import ProposalRequest
from planner.planning.propose_level import propose_level
from planner.rehearsal.expert_run import expert_run


@pytest.fixture(scope="module")
def the_stage():
    return stage_of(PhantomShape())


@pytest.fixture(scope="module")
def the_expert(the_stage):
    """The actions of the run that carries the program's own plan out."""
    request = ProposalRequest(TASK.procedure, TASK.approach)
    plan = propose_level(the_stage.maps, request, device_catalog())
    return expert_run(plan, the_stage).events


@pytest.fixture
def a_room(qtbot, the_theme: None, a_job_runner) -> TrainingRoom:
    del the_theme
    room = TrainingRoom(a_job_runner, DARK)
    qtbot.addWidget(room)
    room.resize(1400, 900)
    with qtbot.waitExposed(room):
        room.show()
    return room

"""The phantom's stage, its plan, and the run that carries it out."""

import functools
import sys
from pathlib import Path

import pytest
from phantom_vertebra import PhantomShape

sys.path.append(str(Path(__file__).parent))

from rehearsal_stages import TASK, stage_of

from planner.devices.catalog import device_catalog
from planner.planning.gauge_choice import ProposalRequest
from planner.planning.plan import LevelPlan
from planner.planning.propose_level import propose_level
from planner.rehearsal.events import Event
from planner.rehearsal.expert_run import expert_run
from planner.rehearsal.run_file import RecordedRun
from planner.rehearsal.stage import RehearsalStage


@functools.cache
def _the_stage() -> RehearsalStage:
    return stage_of(PhantomShape())


@functools.cache
def _the_plan() -> LevelPlan:
    request = ProposalRequest(TASK.procedure, TASK.approach)
    return propose_level(_the_stage().maps, request, device_catalog())


@pytest.fixture
def a_stage() -> RehearsalStage:
    """The phantom's L1, to be treated through both pedicles."""
    return _the_stage()


@pytest.fixture
def a_plan() -> LevelPlan:
    """The program's own plan of that task."""
    return _the_plan()


@pytest.fixture
def an_expert_run(a_stage, a_plan) -> RecordedRun:
    """The run that carries the plan out."""
    return expert_run(a_plan, a_stage)


@pytest.fixture
def expert_events(an_expert_run) -> tuple[Event, ...]:
    """Its actions."""
    return an_expert_run.events

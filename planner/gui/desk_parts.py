"""What a desk is put together from, made one after another."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import attrs

from planner.gui.case_document import CaseDocument
from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.fluoroscopy.run_page import RunPage
from planner.gui.graphics import is_software_rendered
from planner.gui.planning_desk import PlanningDesk
from planner.gui.view_state import ViewState
from planner.gui.workbench import Workbench

if TYPE_CHECKING:
    from planner.gui.session import Session


@attrs.frozen(eq=False)
class DeskParts:
    """The parts of a desk, all of them whole."""

    planning: PlanningDesk
    run: RunDesk
    run_page: RunPage
    workbench: Workbench
    is_software_rendered: bool


def parts_in_steps(session: "Session") -> Generator[None, None, DeskParts]:
    """Make the parts of a session's desk; none of the steps takes long."""
    planning = PlanningDesk(CaseDocument(session), session.jobs)
    yield
    is_software = is_software_rendered()
    yield
    run = RunDesk(session.jobs, session)
    run_page = RunPage(run, session.palette)
    yield
    pages = session.window.pages
    workbench = yield from Workbench.in_steps(session.palette, ViewState(session), run_page, pages)
    yield
    return DeskParts(planning, run, run_page, workbench, is_software)

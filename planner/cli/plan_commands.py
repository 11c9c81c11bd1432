"""Commands that plan, and that check a plan again."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.plan_requests import PlanRequest, read_plan_request
from planner.cli.points import number
from planner.cli.reporting import emit, reports_problems, terminal_progress
from planner.foundation.errors import PlannerError

if TYPE_CHECKING:
    from planner.anatomy.levels import VertebraLevel
    from planner.planning.plan import Plan
    from planner.workflow.planning_scene import PlanningScene

_PLAN_HELP = """Plan one or more levels and write a case.

PATH --level L1 [--at X,Y,Z=L1] [--procedure vertebroplasty|kyphoplasty]
[--approach auto|unipedicular-left|unipedicular-right|bipedicular] [--gauge 11]
--out CASE.vplan [--json]

--level may repeat. Options after a --level belong to it, before the first to all.
"""


_FILL_RUNS = 40
"""Enough to rank the ways out of a plan; the command ``cement`` runs more."""


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command(
        name="plan",
        help=_PLAN_HELP,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )(plan)
    app.command(name="assess", help="Check a case again.")(assess)


def plan(context: typer.Context) -> None:
    """Plan levels of a study and write them as a case."""
    request = read_plan_request(context.args)
    _plan(request, as_json=request.as_json)


@reports_problems
def _plan(request: PlanRequest, *, as_json: bool) -> None:
    from planner.cli.plan_document import plan_document, plan_lines
    from planner.planning.corridor_search import warm_up_search
    from planner.storage.case_file import CaseFile
    from planner.workflow.picture_cement import warm_up_fill
    from planner.workflow.plan_study import plan_study

    started = time.perf_counter()
    warm_up_search()
    warm_up_fill()
    warm_s = time.perf_counter() - started
    _refuse_existing(request.out)
    planned = plan_study(request.path, request.levels, terminal_progress())
    CaseFile.create(request.out, planned.case).close()
    assessment = planned.scene.assess(planned.case.plan)
    catalog = planned.scene.catalog
    filling = time.perf_counter()
    leaks = _leaks(planned.case.plan, planned.scene)
    fill_s = time.perf_counter() - filling
    document = {
        "case": str(request.out),
        **plan_document(planned.case.plan, assessment, catalog, leaks),
        "seconds": {
            **{name: number(seconds) for name, seconds in planned.seconds.items()},
            "fill": number(fill_s),
            "warm": number(warm_s),
            "total": number(time.perf_counter() - started),
        },
    }
    emit(document, plan_lines(planned.case.plan, assessment, catalog), as_json=as_json)


def _leaks(plan: "Plan", scene: "PlanningScene") -> "dict[VertebraLevel, list[dict[str, object]]]":
    """Return the ways out of each level's cement, as many runs give them."""
    from planner.cli.cement_command import leak_document
    from planner.workflow.picture_cement import fills_of_plan

    fills = fills_of_plan(plan, scene, _FILL_RUNS)
    return {
        level: [leak_document(leak) for leak in fill.study.leaks] for level, fill in fills.items()
    }


def _refuse_existing(case: Path) -> None:
    if case.exists():
        raise PlannerError(
            "This case exists already and is not written over.",
            path=case,
            hint="Choose another name.",
        )


@reports_problems
def assess(case: Path, *, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Measure and check a case's plan again."""
    from planner.cli.plan_document import plan_document, plan_lines
    from planner.workflow.open_case import open_case
    from planner.workflow.planning_scene import planning_scene

    started = time.perf_counter()
    opened = open_case(case, terminal_progress())
    loaded = time.perf_counter()
    scene = planning_scene(opened.study, opened.case.vertebrae)
    assessment = scene.assess(opened.case.plan)
    document = {
        "case": str(case),
        **plan_document(
            opened.case.plan, assessment, scene.catalog, _leaks(opened.case.plan, scene)
        ),
        "seconds": {
            "load": number(loaded - started),
            "total": number(time.perf_counter() - started),
        },
    }
    emit(document, plan_lines(opened.case.plan, assessment, scene.catalog), as_json=as_json)

"""The command that shows the whole way on a shipped study."""

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from planner.cli.points import number
from planner.cli.reporting import emit, reports_problems, say, terminal_progress

_FOLDER_OFFSCREEN = Path("vertebroplan-demo")


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(name="demo", help="Plan a shipped study and show it.")(demo)


@reports_problems
def demo(
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where pictures and exports go.")
    ] = None,
    window: Annotated[bool, typer.Option(help="Show the window where there is a screen.")] = True,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Plan a bipedicular kyphoplasty on the sample fracture, show it, hand it over."""
    shows_window = window and _has_screen()
    if not shows_window:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from planner.workflow.demo_case import make_demo_case

    started = time.perf_counter()
    folder = out or (None if shows_window else _FOLDER_OFFSCREEN)
    made = make_demo_case(folder, terminal_progress())
    if shows_window:
        from planner.gui.application import run_window

        say(f"The plan is the case {made.case}. Close the window to end.")
        raise typer.Exit(run_window(made.case))
    from planner.gui.demo_pictures import take_demo_pictures

    pictures = take_demo_pictures(made, terminal_progress())
    seconds = time.perf_counter() - started
    emit(
        {
            "case": str(made.case),
            "screenshots": [str(path) for path in pictures],
            "exports": [str(path) for path in made.exports],
            "seconds": number(seconds),
        },
        [
            f"Planned the sample study in {seconds:.0f} s. There is no window; look at",
            *(f"  {path}" for path in (*pictures, *made.exports, made.case)),
        ],
        as_json=as_json,
    )


def _has_screen() -> bool:
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))

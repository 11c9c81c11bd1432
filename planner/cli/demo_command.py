"""The command that shows the whole way on a shipped study."""

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.points import number
from planner.cli.reporting import emit, reports_problems, say, terminal_progress
from planner.foundation.progress import part_of

if TYPE_CHECKING:
    from planner.workflow.hand_over import HandOver

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
    from planner.workflow.demo_case import hand_over_demo, make_demo_case

    started = time.perf_counter()
    progress = terminal_progress()
    folder = out or (None if shows_window else _FOLDER_OFFSCREEN)
    made = make_demo_case(folder, part_of(progress, 0.0, 0.6))
    if folder is None:
        from planner.gui.application import run_window

        progress(1.0, "")
        say(f"The plan is the case {made.case}. Close the window to end.")
        raise typer.Exit(run_window(made.case))
    exports = _written(hand_over_demo(made, folder, part_of(progress, 0.6, 0.9)))
    pictures = _pictures(made.case, exports, folder)
    progress(1.0, "")
    seconds = time.perf_counter() - started
    emit(
        {
            "case": str(made.case),
            "screenshots": [str(path) for path in pictures],
            "exports": [str(path) for path in exports],
            "seconds": number(seconds),
        },
        [
            f"Planned the sample study and handed it over in {seconds:.0f} s. Look at",
            *(f"  {path}" for path in (*pictures, *exports, made.case)),
        ],
        as_json=as_json,
    )
    if shows_window:
        from planner.gui.application import run_window

        raise typer.Exit(run_window(made.case))


def _written(result: "HandOver") -> list[Path]:
    for receipt in result.receipts:
        for problem in receipt.problems:
            say(f"{receipt.writer_id}: {problem.message}")
    return [file.path for receipt in result.receipts for file in receipt.files]


def _pictures(case: Path, exports: list[Path], folder: Path) -> list[Path]:
    from planner.gui.demo_pictures import save_report_page, take_window_pictures

    pictures = list(take_window_pictures(case, folder))
    reports = [path for path in exports if path.suffix == ".pdf"]
    return pictures + [save_report_page(path, folder / "report.png") for path in reports[:1]]


def _has_screen() -> bool:
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))

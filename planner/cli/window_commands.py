"""Commands that open the window."""

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.reporting import reports_problems
from planner.foundation.errors import PlannerError


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command(
        name="open",
        help="Open the window: on a folder, a ZIP, a DICOMDIR, a DICOM, NIfTI or NRRD file, "
        "or a .vplan case.",
    )(open_window)


@reports_problems
def open_window(path: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Open the window and stay until it is closed."""
    if path is not None and not path.exists():
        raise PlannerError(
            "There is nothing at this place to open.",
            path=path,
            hint="Give a folder, an archive, a file with images, or a case.",
        )
    from planner.gui.application import run_window

    raise typer.Exit(run_window(path))


def measure_start() -> None:
    """Open the start page, print the seconds from process start to its first paint, close it."""
    from planner.gui.application import measure_start_s

    typer.echo(f'{{"seconds": {measure_start_s():.3f}}}')

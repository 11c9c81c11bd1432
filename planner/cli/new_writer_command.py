"""The command that makes a writer package to start from."""

from pathlib import Path
from typing import Annotated

import typer

from planner.cli.reporting import emit, reports_problems


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(name="new-writer", help="Make a writer package of your own to start from.")(
        make_new_writer
    )


@reports_problems
def make_new_writer(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Such as angle-list.")],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR")] = Path(),
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Make a writer package to start from."""
    from planner.workflow.new_writer import new_writer

    path = new_writer(name, out)
    lines = [
        f"{path} holds a whole writer.",
        f"Install it where Vertebroplan is: python3 -m pip install -e {path}",
        f"Then: vertebroplan export CASE --to {name} --out DIR",
    ]
    emit({"path": str(path)}, lines, as_json=as_json)

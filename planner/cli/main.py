"""The command ``vertebroplan``: opens the window, or does one thing without it."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from planner.cli import (
    cement_command,
    demo_command,
    doctor_command,
    export_commands,
    import_plan_command,
    level_commands,
    make_case_command,
    new_writer_command,
    plan_commands,
    rehearse_command,
    study_commands,
    window_commands,
    xray_command,
)
from planner.cli.reporting import say

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="vertebroplan",
    help="Plan and rehearse vertebroplasty and balloon kyphoplasty. "
    "Research and education software. Not a medical device.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _module in (
    window_commands,
    demo_command,
    study_commands,
    level_commands,
    make_case_command,
    plan_commands,
    cement_command,
    xray_command,
    rehearse_command,
    export_commands,
    import_plan_command,
    new_writer_command,
    doctor_command,
):
    _module.add_to(app)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    *,
    measure_start: Annotated[
        bool,
        typer.Option(help="Open the start page, print the seconds to its first paint, exit."),
    ] = False,
    version: Annotated[bool, typer.Option(help="Print the version and exit.")] = False,
) -> None:
    if version:
        from planner import __version__

        typer.echo(f"vertebroplan {__version__}")
        raise typer.Exit
    if measure_start:
        window_commands.measure_start()
        raise typer.Exit
    if context.invoked_subcommand is None:
        window_commands.open_window()


def with_open_implied(words: Sequence[str]) -> list[str]:
    """Return the command line with ``open`` before a first word that is a path, not a command."""
    commands = {info.name for info in app.registered_commands}
    if words and words[0] not in commands and Path(words[0]).exists():
        return ["open", *words]
    return list(words)


def run() -> None:
    """Run the command line of this process and end it with the command's status."""
    try:
        app(args=with_open_implied(sys.argv[1:]))
    except Exception:
        # The last guard: a fault of the program is logged whole and told in one sentence.
        from planner.foundation.log_setup import log_to_file

        log_to_file()
        logger.exception("unexpected error")
        say("The program met an error of its own. The details are in its log file.")
        sys.exit(1)

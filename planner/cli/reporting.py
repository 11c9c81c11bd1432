"""What the command line prints: one document on stdout, everything else on stderr."""

import functools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import ParamSpec

import typer

from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress, no_progress

Document = Mapping[str, object]
_Parameters = ParamSpec("_Parameters")
_BAR_CELLS = 24
_EXIT_UNUSABLE_INPUT = 1


def emit(document: Document, lines: Sequence[str], *, as_json: bool) -> None:
    """Print a result as one JSON document, or as lines to read."""
    text = json.dumps(document, indent=1, allow_nan=False) if as_json else "\n".join(lines)
    typer.echo(text)


def say(line: str) -> None:
    """Print a line for the user that is no part of the result."""
    typer.echo(line, err=True)


def report_problem(problem: PlannerError, *, as_json: bool) -> None:
    """Print a problem as one line on stderr and, for scripts, as a document on stdout."""
    say(str(problem))
    if as_json:
        error = {
            "code": problem.code,
            "message": problem.message,
            "path": None if problem.path is None else str(problem.path),
            "hint": problem.hint or None,
        }
        typer.echo(json.dumps({"error": error}, indent=1))


def reports_problems(
    command: Callable[_Parameters, None],
) -> Callable[_Parameters, None]:
    """Let a command end with status 1 and one sentence where its input cannot be used."""

    @functools.wraps(command)
    def wrapped(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except PlannerError as problem:
            report_problem(problem, as_json=bool(kwargs.get("as_json")))
            raise typer.Exit(_EXIT_UNUSABLE_INPUT) from problem

    return wrapped


def terminal_progress() -> Progress:
    """Return a progress bar on stderr where that is a terminal, and silence elsewhere."""
    if not sys.stderr.isatty():
        return no_progress

    def draw(fraction: float, message: str = "") -> None:
        filled = round(_BAR_CELLS * fraction)
        bar = "#" * filled + "." * (_BAR_CELLS - filled)
        end = "\n" if fraction >= 1.0 else ""
        sys.stderr.write(f"\r[{bar}] {fraction:4.0%} {message:<48.48}{end}")
        sys.stderr.flush()

    return draw

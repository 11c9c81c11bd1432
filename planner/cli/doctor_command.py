"""The command that checks this machine."""

from typing import Annotated

import typer

from planner.cli.reporting import emit, reports_problems


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(name="doctor", help="Check whether this machine is ready.")(doctor)


@reports_problems
def doctor(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check this machine, one line for each thing the program needs."""
    from planner.workflow.check_machine import check_machine

    checks = check_machine()
    rows = [
        {"name": check.name, "ok": check.ok, "text": check.text, "hint": check.hint or None}
        for check in checks
    ]
    lines = [
        f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.text}"
        + (f" {check.hint}" if check.hint and not check.ok else "")
        for check in checks
    ]
    emit({"checks": rows}, lines, as_json=as_json)

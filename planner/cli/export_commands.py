"""Commands that hand a plan over."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.reporting import emit, reports_problems, terminal_progress

if TYPE_CHECKING:
    from planner.export.registry import Writers
    from planner.workflow.hand_over import HandOver

_ALL = "all"


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command(name="writers", help="List what a plan can be written as.")(list_writers)
    app.command(name="export", help="Write a case through writers, read back and checked.")(export)


@reports_problems
def list_writers(*, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List the installed writers and the plugins that could not be used."""
    from planner.export.registry import discover

    writers = discover()
    rows = [
        {
            "id": registered.info.id,
            "title": registered.info.title,
            "suffixes": list(registered.info.file_suffixes),
            "version": registered.version,
            "distribution": registered.distribution,
            "carries_identity": registered.info.carries_identity,
        }
        for registered in writers.writers
    ]
    lines = [f"{row['id']:<18} {row['title']}" for row in rows]
    lines += [f"cannot be used: {f.distribution}: {f.error}" for f in writers.failures]
    emit({"writers": rows, "failures": _failure_rows(writers)}, lines, as_json=as_json)


@reports_problems
def export(
    case: Path,
    *,
    to: Annotated[str, typer.Option(metavar="ID[,ID...]|all")],
    out: Annotated[Path, typer.Option(metavar="DIR")],
    deidentify: Annotated[bool, typer.Option(help="Leave out who the patient is.")] = False,
    replace: Annotated[bool, typer.Option(help="Replace files of the same names.")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Write a case through the named writers, or all."""
    from planner.export.registry import discover
    from planner.workflow.hand_over import hand_over
    from planner.workflow.open_case import open_case
    from planner.workflow.planning_scene import planning_scene
    from planner.workflow.take_snapshot import take_snapshot

    writers = discover()
    chosen = [registered.info.id for registered in writers.writers] if to == _ALL else to.split(",")
    for writer_id in chosen:
        writers.named(writer_id)
    progress = terminal_progress()
    opened = open_case(case, progress)
    scene = planning_scene(opened.study, opened.case.vertebrae)
    snapshot = take_snapshot(opened.case, scene, deidentify=deidentify)
    result = hand_over(snapshot, writers, chosen, out, progress, may_replace=replace)
    document = hand_over_document(result) | {"failures": _failure_rows(writers)}
    emit(document, hand_over_lines(result), as_json=as_json)


def hand_over_document(result: "HandOver") -> dict[str, object]:
    """Return what was written, for scripts."""
    return {
        "receipts": [
            {
                "writer": receipt.writer_id,
                "paths": [
                    {"path": str(file.path), "sha256": file.sha256, "bytes": file.size_bytes}
                    for file in receipt.files
                ],
                "problems": [problem.message for problem in receipt.problems],
            }
            for receipt in result.receipts
        ]
    }


def hand_over_lines(result: "HandOver") -> list[str]:
    """Return what was written, to read."""
    lines: list[str] = []
    for receipt in result.receipts:
        lines.extend(f"{receipt.writer_id}: {file.path}" for file in receipt.files)
        lines.extend(f"{receipt.writer_id}: {problem.message}" for problem in receipt.problems)
        if receipt.clashes:
            lines.append(f"{receipt.writer_id}: Use --replace, or another folder.")
    return lines


def _failure_rows(writers: "Writers") -> list[dict[str, str]]:
    return [{"distribution": f.distribution, "error": f.error} for f in writers.failures]

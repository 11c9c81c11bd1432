"""The command that pictures where a case's cement would go."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.points import number, rounded
from planner.cli.reporting import emit, reports_problems, terminal_progress

if TYPE_CHECKING:
    from planner.simulation.cement_runs import LeakShare
    from planner.workflow.picture_cement import CaseFills, LevelFill


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(name="cement", help="Picture where a case's cement would go.")(cement)


@reports_problems
def cement(
    case: Annotated[Path, typer.Argument(metavar="CASE")],
    *,
    volume: Annotated[
        float | None,
        typer.Option(metavar="ML", min=0.1, max=12.0, help="Instead of the planned volume."),
    ] = None,
    runs: Annotated[int, typer.Option(metavar="N", min=1, max=5000)] = 200,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="The same gives the same.")] = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Picture where a case's cement would go: an illustration that ranks choices, no forecast."""
    from planner.workflow.picture_cement import picture_cement

    fills = picture_cement(case, volume, runs, seed, terminal_progress())
    emit(_document(fills, seed), _lines(fills), as_json=as_json)


def _document(fills: "CaseFills", seed: int) -> dict[str, object]:
    from planner.simulation.cement_assumptions import SENTENCES

    return {
        "fills": [_fill_document(fill) for fill in fills.fills],
        "seed": seed,
        "assumptions": list(SENTENCES),
        "seconds": {name: number(seconds) for name, seconds in fills.seconds.items()},
    }


def _fill_document(fill: "LevelFill") -> dict[str, object]:
    study = fill.study
    return {
        "level": fill.level.name,
        "volume_ml": number(fill.volume_ml),
        "filled_ml": number(study.filled_ml),
        "runs": study.runs,
        "share_of_runs_without_leak": number(study.leak_free_share),
        "leaks": [leak_document(leak) for leak in study.leaks],
        "gaps": [
            {
                "wall": gap.wall,
                "place_lps_mm": rounded(gap.place_lps_mm),
                "diameter_mm": number(gap.diameter_mm),
            }
            for gap in study.picture.prepared.space.gaps
        ],
    }


def leak_document(leak: "LeakShare") -> dict[str, object]:
    """Return one way out, keys and units as scripts expect."""
    return {
        "destination": leak.destination.value,
        "class": None if leak.leak_class is None else leak.leak_class.value,
        "share_of_runs": number(leak.share_of_runs),
        "volume_at_leak_ml": number(leak.volume_at_leak_ml),
        "least_volume_ml": number(leak.least_volume_ml),
        "path_lps_mm": [rounded(point) for point in leak.path_lps_mm],
    }


def _lines(fills: "CaseFills") -> list[str]:
    from planner.assessment.fill_findings import fill_findings

    lines = []
    for fill in fills.fills:
        lines.append(f"{fill.level.name}: {fill.study.filled_ml:.1f} of {fill.volume_ml:.1f} ml in")
        lines.extend(
            f"  [{finding.severity.value}] {finding.message}"
            for finding in fill_findings(fill.level, fill.study)
        )
    return lines

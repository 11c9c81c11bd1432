"""The command that finds and measures vertebrae."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.points import LevelClick, number, parse_click, rounded
from planner.cli.reporting import emit, reports_problems, terminal_progress

if TYPE_CHECKING:
    from planner.anatomy.vertebra import Pedicle, VertebraModel
    from planner.workflow.measure_levels import LevelReport
    from planner.workflow.open_study import OpenStudy


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(name="levels", help="Find vertebrae and measure them.")(levels)


@reports_problems
def levels(
    path: Path,
    *,
    series: Annotated[str | None, typer.Option(metavar="UID")] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="X,Y,Z[=L1]", help="A LPS point inside a vertebral body."),
    ] = None,
    find_all: Annotated[bool, typer.Option("--all", help="Every whole vertebra.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="LABELS.nii.gz", help="Write the label map.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Find vertebrae from points inside them, or all of them, and measure them."""
    from planner.workflow.measure_levels import kyphosis_deg, measure_levels, write_labels
    from planner.workflow.open_study import open_study

    clicks = [parse_click(text) for text in at or ()]
    if not clicks and not find_all:
        raise typer.BadParameter("Name points with --at X,Y,Z=L1, or ask for --all.")
    progress = terminal_progress()
    started = time.perf_counter()
    study = open_study(path, progress, series_uid=series)
    loaded = time.perf_counter()
    found = _find(study, clicks, find_all=find_all)
    reports = measure_levels(tuple(vertebra for vertebra, _ in found))
    if out is not None:
        write_labels(out, study, tuple(vertebra for vertebra, _ in found))
    document = {
        "levels": [
            level_document(report, seconds)
            for report, (_, seconds) in zip(reports, found, strict=True)
        ],
        "kyphosis_deg": kyphosis_deg(tuple(vertebra for vertebra, _ in found)),
        "warnings": list(study.warnings),
        "seconds": {
            "load": number(loaded - started),
            "total": number(time.perf_counter() - started),
        },
    }
    emit(document, [_line(report) for report in reports], as_json=as_json)


def _find(
    study: "OpenStudy", clicks: list[LevelClick], *, find_all: bool
) -> list[tuple["VertebraModel", float]]:
    from planner.workflow.find_levels import find_clicked_levels, find_every_level

    if find_all:
        return find_every_level(study, clicks, terminal_progress())
    return find_clicked_levels(study, clicks, terminal_progress())


def level_document(report: "LevelReport", seconds: float) -> dict[str, object]:
    """Return one vertebra's measures, keys and units as scripts expect."""
    vertebra = report.vertebra
    return {
        "label": vertebra.level.name,
        "centre_lps_mm": rounded(vertebra.centre_lps_mm),
        "lps_from_vertebra": [rounded(row) for row in vertebra.lps_from_vertebra.matrix],
        "volume_ml": {
            "whole": number(vertebra.whole_volume_ml),
            "body": number(vertebra.body_volume_ml),
        },
        "heights_mm": {
            "anterior": number(vertebra.heights.anterior_mm),
            "middle": number(vertebra.heights.middle_mm),
            "posterior": number(vertebra.heights.posterior_mm),
        },
        "reference_heights_mm": report.reference_document(),
        "wedge_deg": number(report.wedge_deg),
        "ratios": {
            "wedge": number(report.wedge_ratio),
            "biconcavity": number(report.biconcavity_ratio),
            "crush": number(report.crush_ratio),
        },
        "genant": {"grade": report.genant_grade, "shape": report.genant_shape},
        "trabecular_hu": number(vertebra.trabecular_hu),
        "pedicles": {
            "left": _pedicle_document(vertebra.left_pedicle),
            "right": _pedicle_document(vertebra.right_pedicle),
        },
        "findings": list(vertebra.notes),
        "seconds": number(seconds),
    }


def _pedicle_document(pedicle: "Pedicle | None") -> dict[str, object] | None:
    if pedicle is None:
        return None
    return {
        "width_mm": number(pedicle.width_mm),
        "height_mm": number(pedicle.height_mm),
        "isthmus_lps_mm": rounded(pedicle.isthmus_lps_mm),
        "axis_lps": rounded(pedicle.axis_lps),
    }


def _line(report: "LevelReport") -> str:
    vertebra = report.vertebra
    heights = vertebra.heights
    return (
        f"{vertebra.level.name}: heights {heights.anterior_mm:.1f} / {heights.middle_mm:.1f} / "
        f"{heights.posterior_mm:.1f} mm, wedge {report.wedge_deg:.1f} deg, "
        f"body {vertebra.body_volume_ml:.1f} ml"
    )

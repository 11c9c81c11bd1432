"""The command that finds and measures vertebrae."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.points import LevelClick, number, parse_click, rounded
from planner.cli.reporting import emit, reports_problems, terminal_progress

if TYPE_CHECKING:
    from planner.anatomy.fracture import ReferenceHeights
    from planner.anatomy.levels import VertebraLevel
    from planner.anatomy.segmenter import LevelAnchor
    from planner.anatomy.vertebra import Pedicle, VertebraModel
    from planner.workflow.measure_levels import LevelReport
    from planner.workflow.open_study import OpenStudy


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(name="levels", help="Find vertebrae and measure them.")(levels)


@reports_problems
def levels(  # noqa: PLR0913 - one parameter an option
    path: Path,
    *,
    series: Annotated[str | None, typer.Option(metavar="UID")] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="X,Y,Z[=L1]", help="A LPS point inside a vertebral body."),
    ] = None,
    find_all: Annotated[bool, typer.Option("--all", help="Every whole vertebra.")] = False,
    labels: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Take the outlines from a label map: NIfTI, NRRD or DICOM SEG."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="LABELS.nii.gz", help="Write the label map.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Find vertebrae from points inside them, or all of them, and measure them."""
    from planner.workflow.measure_levels import kyphosis_deg, measure_levels, write_labels
    from planner.workflow.open_study import open_study

    clicks = [parse_click(text) for text in at or ()]
    if labels is not None and clicks:
        raise typer.BadParameter("A label map names its own levels: leave out --at.")
    if not clicks and not find_all and labels is None:
        raise typer.BadParameter("Name points with --at X,Y,Z=L1, or ask for --all or --labels.")
    progress = terminal_progress()
    started = time.perf_counter()
    key = None if series is None else (series, "")
    study = open_study(path, progress, series_key=key)
    loaded = time.perf_counter()
    vertebrae, seconds, sentences = (
        _find(study, clicks, find_all=find_all) if labels is None else _import(study, labels)
    )
    reports = measure_levels(vertebrae)
    if out is not None:
        write_labels(out, study, vertebrae)
    document = {
        "levels": [
            level_document(report, level_s)
            for report, level_s in zip(reports, seconds, strict=True)
        ],
        "kyphosis_deg": {name: number(angle) for name, angle in kyphosis_deg(vertebrae).items()},
        "warnings": [*study.warnings, *study.notes, *sentences],
        "seconds": {
            "load": number(loaded - started),
            "total": number(time.perf_counter() - started),
        },
    }
    emit(document, [_line(report) for report in reports], as_json=as_json)


def _find(
    study: "OpenStudy", clicks: list[LevelClick], *, find_all: bool
) -> tuple[list["VertebraModel"], list[float], list[str]]:
    from planner.anatomy.segmenter import LevelAnchor
    from planner.workflow.find_levels import find_all_levels, find_one_level

    progress = terminal_progress()
    named = [click for click in clicks if click.level is not None]
    anchor = LevelAnchor(named[0].level, named[0].lps_mm) if named and named[0].level else None
    started = time.perf_counter()
    if find_all:
        found = find_all_levels(study, anchor, progress)
        share = (time.perf_counter() - started) / max(len(found.vertebrae), 1)
        sentences = [found.naming.evidence, *found.left_out]
        return list(found.vertebrae), [share] * len(found.vertebrae), sentences
    vertebrae, seconds, sentences = [], [], []
    for click in clicks:
        began = time.perf_counter()
        level, evidence = _level_of(study, click, anchor)
        sentences += evidence
        vertebrae.append(find_one_level(study, click.lps_mm, level, progress))
        seconds.append(time.perf_counter() - began)
    return vertebrae, seconds, sentences


def _import(
    study: "OpenStudy", labels: Path
) -> tuple[list["VertebraModel"], list[float], list[str]]:
    from planner.workflow.label_levels import levels_of_labels

    started = time.perf_counter()
    found = levels_of_labels(study, labels, terminal_progress())
    share = (time.perf_counter() - started) / len(found.vertebrae)
    return list(found.vertebrae), [share] * len(found.vertebrae), list(found.sentences)


def _level_of(
    study: "OpenStudy", click: LevelClick, anchor: "LevelAnchor | None"
) -> tuple["VertebraLevel", list[str]]:
    """Return what a click is called: as the user said, or as counted along the spine."""
    from planner.geometry.points import distance_mm
    from planner.workflow.find_levels import find_spine

    if click.level is not None:
        return click.level, []
    chain = find_spine(study, anchor, terminal_progress())
    nearest = min(chain.levels, key=lambda place: distance_mm(place.centre_lps_mm, click.lps_mm))
    return nearest.level, [chain.naming.evidence]


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
        "reference_heights_mm": _reference_document(report.reference),
        "wedge_deg": number(report.wedge_deg),
        "ratios": {
            "wedge": number(report.ratios.wedge),
            "biconcavity": number(report.ratios.biconcavity),
            "crush": number(report.ratios.crush),
        },
        "genant": {"grade": report.grade.grade, "shape": report.grade.shape.value},
        "trabecular_hu": number(vertebra.trabecular_hu),
        "pedicles": {
            "left": _pedicle_document(vertebra.left_pedicle),
            "right": _pedicle_document(vertebra.right_pedicle),
        },
        "findings": list(vertebra.notes),
        "seconds": number(seconds),
    }


def _reference_document(reference: "ReferenceHeights | None") -> dict[str, object] | None:
    if reference is None:
        return None
    return {
        "anterior": number(reference.anterior_mm),
        "middle": number(reference.middle_mm),
        "posterior": number(reference.posterior_mm),
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
        f"body {vertebra.body_volume_ml:.1f} ml" + "".join(f"\n  {note}" for note in vertebra.notes)
    )

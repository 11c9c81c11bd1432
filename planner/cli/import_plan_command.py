"""The command that reads an exported plan back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.reporting import emit, reports_problems, terminal_progress

if TYPE_CHECKING:
    from planner.devices.device_values import DeviceCatalog
    from planner.export.writer import ExportedPlan
    from planner.planning.plan import LevelPlan, Plan, PlannedNeedle

_CASE_SUFFIX = ".vplan"


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(name="import-plan", help="Read a plan back from its JSON or its DICOM SR.")(
        import_plan_file
    )


@reports_problems
def import_plan_file(
    file: Path,
    *,
    onto: Annotated[
        Path | None,
        typer.Option(metavar="CASE|IMAGES", help="Put it onto a case, or onto its images."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="CASE", help="The new case, with --onto IMAGES.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Read a plan back and print it, every number as it was exported."""
    from planner.devices.catalog import device_catalog
    from planner.export.registry import discover
    from planner.workflow.import_plan import import_plan

    exported = import_plan(file, discover())
    plan, case = exported.plan, None
    if onto is not None:
        plan, case = _put(exported, onto, out)
    document = plan_values(plan, device_catalog())
    lines = plan_value_lines(plan)
    if case is not None:
        document, lines = {"case": str(case), **document}, [f"Put onto {case}.", *lines]
    emit(document, lines, as_json=as_json)


def _put(exported: "ExportedPlan", onto: Path, out: Path | None) -> "tuple[Plan, Path]":
    """Put a plan onto a case, or onto images as a new case; return it and the case."""
    from planner.workflow.put_plan import put_onto_case, put_onto_images

    progress = terminal_progress()
    if onto.suffix == _CASE_SUFFIX:
        if out is not None:
            raise typer.BadParameter("--out is for --onto IMAGES: a case takes the plan itself.")
        return put_onto_case(exported, onto, progress), onto
    if out is None:
        raise typer.BadParameter("--onto IMAGES needs --out CASE.vplan.")
    return put_onto_images(exported, onto, out, progress), out


def plan_values(plan: "Plan", catalog: "DeviceCatalog") -> dict[str, object]:
    """Return a plan without measures: only its own numbers, unrounded."""
    return {"levels": [_level(level, catalog) for level in plan.levels]}


def _level(level: "LevelPlan", catalog: "DeviceCatalog") -> dict[str, object]:
    cement = level.cement
    return {
        "label": level.level.name,
        "procedure": level.procedure.value,
        "needles": [_needle(needle, catalog) for needle in level.needles],
        "balloons": [
            {
                "side": balloon.side.value,
                "model": balloon.model_id,
                "front_beyond_tip_mm": balloon.front_beyond_tip_mm,
                "volume_ml": balloon.volume_ml,
            }
            for balloon in level.balloons
        ],
        "cement": None
        if cement is None
        else {"model": cement.model_id, "volume_ml": cement.volume_ml},
    }


def _needle(needle: "PlannedNeedle", catalog: "DeviceCatalog") -> dict[str, object]:
    gauges = {model.id: model.gauge for model in catalog.needles}
    return {
        "side": needle.side.value,
        "model": needle.model_id,
        "gauge": gauges.get(needle.model_id),
        "entry_skin_lps_mm": list(needle.skin_lps_mm),
        "tip_lps_mm": list(needle.tip_lps_mm),
        "depth_from_skin_mm": needle.path.length_mm,
    }


def plan_value_lines(plan: "Plan") -> list[str]:
    """Return a plan to read."""
    lines: list[str] = []
    for level in plan.levels:
        lines.append(f"{level.level.name} {level.procedure.value}")
        for needle in level.needles:
            x, y, z = needle.tip_lps_mm
            lines.append(
                f"  {needle.side.value} needle {needle.model_id}, {needle.path.length_mm:.1f} mm, "
                f"tip at {x:.1f}, {y:.1f}, {z:.1f} (LPS mm)"
            )
        lines.extend(
            f"  {balloon.side.value} balloon {balloon.model_id}, {balloon.volume_ml:.1f} ml"
            for balloon in level.balloons
        )
        if level.cement is not None:
            lines.append(f"  cement {level.cement.model_id}, {level.cement.volume_ml:.1f} ml")
    return lines

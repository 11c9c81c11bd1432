"""The command that reads an exported plan back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.reporting import emit, reports_problems

if TYPE_CHECKING:
    from planner.devices.device_values import DeviceCatalog
    from planner.planning.plan import LevelPlan, Plan, PlannedNeedle


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(name="import-plan", help="Read a plan back from its JSON or its DICOM SR.")(
        import_plan_file
    )


@reports_problems
def import_plan_file(
    file: Path, *, as_json: Annotated[bool, typer.Option("--json")] = False
) -> None:
    """Read a plan back and print it, every number as it was exported."""
    from planner.devices.catalog import device_catalog
    from planner.export.registry import discover
    from planner.workflow.import_plan import import_plan

    plan = import_plan(file, discover())
    emit(plan_values(plan, device_catalog()), plan_value_lines(plan), as_json=as_json)


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

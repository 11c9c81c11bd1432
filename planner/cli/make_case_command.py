"""The command that makes a case of the model spine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import attrs
import typer

from planner.cli.points import number
from planner.cli.reporting import emit, reports_problems, terminal_progress

if TYPE_CHECKING:
    from planner.digital_spine.case_truth import LevelFacts


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(name="make-case", help="Make a case of the model spine, with its truth.")(make_case)


@reports_problems
def make_case(
    spec: Annotated[
        Path, typer.Argument(metavar="SPEC.toml", help="A file, or a ready spec's id.")
    ],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR")],
    spacing: Annotated[
        float | None, typer.Option(metavar="MM", min=0.3, max=5.0, help="Between voxels.")
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", min=0, help="Another patient.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Make a case of the model spine, with its truth."""
    from planner.digital_spine.case_spec import named_or_read_spec
    from planner.workflow.make_case import make_case as make

    wanted = named_or_read_spec(spec)
    if spacing is not None:
        scan = attrs.evolve(wanted.scan, spacing_mm=spacing, step_mm=spacing, thickness_mm=None)
        wanted = attrs.evolve(wanted, scan=scan)
    if seed is not None:
        wanted = attrs.evolve(wanted, seed=seed)
    made = make(wanted, out, terminal_progress())
    files = made.files
    document = {
        "series_path": str(files.series_path),
        "truth_path": str(files.truth_path),
        "mr_paths": [str(path) for path in files.mr_paths],
        "radiograph_paths": [str(path) for path in made.radiograph_paths],
        "levels": [_level_document(level) for level in files.levels],
        "seconds": number(files.seconds),
    }
    lines = [
        f"{wanted.title}: {files.series_path}",
        *(_line(level) for level in files.levels),
        "A model, not a patient.",
    ]
    emit(document, lines, as_json=as_json)


def _level_document(facts: "LevelFacts") -> dict[str, object]:
    names = ("anterior", "middle", "posterior")
    return {
        "label": facts.level.name,
        "heights_mm": {n: number(h) for n, h in zip(names, facts.heights_mm, strict=True)},
        "heights_before_mm": {
            n: number(h) for n, h in zip(names, facts.heights_before_mm, strict=True)
        },
        "wedge_deg": number(facts.wedge_deg),
        "pedicles": {
            side: {"width_mm": number(width), "height_mm": number(height)}
            for side, (width, height) in (
                ("left", facts.left_pedicle_mm),
                ("right", facts.right_pedicle_mm),
            )
        },
    }


def _line(facts: "LevelFacts") -> str:
    anterior, middle, posterior = facts.heights_mm
    return (
        f"  {facts.level.name:<4} {anterior:.1f} / {middle:.1f} / {posterior:.1f} mm, "
        f"wedge {facts.wedge_deg:.1f} degrees"
    )

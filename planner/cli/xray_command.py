"""The command that takes one simulated X-ray."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.points import number, parse_point_lps_mm, rounded
from planner.cli.reporting import emit, reports_problems, terminal_progress

if TYPE_CHECKING:
    from planner.workflow.take_xray import XrayTaken


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(name="xray", help="Take one simulated X-ray of a study or a case.")(xray)


@reports_problems
def xray(  # noqa: PLR0913 - one parameter an option
    path: Annotated[Path, typer.Argument(metavar="PATH|CASE")],
    *,
    orbital: Annotated[float, typer.Option(metavar="DEG", help="0: AP; 90: lateral.")],
    angular: Annotated[float, typer.Option(metavar="DEG", help="Grows towards the head.")],
    out: Annotated[Path, typer.Option(metavar="IMAGE.png")],
    at: Annotated[
        str | None, typer.Option(metavar="X,Y,Z", help="The isocentre in LPS millimetres.")
    ] = None,
    size: Annotated[int, typer.Option(metavar="N", min=1, max=4096, help="Pixels an edge.")] = 512,
    source_isocentre: Annotated[float | None, typer.Option(metavar="MM")] = None,
    source_detector: Annotated[float | None, typer.Option(metavar="MM")] = None,
    detector: Annotated[float | None, typer.Option(metavar="MM", help="Its edge.")] = None,
    instruments: Annotated[
        bool, typer.Option("--instruments", help="With the case's needles and balloons.")
    ] = False,
    raw: Annotated[
        Path | None,
        typer.Option(metavar="IMAGE.mha", help="Also the CT's line integrals, in mm of water."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Take one simulated X-ray."""
    from planner.simulation.c_arm import CArmGeometry, mobile_c_arm
    from planner.workflow.take_xray import XrayRequest, take_xray

    usual = mobile_c_arm(size)
    arm = CArmGeometry(
        usual.source_isocentre_mm if source_isocentre is None else source_isocentre,
        usual.source_detector_mm if source_detector is None else source_detector,
        usual.detector_mm if detector is None else detector,
        size,
    )
    request = XrayRequest(
        path=path,
        arm=arm,
        orbital_deg=orbital,
        angular_deg=angular,
        isocentre_lps_mm=None if at is None else parse_point_lps_mm(at),
        with_instruments=instruments,
        picture_path=out,
        raw_path=raw,
    )
    taken = take_xray(request, terminal_progress())
    line = f"{out}: {size} x {size} pixels, {1000.0 * taken.seconds['shot']:.0f} ms"
    emit(_document(taken), [line], as_json=as_json)


def _document(taken: "XrayTaken") -> dict[str, object]:
    view = taken.view
    return {
        "seconds": {name: number(seconds) for name, seconds in taken.seconds.items()},
        "source_lps_mm": rounded(view.source_lps_mm),
        "detector": {
            "centre_lps_mm": rounded(view.detector_centre_lps_mm),
            "right_lps": list(view.right_lps),
            "down_lps": list(view.down_lps),
            "pixel_mm": view.pixel_mm,
        },
    }

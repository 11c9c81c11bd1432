"""The command that marks a recorded rehearsal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.points import number
from planner.cli.reporting import emit, reports_problems, terminal_progress

if TYPE_CHECKING:
    from planner.workflow.rehearse import MarkedRun


def add_to(app: typer.Typer) -> None:
    """Register this command."""
    app.command(name="rehearse", help="Do a recorded rehearsal again and mark it.")(rehearse)


@reports_problems
def rehearse(
    *,
    scenario: Annotated[str, typer.Option(metavar="ID")],
    replay: Annotated[Path, typer.Option(metavar="RUN.json")],
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Do a recorded run again and print its score; the same run always has the same score."""
    from planner.workflow.rehearse import mark_run

    marked = mark_run(scenario, replay, terminal_progress())
    emit(_document(marked), _lines(marked), as_json=as_json)


def _document(marked: "MarkedRun") -> dict[str, object]:
    state, score = marked.state, marked.score
    return {
        "score": {
            # Whole, so that two replays can be compared to the last digit.
            "total": score.total,
            "parts": [
                {"name": p.name, "points": p.points, "of": p.most, "text": p.text}
                for p in score.parts
            ],
            "passed": score.passed,
            "failures": list(score.failures),
        },
        "limits": [
            {"code": use.code, "used": number(use.used), "most": use.most, "over": use.is_over}
            for use in marked.limit_uses
        ],
        "checkpoints": [
            {
                "code": moment.code,
                "side": None if moment.side is None else moment.side.value,
                "time_s": moment.time_s,
                "passed": moment.passed,
                "critical": moment.is_critical,
                "text": moment.text,
            }
            for moment in state.moments
        ],
        "shots": [
            {
                "time_s": shot.time_s,
                "panel": shot.panel.value,
                "orbital_deg": number(shot.pose.orbital_deg),
                "angular_deg": number(shot.pose.angular_deg),
                "off_true_deg": number(shot.off_true_deg),
                "beam_s": shot.beam_s,
                "live": shot.is_live,
                "dose": number(shot.dose),
                "in_needle_phase": shot.in_needle_phase,
            }
            for shot in state.shots
        ],
        "seconds": {name: number(seconds) for name, seconds in marked.seconds.items()},
    }


def _lines(marked: "MarkedRun") -> list[str]:
    score = marked.score
    verdict = "passed" if score.passed else "failed"
    return [
        f"{score.total:.1f} of 100, {verdict}",
        *(f"  {p.name:<9} {p.points:5.1f} of {p.most:3.0f}  {p.text}" for p in score.parts),
        *(f"  critical: {sentence}" for sentence in score.failures),
        *(
            f"  {'ok' if moment.passed else 'no':<3} {moment.time_s:5.0f} s  {moment.text}"
            for moment in marked.state.moments
        ),
    ]

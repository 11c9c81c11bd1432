"""Read the plan back from the open plan format."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.export.writer import ExportedPlan
from planner.foundation.errors import PlannerError, PlanProblem
from planner.geometry.measurement import Measurement
from planner.geometry.points import Triple, as_triple
from planner.planning.plan import (
    AcceptedFinding,
    BalloonLimits,
    CementPhases,
    DeadVolume,
    Injector,
    LevelPlan,
    NeedleRoute,
    Plan,
    PlannedBalloon,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)
from planner_writer_json.plan_document import FORMAT, FORMAT_VERSION, KIND_NAMES

_Row = Mapping[str, object]
_KINDS = {name: kind for kind, name in KIND_NAMES.items()}


def read_plan_json(path: Path) -> ExportedPlan:
    """Return the plan of a file of the open plan format, equal to the one written.

    Raises
    ------
    PlanProblem
        If the file cannot be read or holds no plan of a version this program knows.
    """
    try:
        document: object = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise PlanProblem(
            "The file cannot be read as JSON.", path=path, hint="Choose a plan file (.json)."
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise PlanProblem(
            "The file is JSON, but not a Vertebroplan plan.",
            path=path,
            hint="Choose a plan file (.json).",
        )
    version = document.get("format_version")
    if version != FORMAT_VERSION:
        raise PlanProblem(
            f"The plan file has format {version}; this program reads format {FORMAT_VERSION}.",
            path=path,
            hint="Open it with the version of the program that wrote it.",
        )
    try:
        return _exported(document)
    except (PlannerError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlanProblem(
            "The plan in the file is damaged or impossible.", path=path, hint="Export it again."
        ) from error


def _exported(document: _Row) -> ExportedPlan:
    study = cast("_Row", document["study"])
    frame_uid = study["frame_of_reference_uid"]
    plan = attrs.evolve(
        _entered(cast("_Row", document.get("entered", {}))),
        levels=tuple(_level(row) for row in _rows(document["levels"])),
        measurements=tuple(_measurements(_rows(document.get("measurements", ())))),
    )
    return ExportedPlan(
        plan,
        str(study["study_uid"]),
        str(study["series_uid"]),
        None if frame_uid is None else str(frame_uid),
    )


def _measurements(rows: Sequence[_Row]) -> Iterator[Measurement]:
    """Yield what was measured in slices; earlier files have nothing of it.

    What was measured in radiographs is no part of a plan.
    """
    for row in rows:
        if row["points_lps_mm"] is not None:
            points = cast("Sequence[Sequence[float]]", row["points_lps_mm"])
            yield Measurement(
                str(row["id"]),
                _KINDS[str(row["kind"])],
                tuple(map(as_triple, points)),
                _point(row, "right_lps"),
                _point(row, "down_lps"),
            )


def _entered(row: _Row) -> Plan:
    """Return a plan that holds what the user has entered; earlier files have nothing of it."""
    injector = cast("_Row | None", row.get("injector"))
    phases = cast("_Row | None", row.get("cement_phases"))
    return Plan(
        balloon_limits=tuple(
            BalloonLimits(
                str(limits["model_id"]),
                _number(limits, "volume_ml"),
                _number(limits, "pressure_psi"),
                str(limits["read_in"]),
            )
            for limits in _rows(row.get("balloon_limits", ()))
        ),
        dead_volumes=tuple(
            DeadVolume(str(lumen["model_id"]), _number(lumen, "volume_ml"), str(lumen["read_in"]))
            for lumen in _rows(row.get("dead_volumes", ()))
        ),
        injector=None
        if injector is None
        else Injector(_number(injector, "ml_per_turn"), _number(injector, "ml_per_minute")),
        cement_phases=None
        if phases is None
        else CementPhases(
            _number(phases, "from_minutes"),
            _number(phases, "until_minutes"),
            _number(phases, "sets_minutes"),
            str(phases["read_in"]),
        ),
        accepted=tuple(_accepted(item) for item in _rows(row.get("accepted", ()))),
    )


def _accepted(row: _Row) -> AcceptedFinding:
    return AcceptedFinding(
        level=None if row["level"] is None else VertebraLevel[str(row["level"])],
        side=None if row["side"] is None else Side(row["side"]),
        code=str(row["code"]),
        severity=str(row["severity"]),
        value=_number(row, "value"),
        limit=None if row["limit"] is None else _number(row, "limit"),
        unit=str(row["unit"]),
        reason=str(row["reason"]),
    )


def _level(row: _Row) -> LevelPlan:
    cement = cast("_Row | None", row["cement"])
    return LevelPlan(
        level=VertebraLevel[str(row["level"])],
        procedure=Procedure(row["procedure"]),
        needles=tuple(
            PlannedNeedle(
                Side(needle["side"]),
                str(needle["model_id"]),
                _point(needle, "entry_skin_lps_mm"),
                _point(needle, "tip_lps_mm"),
                NeedleRoute(needle.get("route", NeedleRoute.TRANSPEDICULAR.value)),
            )
            for needle in _rows(row["needles"])
        ),
        balloons=tuple(
            PlannedBalloon(
                Side(balloon["side"]),
                str(balloon["model_id"]),
                _number(balloon, "front_beyond_tip_mm"),
                _number(balloon, "volume_ml"),
                None if balloon.get("gauge_psi") is None else _number(balloon, "gauge_psi"),
            )
            for balloon in _rows(row["balloons"])
        ),
        cement=None
        if cement is None
        else PlannedCement(str(cement["model_id"]), _number(cement, "volume_ml")),
        is_healed=bool(row.get("is_healed", False)),
    )


def _rows(value: object) -> Sequence[_Row]:
    return cast("Sequence[_Row]", value)


def _number(row: _Row, key: str) -> float:
    return float(cast("float", row[key]))


def _point(row: _Row, key: str) -> Triple:
    return as_triple(cast("Sequence[float]", row[key]))

"""Read the plan back from the open plan format."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

from planner.anatomy.levels import Side, VertebraLevel
from planner.export.writer import ExportedPlan
from planner.foundation.errors import PlannerError, PlanProblem
from planner.geometry.points import Triple, as_triple
from planner.planning.plan import (
    LevelPlan,
    Plan,
    PlannedBalloon,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)
from planner_writer_json.plan_document import FORMAT, FORMAT_VERSION

_Row = Mapping[str, object]


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
    return ExportedPlan(
        Plan(tuple(_level(row) for row in _rows(document["levels"]))),
        str(study["study_uid"]),
        str(study["series_uid"]),
        None if frame_uid is None else str(frame_uid),
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
            )
            for needle in _rows(row["needles"])
        ),
        balloons=tuple(
            PlannedBalloon(
                Side(balloon["side"]),
                str(balloon["model_id"]),
                _number(balloon, "front_beyond_tip_mm"),
                _number(balloon, "volume_ml"),
            )
            for balloon in _rows(row["balloons"])
        ),
        cement=None
        if cement is None
        else PlannedCement(str(cement["model_id"]), _number(cement, "volume_ml")),
    )


def _rows(value: object) -> Sequence[_Row]:
    return cast("Sequence[_Row]", value)


def _number(row: _Row, key: str) -> float:
    return float(cast("float", row[key]))


def _point(row: _Row, key: str) -> Triple:
    return as_triple(cast("Sequence[float]", row[key]))

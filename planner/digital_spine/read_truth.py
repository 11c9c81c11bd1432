"""A level of a made case by the truth that lies beside its images."""

import json
from pathlib import Path
from typing import Any, cast

from planner.anatomy.levels import VertebraLevel
from planner.dicom.study_reference import StudyReference
from planner.digital_spine.case_truth import SCHEMA
from planner.foundation.errors import PlannerError
from planner.geometry.points import Triple, as_triple

_TRUTH = ("truth", "truth.json")
_TITLE_LETTERS = 48
"""As many of a case's title stand in its patient's name."""


def known_level(study: StudyReference) -> tuple[VertebraLevel, Triple] | None:
    """Return the level that a made case is about and the middle of its body, LPS mm.

    None for every other study, and where the truth is gone or that of another case.
    """
    images = Path(study.path)
    for folder in (images, images.parent):
        path = folder.joinpath(*_TRUTH)
        try:
            document = cast("dict[str, Any]", json.loads(path.read_text("utf-8")))
            if document["schema"] == SCHEMA and _is_of(document, study):
                return _first_sick(document)
        except (PlannerError, OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return None


def _is_of(document: dict[str, Any], study: StudyReference) -> bool:
    return study.patient.name == f"MODEL^{document['title'].upper()[:_TITLE_LETTERS]}"


def _first_sick(document: dict[str, Any]) -> tuple[VertebraLevel, Triple] | None:
    """Return the first level with a fresh change, else with any, else the middle one."""
    rows = {row["label"]: row for row in document["levels"]}
    changes = [p for p in document["pathologies"] if p.get("level") in rows]
    fresh = [p for p in changes if not p.get("is_healed")]
    names = [p["level"] for p in (*fresh, *changes)] or list(rows)[len(rows) // 2 :]
    if not names:
        return None
    centre = rows[names[0]]["landmarks_lps_mm"]["body_centre"]
    return VertebraLevel.named(names[0]), as_triple(centre)

"""The rules of Slicer's own markups schema, version 1.0.3, as far as a line uses them."""

import json
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from phantom_snapshot import SKIN, TIP

from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.planning.plan import Plan
from planner_writer_slicer.writer import SlicerMarkupsWriter

_VECTOR = {"type": "array", "items": {"type": "number"}, "minItems": 3, "maxItems": 3}
_COLOUR = {**_VECTOR, "items": {"type": "number", "minimum": 0.0, "maximum": 1.0}}
_POINT_RULES = {
    "type": "object",
    "required": ["id", "label", "position", "orientation", "positionStatus"],
    "properties": {
        "id": {"type": "string"},
        "label": {"type": "string"},
        "description": {"type": "string"},
        "associatedNodeID": {"type": "string"},
        "position": _VECTOR,
        "orientation": {**_VECTOR, "minItems": 9, "maxItems": 9},
        "selected": {"type": "boolean"},
        "locked": {"type": "boolean"},
        "visibility": {"type": "boolean"},
        "positionStatus": {"enum": ["undefined", "preview", "defined"]},
    },
}
_RULES = {
    "type": "object",
    "required": ["@schema", "markups"],
    "properties": {
        "@schema": {"type": "string", "pattern": r"markups-schema-v1\.0\.3\.json#$"},
        "markups": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["type", "coordinateSystem", "coordinateUnits", "controlPoints"],
                "properties": {
                    "type": {"const": "Line"},
                    "coordinateSystem": {"enum": ["LPS", "RAS"]},
                    "coordinateUnits": {"enum": ["mm", "um"]},
                    "locked": {"type": "boolean"},
                    "fixedNumberOfControlPoints": {"type": "boolean"},
                    "controlPoints": {"type": "array", "minItems": 2, "maxItems": 2,
                                      "items": _POINT_RULES},
                    "display": {"type": "object", "properties": {
                        "color": _COLOUR, "selectedColor": _COLOUR,
                        "opacity": {"type": "number", "minimum": 0, "maximum": 1},
                        "glyphType": {"enum": ["Sphere3D", "Diamond3D", "Cross2D"]},
                    }},
                },
            },
        },
    },
}  # fmt: skip


@pytest.fixture
def documents(a_snapshot: PlanSnapshot, tmp_path: Path) -> list[dict[str, Any]]:
    receipt = run_export(a_snapshot, SlicerMarkupsWriter(), tmp_path)
    return [json.loads(file.path.read_text("utf-8")) for file in receipt.files]


def test_the_file_keeps_the_rules_of_slicers_schema(documents: list[dict[str, Any]]) -> None:
    (document,) = documents
    jsonschema.Draft202012Validator(_RULES).validate(document)


def test_the_line_runs_from_the_skin_to_the_tip_in_lps_millimetres(
    documents: list[dict[str, Any]],
) -> None:
    (markup,) = documents[0]["markups"]
    assert (markup["coordinateSystem"], markup["coordinateUnits"]) == ("LPS", "mm")
    first, second = markup["controlPoints"]
    assert first["position"] == list(SKIN)
    assert second["position"] == list(TIP)
    assert "skin entry" in first["label"]
    assert "tip" in second["label"]


def test_a_reader_that_turns_lps_into_ras_finds_the_left_needle_at_negative_r(
    documents: list[dict[str, Any]],
) -> None:
    (markup,) = documents[0]["markups"]
    assert markup["name"] == "T12 left needle"
    skin_ras = [-markup["controlPoints"][0]["position"][0]]
    assert skin_ras[0] < 0.0


def test_each_needle_has_a_file_of_its_own(
    a_snapshot: PlanSnapshot, a_bipedicular_plan: Plan, tmp_path: Path
) -> None:
    snapshot = attrs.evolve(a_snapshot, plan=a_bipedicular_plan)
    paths = SlicerMarkupsWriter().write(snapshot, tmp_path, lambda *_: None)
    assert [path.name.split("-needle-")[0] for path in paths] == ["L1-left", "L1-right"]
    colours = {
        str(json.loads(path.read_text())["markups"][0]["display"]["color"]) for path in paths
    }
    assert len(colours) == 2

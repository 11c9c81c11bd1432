"""3D Slicer markups: a line from skin to tip for each needle, one file each.

Slicer loads the first markup of a file only, so needles never share one.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from planner.anatomy.levels import Side
from planner.export.file_names import study_tag
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanPart, WriteProblem, WriterInfo
from planner.foundation.progress import Progress
from planner.planning.plan import LevelPlan, PlannedNeedle

SCHEMA = (
    "https://raw.githubusercontent.com/slicer/slicer/master/Modules/Loadable/Markups/"
    "Resources/Schema/markups-schema-v1.0.3.json#"
)
"""Slicer knows the format by this text; it is not an address that anything opens."""
_ORIENTATION_LPS = (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 1.0)
"""Slicer's own axes (RAS) written in LPS: what it writes for a point that has no orientation."""
_COLOURS = {Side.LEFT: (0.361, 0.780, 0.961), Side.RIGHT: (0.961, 0.659, 0.357)}
"""The program's left and right needle."""

JsonObject = dict[str, object]


class SlicerMarkupsWriter:
    """Writes needles as line markups in LPS millimetres."""

    info = WriterInfo(
        id="slicer-markups",
        title="3D Slicer markups",
        file_suffixes=(".mrk.json",),
        needs=frozenset({PlanPart.NEEDLES}),
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return nothing: a needle is all it needs."""
        del snapshot
        return ()

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write one file for each needle."""
        needles = _needles(snapshot)
        paths = []
        for number, (level, needle) in enumerate(needles):
            progress(number / len(needles), _name(level, needle))
            path = folder / _file_name(level, needle, snapshot)
            document = {"@schema": SCHEMA, "markups": [_line(level, needle, snapshot)]}
            path.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", "utf-8")
            paths.append(path)
        return tuple(paths)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem for each line that does not run from this skin to this tip."""
        by_name = {path.name: path for path in paths}
        return tuple(
            WriteProblem(f"The line of {_name(level, needle)} reads back in another place.")
            for level, needle in _needles(snapshot)
            if _ends_in(by_name[_file_name(level, needle, snapshot)])
            != [needle.skin_lps_mm, needle.tip_lps_mm]
        )


def _needles(snapshot: PlanSnapshot) -> list[tuple[LevelPlan, PlannedNeedle]]:
    return [(level, needle) for level in snapshot.plan.levels for needle in level.needles]


def _name(level: LevelPlan, needle: PlannedNeedle) -> str:
    return f"{level.level.name} {needle.side.value} needle"


def _file_name(level: LevelPlan, needle: PlannedNeedle, snapshot: PlanSnapshot) -> str:
    return f"{level.level.name}-{needle.side.value}-needle-{study_tag(snapshot)}.mrk.json"


def _line(level: LevelPlan, needle: PlannedNeedle, snapshot: PlanSnapshot) -> JsonObject:
    name, colour = _name(level, needle), _COLOURS[needle.side]
    return {
        "type": "Line",
        "name": name,
        "coordinateSystem": "LPS",
        "coordinateUnits": "mm",
        "locked": True,
        "fixedNumberOfControlPoints": True,
        "labelFormat": "%N-%d",
        "lastUsedControlPointNumber": 2,
        "controlPoints": [
            _point("1", f"{name}: skin entry (supine estimate)", needle.skin_lps_mm, snapshot),
            _point("2", f"{name}: tip", needle.tip_lps_mm, snapshot),
        ],
        "measurements": [
            {
                "name": "length",
                "enabled": True,
                "value": needle.path.length_mm,
                "units": "mm",
                "printFormat": "%-#4.4g%s",
            }
        ],
        "display": {
            "visibility": True,
            "opacity": 1.0,
            "color": colour,
            "selectedColor": colour,
            "propertiesLabelVisibility": True,
            "pointLabelsVisibility": False,
            "textScale": 3.0,
            "glyphType": "Sphere3D",
            "glyphScale": 1.5,
            "sliceProjection": True,
            "sliceProjectionUseFiducialColor": True,
            "lineThickness": 0.4,
        },
    }


def _point(
    point_id: str, label: str, position_lps_mm: Sequence[float], snapshot: PlanSnapshot
) -> JsonObject:
    return {
        "id": point_id,
        "label": label,
        "description": f"{snapshot.software}. {snapshot.disclaimer}",
        "associatedNodeID": "",
        "position": position_lps_mm,
        "orientation": _ORIENTATION_LPS,
        "selected": True,
        "locked": True,
        "visibility": True,
        "positionStatus": "defined",
    }


def _ends_in(path: Path) -> list[tuple[float, ...]]:
    (markup,) = json.loads(path.read_text("utf-8"))["markups"]
    return [tuple(point["position"]) for point in markup["controlPoints"]]

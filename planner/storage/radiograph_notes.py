"""What was measured in radiographs as JSON values, as it is kept with a case."""

from collections.abc import Iterator
from typing import Any, cast

import attrs

from planner.foundation.errors import PlannerError
from planner.geometry.measurement import MeasureKind
from planner.imaging.radiograph import PixelSpacing, RadiographOrigin, SpacingKind
from planner.imaging.radiograph_measurement import (
    MeasuredRadiograph,
    RadiographMeasurement,
    RegionValues,
)

RADIOGRAPHS = "radiographs"
"""Where they are, of what is kept beside the plan."""

_Values = dict[str, Any]


def notes_as_json(pictures: tuple[MeasuredRadiograph, ...]) -> list[dict[str, object]]:
    """Return radiographs and their measurements as JSON values."""
    return [
        {
            "series_uid": picture.series_uid,
            "part": picture.part,
            "image": picture.number,
            "modality": picture.modality,
            "view": picture.view,
            "origin": None if picture.origin is None else attrs.asdict(picture.origin),
            "spacing": None if picture.spacing is None else _spacing_as_json(picture.spacing),
            "measurements": [_measurement_as_json(item) for item in picture.measurements],
        }
        for picture in pictures
    ]


def notes_from_json(stored: object) -> tuple[MeasuredRadiograph, ...]:
    """Return what `notes_as_json` gave; what cannot be read is left out."""
    return tuple(_pictures(stored))


def _pictures(stored: object) -> Iterator[MeasuredRadiograph]:
    for entry in stored if isinstance(stored, list | tuple) else ():
        try:
            yield _picture(cast("_Values", entry))
        except (PlannerError, KeyError, TypeError, ValueError, AttributeError):
            continue


def _picture(values: _Values) -> MeasuredRadiograph:
    # Earlier versions kept neither the image's own names nor the size of its pixels.
    origin, spacing = values.get("origin"), values.get("spacing")
    return MeasuredRadiograph(
        series_uid=str(values["series_uid"]),
        part=str(values["part"]),
        number=int(values["image"]),
        measurements=tuple(_measurement(item) for item in values["measurements"]),
        spacing=None if spacing is None else _spacing(spacing),
        modality=str(values.get("modality", "")),
        view=str(values.get("view", "")),
        origin=None if origin is None else RadiographOrigin(**origin),
    )


def _measurement_as_json(item: RadiographMeasurement) -> dict[str, object]:
    values = item.values
    return {
        "id": item.id,
        "kind": item.kind.value,
        "points_px": [list(place) for place in item.points_px],
        "values": None if values is None else [values.mean, values.standard_deviation],
    }


def _measurement(values: _Values) -> RadiographMeasurement:
    found = values.get("values")
    return RadiographMeasurement(
        str(values["id"]),
        MeasureKind(values["kind"]),
        tuple((float(column), float(row)) for column, row in values["points_px"]),
        None if found is None else RegionValues(float(found[0]), float(found[1])),
    )


def _spacing_as_json(spacing: PixelSpacing) -> dict[str, object]:
    return attrs.asdict(spacing) | {"kind": spacing.kind.value}


def _spacing(values: _Values) -> PixelSpacing:
    return PixelSpacing(
        float(values["row_mm"]),
        float(values["column_mm"]),
        SpacingKind(values["kind"]),
        str(values["caveat"]),
    )

"""Read the plan back from our own structured report."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import Comprehensive3DSRStorage

from planner.anatomy.levels import Side, VertebraLevel
from planner.export.plan_quantities import (
    BALLOON_VOLUME,
    CEMENT_VOLUME,
    ENTRY,
    FRONT_BEYOND_TIP,
    TIP,
    coordinate_ids,
)
from planner.export.writer import ExportedPlan
from planner.foundation.errors import PlannerError, PlanProblem
from planner.geometry.measurement import MeasureKind, Measurement
from planner.geometry.points import Triple, as_triple
from planner.planning.plan import (
    LevelPlan,
    NeedleRoute,
    PlannedBalloon,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)
from planner_writer_dicom import codes as own
from planner_writer_dicom.entered_words import plan_entered
from planner_writer_dicom.measurement_points import measurement_of

_TOLERANCE_MM = 1e-3
"""How far the single precision of a polyline may be from the plan's own number."""
_FINDING_SITES = {("363698007", "SCT"), ("G-C0E3", "SRT")}
_LATERALITY = {("272741003", "SCT"), ("G-C171", "SRT")}
_MEASUREMENT_GROUP = ("125007", "DCM")
_MEASUREMENTS = ("126010", "DCM")
_FINDING = ("121071", "DCM")
_TRACKING = ("112039", "DCM")
_YES, _OWN = "yes", own.SCHEME
_LEVELS = {own.vertebra_code(level)[:2]: level for level in VertebraLevel}
_SIDES = {own.side_code(side)[:2]: side for side in Side}

_Key = tuple[str, str]


@attrs.frozen(eq=False)
class _Group:
    """One measurement group as values."""

    kind: _Key
    name: str
    """Its tracking identifier."""
    level: VertebraLevel | None
    """None where it belongs to no level."""
    side: Side | None
    numbers: Mapping[_Key, float]
    evaluations: Mapping[_Key, str]
    line_lps_mm: tuple[Triple, ...]
    frame_uid: str
    """The frame of reference of the line; empty without a line."""


def is_structured_report(path: Path) -> bool:
    """Return whether a file is a structured report with coordinates, ours or another's."""
    try:
        head = pydicom.dcmread(path, specific_tags=["SOPClassUID"])
    except (OSError, InvalidDicomError, ValueError, KeyError, EOFError, AttributeError):
        return False
    return str(head.get("SOPClassUID", "")) == Comprehensive3DSRStorage


def read_structured_report(path: Path) -> ExportedPlan:
    """Return the plan of a structured report, equal to the one written.

    Raises
    ------
    PlanProblem
        If the file cannot be read, is no report of ours, or its polylines and its numbers tell
        of different places.
    """
    try:
        document = pydicom.dcmread(path)
        groups = tuple(_groups(document))
        plan = attrs.evolve(
            plan_entered(_entered(document)),
            levels=tuple(_levels(groups)),
            measurements=tuple(_measurements(groups)),
        )
        exported = ExportedPlan(
            plan, str(document.StudyInstanceUID), _series_of(document), _frame_of(groups)
        )
    except PlannerError as error:
        raise PlanProblem(error.message, path=path, hint="Export the plan again.") from error
    except (
        OSError, InvalidDicomError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    ) as error:  # fmt: skip
        raise PlanProblem(
            "The structured report cannot be read as a plan.",
            path=path,
            hint="Choose a report that Vertebroplan wrote, or export it again.",
        ) from error
    if not plan.levels:
        raise PlanProblem("The structured report holds no plan of Vertebroplan.", path=path)
    return exported


def _series_of(document: Dataset) -> str:
    """Return the series of the images that the report was made on."""
    for study in document.get("CurrentRequestedProcedureEvidenceSequence", ()):
        for series in study.ReferencedSeriesSequence:
            return str(series.SeriesInstanceUID)
    return ""


def _frame_of(groups: tuple[_Group, ...]) -> str | None:
    frames = {group.frame_uid for group in groups if group.frame_uid}
    if len(frames) > 1:
        raise PlanProblem("The report's lines lie in several frames of reference.")
    return next(iter(frames), None)


def _levels(groups: tuple[_Group, ...]) -> Iterator[LevelPlan]:
    for head in groups:
        if head.kind != own.LEVEL_PLAN[:2]:
            continue
        if head.level is None:
            raise PlanProblem("The report holds a plan of a vertebra that has no name here.")
        here = [group for group in groups if group.level is head.level]
        yield LevelPlan(
            level=head.level,
            procedure=Procedure(head.evaluations[own.PROCEDURE[:2]]),
            needles=tuple(_needle(g) for g in here if g.kind == own.NEEDLE[:2]),
            balloons=tuple(_balloon(g) for g in here if g.kind == own.BALLOON[:2]),
            cement=_cement(head),
            is_healed=head.evaluations.get(own.HEALED[:2]) == _YES,
        )


def _entered(document: Dataset) -> Iterator[str]:
    for item in document.ContentSequence:
        if item.ValueType == "TEXT" and _name(item) == own.ENTERED[:2]:
            yield str(item.TextValue)


def _measurements(groups: tuple[_Group, ...]) -> Iterator[Measurement]:
    """Yield what was measured in slices; in a radiograph it is no part of a plan."""
    for group in groups:
        if group.kind == own.HAND_MEASUREMENT[:2] and group.frame_uid:
            kind = MeasureKind[group.evaluations[own.MEASUREMENT_KIND[:2]].upper()]
            numbers = {value: n for (value, scheme), n in group.numbers.items() if scheme == _OWN}
            yield measurement_of(group.name, kind, numbers)


def _needle(group: _Group) -> PlannedNeedle:
    skin, tip = (_point(group, name) for name in (ENTRY, TIP))
    line = np.array(group.line_lps_mm)
    if line.shape != (2, 3) or np.abs(line - [skin, tip]).max() > _TOLERANCE_MM:
        raise PlanProblem("The needle's line and its numbers in the report do not agree.")
    model_id = group.evaluations[own.DEVICE_MODEL[:2]]
    # Earlier reports know of one route only.
    route = group.evaluations.get(own.ROUTE[:2], NeedleRoute.TRANSPEDICULAR.value)
    return PlannedNeedle(_side(group), model_id, skin, tip, NeedleRoute(route))


def _balloon(group: _Group) -> PlannedBalloon:
    return PlannedBalloon(
        _side(group),
        group.evaluations[own.DEVICE_MODEL[:2]],
        group.numbers[FRONT_BEYOND_TIP, own.SCHEME],
        group.numbers[BALLOON_VOLUME, own.SCHEME],
        group.numbers.get(own.GAUGE_PRESSURE[:2]),
    )


def _cement(head: _Group) -> PlannedCement | None:
    model_id = head.evaluations.get(own.CEMENT_MODEL[:2])
    return (
        None
        if model_id is None
        else PlannedCement(model_id, head.numbers[CEMENT_VOLUME, own.SCHEME])
    )


def _side(group: _Group) -> Side:
    if group.side is None:
        raise PlanProblem("The report names no side for an instrument.")
    return group.side


def _point(group: _Group, name: str) -> Triple:
    return as_triple([group.numbers[axis, own.SCHEME] for axis in coordinate_ids(name)])


def _groups(document: Dataset) -> Iterator[_Group]:
    for container in document.ContentSequence:
        if _key(container.ConceptNameCodeSequence[0]) == _MEASUREMENTS:
            for item in container.ContentSequence:
                if _key(item.ConceptNameCodeSequence[0]) == _MEASUREMENT_GROUP:
                    yield _group(item.ContentSequence)


def _group(items: pydicom.Sequence) -> _Group:
    site = next(item for item in items if _name(item) in _FINDING_SITES)
    laterality = [i for i in site.get("ContentSequence", ()) if _name(i) in _LATERALITY]
    kind = next(i for i in items if _name(i) == _FINDING and i.ValueType == "CODE")
    numbers = [item for item in items if item.ValueType == "NUM"]
    lines = [
        child
        for item in numbers
        for child in item.get("ContentSequence", ())
        if child.ValueType == "SCOORD3D"
    ]
    return _Group(
        kind=_coded(kind),
        name=next((str(i.TextValue) for i in items if _name(i) == _TRACKING), ""),
        level=_LEVELS.get(_coded(site)),
        side=_SIDES[_coded(laterality[0])] if laterality else None,
        numbers={_name(item): _number(item) for item in numbers},
        evaluations={_name(i): _coded(i)[0] for i in items if i.ValueType == "CODE"},
        line_lps_mm=tuple(as_triple(p) for p in _points(lines[0])) if lines else (),
        frame_uid=str(lines[0].ReferencedFrameOfReferenceUID) if lines else "",
    )


def _points(line: Dataset) -> list[list[float]]:
    return np.array(line.GraphicData, dtype=np.float64).reshape(-1, 3).tolist()


def _number(item: Dataset) -> float:
    measured = item.MeasuredValueSequence[0]
    # The decimal string has sixteen letters, too few for every double.
    return float(measured.get("FloatingPointValue", measured.NumericValue))


def _name(item: Dataset) -> _Key:
    return _key(item.ConceptNameCodeSequence[0])


def _coded(item: Dataset) -> _Key:
    return _key(item.ConceptCodeSequence[0])


def _key(code: Dataset) -> _Key:
    value = code.get("CodeValue") or code.get("LongCodeValue") or code.get("URNCodeValue")
    return str(value), str(code.get("CodingSchemeDesignator", ""))

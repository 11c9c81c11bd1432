"""Every number of a plan in one table, each with its unit."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from planner.assessment.findings import Finding
from planner.export.file_names import plan_file_name
from planner.export.plan_quantities import (
    balloon_quantities,
    level_quantities,
    needle_quantities,
)
from planner.export.quantity import Quantity
from planner.export.snapshot import PlanSnapshot
from planner.export.variant_words import variant_words
from planner.export.writer import WriteProblem, WriterInfo
from planner.foundation.progress import Progress
from planner.planning.plan import LevelPlan

_HEAD = ("level", "side", "subject", "quantity", "value", "unit", "limit", "remark")

Row = tuple[str, ...]


class CsvWriter:
    """Writes one table with a decimal point and commas, a number to a line."""

    info = WriterInfo(id="table-csv", title="Table of all numbers (CSV)", file_suffixes=(".csv",))

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return a problem when there is no plan."""
        if snapshot.plan.levels:
            return ()
        return (WriteProblem("The plan is empty: find a level and place a needle first."),)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write the table."""
        progress(0.0, "Table")
        path = folder / plan_file_name(snapshot, "numbers", ".csv")
        path.write_text(_table(snapshot), "utf-8", newline="")
        return (path,)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem unless every line reads as it was written."""
        text = paths[0].read_text("utf-8")
        if [tuple(row) for row in csv.reader(io.StringIO(text))] == [_HEAD, *_rows(snapshot)]:
            return ()
        return (WriteProblem("The table reads back differently from how it was written."),)


def _table(snapshot: PlanSnapshot) -> str:
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_HEAD)
    table.writerows(_rows(snapshot))
    return text.getvalue()


def _rows(snapshot: PlanSnapshot) -> Iterator[Row]:
    for level in snapshot.plan.levels:
        yield from _level_rows(level, snapshot)
    yield from _finding_rows("", snapshot.assessment.findings)
    yield from _measurement_rows(snapshot)
    yield ("", "", "file", "software", snapshot.software, "", "", "")
    yield ("", "", "file", "disclaimer", "", "", "", snapshot.disclaimer)


def _level_rows(level: LevelPlan, snapshot: PlanSnapshot) -> Iterator[Row]:
    name = level.level.name
    assessed = snapshot.assessment.at(level.level)
    yield (name, "", "level", "procedure", level.procedure.value, "", "", "")
    if variant := variant_words(snapshot.plan, level.level):
        yield (name, "", "level", "variant", "", "", "", variant)
    if level.cement is not None:
        yield (name, "", "cement", "product", level.cement.model_id, "", "", "")
    yield from _quantity_rows((name, "", "level"), level_quantities(level, snapshot))
    for needle in level.needles:
        place = (name, needle.side.value, "needle")
        yield (*place, "product", needle.model_id, "", "", "")
        measures = assessed.needle(needle.side)
        if measures is not None and measures.grade is not None:
            yield (*place, "Gertzbein-Robbins grade", measures.grade.value, "", "", "")
        yield from _quantity_rows(place, needle_quantities(level, needle, snapshot))
    for balloon in level.balloons:
        place = (name, balloon.side.value, "balloon")
        yield (*place, "product", balloon.model_id, "", "", "")
        measured = assessed.balloon(balloon.side)
        yield from _quantity_rows(place, balloon_quantities(balloon, measured))
    yield from _finding_rows(name, assessed.findings)


def _quantity_rows(place: tuple[str, str, str], found: Iterable[Quantity]) -> Iterator[Row]:
    for quantity in found:
        yield (*place, quantity.words, _number(quantity.number), quantity.unit.value, "", "")


def _measurement_rows(snapshot: PlanSnapshot) -> Iterator[Row]:
    for item in snapshot.measured:
        place = (item.level.name if item.level else "", "", f"measured by hand: {item.kind.value}")
        remark = "; ".join(part for part in (item.where, item.image.words, item.caveat) if part)
        for quantity in item.quantities:
            value = _number(quantity.number)
            yield (*place, quantity.words, value, quantity.unit.value, "", remark)


def _finding_rows(level: str, findings: Iterable[Finding]) -> Iterator[Row]:
    for finding in findings:
        side = finding.side.value if finding.side else ""
        value, limit = _number(finding.value), _number(finding.limit)
        remark = f"{finding.severity.value}: {finding.message}"
        yield (level, side, "finding", finding.code, value, finding.unit, limit, remark)


def _number(value: float | None) -> str:
    return "" if value is None else repr(float(value))

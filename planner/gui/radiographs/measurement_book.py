"""What was measured in radiographs, with undo: kept with the case of the same patient."""

import uuid
from typing import Any, cast

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from planner.foundation.errors import PlannerError
from planner.geometry.measurement import MeasureKind
from planner.imaging.radiograph_measurement import PlacePx, RadiographMeasurement

ImageKey = tuple[str, str, int]
"""Series UID, part and number of the image."""
_Measurements = tuple[RadiographMeasurement, ...]
_REPLACE = 1


class MeasurementBook(QObject):
    """The measurements of every image, each change one entry of the undo stack."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._of: dict[ImageKey, _Measurements] = {}
        self._in_case: set[tuple[str, str]] = set()
        self.stack = QUndoStack(self)

    def of(self, image: ImageKey) -> _Measurements:
        """Return what was measured in an image, in the order it was."""
        return self._of.get(image, ())

    def add(
        self, image: ImageKey, kind: MeasureKind, points_px: tuple[PlacePx, ...]
    ) -> RadiographMeasurement:
        """Keep a new measurement."""
        made = RadiographMeasurement(uuid.uuid4().hex[:12], kind, points_px)
        self._push(f"Measure {kind.value}", image, (*self.of(image), made), None)
        return made

    def replace(
        self, image: ImageKey, measurement: RadiographMeasurement, gesture: str | None = None
    ) -> None:
        """Keep a measurement whose point was moved; steps of one gesture are one entry."""
        after = tuple(measurement if m.id == measurement.id else m for m in self.of(image))
        self._push("Move measurement", image, after, gesture)

    def remove(self, image: ImageKey, measurement_id: str) -> None:
        """Delete a measurement."""
        after = tuple(m for m in self.of(image) if m.id != measurement_id)
        self._push("Delete measurement", image, after, None)

    def keep_in_case(self, series: tuple[str, str], *, kept: bool) -> None:
        """Say whether a series is of the patient of the open case."""
        if kept != (series in self._in_case):
            (self._in_case.add if kept else self._in_case.discard)(series)
            self.changed.emit()

    def is_in_case(self, series: tuple[str, str]) -> bool:
        """Return whether what is measured in a series goes into the open case."""
        return series in self._in_case

    def as_json(self) -> list[dict[str, object]]:
        """Return what goes into the open case, as JSON values."""
        return [
            {
                "series_uid": image[0],
                "part": image[1],
                "image": image[2],
                "measurements": [
                    {"id": m.id, "kind": m.kind.value, "points_px": [list(p) for p in m.points_px]}
                    for m in measurements
                ],
            }
            for image, measurements in self._of.items()
            if measurements and image[:2] in self._in_case
        ]

    def restore(self, stored: object) -> None:
        """Show what a case just opened holds, and nothing that belongs to the one before.

        Undo does not lead back into another case. What cannot be read is left out.
        """
        self.stack.clear()
        self._of = {key: m for key, m in self._of.items() if key[:2] not in self._in_case}
        self._in_case.clear()
        for entry in stored if isinstance(stored, list) else ():
            try:
                image, measurements = _read(entry)
            except (PlannerError, KeyError, TypeError, ValueError):
                continue
            self._of[image] = measurements
            self._in_case.add(image[:2])
        self.changed.emit()

    def show(self, image: ImageKey, measurements: _Measurements) -> None:
        """Make these the measurements of an image; only the undo command calls this."""
        self._of[image] = measurements
        self.changed.emit()

    def _push(self, text: str, image: ImageKey, after: _Measurements, gesture: str | None) -> None:
        if after != self.of(image):
            self.stack.push(
                _ReplaceMeasurements(self, text, (image, self.of(image), after), gesture)
            )


def _read(entry: object) -> tuple[ImageKey, _Measurements]:
    values = cast("dict[str, Any]", entry)
    image = (str(values["series_uid"]), str(values["part"]), int(values["image"]))
    measurements = tuple(
        RadiographMeasurement(
            str(item["id"]),
            MeasureKind(item["kind"]),
            tuple((float(column), float(row)) for column, row in item["points_px"]),
        )
        for item in values["measurements"]
    )
    return image, measurements


class _ReplaceMeasurements(QUndoCommand):
    def __init__(
        self,
        book: MeasurementBook,
        text: str,
        change: tuple[ImageKey, _Measurements, _Measurements],
        gesture: str | None,
    ) -> None:
        super().__init__(text)
        self._book = book
        self.image, self._before, self.after = change
        self.gesture = gesture

    def id(self) -> int:
        """Return a number only where merging is wanted."""
        return -1 if self.gesture is None else _REPLACE

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over the next step of the same gesture."""
        if not isinstance(other, _ReplaceMeasurements) or other.gesture != self.gesture:
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        """Show the measurements after the change."""
        self._book.show(self.image, self.after)

    def undo(self) -> None:
        """Show the measurements before the change."""
        self._book.show(self.image, self._before)

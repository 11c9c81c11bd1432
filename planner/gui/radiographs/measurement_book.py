"""What was measured in radiographs, with undo: kept with the case of the same patient."""

import uuid

import attrs
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from planner.geometry.measurement import MeasureKind
from planner.imaging.radiograph import Radiograph
from planner.imaging.radiograph_measurement import (
    MeasuredRadiograph,
    PlacePx,
    RadiographMeasurement,
    with_values,
)
from planner.storage.radiograph_notes import notes_as_json, notes_from_json

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
        self._pictures: dict[ImageKey, MeasuredRadiograph] = {}
        self._shown: tuple[ImageKey, Radiograph] | None = None
        self._in_case: set[tuple[str, str]] = set()
        self.stack = QUndoStack(self)

    def of(self, image: ImageKey) -> _Measurements:
        """Return what was measured in an image, in the order it was."""
        return self._of.get(image, ())

    def note(self, image: ImageKey, radiograph: Radiograph) -> None:
        """Take note of the image that is measured in: which one it is and how large its pixels."""
        series_uid, part, number = image
        self._shown = (image, radiograph)
        self._pictures[image] = MeasuredRadiograph(
            series_uid, part, number,
            spacing=radiograph.spacing, modality=radiograph.modality, view=radiograph.view,
            origin=radiograph.origin,
        )  # fmt: skip
        kept = tuple(self._with_values(image, item) for item in self.of(image))
        if kept:
            # Of a version that did not keep the values.
            self.show(image, kept)

    def add(
        self, image: ImageKey, kind: MeasureKind, points_px: tuple[PlacePx, ...]
    ) -> RadiographMeasurement:
        """Keep a new measurement."""
        drawn = RadiographMeasurement(uuid.uuid4().hex[:12], kind, points_px)
        made = self._with_values(image, drawn)
        self._push(f"Measure {kind.value}", image, (*self.of(image), made), None)
        return made

    def replace(
        self, image: ImageKey, measurement: RadiographMeasurement, gesture: str | None = None
    ) -> None:
        """Keep a measurement whose point was moved; steps of one gesture are one entry."""
        moved = self._with_values(image, measurement)
        after = tuple(moved if m.id == moved.id else m for m in self.of(image))
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

    def kept(self) -> tuple[MeasuredRadiograph, ...]:
        """Return every image with what was measured in it, of those that go into the open case."""
        return tuple(
            attrs.evolve(self._pictures.get(image, MeasuredRadiograph(*image)), measurements=found)
            for image, found in self._of.items()
            if found and image[:2] in self._in_case
        )

    def as_json(self) -> list[dict[str, object]]:
        """Return what goes into the open case, as JSON values."""
        return notes_as_json(self.kept())

    def restore(self, stored: object) -> None:
        """Show what a case just opened holds, and nothing that belongs to the one before.

        Undo does not lead back into another case. What cannot be read is left out.
        """
        self.stack.clear()
        self._of = {key: m for key, m in self._of.items() if key[:2] not in self._in_case}
        self._in_case.clear()
        for picture in notes_from_json(stored):
            image = (picture.series_uid, picture.part, picture.number)
            self._of[image] = picture.measurements
            self._pictures[image] = attrs.evolve(picture, measurements=())
            self._in_case.add(image[:2])
        self.changed.emit()

    def show(self, image: ImageKey, measurements: _Measurements) -> None:
        """Make these the measurements of an image; only the undo command calls this."""
        self._of[image] = measurements
        self.changed.emit()

    def _with_values(
        self, image: ImageKey, measurement: RadiographMeasurement
    ) -> RadiographMeasurement:
        if self._shown is None or self._shown[0] != image:
            return measurement
        return with_values(measurement, self._shown[1])

    def _push(self, text: str, image: ImageKey, after: _Measurements, gesture: str | None) -> None:
        if after != self.of(image):
            self.stack.push(
                _ReplaceMeasurements(self, text, (image, self.of(image), after), gesture)
            )


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

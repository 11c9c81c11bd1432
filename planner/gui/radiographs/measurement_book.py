"""What was measured in radiographs, with undo: kept until the program closes."""

import uuid

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

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

    def show(self, image: ImageKey, measurements: _Measurements) -> None:
        """Make these the measurements of an image; only the undo command calls this."""
        self._of[image] = measurements
        self.changed.emit()

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

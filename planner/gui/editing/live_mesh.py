"""The surface of what is being edited, a moment behind the hand."""

from PySide6.QtCore import QObject, Signal

from planner.editing.part_labels import OWN_BONE, PartLabels
from planner.foundation.progress import Progress
from planner.gui.jobs import JobRunner
from planner.mesh.surface import surface_of_mask
from planner.mesh.triangle_mesh import TriangleMesh

_ITERATIONS = 12
"""Fewer than at rest: the stairs are gone, and the surface is there in time."""


class LiveMesh(QObject):
    """Makes one surface at a time; what changed meanwhile is made next, what lay between never."""

    made = Signal(object)
    """TriangleMesh."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Its own runner: the status line does not speak of every stroke.
        self._jobs = JobRunner(self)
        self._wanted: PartLabels | None = None
        self._is_running = False
        self.made_count = 0

    def follow(self, labels: PartLabels | None) -> None:
        """Make the surface of other labels; None stops."""
        self._wanted = labels
        if not self._is_running:
            self._make_next()

    def close(self) -> None:
        """Wait for the surface that is being made, and make no other."""
        self._wanted = None
        self._jobs.close()

    def _make_next(self) -> None:
        labels, self._wanted = self._wanted, None
        if labels is None:
            return
        self._is_running = True

        def work(progress: Progress) -> TriangleMesh:
            progress(0.0)
            mask = labels.mask(*OWN_BONE)
            if mask.is_empty:
                return TriangleMesh.empty()
            return surface_of_mask(mask, smoothing_iterations=_ITERATIONS)

        def done(mesh: TriangleMesh) -> None:
            self._is_running = False
            self.made_count += 1
            self.made.emit(mesh)
            self._make_next()

        def failed(_problem: Exception) -> None:
            self._is_running = False

        self._jobs.start("Drawing the surface", work, done, on_failed=failed)

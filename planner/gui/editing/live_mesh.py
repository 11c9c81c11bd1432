"""The surface of what is being edited: at once in coarse, finely when the hand rests."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from planner.editing.part_labels import OWN_BONE, PartLabels
from planner.foundation.progress import Progress
from planner.gui.jobs import JobRunner
from planner.mesh.quick_surface import quick_surface
from planner.mesh.surface import surface_of_mask
from planner.mesh.triangle_mesh import TriangleMesh

if TYPE_CHECKING:
    from planner.geometry.grids import GridGeometry


class LiveMesh(QObject):
    """Makes one surface at a time; what changed meanwhile is made next, what lay between never."""

    made = Signal(object)
    """TriangleMesh."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Its own runner: the status line does not speak of every stroke.
        self._jobs = JobRunner(self)
        self._wanted: PartLabels | None = None
        self._grid: GridGeometry | None = None
        """That of the vertebra which is edited now."""
        self._is_running = False
        self.made_count = 0

    @property
    def is_running(self) -> bool:
        """Whether a surface is being made."""
        return self._is_running

    def follow(self, labels: PartLabels | None) -> None:
        """Make the surface of other labels; None stops."""
        self._wanted = labels
        self._grid = labels.geometry if labels else None
        if not self._is_running:
            self._make_next()

    def close(self) -> None:
        """Wait for the surface that is being made, and make no other."""
        self._wanted = None
        self._jobs.close()

    def _make_next(self) -> None:
        labels, self._wanted = self._wanted, None
        if labels is not None:
            self._make(labels, is_fine=False)

    def _make(self, labels: PartLabels, *, is_fine: bool) -> None:
        self._is_running = True

        def work(progress: Progress) -> TriangleMesh:
            progress(0.0)
            mask = labels.mask(*OWN_BONE)
            if is_fine and not mask.is_empty:
                return surface_of_mask(mask)
            return quick_surface(mask)

        def done(mesh: TriangleMesh) -> None:
            self._is_running = False
            is_of_it = labels.geometry is self._grid
            # A fine surface of what has changed meanwhile would take the stroke back for a moment.
            if is_of_it and (not is_fine or self._wanted is None):
                self.made_count += 1
                self.made.emit(mesh)
            if self._wanted is not None:
                self._make_next()
            elif is_of_it and not is_fine:
                self._make(labels, is_fine=True)

        def failed(_problem: Exception) -> None:
            self._is_running = False

        self._jobs.start("Drawing the surface", work, done, on_failed=failed)

"""What every overlay of a slice can do."""

from typing import Protocol

from vtkmodules.vtkRenderingCore import vtkActor

from planner.rendering.cameras import SlicePlane


class SliceVisual(Protocol):
    """Something drawn where a plane meets it."""

    @property
    def actors(self) -> tuple[vtkActor, ...]:
        """What the renderer draws, back to front."""
        ...

    def show_plane(self, plane: SlicePlane) -> None:
        """Draw what lies in another plane."""
        ...

    def set_pixel_ratio(self, ratio: float) -> None:
        """Keep lines as wide to the eye on dense screens."""
        ...

"""One gesture, one tool: pressed, moved, released or cancelled, always in patient space."""

from typing import Protocol

import attrs

from planner.geometry.points import Triple
from planner.rendering.cameras import SlicePlane
from planner.rendering.plan_picture import Handle, HeightHandle, MeasureHandle

AnyHandle = Handle | MeasureHandle | HeightHandle


@attrs.frozen
class Pointer:
    """Where the mouse is, and what it holds."""

    lps_mm: Triple
    handle: AnyHandle | None = None
    """The handle under the mouse when it was pressed."""
    plane: SlicePlane | None = None
    """The slice under the mouse; None in 3D."""
    shift: bool = False
    alt: bool = False
    ctrl: bool = False


class Tool(Protocol):
    """What the left mouse button does in a view."""

    @property
    def takes_handles(self) -> bool:
        """Whether a press near a handle means the handle; otherwise it means the slice there."""
        ...

    def press(self, pointer: Pointer) -> bool:
        """Begin a gesture; False leaves the press to the view (crosshair, camera)."""
        ...

    def move(self, pointer: Pointer) -> None:
        """Go on with the gesture."""
        ...

    def release(self, pointer: Pointer) -> None:
        """End the gesture and keep what it did."""
        ...

    def cancel(self) -> None:
        """End the gesture and undo what it did."""
        ...

"""A second volume laid over the one that is planned on."""

import attrs

from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import Volume
from planner.imaging.window_level import WindowLevel


@attrs.frozen
class ImageOverlay:
    """An MR over the CT: where it lies, how it is windowed, how much of it is seen."""

    volume: Volume = attrs.field(eq=id)
    lps_from_overlay: RigidTransform
    """From the overlay's own patient space to that of the volume below."""
    window_level: WindowLevel
    share: float = attrs.field(
        default=0.5, validator=[attrs.validators.ge(0.0), attrs.validators.le(1.0)]
    )
    """0 shows the volume below alone, 1 the overlay alone, a half both in full."""
    name: str = ""
    """Of the series, as the scanner calls it."""
    label: str = ""
    """That it is on and how it was aligned: written into every view."""

    def with_window(self, window_level: WindowLevel) -> "ImageOverlay":
        """Return it windowed otherwise."""
        return attrs.evolve(self, window_level=window_level)

    def with_share(self, share: float) -> "ImageOverlay":
        """Return it seen more or less, 0 to 1."""
        return attrs.evolve(self, share=min(max(share, 0.0), 1.0))

    def with_place(self, lps_from_overlay: RigidTransform, label: str) -> "ImageOverlay":
        """Return it lying elsewhere, with what is said of that."""
        return attrs.evolve(self, lps_from_overlay=lps_from_overlay, label=label)

"""What is shown and from where: saved with the case, never undoable, nothing of VTK."""

import enum
from collections.abc import Mapping
from typing import cast

import attrs
import numpy as np
from PySide6.QtCore import QObject, Signal

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import BodyHeights
from planner.foundation.errors import PlannerError
from planner.geometry.measurement import MeasureKind
from planner.geometry.points import PointLike, Triple, as_triple
from planner.geometry.transforms import RigidTransform, rotation_about
from planner.imaging.slab import THIN, Slab, SlabMode
from planner.imaging.window_level import SPINE, WindowLevel
from planner.rendering.image_overlay import ImageOverlay
from planner.rendering.layers import Layer


class ViewName(enum.Enum):
    """The four places of the window."""

    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"
    VOLUME = "volume"


class NeedleView(enum.Enum):
    """How the slices follow the active needle."""

    OFF = "off"
    BARREL = "barrel"
    """The coronal view looks down the needle."""
    IN_LINE = "in-line"
    """As `BARREL`, and the axial and sagittal views are turned until they hold its axis."""


class Layout(enum.Enum):
    """How the middle of the window is divided."""

    FOUR_UP = "four-up"
    COMPARE = "compare"
    """One slice of the CT beside the same slice of the other series."""


class VolumeStyle(enum.Enum):
    """What the 3D view makes of bone."""

    SURFACES = "surfaces"
    """Of the vertebrae found."""
    RENDERED = "rendered"
    """All that is dense in the images around the level, without any outline of ours."""


@attrs.frozen
class Draft:
    """The points so far of a measurement."""

    kind: MeasureKind
    points_lps_mm: tuple[Triple, ...]


class ViewState(QObject):
    """What every view shows. Each setter leaves at once when nothing changes."""

    crosshair_changed = Signal(object)
    """Triple, LPS mm."""
    window_level_changed = Signal(object)
    """WindowLevel."""
    slice_frame_changed = Signal(object)
    """RigidTransform, lps_from_slices."""
    active_changed = Signal()
    """The active level or side is another."""
    visibility_changed = Signal()
    """A layer was shown or hidden."""
    layout_changed = Signal()
    """Another layout or maximised view, or the slices follow the needle otherwise."""
    slab_changed = Signal(object)
    """Slab."""
    overlay_changed = Signal(object)
    """ImageOverlay or None."""
    volume_style_changed = Signal(object)
    """VolumeStyle."""
    measuring_changed = Signal()
    """Another measurement is taken hold of, or one that is being made got another point."""
    identity_masked_changed = Signal(bool)
    brush_changed = Signal()
    """The hand holds another brush, or none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crosshair_lps_mm: Triple = (0.0, 0.0, 0.0)
        self._window_level = SPINE
        self._lps_from_slices = RigidTransform.identity()
        self._active_level: VertebraLevel | None = None
        self._active_side = Side.LEFT
        self._hidden: frozenset[Layer] = frozenset()
        self._lps_from_home = RigidTransform.identity()
        self._slab = THIN
        self._overlay: ImageOverlay | None = None
        self._layout = Layout.FOUR_UP
        self._volume_style = VolumeStyle.SURFACES
        self._selected_measurement: str | None = None
        self._draft: Draft | None = None
        self._maximised: ViewName | None = None
        self._needle_view = NeedleView.OFF
        self._identity_masked = False
        self._brush_mm: float | None = None
        self._shows_landmarks = False
        self._dragged_heights: BodyHeights | None = None

    @property
    def crosshair_lps_mm(self) -> Triple:
        """The point that all slices go through."""
        return self._crosshair_lps_mm

    def set_crosshair(self, lps_mm: PointLike) -> None:
        """Let all slices go through a point."""
        point = as_triple(lps_mm)
        if point != self._crosshair_lps_mm:
            self._crosshair_lps_mm = point
            self.crosshair_changed.emit(point)

    @property
    def window_level(self) -> WindowLevel:
        """Which Hounsfield units are black and white."""
        return self._window_level

    def set_window_level(self, window_level: WindowLevel) -> None:
        """Show other Hounsfield units as black and white."""
        if window_level != self._window_level:
            self._window_level = window_level
            self.window_level_changed.emit(window_level)

    @property
    def lps_from_slices(self) -> RigidTransform:
        """The frame of the slices: axes to the left, posterior and superior."""
        return self._lps_from_slices

    def set_slice_frame(self, lps_from_slices: RigidTransform) -> None:
        """Turn the slices: a vertebra's frame, or the identity for the scanner's axes."""
        self._lps_from_home = lps_from_slices
        self._show_slice_frame(lps_from_slices)

    @property
    def is_turned(self) -> bool:
        """Whether the slices were turned by hand, away from the vertebra or the scanner."""
        return self._lps_from_slices != self._lps_from_home

    def turn_slices(self, axis_lps: PointLike, angle_deg: float) -> None:
        """Turn the slices by hand about an axis through the crosshair, right-handed."""
        centre = np.asarray(self._crosshair_lps_mm)
        rotation = rotation_about(axis_lps, angle_deg)
        turn = RigidTransform(rotation, centre - rotation @ centre)
        self._show_slice_frame(turn @ self._lps_from_slices)

    def turn_back(self) -> None:
        """Take back what was turned by hand."""
        self._show_slice_frame(self._lps_from_home)

    def _show_slice_frame(self, lps_from_slices: RigidTransform) -> None:
        if lps_from_slices != self._lps_from_slices:
            self._lps_from_slices = lps_from_slices
            self.slice_frame_changed.emit(lps_from_slices)

    @property
    def active_level(self) -> VertebraLevel | None:
        """The level being planned."""
        return self._active_level

    @property
    def active_side(self) -> Side:
        """The patient's side of the needle being planned."""
        return self._active_side

    def set_active(self, level: VertebraLevel | None, side: Side) -> None:
        """Choose the level and the needle being planned."""
        if (level, side) != (self._active_level, self._active_side):
            self._active_level, self._active_side = level, side
            self.active_changed.emit()

    def is_visible(self, layer: Layer) -> bool:
        """Return whether a layer is shown."""
        return layer not in self._hidden

    def set_visible(self, layer: Layer, *, visible: bool) -> None:
        """Show or hide a layer."""
        hidden = self._hidden - {layer} if visible else self._hidden | {layer}
        if hidden != self._hidden:
            self._hidden = hidden
            self.visibility_changed.emit()

    @property
    def maximised(self) -> ViewName | None:
        """The one view that fills the middle, None for all four."""
        return self._maximised

    def set_maximised(self, view: ViewName | None) -> None:
        """Let one view fill the middle, or show all four."""
        if view is not self._maximised:
            self._maximised = view
            self.layout_changed.emit()

    @property
    def slab(self) -> Slab:
        """How thick the slices are."""
        return self._slab

    def set_slab(self, slab: Slab) -> None:
        """Show slices of another thickness."""
        if slab != self._slab:
            self._slab = slab
            self.slab_changed.emit(slab)

    def next_slab_mode(self) -> None:
        """Go on from thin slices to the brightest of a slab, to its average, and back."""
        modes = tuple(SlabMode)
        mode = modes[(modes.index(self._slab.mode) + 1) % len(modes)]
        self.set_slab(Slab(mode, self._slab.thickness_mm))

    @property
    def overlay(self) -> ImageOverlay | None:
        """The second series, laid over the first or beside it."""
        return self._overlay

    def set_overlay(self, overlay: ImageOverlay | None) -> None:
        """Show a second series, or none. It is not kept with the case."""
        if overlay != self._overlay:
            self._overlay = overlay
            self.overlay_changed.emit(overlay)

    @property
    def layout(self) -> Layout:
        """How the middle of the window is divided."""
        return self._layout

    def set_layout(self, layout: Layout) -> None:
        """Divide the middle of the window otherwise."""
        if layout is not self._layout:
            self._layout = layout
            self.layout_changed.emit()

    @property
    def volume_style(self) -> VolumeStyle:
        """What the 3D view makes of bone."""
        return self._volume_style

    def set_volume_style(self, style: VolumeStyle) -> None:
        """Show bone otherwise in 3D."""
        if style is not self._volume_style:
            self._volume_style = style
            self.volume_style_changed.emit(style)

    @property
    def selected_measurement(self) -> str | None:
        """The id of the measurement that was made or taken hold of last."""
        return self._selected_measurement

    def select_measurement(self, measurement_id: str | None) -> None:
        """Let another measurement be the one that is deleted next."""
        if measurement_id != self._selected_measurement:
            self._selected_measurement = measurement_id
            self.measuring_changed.emit()

    @property
    def draft(self) -> Draft | None:
        """The measurement that is being made, as far as it has come."""
        return self._draft

    def show_draft(self, draft: Draft | None) -> None:
        """Show a measurement that is not made yet, or none."""
        if draft != self._draft:
            self._draft = draft
            self.measuring_changed.emit()

    @property
    def needle_view(self) -> NeedleView:
        """How the slices follow the active needle."""
        return self._needle_view

    def set_needle_view(self, needle_view: NeedleView) -> None:
        """Let the slices follow the active needle, or not."""
        if needle_view is not self._needle_view:
            self._needle_view = needle_view
            self.layout_changed.emit()

    @property
    def identity_masked(self) -> bool:
        """Whether the patient's name is hidden, for teaching."""
        return self._identity_masked

    def set_identity_masked(self, *, masked: bool) -> None:
        """Hide or show the patient's name."""
        if masked != self._identity_masked:
            self._identity_masked = masked
            self.identity_masked_changed.emit(masked)

    @property
    def brush_mm(self) -> float | None:
        """The radius of the brush in the hand, None where it holds none."""
        return self._brush_mm

    def set_brush(self, radius_mm: float | None) -> None:
        """Draw a brush around the mouse, or none."""
        if radius_mm != self._brush_mm:
            self._brush_mm = radius_mm
            self.brush_changed.emit()

    @property
    def shows_landmarks(self) -> bool:
        """Whether the height lines of the active vertebra are drawn, to be dragged."""
        return self._shows_landmarks

    def show_landmarks(self, *, shown: bool) -> None:
        """Draw the height lines of the active vertebra, or not."""
        if shown != self._shows_landmarks:
            self._shows_landmarks = shown
            self.measuring_changed.emit()

    @property
    def dragged_heights(self) -> BodyHeights | None:
        """The height lines while one of them is dragged."""
        return self._dragged_heights

    def drag_heights(self, heights: BodyHeights | None) -> None:
        """Draw height lines that are being dragged; None: those of the vertebra."""
        self._dragged_heights = heights
        self.measuring_changed.emit()

    def as_json(self) -> dict[str, object]:
        """Return everything as JSON values, for the case file."""
        return {
            "crosshair_lps_mm": list(self._crosshair_lps_mm),
            "window_hu": [self._window_level.width_hu, self._window_level.level_hu],
            "lps_from_slices": self._lps_from_slices.matrix.tolist(),
            "active_level": self._active_level.name if self._active_level else None,
            "active_side": self._active_side.value,
            "hidden": sorted(layer.value for layer in self._hidden),
            "maximised": self._maximised.value if self._maximised else None,
            "needle_view": self._needle_view.value,
            "slab": [self._slab.mode.value, self._slab.thickness_mm],
            "volume_style": self._volume_style.value,
            "identity_masked": self._identity_masked,
        }

    def restore(self, json: Mapping[str, object]) -> None:
        """Show what `as_json` returned; what is missing or unreadable stays as it is.

        A case must open whatever its view state holds: it is convenience, not data.
        """
        for key, restore in (
            ("crosshair_lps_mm", self._restore_crosshair),
            ("window_hu", self._restore_window),
            ("lps_from_slices", self._restore_slice_frame),
            ("active_side", lambda value: self.set_active(self._active_level, Side(value))),
            ("active_level", self._restore_level),
            ("hidden", self._restore_hidden),
            ("maximised", lambda value: self.set_maximised(ViewName(value) if value else None)),
            ("needle_view", lambda value: self.set_needle_view(NeedleView(value))),
            ("slab", self._restore_slab),
            ("volume_style", lambda value: self.set_volume_style(VolumeStyle(value))),
            ("identity_masked", lambda value: self.set_identity_masked(masked=bool(value))),
        ):
            if key not in json:
                continue
            try:
                restore(json[key])
            except (PlannerError, TypeError, ValueError):
                continue

    def _restore_crosshair(self, value: object) -> None:
        self.set_crosshair(cast("list[float]", value))

    def _restore_window(self, value: object) -> None:
        width_hu, level_hu = cast("list[float]", value)
        self.set_window_level(WindowLevel(float(width_hu), float(level_hu)))

    def _restore_slab(self, value: object) -> None:
        mode, thickness_mm = cast("tuple[str, float]", value)
        self.set_slab(Slab(SlabMode(mode), float(thickness_mm)))

    def _restore_slice_frame(self, value: object) -> None:
        self.set_slice_frame(RigidTransform.from_matrix(np.asarray(value, dtype=np.float64)))

    def _restore_level(self, value: object) -> None:
        level = None if value is None else VertebraLevel.named(str(value))
        self.set_active(level, self._active_side)

    def _restore_hidden(self, value: object) -> None:
        hidden = {Layer(item) for item in cast("list[str]", value)}
        for layer in Layer:
            self.set_visible(layer, visible=layer not in hidden)

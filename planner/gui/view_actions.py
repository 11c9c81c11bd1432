"""What the views can be told to do: windows, slabs, films, measuring, the second series."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from planner.geometry.measurement import MeasureKind
from planner.gui.action_spec import ActionSpec, has_case
from planner.imaging.window_level import BONE, LUNG, SOFT_TISSUE, SPINE

if TYPE_CHECKING:
    from planner.gui.slice_desk import SliceDesk
    from planner.gui.view_desk import ViewDesk

_Do = Callable[["ViewDesk"], object]
_DoToSlices = Callable[["SliceDesk"], object]


def _action(
    identifier: str, text: str, menu: str, key: str, tip: str
) -> Callable[[_Do], ActionSpec]:
    """Return what makes an action of the views from what it does."""

    def doing(do: _Do) -> ActionSpec:
        return ActionSpec(
            identifier,
            text,
            menu,
            lambda commands: commands.on_views(do),
            tip,
            key,
            enabled_when=has_case,
        )

    return doing


def _on_slices(
    identifier: str, text: str, menu: str, key: str, tip: str
) -> Callable[[_DoToSlices], ActionSpec]:
    """Return what makes an action that slices without a case have too."""

    def doing(do: _DoToSlices) -> ActionSpec:
        return attrs.evolve(_action(identifier, text, menu, key, tip)(do), on_slices=do)

    return doing


def _view(identifier: str, text: str, key: str, tip: str) -> Callable[[_DoToSlices], ActionSpec]:
    return _on_slices(identifier, text, "View", key, tip)


def _measure(identifier: str, text: str, key: str, tip: str) -> Callable[[_DoToSlices], ActionSpec]:
    return _on_slices(identifier, text, "Measure", key, tip)


def _overlay(identifier: str, text: str, key: str, tip: str) -> Callable[[_Do], ActionSpec]:
    return _action(identifier, text, "Overlay", key, tip)


VIEW_ACTIONS: tuple[ActionSpec, ...] = (
    _view("window-bone", "Bone window", "F2", "Window for bone")(lambda v: v.show_window(BONE)),
    _view("window-spine", "Spine window", "F3", "Window for the spine")(
        lambda v: v.show_window(SPINE)
    ),
    _view("window-soft", "Soft tissue window", "F4", "Window for soft tissue")(
        lambda v: v.show_window(SOFT_TISSUE)
    ),
    _view("window-lung", "Lung window", "F5", "Window for lung")(lambda v: v.show_window(LUNG)),
    _view("window-full", "Full range", "F6", "Window over every value of the images")(
        lambda v: v.show_window(None)
    ),
    _view("fit", "Fit", "F", "Fit the vertebra into the views, then all of the images")(
        lambda v: v.fit()
    ),
    _view(
        "slab", "Thin slice, MIP or average", "S", "Thin slices, the brightest of a slab, its mean"
    )(lambda v: v.next_slab()),
    _view("slab-thicker", "Thicker slab", "]", "Make the slab 5 mm thicker")(
        lambda v: v.change_slab(1)
    ),
    _view("slab-thinner", "Thinner slab", "[", "Make the slab 5 mm thinner")(
        lambda v: v.change_slab(-1)
    ),
    _view(
        "turn-left",
        "Turn the slices left",
        "Shift+Left",
        "Turn the slices by a degree, to the left",
    )(lambda v: v.turn(1)),
    _view(
        "turn-right",
        "Turn the slices right",
        "Shift+Right",
        "Turn the slices by a degree, to the right",
    )(lambda v: v.turn(-1)),
    _view("turn-back", "Put the slices back", "R", "Take back what was turned by hand")(
        lambda v: v.turn_back()
    ),
    _view("cine", "Play the slices", "C", "Play the slices as a film, or stop it")(
        lambda v: v.play()
    ),
    _view("cine-faster", "Faster film", ".", "Play the film faster")(
        lambda v: v.cine.change_speed(1)
    ),
    _view("cine-slower", "Slower film", ",", "Play the film slower")(
        lambda v: v.cine.change_speed(-1)
    ),
    _action(
        "volume-style",
        "3D: surfaces or images",
        "View",
        "V",
        "Show vertebrae found or the images in 3D",
    )(lambda v: v.toggle_volume_style()),
)

MEASURE_ACTIONS: tuple[ActionSpec, ...] = (
    _measure("measure-distance", "Distance", "M", "Measure a distance in a slice")(
        lambda v: v.measure(MeasureKind.DISTANCE)
    ),
    _measure("measure-angle", "Angle", "Shift+M", "Measure an angle in a slice")(
        lambda v: v.measure(MeasureKind.ANGLE)
    ),
    _measure("measure-cobb", "Cobb angle", "K", "Measure the angle between two endplates")(
        lambda v: v.measure(MeasureKind.COBB)
    ),
    _measure("measure-region", "Region", "G", "Measure mean, deviation and area of a region")(
        lambda v: v.measure(MeasureKind.REGION)
    ),
    _measure("measure-heights", "Vertebral heights", "H", "Measure three heights and the wedge")(
        lambda v: v.measure(MeasureKind.HEIGHTS)
    ),
    _measure("delete-measurement", "Delete", "Del", "Delete the measurement taken hold of last")(
        lambda v: v.delete_measurement()
    ),
)

OVERLAY_ACTIONS: tuple[ActionSpec, ...] = (
    _overlay("overlay-register", "Register", "Ctrl+R", "Register the second series to the CT")(
        lambda v: v.overlays.register()
    ),
    _overlay("overlay-compare", "Side by side", "Q", "Show both series beside each other, linked")(
        lambda v: v.compare()
    ),
    _overlay("overlay-fade", "Overlay on or off", "O", "Show the CT alone, or half and half")(
        lambda v: v.toggle_overlay()
    ),
    _overlay("overlay-left", "Move left", "Ctrl+Left", "Move the overlay 0.5 mm left on screen")(
        lambda v: v.nudge_overlay(-1.0, 0.0)
    ),
    _overlay(
        "overlay-right", "Move right", "Ctrl+Right", "Move the overlay 0.5 mm right on screen"
    )(lambda v: v.nudge_overlay(1.0, 0.0)),
    _overlay("overlay-up", "Move up", "Ctrl+Up", "Move the overlay 0.5 mm up on screen")(
        lambda v: v.nudge_overlay(0.0, -1.0)
    ),
    _overlay("overlay-down", "Move down", "Ctrl+Down", "Move the overlay 0.5 mm down on screen")(
        lambda v: v.nudge_overlay(0.0, 1.0)
    ),
    _overlay(
        "overlay-clockwise",
        "Turn clockwise",
        "Ctrl+PgDown",
        "Turn the overlay 0.5 degrees clockwise",
    )(lambda v: v.turn_overlay(1.0)),
    _overlay(
        "overlay-counter",
        "Turn counter-clockwise",
        "Ctrl+PgUp",
        "Turn the overlay 0.5 degrees back",
    )(lambda v: v.turn_overlay(-1.0)),
    _overlay("overlay-reset", "Reset", "Ctrl+Home", "Take back what the overlay was moved by hand")(
        lambda v: v.overlays.reset()
    ),
    _overlay("overlay-remove", "Remove", "", "Take the second series away")(
        lambda v: v.overlays.close()
    ),
)

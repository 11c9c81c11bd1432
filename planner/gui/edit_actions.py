"""What can be done to an outline from the keyboard and the menu."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.gui.action_spec import ActionSpec
from planner.gui.desk_state import DeskState

if TYPE_CHECKING:
    from planner.gui.editing.outline_editing import OutlineEditing

_Do = Callable[["OutlineEditing"], object]


def _has_vertebra(state: DeskState) -> bool:
    return state.vertebra is not None and not state.is_gesture_running


def _is_editing(state: DeskState) -> bool:
    return state.edit.level is not None and not state.edit.is_busy


def _edit(
    identifier: str,
    text: str,
    key: str,
    tip: str,
    do: _Do,
    *,
    enabled_when: Callable[[DeskState], bool] = _is_editing,
) -> ActionSpec:
    return ActionSpec(
        identifier,
        text,
        "Edit",
        lambda commands: commands.on_outline(do),
        tip,
        key,
        enabled_when=enabled_when,
    )


EDIT_ACTIONS: tuple[ActionSpec, ...] = (
    _edit(
        "edit-outline",
        "Edit the outline",
        "D",
        "Correct the outline of the level by hand, or stop",
        lambda outline: outline.toggle(),
        enabled_when=_has_vertebra,
    ),
    ActionSpec(
        "measuring-view",
        "Measuring view",
        "Measure",
        lambda commands: commands.show_measuring_view(),
        "The mid-sagittal slice of the level alone, its height landmarks to drag",
        "L",
        enabled_when=_has_vertebra,
    ),
    _edit(
        "brush-larger", "Larger brush", "+", "Make the brush larger", lambda o: o.resize_brush(1)
    ),
    _edit(
        "brush-smaller",
        "Smaller brush",
        "-",
        "Make the brush smaller",
        lambda o: o.resize_brush(-1),
    ),
    _edit("fill-outline", "Fill holes", "", "Fill holes of the chosen part", lambda o: o.fill()),
    _edit("smooth-outline", "Smooth the outline", "", "Smooth body and arch", lambda o: o.smooth()),
    _edit(
        "remove-islands",
        "Remove islands",
        "",
        "Remove every piece but the largest",
        lambda o: o.remove_islands(),
    ),
)

"""What keys do to the active needle: steps of half a millimetre and half a degree."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.gui.action_spec import ActionSpec
from planner.planning.nudge import NUDGE_MM

if TYPE_CHECKING:
    from planner.gui.desk_state import DeskState
    from planner.gui.needle_steering import NeedleSteering

_Do = Callable[["NeedleSteering"], object]


def _can_steer(state: "DeskState") -> bool:
    return state.has_needles and not state.is_gesture_running


def _action(identifier: str, text: str, key: str, tip: str, do: _Do) -> ActionSpec:
    return ActionSpec(
        identifier,
        text,
        "Needle",
        lambda commands: commands.steer(do),
        tip,
        key,
        "needle",
        _can_steer,
    )


NEEDLE_ACTIONS: tuple[ActionSpec, ...] = (
    _action(
        "needle-medial",
        "Nudge medially",
        "Alt+Right",
        "Move the needle half a millimetre to the midline",
        lambda s: s.nudge(1, 0),
    ),
    _action(
        "needle-lateral",
        "Nudge laterally",
        "Alt+Left",
        "Move the needle half a millimetre outwards",
        lambda s: s.nudge(-1, 0),
    ),
    _action(
        "needle-up",
        "Nudge up",
        "Alt+Up",
        "Move the needle half a millimetre towards the head",
        lambda s: s.nudge(0, 1),
    ),
    _action(
        "needle-down",
        "Nudge down",
        "Alt+Down",
        "Move the needle half a millimetre towards the feet",
        lambda s: s.nudge(0, -1),
    ),
    _action(
        "needle-turn-medial",
        "Turn medially",
        "Alt+Shift+Right",
        "Turn the needle half a degree to the midline",
        lambda s: s.turn(1, 0),
    ),
    _action(
        "needle-turn-lateral",
        "Turn laterally",
        "Alt+Shift+Left",
        "Turn the needle half a degree outwards",
        lambda s: s.turn(-1, 0),
    ),
    _action(
        "needle-turn-down",
        "Turn down",
        "Alt+Shift+Down",
        "Turn the needle half a degree towards the feet",
        lambda s: s.turn(0, 1),
    ),
    _action(
        "needle-turn-up",
        "Turn up",
        "Alt+Shift+Up",
        "Turn the needle half a degree towards the head",
        lambda s: s.turn(0, -1),
    ),
    _action(
        "needle-deeper",
        "Push deeper",
        "Alt+PgDown",
        "Push the tip half a millimetre deeper",
        lambda s: s.push(NUDGE_MM),
    ),
    _action(
        "needle-back",
        "Draw back",
        "Alt+PgUp",
        "Draw the tip half a millimetre back",
        lambda s: s.push(-NUDGE_MM),
    ),
    _action(
        "needle-mirror",
        "Mirror to the other side",
        "Alt+M",
        "Put the needle's mirror image on the other side",
        lambda s: s.mirror(),
    ),
)

"""What keys and menus do to the variants of the selected level."""

from typing import TYPE_CHECKING

from planner.gui.action_spec import ActionSpec

if TYPE_CHECKING:
    from planner.gui.desk_state import DeskState


def _can_keep(state: "DeskState") -> bool:
    return state.has_needles and not state.is_gesture_running


def _has_variants(state: "DeskState") -> bool:
    level = state.selection.level
    return level is not None and state.plan.variants_at(level) is not None and _is_free(state)


def _is_free(state: "DeskState") -> bool:
    return not state.is_gesture_running


VARIANT_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "variant-keep",
        "Keep as a variant",
        "Plan",
        lambda commands: commands.keep_variant(),
        "Set this level's plan aside as it is and go on with a copy of it",
        "Ctrl+Shift+K",
        "plus",
        _can_keep,
    ),
    ActionSpec(
        "variant-next",
        "Next variant",
        "Plan",
        lambda commands: commands.next_variant(),
        "Work on the next variant of this level",
        "Ctrl+Shift+N",
        "arrow-right",
        _has_variants,
    ),
    ActionSpec(
        "variant-compare",
        "Compare variants",
        "Plan",
        lambda commands: commands.compare_variants(),
        "Two variants of this level side by side, measured now",
        "Ctrl+Shift+C",
        "search",
        _has_variants,
    ),
)

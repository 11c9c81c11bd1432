"""Which of a level's variants an export carries, and that others exist."""

from planner.anatomy.levels import VertebraLevel
from planner.planning.plan import LevelVariants, Plan


def variant_words(plan: Plan, level: VertebraLevel) -> str:
    """Return the words for a level, empty where its plan is the only one.

    Such as ``variant B, past the pedicle; not written here: variant A``.
    """
    variants = plan.variants_at(level)
    return "" if variants is None else f"{variants.active.words}; {_others(variants)}"


def variants_of_plan(plan: Plan) -> str:
    """Return the words for every level that has variants, each with its level's name."""
    return ". ".join(
        f"{item.level.name}: {words}"
        for item in plan.levels
        if (words := variant_words(plan, item.level))
    )


def _others(variants: LevelVariants) -> str:
    others = ", ".join(item.label.words for item in variants.kept)
    return f"not written here: {others}"

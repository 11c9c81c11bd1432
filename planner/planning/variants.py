"""Variants of a level's plan: kept, switched, named and deleted; one pure function each.

The active one is what the plan holds at the level, so that everything that reads a plan reads it;
the others are set aside beside it. Each keeps what was accepted of it.
"""

from collections.abc import Iterable

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import PlanProblem
from planner.planning.edits import put_level
from planner.planning.plan import (
    VARIANT_LETTERS,
    KeptVariant,
    LevelPlan,
    LevelVariants,
    Plan,
    VariantLabel,
)

_FIRST = VariantLabel(VARIANT_LETTERS[0])


def all_variants(plan: Plan, level: VertebraLevel) -> tuple[KeptVariant, ...]:
    """Return every variant of a level by letter, the active one as the plan holds it now.

    A level whose plan is the only one has that as variant A.
    """
    return _by_letter((_active(plan, level), *_set_aside(plan, level)))


def keep_variant(plan: Plan, level: VertebraLevel) -> Plan:
    """Return the plan with what is planned set aside as it is, going on as the next variant.

    Raises
    ------
    PlanProblem
        If nothing is planned at the level, or every letter is taken.
    """
    active, others = _active(plan, level), _set_aside(plan, level)
    taken = {item.label.letter for item in (active, *others)}
    free = [letter for letter in VARIANT_LETTERS if letter not in taken]
    if not free:
        raise PlanProblem(
            f"{level.name} has {len(VARIANT_LETTERS)} variants already.",
            hint="Delete one that is no longer needed.",
        )
    return _with(plan, level, VariantLabel(free[0]), (active, *others))


def switch_variant(plan: Plan, level: VertebraLevel, letter: str) -> Plan:
    """Return the plan with another variant as the active one.

    Raises
    ------
    PlanProblem
        If the level has no such variant.
    """
    active, chosen = _active(plan, level), _variant(plan, level, letter)
    if chosen.label == active.label:
        return plan
    others = [item for item in _set_aside(plan, level) if item is not chosen]
    return _with(_holding(plan, chosen), level, chosen.label, (active, *others))


def rename_variant(plan: Plan, level: VertebraLevel, letter: str, name: str) -> Plan:
    """Return the plan with a variant called otherwise; an empty name leaves its letter.

    Raises
    ------
    PlanProblem
        If the level has no such variant, or the name is too long.
    """
    label = attrs.evolve(_variant(plan, level, letter).label, name=name)
    active, others = _active(plan, level), _set_aside(plan, level)
    if active.label.letter == letter:
        return _with(plan, level, label, others)
    renamed = (
        attrs.evolve(item, label=label) if item.label.letter == letter else item for item in others
    )
    return _with(plan, level, active.label, renamed)


def delete_variant(plan: Plan, level: VertebraLevel, letter: str) -> Plan:
    """Return the plan without a variant; where it was the active one, the first other one is.

    A level that has only one plan left has no variants any more.

    Raises
    ------
    PlanProblem
        If the level has no such variant, or no other.
    """
    _variant(plan, level, letter)
    active, others = _active(plan, level), _set_aside(plan, level)
    if not others:
        raise PlanProblem(f"{level.name} has no other variant to go on with.")
    if active.label.letter != letter:
        left = (item for item in others if item.label.letter != letter)
        return _with(plan, level, active.label, left)
    return _with(_holding(plan, others[0]), level, others[0].label, others[1:])


def _active(plan: Plan, level: VertebraLevel) -> KeptVariant:
    planned, variants = plan.at(level), plan.variants_at(level)
    if planned is None:
        raise PlanProblem(f"Nothing is planned at {level.name} yet.", hint="Place a needle first.")
    label = variants.active if variants else _FIRST
    return KeptVariant(label, planned, tuple(f for f in plan.accepted if f.level is level))


def _set_aside(plan: Plan, level: VertebraLevel) -> tuple[KeptVariant, ...]:
    variants = plan.variants_at(level)
    return variants.kept if variants else ()


def _variant(plan: Plan, level: VertebraLevel, letter: str) -> KeptVariant:
    for item in all_variants(plan, level):
        if item.label.letter == letter:
            return item
    raise PlanProblem(f"{level.name} has no variant {letter}.")


def _holding(plan: Plan, variant: KeptVariant) -> Plan:
    """Return the plan with a variant's level plan and acceptances in the place of the active's."""
    level: LevelPlan = variant.plan
    elsewhere = tuple(item for item in plan.accepted if item.level is not level.level)
    return attrs.evolve(put_level(plan, level), accepted=(*elsewhere, *variant.accepted))


def _with(
    plan: Plan, level: VertebraLevel, active: VariantLabel, kept: Iterable[KeptVariant]
) -> Plan:
    set_aside = _by_letter(kept)
    changed = (LevelVariants(active, set_aside),) if set_aside else ()
    others = tuple(item for item in plan.variants if item.level is not level)
    return attrs.evolve(plan, variants=(*others, *changed))


def _by_letter(variants: Iterable[KeptVariant]) -> tuple[KeptVariant, ...]:
    return tuple(sorted(variants, key=lambda item: item.label.letter))

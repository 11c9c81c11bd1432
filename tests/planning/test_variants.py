import attrs
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.foundation.errors import PlanProblem
from planner.planning import edits
from planner.planning.plan import (
    VARIANT_LETTERS,
    AcceptedFinding,
    LevelPlan,
    LevelVariants,
    Plan,
    PlannedNeedle,
    Procedure,
    VariantLabel,
)
from planner.planning.variants import (
    all_variants,
    delete_variant,
    keep_variant,
    rename_variant,
    switch_variant,
)

L1, L2 = VertebraLevel.L1, VertebraLevel.L2


def a_level(level: VertebraLevel, tip_y_mm: float) -> LevelPlan:
    needle = PlannedNeedle(Side.LEFT, "bone-needle-11g-125", (40.0, 60.0, 0.0), (5.0, tip_y_mm, 0))
    return LevelPlan(level, Procedure.VERTEBROPLASTY, (needle,))


def a_reason(level: VertebraLevel | None, reason: str) -> AcceptedFinding:
    return AcceptedFinding(level, Side.LEFT, "canal-margin", "caution", 1.9, 2.0, "mm", reason)


@pytest.fixture
def a_plan() -> Plan:
    return Plan((a_level(L1, -40.0), a_level(L2, -40.0)))


def moved(plan: Plan, tip_y_mm: float) -> Plan:
    return edits.move_tip(plan, L1, Side.LEFT, (5.0, tip_y_mm, 0.0))


def tips_mm(plan: Plan) -> dict[str, float]:
    return {v.label.letter: v.plan.needles[0].tip_lps_mm[1] for v in all_variants(plan, L1)}


def test_a_level_with_one_plan_has_it_as_variant_a(a_plan: Plan) -> None:
    assert [v.label for v in all_variants(a_plan, L1)] == [VariantLabel("A")]
    assert a_plan.variants_at(L1) is None


def test_a_kept_plan_stays_as_it_was_while_the_next_letter_is_worked_on(a_plan: Plan) -> None:
    plan = moved(keep_variant(a_plan, L1), -20.0)
    assert tips_mm(plan) == {"A": -40.0, "B": -20.0}
    variants = plan.variants_at(L1)
    assert variants is not None
    assert variants.active.letter == "B"
    assert plan.at(L2) == a_plan.at(L2), "another level has no part in it"
    assert plan.variants_at(L2) is None


def test_switching_there_and_back_gives_the_very_same_plan(a_plan: Plan) -> None:
    plan = moved(keep_variant(a_plan, L1), -20.0)
    there = switch_variant(plan, L1, "A")
    assert there.at(L1) == a_plan.at(L1)
    assert tips_mm(there) == tips_mm(plan)
    assert switch_variant(there, L1, "B") == plan


def test_each_variant_keeps_what_was_accepted_of_it(a_plan: Plan) -> None:
    of_a, of_b = a_reason(L1, "short way"), a_reason(L1, "seen on MR")
    elsewhere, of_all = a_reason(L2, "old"), a_reason(None, "whole plan")
    plan = attrs.evolve(a_plan, accepted=(elsewhere, of_all, of_a))
    plan = edits.accept_finding(keep_variant(plan, L1), of_b)
    assert set(plan.accepted) == {elsewhere, of_all, of_b}
    assert set(switch_variant(plan, L1, "A").accepted) == {elsewhere, of_all, of_a}
    assert set(delete_variant(plan, L1, "B").accepted) == {elsewhere, of_all, of_a}


def test_there_are_as_many_variants_as_letters_and_no_more(a_plan: Plan) -> None:
    plan = a_plan
    for _ in VARIANT_LETTERS[1:]:
        plan = keep_variant(plan, L1)
    assert "".join(tips_mm(plan)) == VARIANT_LETTERS
    with pytest.raises(PlanProblem, match="4 variants already"):
        keep_variant(plan, L1)


def test_a_deleted_letter_is_given_again_to_the_next_variant(a_plan: Plan) -> None:
    plan = keep_variant(keep_variant(a_plan, L1), L1)
    plan = keep_variant(delete_variant(plan, L1, "B"), L1)
    assert "".join(tips_mm(plan)) == "ABC"
    assert plan.variants_at(L1).active.letter == "B"  # type: ignore[union-attr]


def test_deleting_the_active_variant_goes_on_with_the_first_of_the_others(a_plan: Plan) -> None:
    plan = keep_variant(moved(keep_variant(a_plan, L1), -20.0), L1)
    left = delete_variant(plan, L1, "C")
    assert left.variants_at(L1).active.letter == "A"  # type: ignore[union-attr]
    assert tips_mm(left) == {"A": -40.0, "B": -20.0}


def test_the_last_one_left_is_a_plain_plan_again(a_plan: Plan) -> None:
    assert delete_variant(keep_variant(a_plan, L1), L1, "B") == a_plan
    with pytest.raises(PlanProblem, match="no other variant"):
        delete_variant(a_plan, L1, "A")


def test_a_name_is_given_to_the_variant_of_that_letter_only(a_plan: Plan) -> None:
    plan = rename_variant(keep_variant(a_plan, L1), L1, "A", "  through the pedicle ")
    plan = rename_variant(plan, L1, "B", "past it")
    words = [label.words for label in plan.variants_at(L1).labels]  # type: ignore[union-attr]
    assert words == ["variant A, through the pedicle", "variant B, past it"]
    assert tips_mm(plan) == {"A": -40.0, "B": -40.0}
    with pytest.raises(PlanProblem, match="at most 40 letters"):
        rename_variant(plan, L1, "A", "x" * 41)


def test_what_does_not_exist_is_a_sentence(a_plan: Plan) -> None:
    with pytest.raises(PlanProblem, match="no variant C"):
        switch_variant(a_plan, L1, "C")
    with pytest.raises(PlanProblem, match="Nothing is planned at T12"):
        keep_variant(a_plan, VertebraLevel.T12)


def test_a_level_that_goes_takes_its_variants_along(a_plan: Plan) -> None:
    plan = attrs.evolve(keep_variant(a_plan, L1), accepted=(a_reason(L1, "why"),))
    assert edits.remove_level(plan, L1) == Plan((a_level(L2, -40.0),))


def test_a_renamed_level_keeps_its_variants_and_what_was_accepted(a_plan: Plan) -> None:
    plan = attrs.evolve(a_plan, accepted=(a_reason(L1, "why"),))
    plan = switch_variant(keep_variant(plan, L1), L1, "A")
    down = {L1: L2, L2: VertebraLevel.L3}
    renamed = edits.rename_levels(plan, down)
    assert [v.label.letter for v in all_variants(renamed, L2)] == ["A", "B"]
    assert {v.plan.level for v in all_variants(renamed, L2)} == {L2}
    assert {f.level for v in all_variants(renamed, L2) for f in v.accepted} == {L2}
    assert renamed.variants_at(L1) is None


def test_variants_that_cannot_be_are_refused(a_plan: Plan) -> None:
    kept = keep_variant(a_plan, L1).variants[0].kept
    with pytest.raises(PlanProblem, match="a letter each"):
        LevelVariants(VariantLabel("A"), kept)
    with pytest.raises(PlanProblem, match="of a level that is planned"):
        Plan((a_level(L2, -40.0),), variants=(LevelVariants(VariantLabel("B"), kept),))

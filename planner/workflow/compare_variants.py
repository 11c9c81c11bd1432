"""Two variants of a level, measured anew and pictured alike."""

from collections.abc import Mapping

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.comparison import ComparedRow, JudgedLevel, compare_levels
from planner.assessment.findings import Assessment
from planner.foundation.errors import PlanProblem
from planner.foundation.progress import Progress, no_progress
from planner.planning.plan import Plan, VariantLabel
from planner.planning.variants import all_variants, switch_variant
from planner.rendering.compared_pictures import compared_pictures
from planner.rendering.picture_of_plan import plan_picture_of
from planner.rendering.plan_picture import PlanPicture
from planner.workflow.planning_scene import PlanningScene


@attrs.frozen(eq=False)
class VariantComparison:
    """Two variants side by side, all of the vertebra as the scene has it."""

    level: VertebraLevel
    labels: tuple[VariantLabel, VariantLabel]
    rows: tuple[ComparedRow, ...]
    pictures: tuple[Mapping[str, bytes], Mapping[str, bytes]]
    """PNG by name: ``3d-ap``, ``3d-lateral``, and for each needle such as ``left-axial``."""


def compare_variants(
    plan: Plan,
    scene: PlanningScene,
    level: VertebraLevel,
    letters: tuple[str, str],
    progress: Progress = no_progress,
) -> VariantComparison:
    """Return two variants of a level beside each other.

    Nothing that was measured earlier is used: both are judged now, on the outline as it is.

    Parameters
    ----------
    plan
        With both variants, active or set aside.
    scene
        What they are measured in.
    level
        Whose variants.
    letters
        Of the two, in the order they are shown.

    Raises
    ------
    PlanProblem
        If the level has no such variants, or its vertebra is still being measured.
    """
    if level not in scene.maps:
        raise PlanProblem(
            f"{level.name} is still being measured.", hint="Compare again in a moment."
        )
    labels = {item.label.letter: item.label for item in all_variants(plan, level)}
    plans = [switch_variant(plan, level, letter) for letter in letters]
    progress(0.0, "Measuring both variants")
    assessed = [scene.assess(one) for one in plans]
    first, second = (
        _judged(one, judged, level) for one, judged in zip(plans, assessed, strict=True)
    )
    progress(0.2, "Pictures of both variants")
    vertebra = scene.maps[level].vertebra
    drawn = [
        _drawn(one, judged, vertebra, scene) for one, judged in zip(plans, assessed, strict=True)
    ]
    taken = compared_pictures(scene.study.volume, drawn, vertebra)
    one, other = (
        {p.name.removeprefix(f"{level.name}-"): p.png for p in pictures} for pictures in taken
    )
    return VariantComparison(
        level,
        (labels[letters[0]], labels[letters[1]]),
        compare_levels(first, second, scene.catalog),
        (one, other),
    )


def _judged(plan: Plan, assessment: Assessment, level: VertebraLevel) -> JudgedLevel:
    planned = plan.at(level)
    if planned is None:
        raise PlanProblem(f"Nothing is planned at {level.name}.")
    return JudgedLevel(planned, assessment.at(level))


def _drawn(
    plan: Plan, assessment: Assessment, vertebra: VertebraModel, scene: PlanningScene
) -> PlanPicture:
    level = vertebra.level
    picture = plan_picture_of(plan, assessment, (vertebra,), scene.catalog, level, Side.LEFT)
    return attrs.evolve(
        picture,
        needles=tuple(
            attrs.evolve(n, is_active=False) for n in picture.needles if n.level is level
        ),
        balloons=tuple(b for b in picture.balloons if b.level is level),
    )

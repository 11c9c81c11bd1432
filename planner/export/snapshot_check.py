"""Whether a snapshot may be handed on at all, whatever the writer."""

from collections.abc import Callable, Iterator, Mapping

from planner.assessment.findings import LevelAssessment
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanPart, WriteProblem, WriterInfo
from planner.planning.plan import LevelPlan, Plan

_MISSING: Mapping[PlanPart, tuple[Callable[[LevelPlan], object], str]] = {
    PlanPart.NEEDLES: (lambda level: level.needles, "The plan has no needle: place one first."),
    PlanPart.BALLOONS: (lambda level: level.balloons, "The plan has no balloon: choose one first."),
    PlanPart.CEMENT: (lambda level: level.cement, "The plan has no cement: set a volume first."),
}
_NO_DICOM_IMAGES = (
    "The images are no DICOM series, so there is no study to add objects to: "
    "open the DICOM images, or choose another format."
)


def missing_parts(
    info: WriterInfo, plan: Plan, *, has_dicom_images: bool
) -> tuple[WriteProblem, ...]:
    """Return a sentence for each thing that a writer needs and the case does not have."""
    missing = [
        WriteProblem(sentence)
        for part, (found_in, sentence) in _MISSING.items()
        if part in info.needs and not any(found_in(level) for level in plan.levels)
    ]
    if PlanPart.DICOM_IMAGES in info.needs and not has_dicom_images:
        missing.append(WriteProblem(_NO_DICOM_IMAGES))
    return tuple(missing)


def snapshot_problems(snapshot: PlanSnapshot) -> tuple[WriteProblem, ...]:
    """Return why the parts of a snapshot do not belong together; nothing when they do.

    An assessment of an earlier plan must never leave the program beside a later one.
    """
    return tuple(WriteProblem(sentence) for sentence in _sentences(snapshot))


def _sentences(snapshot: PlanSnapshot) -> Iterator[str]:
    assessed = {level.level: level for level in snapshot.assessment.levels}
    known = {vertebra.level for vertebra in snapshot.vertebrae}
    for level_plan in snapshot.plan.levels:
        name = level_plan.level.name
        if level_plan.level not in known:
            yield f"{name} is planned but was not found in the images: find the level again."
        measures = assessed.pop(level_plan.level, None)
        if measures is None or not _belong_together(level_plan, measures):
            yield (
                f"The assessment of {name} is not of this plan: wait until it is computed again, "
                "then export."
            )
    if tuple(m.in_slice for m in snapshot.measured if m.in_slice) != snapshot.plan.measurements:
        yield "The measurements are not those of this plan: export once more."
    for level in assessed:
        yield f"{level.name} was assessed but is not in the plan: assess the plan again."


def _belong_together(level_plan: LevelPlan, measures: LevelAssessment) -> bool:
    planned = {n.side: (n.skin_lps_mm, n.tip_lps_mm) for n in level_plan.needles}
    measured = {n.side: (n.skin_lps_mm, n.tip_lps_mm) for n in measures.needles}
    planned_ml = level_plan.cement.volume_ml if level_plan.cement else None
    measured_ml = measures.cement.volume_ml if measures.cement else None
    return (
        planned == measured
        and {b.side for b in level_plan.balloons} == {b.side for b in measures.balloons}
        and planned_ml == measured_ml
    )

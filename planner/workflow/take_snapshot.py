"""Everything a writer may write, taken at one moment."""

import datetime as dt
from collections.abc import Iterator

from planner import __version__
from planner.anatomy.levels import Side
from planner.export.deidentify import deidentified
from planner.export.snapshot import NamedMesh, Picture, PlanSnapshot
from planner.foundation.progress import Progress, no_progress
from planner.mesh.shapes import capsule_mesh, cylinder_mesh
from planner.planning.plan import Plan
from planner.rendering.level_pictures import render_plan_pictures
from planner.rendering.picture_of_plan import plan_picture_of
from planner.rendering.plan_picture import PlanPicture
from planner.storage.case import Case
from planner.workflow.planning_scene import PlanningScene

_SOFTWARE = f"Vertebroplan {__version__}"


def take_snapshot(
    case: Case,
    scene: PlanningScene,
    progress: Progress = no_progress,
    *,
    deidentify: bool = False,
    made_at: dt.datetime | None = None,
) -> PlanSnapshot:
    """Return a case's plan with its assessment, surfaces and pictures, all of this very plan.

    Parameters
    ----------
    case
        Whose plan, on the images of `scene`.
    scene
        What the plan is measured in; it must hold every level of the plan.
    progress
        Told of each level's pictures.
    deidentify
        Leave out who the patient is.
    made_at
        The moment that writers write, in UTC; now where it is not given.
    """
    assessment = scene.assess(case.plan)
    drawn = plan_picture_of(case.plan, assessment, case.vertebrae, scene.catalog, None, Side.LEFT)
    snapshot = PlanSnapshot(
        title=title_of(case.plan),
        study=case.study,
        plan=case.plan,
        assessment=assessment,
        vertebrae=case.vertebrae,
        devices=scene.catalog,
        meshes=tuple(_meshes(drawn, case.plan)),
        pictures=tuple(_pictures(drawn, scene, case.plan, progress)),
        made_at=made_at or dt.datetime.now(dt.UTC),
        software=_SOFTWARE,
    )
    return deidentified(snapshot) if deidentify else snapshot


def title_of(plan: Plan) -> str:
    """Return a plan's name for people, such as ``T12 kyphoplasty, L1 vertebroplasty``."""
    if not plan.levels:
        return "Empty plan"
    return ", ".join(f"{level.level.name} {level.procedure.value}" for level in plan.levels)


def _meshes(drawn: PlanPicture, plan: Plan) -> Iterator[NamedMesh]:
    planned = {level.level for level in plan.levels}
    for vertebra in drawn.vertebrae:
        level = vertebra.model.level
        if level in planned:
            yield NamedMesh(f"{level.name}-vertebra", f"{level.name}", level, vertebra.bone)
    for needle in drawn.needles:
        name, side = needle.level.name, needle.side.value
        mesh = cylinder_mesh(needle.path, needle.radius_mm)
        yield NamedMesh(f"{name}-{side}-needle", f"{name} {side} needle", needle.level, mesh)
    for balloon in drawn.balloons:
        name, side = balloon.level.name, balloon.side.value
        mesh = capsule_mesh(balloon.shape)
        yield NamedMesh(f"{name}-{side}-balloon", f"{name} {side} balloon", balloon.level, mesh)


def _pictures(
    drawn: PlanPicture, scene: PlanningScene, plan: Plan, progress: Progress
) -> Iterator[Picture]:
    for number, level in enumerate(plan.levels):
        progress(number / len(plan.levels), f"Pictures of {level.level.name}")
        for name, title, png in render_plan_pictures(scene.study.volume, drawn, level.level):
            yield Picture(name, title, png, level.level)

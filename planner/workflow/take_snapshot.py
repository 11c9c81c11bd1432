"""Everything a writer may write, taken at one moment."""

import datetime as dt
from collections.abc import Iterator

from planner import __version__
from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.findings import Assessment
from planner.export.deidentify import deidentified
from planner.export.planned_fill import planned_fill
from planner.export.radiograph_measurements import radiograph_measurements
from planner.export.read_source_images import source_images_of
from planner.export.slice_measurements import slice_measurements
from planner.export.snapshot import (
    MeshKind,
    NamedMesh,
    Picture,
    PictureKind,
    PlannedFill,
    PlanSnapshot,
)
from planner.foundation.progress import Progress, no_progress
from planner.mesh.shapes import capsule_mesh, cylinder_mesh
from planner.mesh.surface import surface_of_mask
from planner.mesh.triangle_mesh import TriangleMesh
from planner.planning.plan import LevelPlan, Plan
from planner.rendering.level_pictures import render_plan_pictures
from planner.rendering.picture_of_plan import plan_picture_of
from planner.rendering.plan_picture import PlanPicture
from planner.simulation.attenuation import prepare
from planner.simulation.shot import XrayScene
from planner.storage.case import Case
from planner.storage.radiograph_notes import RADIOGRAPHS, notes_from_json
from planner.workflow.picture_cement import arrival_of_level
from planner.workflow.planning_scene import PlanningScene
from planner.workflow.theatre_pictures import theatre_pictures

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
    fills = tuple(_fills(case, assessment, scene))
    source = source_images_of(scene.study.series)
    snapshot = PlanSnapshot(
        title=title_of(case.plan),
        study=case.study,
        plan=case.plan,
        assessment=assessment,
        vertebrae=case.vertebrae,
        devices=scene.catalog,
        meshes=(*_meshes(drawn, case.plan), *_fill_meshes(fills)),
        pictures=tuple(_pictures(drawn, scene, case.plan, progress)),
        made_at=made_at or dt.datetime.now(dt.UTC),
        software=_SOFTWARE,
        source=source,
        fills=fills,
        measured=(
            *slice_measurements(
                case.plan.measurements, scene.study.volume, case.vertebrae, case.study, source
            ),
            *radiograph_measurements(notes_from_json(case.view_state.get(RADIOGRAPHS))),
        ),
    )
    return deidentified(snapshot) if deidentify else snapshot


def title_of(plan: Plan) -> str:
    """Return a plan's name for people, such as ``T12 kyphoplasty, variant B``."""
    if not plan.levels:
        return "Empty plan"
    return ", ".join(_level_title(level, plan) for level in plan.levels)


def _level_title(level: LevelPlan, plan: Plan) -> str:
    variants = plan.variants_at(level.level)
    which = f", variant {variants.active.letter}" if variants else ""
    return f"{level.level.name} {level.procedure.value}{which}"


def _fills(case: Case, assessment: Assessment, scene: PlanningScene) -> Iterator[PlannedFill]:
    for level in case.plan.levels:
        vertebra = case.vertebra(level.level)
        if vertebra is not None:
            fill = planned_fill(
                level, assessment.at(level.level), vertebra, arrival_of_level(level, scene)
            )
            if fill is not None:
                yield fill


def _meshes(drawn: PlanPicture, plan: Plan) -> Iterator[NamedMesh]:
    planned = {level.level for level in plan.levels}
    for vertebra in drawn.vertebrae:
        level = vertebra.model.level
        if level in planned:
            name = level.name
            yield NamedMesh(f"{name}-vertebra", name, level, vertebra.bone, MeshKind.BONE)
            if not vertebra.model.canal.is_empty:
                canal = surface_of_mask(vertebra.model.canal)
                title = f"{name} spinal canal"
                yield NamedMesh(f"{name}-canal", title, level, canal, MeshKind.CANAL)
    for needle in drawn.needles:
        mesh = cylinder_mesh(needle.path, needle.radius_mm)
        yield _instrument(needle.level, needle.side, mesh, MeshKind.NEEDLE)
    for balloon in drawn.balloons:
        mesh = capsule_mesh(balloon.shape)
        yield _instrument(balloon.level, balloon.side, mesh, MeshKind.BALLOON)


def _instrument(level: VertebraLevel, side: Side, mesh: TriangleMesh, kind: MeshKind) -> NamedMesh:
    name = f"{level.name}-{side.value}-{kind.value}"
    return NamedMesh(name, name.replace("-", " "), level, mesh, kind, side)


def _fill_meshes(fills: tuple[PlannedFill, ...]) -> Iterator[NamedMesh]:
    for fill in fills:
        name, mesh = fill.level.name, surface_of_mask(fill.mask)
        title = f"{name} planned cement (illustration)"
        yield NamedMesh(f"{name}-cement", title, fill.level, mesh, MeshKind.CEMENT)


def _pictures(
    drawn: PlanPicture, scene: PlanningScene, plan: Plan, progress: Progress
) -> Iterator[Picture]:
    beam = XrayScene(prepare(scene.study.volume)) if plan.levels else None
    vertebrae = {vertebra.model.level: vertebra.model for vertebra in drawn.vertebrae}
    for number, level in enumerate(plan.levels):
        progress(number / len(plan.levels), f"Pictures of {level.level.name}")
        for name, title, png in render_plan_pictures(scene.study.volume, drawn, level.level):
            yield Picture(name, title, png, level.level)
        if beam is not None and level.level in vertebrae:
            progress((number + 0.5) / len(plan.levels), f"X-rays of {level.level.name}")
            for name, title, png in theatre_pictures(beam, level, vertebrae[level.level]):
                yield Picture(name, title, png, level.level, PictureKind.XRAY)

"""What the views draw of a plan, from the plan's own values."""

import functools

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Assessment, LevelAssessment, Severity
from planner.devices.device_values import DeviceCatalog
from planner.geometry.points import distance_mm
from planner.imaging.volume import VoxelMask
from planner.mesh.surface import surface_of_mask
from planner.mesh.triangle_mesh import TriangleMesh
from planner.planning.measures import NeedleMeasures
from planner.planning.plan import LevelPlan, Plan, PlannedNeedle
from planner.rendering.coarse_surface import coarse_surface
from planner.rendering.plan_picture import (
    NEIGHBOUR_COUNT,
    BalloonPicture,
    NeedlePicture,
    PlanPicture,
    VertebraPicture,
)

_KEPT_VERTEBRAE = 32
"""A spine has 24; their surfaces are made once, so that dragging a needle makes none."""


def plan_picture_of(
    plan: Plan,
    assessment: Assessment | None,
    vertebrae: tuple[VertebraModel, ...],
    catalog: DeviceCatalog,
    active_level: VertebraLevel | None,
    active_side: Side,
) -> PlanPicture:
    """Return what the views draw.

    Margins and balloons come from the assessment, and only for needles that it has judged where
    they are now: a margin of an earlier path is not shown.
    """
    judged = {item.level: item for item in (assessment.levels if assessment else ())}
    needles: list[NeedlePicture] = []
    balloons: list[BalloonPicture] = []
    for level_plan in plan.levels:
        level = judged.get(level_plan.level)
        for needle in level_plan.needles:
            is_active = (level_plan.level, needle.side) == (active_level, active_side)
            measures = _measures_of(needle, level)
            needles.append(
                NeedlePicture(
                    level_plan.level,
                    needle.side,
                    needle.path,
                    _radius_mm(needle, catalog),
                    is_active=is_active,
                    label=_margin_label(measures),
                    severity=_severity(needle.side, level) if measures else None,
                )
            )
            if measures and level:
                balloons += _balloons_of(level_plan, needle.side, level)
    return PlanPicture(
        vertebrae=tuple(
            vertebra_picture_of(vertebra) for vertebra in _drawn(vertebrae, plan, active_level)
        ),
        needles=tuple(needles),
        balloons=tuple(balloons),
        measurements=plan.measurements,
        active_level=active_level,
    )


def _drawn(
    vertebrae: tuple[VertebraModel, ...], plan: Plan, active_level: VertebraLevel | None
) -> tuple[VertebraModel, ...]:
    """Return what is planned, what is active and its neighbours; all where there is neither.

    A surface takes a quarter of a second to make, and a chest CT shows fifteen vertebrae.
    """
    wanted = {item.level for item in plan.levels}
    active = next((v for v in vertebrae if v.level is active_level), None)
    if active is not None:
        centre = active.centre_lps_mm
        near = sorted(vertebrae, key=lambda v: distance_mm(v.centre_lps_mm, centre))
        wanted |= {vertebra.level for vertebra in near[: 1 + NEIGHBOUR_COUNT]}
    return tuple(v for v in vertebrae if v.level in wanted) if wanted else vertebrae


@functools.lru_cache(maxsize=_KEPT_VERTEBRAE)
def vertebra_picture_of(vertebra: VertebraModel) -> VertebraPicture:
    """Return a vertebra's surfaces; the same object for the same vertebra.

    May be called from a job as soon as the vertebra is found, so that no view waits for it.
    """
    bone, coarse_bone = _surfaces(vertebra.whole)
    canal, coarse_canal = _surfaces(vertebra.canal)
    return VertebraPicture(vertebra, bone, canal, coarse_bone, coarse_canal)


@functools.lru_cache(maxsize=_KEPT_VERTEBRAE)
def _surfaces(mask: VoxelMask) -> tuple[TriangleMesh, TriangleMesh]:
    """Return a surface and a coarse one; a vertebra measured anew keeps both."""
    if mask.is_empty:
        return TriangleMesh.empty(), TriangleMesh.empty()
    surface = surface_of_mask(mask)
    return surface, coarse_surface(surface)


def _radius_mm(needle: PlannedNeedle, catalog: DeviceCatalog) -> float:
    return catalog.needle(needle.model_id).outer_radius_mm


def _measures_of(needle: PlannedNeedle, level: LevelAssessment | None) -> NeedleMeasures | None:
    measures = level.needle(needle.side) if level else None
    if measures is None:
        return None
    is_current = (measures.skin_lps_mm, measures.tip_lps_mm) == (
        needle.skin_lps_mm,
        needle.tip_lps_mm,
    )
    return measures if is_current else None


def _margin_label(measures: NeedleMeasures | None) -> str:
    if measures is None:
        return ""
    named = {"wall": measures.margins.pedicle_wall, "canal": measures.margins.canal}
    known = {name: margin for name, margin in named.items() if margin is not None}
    if not known:
        return ""
    name, margin = min(known.items(), key=lambda item: item[1].distance_mm)
    distance = f"{margin.distance_mm:.1f}".replace("-", "\N{MINUS SIGN}")
    return f"{name} {distance} \N{PLUS-MINUS SIGN} {margin.uncertainty_mm:.1f} mm"


def _severity(side: Side, level: LevelAssessment | None) -> Severity | None:
    found = {f.severity for f in level.findings if f.side is side} if level else set()
    return next((severity for severity in Severity if severity in found), None)


def _balloons_of(level_plan: LevelPlan, side: Side, level: LevelAssessment) -> list[BalloonPicture]:
    measures = level.balloon(side)
    if measures is None or level_plan.balloon(side) is None or measures.shape.radius_mm == 0.0:
        return []
    return [BalloonPicture(level_plan.level, side, measures.shape, measures.flat)]

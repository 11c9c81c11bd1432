"""What a plan is proposed in and judged against."""

from collections.abc import Iterable, Mapping
from typing import Self

import attrs

from planner.anatomy.great_vessels import great_vessels, rounds_of_vertebra
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.skin import find_skin
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.assess import assess
from planner.assessment.findings import Assessment
from planner.devices.catalog import device_catalog
from planner.devices.device_values import DeviceCatalog
from planner.foundation.progress import Progress, no_progress, part_of
from planner.imaging.volume import VoxelMask
from planner.planning.device_limits import catalog_of
from planner.planning.plan import Plan
from planner.planning.safety_maps import SafetyMaps, build_safety_maps
from planner.workflow.open_study import OpenStudy


@attrs.frozen(eq=False)
class PlanningScene:
    """The study, its skin, and the safety maps of each vertebra found: never out of step."""

    study: OpenStudy
    skin: VoxelMask
    catalog: DeviceCatalog
    maps: Mapping[VertebraLevel, SafetyMaps]

    def with_vertebra(self, vertebra: VertebraModel, progress: Progress = no_progress) -> Self:
        """Return the scene with a vertebra found or found again."""
        vessels = great_vessels(self.study.volume, rounds_of_vertebra(vertebra))
        maps = build_safety_maps(vertebra, self.skin, self.study.volume, progress, vessels=vessels)
        return attrs.evolve(self, maps={**self.maps, vertebra.level: maps})

    def without(self, level: VertebraLevel) -> Self:
        """Return the scene without a level."""
        return attrs.evolve(self, maps={k: v for k, v in self.maps.items() if k is not level})

    def assess(self, plan: Plan) -> Assessment:
        """Return a plan's measures and findings."""
        catalog = catalog_of(plan, self.catalog)
        return assess(plan, self.maps, catalog, slice_step_mm=self.study.slice_step_mm)


def planning_scene(
    study: OpenStudy, vertebrae: Iterable[VertebraModel] = (), progress: Progress = no_progress
) -> PlanningScene:
    """Return the scene of a study with the vertebrae found so far."""
    found = tuple(vertebrae)
    steps = len(found) + 1
    skin = find_skin(study.volume, part_of(progress, 0.0, 1.0 / steps))
    scene = PlanningScene(study, skin, device_catalog(), {})
    for number, vertebra in enumerate(found, start=1):
        scene = scene.with_vertebra(
            vertebra, part_of(progress, number / steps, (number + 1) / steps)
        )
    return scene

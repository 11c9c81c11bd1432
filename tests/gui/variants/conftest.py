"""A desk with the phantom's own scene: measures and pictures are the program's, not made up."""

from types import SimpleNamespace

import numpy as np
import pytest

from planner.anatomy.vertebra import VertebraModel
from planner.devices.catalog import device_catalog
from planner.gui.case_document import CaseDocument
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.gui.variants.variant_desk import VariantDesk
from planner.imaging.volume import Volume, VoxelMask
from planner.planning.safety_maps import build_safety_maps
from planner.workflow.planning_scene import PlanningScene


@pytest.fixture
def a_scene(a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask) -> PlanningScene:
    voxels = np.where(a_phantom_skin.voxels, 40, -1000).astype(np.int16)
    study = SimpleNamespace(
        volume=Volume(voxels, a_phantom_skin.geometry), slice_step_mm=1.0, study=None
    )
    maps = build_safety_maps(a_phantom_vertebra, a_phantom_skin)
    return PlanningScene(study, a_phantom_skin, device_catalog(), {a_phantom_vertebra.level: maps})


@pytest.fixture
def a_keeper(
    a_document: CaseDocument, a_job_runner: JobRunner, a_scene: PlanningScene
) -> SceneKeeper:
    keeper = SceneKeeper(a_document, a_job_runner)
    keeper.open(a_scene)
    return keeper


@pytest.fixture
def a_variant_desk(
    a_document: CaseDocument, a_keeper: SceneKeeper, a_job_runner: JobRunner
) -> VariantDesk:
    return VariantDesk(a_document, a_keeper, a_job_runner, lambda: False)

"""Stages made from the phantom vertebra."""

import numpy as np
from phantom_vertebra import IN_PLACE, PhantomShape, phantom_skin, phantom_vertebra

from planner.anatomy.levels import VertebraLevel
from planner.devices.catalog import device_catalog
from planner.imaging.volume import Volume
from planner.planning.plan import Approach, Procedure
from planner.planning.safety_maps import build_safety_maps
from planner.rehearsal.scenario import Scenario, StudySource
from planner.rehearsal.stage import RehearsalStage, set_stage

TASK = Scenario(
    id="phantom",
    title="The phantom's L1",
    task="Fill it through both pedicles.",
    grade=1,
    study=StudySource("none"),
    level=VertebraLevel.L1,
    procedure=Procedure.KYPHOPLASTY,
    approach=Approach.BIPEDICULAR,
)


def stage_of(shape: PhantomShape) -> RehearsalStage:
    vertebra, skin = phantom_vertebra(shape), phantom_skin(shape)
    k, j, i = np.meshgrid(*(np.arange(n) for n in skin.geometry.shape_kji), indexing="ij")
    places = IN_PLACE.inverse.points(skin.geometry.lps_of(np.stack([i, j, k], -1)).reshape(-1, 3))
    bone = shape.in_whole(places).reshape(k.shape)
    hu = np.where(bone, 300, np.where(skin.voxels, 40, -1000)).astype(np.int16)
    volume = Volume(hu, skin.geometry)
    return set_stage(TASK, volume, build_safety_maps(vertebra, skin, volume), device_catalog())

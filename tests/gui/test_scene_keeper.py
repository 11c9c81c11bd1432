"""Maps of vertebrae are kept for undo, but not without end."""

import attrs
import numpy as np
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.anatomy.vertebra import VertebraModel
from planner.devices.catalog import device_catalog
from planner.gui.case_document import CaseDocument
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.imaging.volume import VoxelMask
from planner.planning.safety_maps import build_safety_maps
from planner.workflow.planning_scene import PlanningScene


def test_maps_of_a_vertebra_just_undone_are_found_again_and_those_of_long_ago_are_let_go(
    qtbot: QtBot,
    qapp: QApplication,
    a_document: CaseDocument,
    a_job_runner: JobRunner,
    a_phantom_vertebra: VertebraModel,
    a_phantom_skin: VoxelMask,
) -> None:
    del qapp
    keeper = SceneKeeper(a_document, a_job_runner)
    maps = build_safety_maps(a_phantom_vertebra, a_phantom_skin)
    scene = PlanningScene(None, a_phantom_skin, device_catalog(), {a_phantom_vertebra.level: maps})
    keeper.open(scene)
    for number in range(30):
        edited = attrs.evolve(a_phantom_vertebra, trabecular_hu=float(number))
        keeper.keep(edited, attrs.evolve(maps, vertebra=edited))
        a_document.change_vertebra(edited, "Paint body")
    assert len(keeper._maps) <= 14
    a_document.undo()
    assert keeper.scene is not None
    found = keeper.scene.maps[a_phantom_vertebra.level]
    assert found.vertebra is a_document.vertebrae[0]
    qtbot.waitUntil(lambda: not a_job_runner.running)
    assert np.isfinite(found.half_width_mm)

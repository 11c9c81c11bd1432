import json
import subprocess
import sys

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import Side, VertebraLevel
from planner.geometry.transforms import RigidTransform
from planner.gui.view_state import NeedleView, ViewName, ViewState
from planner.imaging.window_level import BONE
from planner.rendering.layers import Layer

TILTED = RigidTransform(np.array([[1, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]]), np.array([1, 2, 3]))


def _changed() -> ViewState:
    state = ViewState()
    state.set_crosshair((1.5, -2.0, 3.25))
    state.set_window_level(BONE)
    state.set_slice_frame(TILTED)
    state.set_active(VertebraLevel.T12, Side.RIGHT)
    state.set_visible(Layer.CANAL, visible=False)
    state.set_maximised(ViewName.SAGITTAL)
    state.set_needle_view(NeedleView.BARREL)
    state.set_identity_masked(masked=True)
    return state


def test_everything_shown_comes_back_from_a_case_file() -> None:
    written = json.loads(json.dumps(_changed().as_json()))
    state = ViewState()
    state.restore(written)
    assert state.as_json() == _changed().as_json()
    assert state.lps_from_slices == TILTED


@pytest.mark.parametrize(
    "broken",
    [
        {"crosshair_lps_mm": [1, 2]},
        {"window_hu": "wide"},
        {"lps_from_slices": [[1, 0], [0, 1]]},
        {"active_level": "X9"},
        {"hidden": ["nothing like it"]},
        {"needle_view": "sideways"},
        {"of a later version": 3},
    ],
)
def test_an_unreadable_part_leaves_what_is_shown(broken: dict[str, object]) -> None:
    state = _changed()
    state.restore(broken)
    assert state.as_json() == _changed().as_json()


def test_a_value_that_does_not_change_is_not_told(qtbot: QtBot) -> None:
    state = _changed()
    with (
        qtbot.assertNotEmitted(state.crosshair_changed),
        qtbot.assertNotEmitted(state.slice_frame_changed),
        qtbot.assertNotEmitted(state.active_changed),
        qtbot.assertNotEmitted(state.visibility_changed),
        qtbot.assertNotEmitted(state.layout_changed),
    ):
        state.restore(_changed().as_json())


def test_the_crosshair_is_told_once(qtbot: QtBot) -> None:
    state = ViewState()
    with qtbot.waitSignal(state.crosshair_changed) as told:
        state.set_crosshair((4, 5, 6))
    assert told.args == [(4.0, 5.0, 6.0)]


def test_the_view_state_loads_nothing_of_vtk() -> None:
    code = "import planner.gui.view_state, sys; sys.exit(any('vtk' in m for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

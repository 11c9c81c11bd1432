"""The teacher's form: it can be kept only when the points make a hundred."""

import pytest

from planner.gui.training.key_dialog import KeyDialog
from planner.rehearsal.scenario import TeachersKey, scenarios


@pytest.fixture
def a_dialog(qtbot, the_theme: None) -> KeyDialog:
    del the_theme
    scenario = scenarios()[0]
    dialog = KeyDialog(scenario, scenario.key, None)
    qtbot.addWidget(dialog)
    return dialog


def test_points_that_do_not_make_a_hundred_cannot_be_kept(a_dialog) -> None:
    assert a_dialog.save.isEnabled()
    a_dialog.points["tip"].setValue(a_dialog.points["tip"].value() + 5.0)
    assert not a_dialog.save.isEnabled()
    assert a_dialog.total.text() == "5 points too many"
    a_dialog.points["angle"].setValue(a_dialog.points["angle"].value() - 5.0)
    assert a_dialog.save.isEnabled()
    a_dialog.pass_mark.setValue(85.0)
    usual = TeachersKey()
    assert a_dialog.key().weights["tip"] == usual.weights["tip"] + 5.0
    assert a_dialog.key().pass_mark == 85.0
    a_dialog.usual.click()
    assert a_dialog.key() == usual

"""The teacher's form: it can be kept only when the points make a hundred."""

import attrs
import pytest

from planner.foundation.clinical_numbers import clinical_number
from planner.gui.training.key_dialog import KeyDialog
from planner.rehearsal.scenario import TeachersKey, scenarios


@pytest.fixture
def a_dialog(qtbot, the_theme: None) -> KeyDialog:
    del the_theme
    scenario = scenarios()[0]
    dialog = KeyDialog(scenario, scenario, None)
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


def test_the_limits_are_the_cases_own_until_the_teacher_sets_others(a_dialog) -> None:
    own = scenarios()[0].limits
    assert a_dialog.limits() == own
    a_dialog.limit_boxes["needle_shots"].setValue(11)
    a_dialog.limit_boxes["cement_ml"].setValue(2.5)
    assert a_dialog.limits() == attrs.evolve(own, needle_shots=11, cement_ml=2.5)
    a_dialog.usual.click()
    assert a_dialog.limits() == own


def test_no_teacher_allows_more_cement_than_the_hard_warning(a_dialog) -> None:
    a_dialog.limit_boxes["cement_ml"].setValue(20.0)
    assert a_dialog.limits().cement_ml == clinical_number("cement-hard-volume")

"""The working-time clock: starts, tells phases of the user's product, alarms once a change."""

import pytest
from pytestqt.qtbot import QtBot

from planner.gui.desk_state import DeskState
from planner.gui.panels.clock_card import ClockCard
from planner.gui.theme import DARK
from planner.planning.plan import CementPhases, Plan
from planner.storage.case import Case

pytestmark = pytest.mark.usefixtures("the_theme")
PHASES = CementPhases(3.0, 10.0, 13.0, "sheet at 21 degrees")


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.minutes = 100.0

    def __call__(self) -> float:
        return 60_000.0 * self.minutes


@pytest.fixture
def a_watch() -> Watch:
    return Watch()


@pytest.fixture
def a_card(qtbot: QtBot, a_study, a_watch: Watch) -> ClockCard:
    card = ClockCard(DARK, a_watch)
    qtbot.addWidget(card)
    card.show_state(DeskState(case=Case(a_study, (), Plan(cement_phases=PHASES))))
    return card


def test_the_clock_alarms_once_at_each_phase_of_the_user_s_product(
    a_card: ClockCard, a_watch: Watch
) -> None:
    alarms: list[str] = []
    a_card.alarmed.connect(alarms.append)
    a_card.start.click()
    assert a_card.is_running
    begun = a_watch.minutes
    shown = []
    for passed in (0.0, 2.9, 3.1, 5.0, 9.2, 9.5, 10.1, 12.0, 13.5):
        a_watch.minutes = begun + passed
        a_card.tick()
        shown.append(a_card.time.text())
    assert shown[1] == "2:54"
    assert [words.split(": ")[1] for words in alarms] == [
        "inject.",
        "last minute.",
        "stop injecting.",
        "set.",
    ]
    assert "10 min after mixing" in alarms[2]


def test_a_clock_that_is_stopped_is_silent_and_begins_anew(
    a_card: ClockCard, a_watch: Watch
) -> None:
    alarms: list[str] = []
    a_card.alarmed.connect(alarms.append)
    a_card.start.click()
    a_card.start.click()
    a_watch.minutes += 20.0
    a_card.tick()
    assert alarms == []
    assert a_card.time.text() == "0:00"
    a_card.start.click()
    a_card.tick()
    assert a_card.time.text() == "0:00"


def test_without_the_user_s_times_no_phase_is_told(qtbot: QtBot, a_watch: Watch, a_study) -> None:
    card = ClockCard(DARK, a_watch)
    qtbot.addWidget(card)
    card.show_state(DeskState(case=Case(a_study, (), Plan())))
    alarms: list[str] = []
    card.alarmed.connect(alarms.append)
    card.start.click()
    a_watch.minutes += 30.0
    card.tick()
    assert alarms == []
    assert card.time.text() == "30:00"


def test_times_out_of_order_or_without_a_source_are_refused_in_words(a_card: ClockCard) -> None:
    problems: list[Exception] = []
    a_card.problem_found.connect(problems.append)
    a_card.until_field.setValue(2.0)
    a_card.enter.click()
    a_card.until_field.setValue(10.0)
    a_card.read_in.clear()
    a_card.enter.click()
    assert [problem.message for problem in problems] == [
        "Cement is first ready, then at its working time's end, then set.",
        "Say where the working time was read.",
    ]

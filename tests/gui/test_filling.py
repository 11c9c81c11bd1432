"""Modelled cement in the window: of exactly the plan on the desk, and only there."""

import time

import attrs
import pytest
from cement_scenes import LEVEL, cement_scene
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import Side
from planner.devices.catalog import device_catalog
from planner.gui.case_document import CaseDocument
from planner.gui.desk_state import DeskState
from planner.gui.filling.fill_desk import FillDesk
from planner.gui.jobs import JobRunner
from planner.gui.panels.choices_card import ChoicesCard
from planner.gui.panels.clock_card import Phase, phase_at
from planner.gui.panels.fill_card import FillCard
from planner.gui.theme import DARK
from planner.planning import edits
from planner.planning.plan import (
    CementPhases,
    LevelPlan,
    Plan,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)
from planner.storage.case import Case

NEAR_MM, FAR_MM = (8.0, -6.0, 5.0), (9.0, -6.0, -4.0)


@attrs.frozen(eq=False)
class Scene:
    maps: dict
    catalog: object


class Keeper(QObject):
    changed = Signal()

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene


def plan_with_tip(tip_mm, volume_ml: float = 2.0) -> Plan:
    frame = cement_scene("hole in the upper endplate").truth.model.lps_from_vertebra
    needle = PlannedNeedle(
        Side.LEFT, "access-11g-125", frame.point((20.0, 60.0, 8.0)), frame.point(tip_mm)
    )
    level = LevelPlan(
        LEVEL,
        Procedure.VERTEBROPLASTY,
        (needle,),
        cement=PlannedCement("kyphon-hv-r", volume_ml),
    )
    return Plan((level,))


@pytest.fixture
def a_desk(qtbot: QtBot, a_study, a_job_runner: JobRunner) -> FillDesk:
    """The fill desk of a vertebra with a hole in its upper endplate, its tip near the hole."""
    scene = cement_scene("hole in the upper endplate")
    document = CaseDocument()
    document.open(Case(a_study, (scene.maps.vertebra,), plan_with_tip(NEAR_MM)))
    document.select(LEVEL)
    keeper = Keeper(Scene({LEVEL: scene.maps}, device_catalog()))
    desk = FillDesk(document, keeper, a_job_runner)
    desk.kept_alive = (document, keeper)
    desk.want(is_wanted=True)
    qtbot.waitUntil(lambda: desk.state().picture is not None, timeout=60_000)
    return desk


def with_runs(desk: FillDesk, qtbot: QtBot) -> FillDesk:
    desk.run()
    qtbot.waitUntil(lambda: desk.state().has_runs, timeout=120_000)
    return desk


def test_the_fill_follows_the_volume_without_being_made_anew(a_desk) -> None:
    document = a_desk.kept_alive[0]
    before = a_desk.state().picture
    begun_s = time.perf_counter()
    document.edit("volume", edits.set_cement_volume(document.plan, LEVEL, 1.0))
    after = a_desk.state().picture
    assert time.perf_counter() - begun_s < 0.05
    assert after.fill is before.fill
    assert after.volume_ml == 1.0
    small, large = (p.fill.arrival.mask_at(p.volume_ml).volume_mm3 for p in (after, before))
    assert 0.4 < small / large < 0.6


def test_a_moved_tip_takes_the_picture_the_runs_and_the_list_away_at_once(
    qtbot: QtBot, a_desk
) -> None:
    desk, document = with_runs(a_desk, qtbot), a_desk.kept_alive[0]
    assert desk.state().leaks
    document.edit("move", plan_with_tip(FAR_MM))
    state = desk.state()
    assert state.picture is None
    assert not state.has_runs
    assert state.leaks == ()
    assert state.leak_share is None
    document.undo()
    assert desk.state().has_runs


def test_runs_tell_of_a_smaller_volume_and_never_of_a_larger_one(qtbot: QtBot, a_desk) -> None:
    desk, document = with_runs(a_desk, qtbot), a_desk.kept_alive[0]
    leaked = desk.state().leak_share
    document.edit("less", edits.set_cement_volume(document.plan, LEVEL, 0.2))
    assert desk.state().leak_share < leaked
    assert not desk.state().can_show_shares
    document.edit("more", edits.set_cement_volume(document.plan, LEVEL, 2.5))
    assert desk.state().leak_share is None


def test_the_advice_lowers_the_modelled_leak_and_is_one_step_of_undo(qtbot: QtBot, a_desk) -> None:
    document = a_desk.kept_alive[0]
    a_desk.seek_advice()
    qtbot.waitUntil(lambda: a_desk.state().advice is not None, timeout=120_000)
    advice = a_desk.state().advice
    assert advice.leak_share > 0.5
    assert advice.volume is not None
    assert advice.volume.leak_share <= advice.leak_share / 2.0
    a_desk.take_volume()
    assert document.plan.at(LEVEL).cement.volume_ml == advice.volume.volume_ml
    assert document.undo_text == "Lower cement volume"


def test_a_choice_held_against_itself_reads_the_same(qtbot: QtBot, a_desk) -> None:
    desk = with_runs(a_desk, qtbot)
    desk.keep_for_comparison()
    (kept,) = desk.state().compared
    assert kept.leak_share == desk.state().leak_share
    assert kept.grave_share == desk.state().grave_share
    # One run may leak to several places, and counts once.
    grave = [leak for leak in desk.state().leaks if leak.destination.is_grave]
    assert kept.grave_share <= sum(leak.share_of_runs for leak in grave) + 1e-9
    card = ChoicesCard(DARK)
    qtbot.addWidget(card)
    card.show_state(DeskState(fill=desk.state()))
    cells = [label.text() for label in card.findChildren(QLabel) if label.text()]
    assert cells.count(f"{kept.leak_share:.0%}") >= 2
    assert cells.count(f"{kept.volume_ml:.1f}") == 2


def test_a_replay_shows_less_than_planned_and_says_so(qtbot: QtBot, a_desk) -> None:
    a_desk.replay()
    state = a_desk.state()
    assert state.is_replaying
    assert state.picture.volume_ml < 2.0
    assert state.picture.words.startswith(f"{state.shown_ml:.1f} ml")
    qtbot.waitUntil(lambda: not a_desk.state().is_replaying, timeout=10_000)
    assert a_desk.state().shown_ml == 2.0


def test_nothing_is_shown_in_other_stages(a_desk) -> None:
    a_desk.want(is_wanted=False)
    assert a_desk.state().picture is None


@pytest.mark.usefixtures("the_theme")
def test_the_card_lists_a_disc_leak_with_class_share_volume_and_place(qtbot: QtBot, a_desk) -> None:
    desk = with_runs(a_desk, qtbot)
    card = FillCard(DARK)
    qtbot.addWidget(card)
    card.show_state(DeskState(fill=desk.state()))
    row = next(r for r in card.leaks.rows if "class D" in r.accessibleName())
    assert "Disc" in row.accessibleName()
    assert "% of runs" in row.accessibleName()
    assert "ml" in row.accessibleName()
    with qtbot.waitSignal(card.leak_chosen):
        row.click()
    place = desk.state().place_of(0)
    frame = cement_scene("hole in the upper endplate").truth.model.lps_from_vertebra.inverse
    assert frame.point(place)[2] > 8.0


@pytest.mark.parametrize(
    ("minutes", "phase"),
    [
        (1.0, Phase.TOO_EARLY),
        (5.0, Phase.READY),
        (9.5, Phase.ENDING),
        (10.5, Phase.TOO_LATE),
        (14.0, Phase.SET),
    ],
)
def test_the_clock_knows_the_phases_of_the_user_s_product(minutes: float, phase: Phase) -> None:
    assert phase_at(minutes, CementPhases(3.0, 10.0, 13.0, "sheet at 20 degrees")) is phase

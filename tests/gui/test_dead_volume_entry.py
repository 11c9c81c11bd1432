"""What stays in a cannula can be entered, and is then drawn up without a mark."""

import attrs
import pytest
from pytestqt.qtbot import QtBot

from planner.devices.catalog import device_catalog
from planner.gui.desk_state import DeskState
from planner.gui.panels.volumes_card import VolumesCard
from planner.gui.theme import DARK
from planner.planning.device_limits import catalog_of
from planner.planning.edits import set_dead_volume
from planner.planning.plan import DeadVolume

pytestmark = pytest.mark.usefixtures("the_theme")


def _with_read(state: DeskState, read: DeadVolume) -> DeskState:
    plan = set_dead_volume(state.plan, read)
    case = attrs.evolve(state.case, plan=plan)
    return attrs.evolve(state, case=case, catalog=catalog_of(plan, device_catalog()))


def test_a_lumen_is_entered_with_where_it_was_read_and_its_mark_goes(
    qtbot: QtBot, a_desk_state: DeskState
) -> None:
    card = VolumesCard(DARK)
    qtbot.addWidget(card)
    entered: list[DeadVolume] = []
    card.dead_volume_entered.connect(entered.append)
    card.show_state(a_desk_state)
    assert not card.dead_mark.isHidden()
    entry = card.dead_volume
    planned = a_desk_state.level_plan
    assert planned is not None
    models = sorted({needle.model_id for needle in planned.needles})
    assert entry.model.count() == len(models)
    assert not entry.confirm.isEnabled()
    entry.volume.setValue(1.23)
    entry.read_in.setText("leaflet, revision C")
    entry.confirm.click()
    assert entered == [DeadVolume(models[0], 1.23, "leaflet, revision C")]
    state = a_desk_state
    for model_id in models:
        state = _with_read(state, DeadVolume(model_id, 1.23, "leaflet, revision C"))
    card.show_state(state)
    assert card.dead_mark.isHidden()
    assert entry.volume.value() == pytest.approx(1.23)
    assert entry.read_in.text() == "leaflet, revision C"

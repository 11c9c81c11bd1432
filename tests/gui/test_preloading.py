import gc
import importlib.util

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.foundation.progress import Cancelled
from planner.gui import libraries
from planner.gui.libraries import HEAVY_MODULES, collection_paused, load_libraries
from planner.gui.preloading import Preloader


@pytest.mark.parametrize("name", HEAVY_MODULES)
def test_every_module_to_preload_exists(name: str) -> None:
    assert importlib.util.find_spec(name) is not None


def test_modules_are_loaded_one_by_one_while_the_user_is_idle(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(libraries.importlib, "import_module", loaded.append)
    preloader = Preloader(qapp)
    preloader.start()
    assert loaded == []
    qtbot.waitUntil(lambda: preloader.is_done)
    assert loaded == list(HEAVY_MODULES)
    assert gc.isenabled()


def test_preloading_stops_where_somebody_has_work(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(libraries.importlib, "import_module", loaded.append)
    preloader = Preloader(qapp)
    preloader.start()
    qtbot.waitUntil(lambda: len(loaded) == 1)
    preloader.stop()
    preloader.start()
    qtbot.wait(120)
    assert len(loaded) == 1


def test_an_opening_loads_what_the_window_needs_and_stops_when_it_is_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(libraries.importlib, "import_module", loaded.append)
    load_libraries(lambda: None)
    assert loaded == list(HEAVY_MODULES)
    loaded.clear()

    def cancelled() -> None:
        if len(loaded) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        load_libraries(cancelled)
    assert loaded == list(HEAVY_MODULES[:2])
    assert gc.isenabled()


def test_garbage_is_looked_for_again_only_when_the_last_has_loaded() -> None:
    with collection_paused():
        with collection_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()

import gc
import importlib.util
import threading

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


def test_modules_are_loaded_one_by_one_beside_the_windows_thread(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[tuple[str, bool]] = []

    def load(name: str) -> None:
        is_window = threading.current_thread() is threading.main_thread()
        loaded.append((name, is_window))

    monkeypatch.setattr(libraries.importlib, "import_module", load)
    preloader = Preloader(qapp)
    with qtbot.waitSignal(preloader.done):
        preloader.start()
    preloader.shut_down()
    assert loaded == [(name, False) for name in HEAVY_MODULES]
    assert gc.isenabled()


def test_preloading_stops_where_somebody_has_work(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    may_go_on = threading.Event()

    def load(name: str) -> None:
        loaded.append(name)
        may_go_on.wait()

    monkeypatch.setattr(libraries.importlib, "import_module", load)
    preloader = Preloader(qapp)
    preloader.start()
    qtbot.waitUntil(lambda: len(loaded) == 1)
    preloader.stop()
    may_go_on.set()
    preloader.shut_down()
    preloader.start()
    preloader.shut_down()
    assert loaded == [HEAVY_MODULES[0]]


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

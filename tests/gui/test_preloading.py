import importlib.util

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.gui import preloading
from planner.gui.preloading import HEAVY_MODULES, Preloader


@pytest.mark.parametrize("name", HEAVY_MODULES)
def test_every_module_to_preload_exists(name: str) -> None:
    assert importlib.util.find_spec(name) is not None


def test_modules_are_loaded_one_by_one_while_the_user_is_idle(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(preloading.importlib, "import_module", loaded.append)
    preloader = Preloader(qapp)
    preloader.start()
    assert loaded == []
    qtbot.waitUntil(lambda: preloader.is_done)
    assert loaded == list(HEAVY_MODULES)


def test_preloading_stops_where_somebody_has_work(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(preloading.importlib, "import_module", loaded.append)
    preloader = Preloader(qapp)
    preloader.start()
    qtbot.waitUntil(lambda: len(loaded) == 1)
    preloader.stop()
    preloader.start()
    qtbot.wait(120)
    assert len(loaded) == 1

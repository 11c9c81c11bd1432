"""What may be dropped on the window, and what it says of it."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from pytestqt.qtbot import QtBot

from planner.gui.drop_veil import droppable
from planner.gui.main_window import MainWindow
from planner.gui.start_page import StartPage
from planner.gui.theme import DARK


@pytest.fixture
def a_window(qtbot: QtBot) -> MainWindow:
    window = MainWindow(StartPage([], DARK), DARK)
    qtbot.addWidget(window)
    window.show()
    return window


def _mime(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def _enter(mime: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        QPoint(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    return event


@pytest.mark.parametrize(
    "name",
    [
        "CD",
        "study.zip",
        "DICOMDIR",
        "IM00001",
        "a.dcm",
        "ct.nii",
        "ct.nii.gz",
        "ct.nrrd",
        "a.vplan",
    ],
)
def test_folders_archives_and_files_are_taken_by_a_drop(
    qtbot: QtBot, a_window: MainWindow, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.mkdir() if name == "CD" else path.touch()
    mime = _mime(path)
    entered = _enter(mime)
    a_window.dragEnterEvent(entered)
    assert entered.isAccepted()
    assert a_window.veil.words == f"Drop to open {name}"
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    with qtbot.waitSignal(a_window.dropped) as dropped:
        a_window.dropEvent(event)
    assert dropped.args == [path]
    assert a_window.veil.words == ""


def test_the_veil_goes_when_the_drag_goes(a_window: MainWindow, tmp_path: Path) -> None:
    mime = _mime(tmp_path)
    a_window.dragEnterEvent(_enter(mime))
    a_window.dragLeaveEvent(QDragLeaveEvent())
    assert a_window.veil.words == ""


def test_files_of_one_folder_open_that_folder(tmp_path: Path) -> None:
    files = [tmp_path / "1.dcm", tmp_path / "2.dcm"]
    for file in files:
        file.touch()
    assert droppable(files) == tmp_path


def test_two_folders_at_once_are_not_guessed_about(a_window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert droppable([tmp_path / "a", tmp_path / "b"]) is None
    mime = _mime(tmp_path / "a", tmp_path / "b")
    entered = _enter(mime)
    a_window.dragEnterEvent(entered)
    assert not entered.isAccepted()
    assert a_window.veil.words == ""


def test_a_link_to_a_web_page_is_not_taken(a_window: MainWindow) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/ct.zip")])
    entered = _enter(mime)
    a_window.dragEnterEvent(entered)
    assert not entered.isAccepted()

"""The start page: six samples and more without crowding, on small and dense screens."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from planner.gui.main_window import MainWindow
from planner.gui.start_page import SampleCard, SampleKind, StartPage
from planner.gui.theme import DARK
from planner.storage.recent_cases import RecentCase

_SIX = [
    SampleCard("thorax", "Thorax CT, T6 to L2, no fracture", "Adult, 2.5 mm slices"),
    SampleCard("wedge", "Wedge fracture of T12, simulated", "The thorax CT, deformed"),
    *(
        SampleCard(
            f"digital-{n}",
            "L2 crush with posterior-wall bulge",
            "Man of 69; L2 crushed by 40 %, the posterior wall 4 mm in the canal",
            SampleKind.DIGITAL_SPINE,
        )
        for n in range(4)
    ),
]


@pytest.fixture
def a_window_of(qtbot: QtBot, the_theme: None) -> Callable[[int, int, int], MainWindow]:
    del the_theme

    def made(width: int, height: int, samples: int) -> MainWindow:
        window = MainWindow(StartPage((_SIX * 2)[:samples], DARK), DARK)
        qtbot.addWidget(window)
        now = dt.datetime.now(dt.UTC)
        window.start_page.show_recent([RecentCase(Path(__file__), now)] * 4)
        window.resize(width, height)
        window.show()
        qtbot.waitUntil(lambda: window.start_page.width() == width)
        return window

    return made


def _place(widget: QWidget, page: QWidget) -> QRect:
    return QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1600, 1000), (960, 540)])
def test_six_samples_stand_side_by_side_with_every_word_in_its_card(
    a_window_of: Callable[[int, int, int], MainWindow], width: int, height: int
) -> None:
    page = a_window_of(width, height, 6).start_page
    places = [_place(card, page) for card in page.samples.values()]
    assert len(places) == 6
    for number, place in enumerate(places):
        assert not any(place.intersects(other) for other in places[number + 1 :])
        assert place.width() > 220
    for card in page.samples.values():
        for words in card.findChildren(QLabel):
            assert card.rect().contains(_place(words, card))
            assert words.height() >= words.heightForWidth(words.width())


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1600, 1000)])
def test_with_six_samples_nothing_has_to_be_scrolled_for(
    a_window_of: Callable[[int, int, int], MainWindow], width: int, height: int
) -> None:
    page = a_window_of(width, height, 6).start_page
    (area,) = page.findChildren(QScrollArea)
    assert area.verticalScrollBar().maximum() == 0


def test_a_screen_at_two_hundred_percent_reaches_everything_by_scrolling(
    a_window_of: Callable[[int, int, int], MainWindow],
) -> None:
    page = a_window_of(960, 540, 6).start_page
    (area,) = page.findChildren(QScrollArea)
    assert area.verticalScrollBar().maximum() > 0
    assert area.horizontalScrollBar().maximum() == 0
    last = next(b for b in page.findChildren(QPushButton) if b.text() == "Open a case")
    area.ensureWidgetVisible(last)
    assert page.rect().contains(_place(last, page))


def test_a_card_says_whether_it_is_a_real_ct_or_a_model(
    a_window_of: Callable[[int, int, int], MainWindow],
) -> None:
    page = a_window_of(1280, 800, 6).start_page
    words = {
        key: [w.text() for w in card.findChildren(QLabel)] for key, card in page.samples.items()
    }
    assert "Real CT" in words["thorax"]
    assert "Digital spine" in words["digital-0"]
    assert "Digital spine" in page.samples["digital-0"].accessibleName()
    assert "not a patient" in page.samples["digital-0"].toolTip()


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Open a folder", "folder_pressed"),
        ("Open a file", "file_pressed"),
        ("Open a case", "case_pressed"),
        ("Make a case", "make_case_pressed"),
    ],
)
def test_every_way_in_is_a_button(
    qtbot: QtBot,
    a_window_of: Callable[[int, int, int], MainWindow],
    text: str,
    signal: str,
) -> None:
    page = a_window_of(1280, 800, 2).start_page
    (button,) = [b for b in page.findChildren(QPushButton) if b.text() == text]
    with qtbot.waitSignal(getattr(page, signal)):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from planner.foundation.clinical_numbers import clinical_numbers
from planner.gui.panels.height_card import HeightCard
from planner.gui.theme import DARK

pytestmark = pytest.mark.usefixtures("the_theme")


@pytest.mark.parametrize(
    ("row", "number"),
    [
        ("wedge", "height-kept-usual"),
        ("kyphosis", "height-kept-usual"),
        ("elastic", "height-kept-usual"),
        ("limit", "balloon-packed-share"),
    ],
)
def test_every_height_bears_the_mark_and_source_of_the_number_nobody_read(
    qtbot: QtBot, row: str, number: str
) -> None:
    card = HeightCard(DARK)
    qtbot.addWidget(card)
    assert not clinical_numbers()[number].verified
    (mark,) = getattr(card, row).findChildren(QLabel, "unverifiedMark")
    assert mark.toolTip().startswith("Unverified. ")
    assert clinical_numbers()[number].source in mark.toolTip()

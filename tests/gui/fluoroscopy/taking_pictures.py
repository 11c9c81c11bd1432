"""The phantom's level before the arm, and a press of the pedal."""

import numpy as np
from PySide6.QtCore import Qt

from planner.rehearsal.events import Panel

CENTRE = np.array([12.0, -35.0, -410.0])


def shoot(qtbot, page, panel: Panel = Panel.AP):
    desk = page.desk
    desk.choose_panel(panel)
    number = len(desk.state.shots) + 1
    qtbot.keyClick(page, Qt.Key.Key_Space)
    qtbot.waitUntil(
        lambda: panel in desk.held and desk.held[panel].number == number, timeout=30_000
    )
    return desk.held[panel]


def at_the_level(desk) -> None:
    """Bring the level into the middle of the chosen screen's picture."""
    off = np.subtract(CENTRE, desk.poses[desk.panel].isocentre_lps_mm)
    desk.shift_arm(tuple(off))

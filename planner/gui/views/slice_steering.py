"""What a movement of the hand in a slice comes to."""

import math

import numpy as np
from PySide6.QtCore import QPointF

from planner.geometry.points import Vec3
from planner.imaging.volume import Volume
from planner.imaging.window_level import WindowLevel

_LEAST_STEP_MM = 0.5
_LEAST_TURN_PX = 12.0
"""So near to the crosshair a drag would turn the slices by leaps."""
_PX_PER_WIDTH, _PX_PER_LEVEL = 250.0, 400.0
"""A drag over so many pixels to the right widens the window 2.7 times; down by so many it moves
the level by the window's width."""


def slice_step_mm(volume: Volume | None, into_screen_lps: Vec3) -> float:
    """Return the way to the next slice: the voxels' extent through the screen."""
    if volume is None:
        return 1.0
    grid = volume.geometry
    axis = int(np.argmax(np.abs(grid.axes_lps.T @ into_screen_lps)))
    return max(_LEAST_STEP_MM, grid.spacing_ijk_mm[axis])


def angle_by_hand_deg(before: QPointF, now: QPointF) -> float:
    """Return by how much a hand turned about the origin, clockwise on screen where positive."""
    if min(math.hypot(place.x(), place.y()) for place in (before, now)) < _LEAST_TURN_PX:
        return 0.0
    angle = math.atan2(now.y(), now.x()) - math.atan2(before.y(), before.x())
    return math.degrees(math.remainder(angle, math.tau))


def window_by_hand(now: WindowLevel, step: QPointF) -> WindowLevel:
    """Return the window after a drag: to the right wider, down brighter levels."""
    width = max(1.0, now.width_hu * math.exp(step.x() / _PX_PER_WIDTH))
    return WindowLevel(width, now.level_hu + step.y() * now.width_hu / _PX_PER_LEVEL)

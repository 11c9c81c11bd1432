"""What a view can show or hide."""

import enum


class Layer(enum.Enum):
    """One kind of thing on screen."""

    BONE = "bone"
    OUTLINES = "outlines"
    CANAL = "canal"
    NEEDLES = "needles"
    BALLOONS = "balloons"
    CEMENT = "cement"
    GHOST = "lifted body"
    ENDPLATES = "endplates"
    CROSSHAIR = "crosshair"
    MEASUREMENTS = "measurements"

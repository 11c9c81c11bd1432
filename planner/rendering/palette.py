"""Colours by meaning, told apart by colour-blind eyes too; each also has a shape or a letter."""

from planner.anatomy.levels import Side
from planner.assessment.findings import Severity

Colour = tuple[float, float, float]
"""Red, green and blue, 0 to 1."""


def _colour(hexadecimal: str) -> Colour:
    red, green, blue = (int(hexadecimal[n : n + 2], 16) / 255.0 for n in (1, 3, 5))
    return red, green, blue


BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)
BACKGROUND = _colour("#0B0E12")
TEXT = _colour("#E6EDF3")
SECONDARY_TEXT = _colour("#95A2B0")
SIDE_LETTER = _colour("#F7DF9B")
BONE = _colour("#E6DCC3")
NEIGHBOUR_BONE = _colour("#A8A295")
BONE_OUTLINE = _colour("#D8CDB0")
MEASUREMENT = _colour("#7CE0C3")
MEASUREMENT_CHOSEN = _colour("#C9FFEE")
CANAL = _colour("#F2D45C")
BODY_PART = _colour("#4EA1FF")
ARCH_PART = _colour("#41B883")
LANDMARK = _colour("#FF9AD5")
DEFECT = _colour("#FF5C8A")
GAS = _colour("#7FE7FF")
BALLOON = _colour("#C792EA")
CEMENT = _colour("#E9E2CF")
LEAK = _colour("#F26D6D")
GHOST = _colour("#7CE0C3")
ENDPLATE = _colour("#E6EDF3")
LEFT_NEEDLE = _colour("#5CC7F5")
RIGHT_NEEDLE = _colour("#F5A85B")
CAUTION = _colour("#E5A83C")
AXIAL = _colour("#F26D6D")
SAGITTAL = _colour("#F2D45C")
CORONAL = _colour("#41B883")
VOLUME = _colour("#4EA1FF")


def needle_colour(side: Side) -> Colour:
    """Return the colour of the needle on the patient's left or right."""
    return LEFT_NEEDLE if side is Side.LEFT else RIGHT_NEEDLE


def severity_colour(severity: Severity | None) -> Colour:
    """Return the colour of a judgement; without one, that of plain text."""
    return {
        Severity.DANGER: _colour("#F26D6D"),
        Severity.CAUTION: _colour("#E5A83C"),
        Severity.NOTE: SECONDARY_TEXT,
        Severity.SAFE: _colour("#41B883"),
        None: TEXT,
    }[severity]

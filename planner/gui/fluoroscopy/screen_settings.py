"""How one screen shows its pictures, and how far its collimator is open."""

from typing import Self

import attrs

from planner.gui.fluoroscopy.picture_turn import PictureTurn

_OPENINGS = (1.0, 0.75, 0.5)
_MAGNIFICATIONS = (1.0, 1.5, 2.0)


@attrs.frozen
class ScreenSettings:
    """Chosen by the trainee; a new run begins with the usual ones."""

    turn: PictureTurn = attrs.field(factory=PictureTurn)
    opening: float = _OPENINGS[0]
    """Share of the field's edge."""
    magnification: float = _MAGNIFICATIONS[0]
    is_reference_shown: bool = False
    """Whether the picture kept for comparison is on show in place of the last one."""

    def turned(self) -> Self:
        """Return them with the picture a quarter further clockwise."""
        return attrs.evolve(self, turn=self.turn.turned())

    def flipped(self) -> Self:
        """Return them with left and right of the screen exchanged."""
        return attrs.evolve(self, turn=self.turn.flipped())

    def collimated(self) -> Self:
        """Return them with the collimator closed further, from the narrowest to wide open."""
        place = _OPENINGS.index(self.opening)
        return attrs.evolve(self, opening=_OPENINGS[(place + 1) % len(_OPENINGS)])

    def magnified(self) -> Self:
        """Return them with the picture larger, from the largest to the whole field."""
        place = _MAGNIFICATIONS.index(self.magnification)
        next_place = (place + 1) % len(_MAGNIFICATIONS)
        return attrs.evolve(self, magnification=_MAGNIFICATIONS[next_place])

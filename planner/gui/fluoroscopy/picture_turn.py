"""A picture turned or flipped on its screen, as a fluoroscope's own keys do; letters go along."""

from typing import Self

import attrs
import numpy as np

from planner.geometry.side_letters import SideLetters
from planner.simulation.detector import GreyImage

_QUARTERS = 4


def _within_a_turn(quarters: int) -> int:
    return quarters % _QUARTERS


@attrs.frozen
class PictureTurn:
    """First flipped left to right, then turned clockwise by quarters."""

    quarters: int = attrs.field(default=0, converter=_within_a_turn)
    is_flipped: bool = False

    def turned(self) -> Self:
        """Return it a quarter further clockwise, as seen on the screen."""
        return attrs.evolve(self, quarters=self.quarters + 1)

    def flipped(self) -> Self:
        """Return it with left and right of the screen exchanged."""
        # Flipping what is turned by a quarter turns it the other way round.
        return attrs.evolve(self, is_flipped=not self.is_flipped, quarters=-self.quarters)

    @property
    def words(self) -> str:
        """What was done to the picture; empty for nothing."""
        parts = [
            *(["flipped"] if self.is_flipped else []),
            *([f"turned {90 * self.quarters}°"] if self.quarters else []),
        ]
        return ", ".join(parts)

    def shown(self, picture: GreyImage) -> GreyImage:
        """Return a square picture as it appears."""
        flipped = np.fliplr(picture) if self.is_flipped else picture
        return np.ascontiguousarray(np.rot90(flipped, -self.quarters))

    def letters(self, letters: SideLetters) -> SideLetters:
        """Return the letters of the edges as they appear."""
        sides = [letters.top, letters.right, letters.bottom, letters.left]
        if self.is_flipped:
            sides[1], sides[3] = sides[3], sides[1]
        top, right, bottom, left = np.roll(sides, self.quarters).tolist()
        return SideLetters(left, right, top, bottom)

    def pixel_of(self, column: float, row: float, pixels: int) -> tuple[float, float]:
        """Return the column and row in the picture of a place on the screen, in pixels of both."""
        for _ in range(self.quarters):
            column, row = row, pixels - 1.0 - column
        return (pixels - 1.0 - column if self.is_flipped else column), row

    def place_of(self, column: float, row: float, pixels: int) -> tuple[float, float]:
        """Return where on the screen a column and row of the picture appear."""
        if self.is_flipped:
            column = pixels - 1.0 - column
        for _ in range(self.quarters):
            column, row = pixels - 1.0 - row, column
        return column, row

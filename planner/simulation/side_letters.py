"""Which side of the patient each edge of a picture shows, and the letters that say so."""

import numpy as np

from planner.geometry.points import PointLike
from planner.geometry.side_letters import SideLetters
from planner.simulation.c_arm import XrayView
from planner.simulation.detector import GreyImage

_GLYPH_ROWS = {
    "L": ("#....", "#....", "#....", "#....", "#....", "#....", "#####"),
    "R": ("####.", "#...#", "#...#", "####.", "#.#..", "#..#.", "#...#"),
    "A": (".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"),
    "P": ("####.", "#...#", "#...#", "####.", "#....", "#....", "#...."),
    "S": (".####", "#....", "#....", ".###.", "....#", "....#", "####."),
    "I": ("#####", "..#..", "..#..", "..#..", "..#..", "..#..", "#####"),
}
_HEIGHT_SHARE, _RIM_SHARE = 0.045, 0.025
"""Height of a letter and its distance from the edge, as shares of the picture's width."""
_LETTER_GREY, _OUTLINE_GREY = 255, 0


def side_letters(view: XrayView) -> SideLetters:
    """Return the side of the patient that each edge of a picture is nearest to."""
    right, down = np.asarray(view.right_lps), np.asarray(view.down_lps)
    return SideLetters(_letter(-right), _letter(right), _letter(-down), _letter(down))


def _letter(direction_lps: PointLike) -> str:
    direction = np.asarray(direction_lps)
    axis = int(np.abs(direction).argmax())
    return ("LR", "PA", "SI")[axis][0 if direction[axis] > 0.0 else 1]


def with_letters(picture: GreyImage, view: XrayView) -> GreyImage:
    """Return a copy of a square picture with its side letters in the middle of each edge."""
    letters, lettered, pixels = side_letters(view), picture.copy(), len(picture)
    scale = max(round(pixels * _HEIGHT_SHARE / len(_GLYPH_ROWS["L"])), 1)
    rim = round(pixels * _RIM_SHARE)
    for letter, row_share, column_share in (
        (letters.left, 0.5, 0.0),
        (letters.right, 0.5, 1.0),
        (letters.top, 0.0, 0.5),
        (letters.bottom, 1.0, 0.5),
    ):
        glyph = _glyph(letter, scale)
        height, width = glyph.shape
        row = rim + round((pixels - height - 2 * rim) * row_share)
        column = rim + round((pixels - width - 2 * rim) * column_share)
        if min(row, column) >= 0 and max(row + height, column + width) <= pixels:
            part = lettered[row : row + height, column : column + width]
            part[glyph > 0] = glyph[glyph > 0] - 1
    return lettered


def _glyph(letter: str, scale: int) -> np.ndarray[tuple[int, int], np.dtype[np.int16]]:
    """Return a letter with an outline: 0 where the picture shows, else a grey level plus one."""
    cells = np.array([[cell == "#" for cell in row] for row in _GLYPH_ROWS[letter]])
    strokes = np.pad(np.kron(cells, np.ones((scale, scale), bool)), scale)
    outline = np.zeros_like(strokes)
    for row_shift in range(-scale, scale + 1):
        for column_shift in range(-scale, scale + 1):
            outline |= np.roll(strokes, (row_shift, column_shift), axis=(0, 1))
    return np.where(strokes, _LETTER_GREY + 1, np.where(outline, _OUTLINE_GREY + 1, 0))

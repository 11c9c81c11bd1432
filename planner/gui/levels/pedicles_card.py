"""Both pedicles side by side: size, cortex, direction, and the widest needle they take."""

from typing import TYPE_CHECKING

import numpy as np

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.gui.levels.measure_table import MeasureTable
from planner.gui.panels.cards import Card, label
from planner.gui.panels.wording import angle_words
from planner.gui.theme import Palette

if TYPE_CHECKING:
    from planner.workflow.level_details import LevelDetails

_PENDING, _DASH = "\N{HORIZONTAL ELLIPSIS}", "\N{EN DASH}"
_ROWS = (
    ("width", "Of the isthmus, outer cortex to outer cortex, in mm."),
    ("height", "Of the isthmus, in mm."),
    ("medial cortex", "At the isthmus, in mm as imaged: blur makes a thin one look wider."),
    ("lateral cortex", "At the isthmus, in mm as imaged: blur makes a thin one look wider."),
    ("transverse", "Of the axis from back to front, in the vertebra's frame."),
    ("sagittal", "Of the axis from back to front, in the vertebra's frame."),
    ("largest needle", "The widest of the catalogue that fills at most 80 % of the width."),
)


class PediclesCard(Card):
    """Shows both pedicles; left is the patient's left."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.body.addWidget(label("Pedicles", "section"))
        self.table = MeasureTable(("left", "right"), _ROWS)
        for row in self.table.cells:
            for cell in row:
                cell.setProperty("kind", "strong")
        self.body.addWidget(self.table)

    def show_vertebra(
        self, vertebra: VertebraModel, details: "LevelDetails | None", *, is_pending: bool
    ) -> None:
        """Show the pedicles of a level."""
        columns = [self._words(vertebra, side, details) for side in (Side.LEFT, Side.RIGHT)]
        for row in range(len(_ROWS)):
            words = [_PENDING if is_pending else column[row] for column in columns]
            self.table.show_row(row, *words)

    def _words(
        self, vertebra: VertebraModel, side: Side, details: "LevelDetails | None"
    ) -> list[str]:
        pedicle = vertebra.pedicle(side)
        if pedicle is None:
            return ["not found", *([_DASH] * (len(_ROWS) - 1))]
        medial_deg, down_deg = pedicle_angles_deg(vertebra, pedicle)
        words = [f"{pedicle.width_mm:.1f}", f"{pedicle.height_mm:.1f}"]
        if details is None:
            words += [_PENDING, _PENDING]
        else:
            cortex = details.cortex.get(side)
            found = (cortex.medial_mm, cortex.lateral_mm) if cortex else (None, None)
            words += [_DASH if mm is None else f"{mm:.1f}" for mm in found]
        words += [angle_words(medial_deg, "in", "out"), angle_words(down_deg, "down", "up")]
        if details is None:
            return [*words, _PENDING]
        needle = details.needles.get(side)
        return [*words, f"{needle.gauge} G" if needle else "none"]


def pedicle_angles_deg(vertebra: VertebraModel, pedicle: Pedicle) -> tuple[float, float]:
    """Return the transverse (medial positive) and sagittal (caudad positive) angle of an axis."""
    x, y, z = vertebra.lps_from_vertebra.rotation.T @ np.asarray(pedicle.axis_lps)
    transverse = np.degrees(np.arctan2(-pedicle.side.sign * x, -y))
    sagittal = np.degrees(np.arctan2(-z, -y))
    return float(transverse), float(sagittal)

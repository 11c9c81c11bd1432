"""The strip of all levels under the views, with their heights and densities plotted below it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.levels.level_tile import LevelTile
from planner.gui.levels.overview_plot import OverviewPlot
from planner.gui.levels.thumbnails import level_thumbnail
from planner.gui.panels.cards import clear, label
from planner.gui.theme import Palette

if TYPE_CHECKING:
    from planner.workflow.measure_levels import LevelReport

_AXIS_PX = 52
_TALL_ENOUGH_PX = 860
"""Of the window: below it the plot is folded at first, and the slices keep their room."""


class LevelsBoard(QFrame):
    """Shows every level found; a press works on one."""

    level_chosen = Signal(object)

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.setObjectName("levelsBoard")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(3)
        side = QVBoxLayout()
        side.addWidget(label("Levels", "strong"))
        self.fold = QToolButton()
        self.fold.setText("Plot")
        self.fold.setProperty("kind", "fold")
        self.fold.setCheckable(True)
        self.fold.setAccessibleName("show heights and densities as a plot")
        self.fold.setToolTip("Show or hide the heights and densities of all levels")
        self.fold.toggled.connect(self._show_plot)
        side.addWidget(self.fold)
        side.addStretch(1)
        holder = QWidget()
        holder.setFixedWidth(_AXIS_PX)
        side.setContentsMargins(2, 0, 0, 0)
        holder.setLayout(side)
        line.addWidget(holder)
        self._tiles_line = QHBoxLayout()
        self._tiles_line.setSpacing(3)
        line.addLayout(self._tiles_line, 1)
        column.addLayout(line)
        self.plot = OverviewPlot(palette)
        self.plot.follow(self._columns)
        self.plot.hide()
        column.addWidget(self.plot)
        self.tiles: list[LevelTile] = []
        self._shown: tuple[object, ...] = ()
        self._was_shown = False

    def show_state(self, state: DeskState) -> None:
        """Show the levels of the case; measures that are not current are not shown."""
        reports = state.reports
        self.setVisible(bool(reports))
        # One level alone has nothing to stand out from.
        is_row = len(reports) > 1
        self.fold.setVisible(is_row)
        # The slices keep their room while an outline is edited in them.
        self.plot.setVisible(is_row and self.fold.isChecked() and state.edit.level is None)
        pending = state.edit.level if state.edit.is_pending else None
        shown = (reports, state.study, state.selection.level, pending)
        if self._shown and all(a is b for a, b in zip(self._shown, shown, strict=True)):
            return
        self._shown = shown
        if len(reports) != len(self.tiles):
            self._make_tiles(len(reports))
        for tile, report in zip(self.tiles, reports, strict=True):
            picture = (
                level_thumbnail(state.study.volume, report.vertebra) if state.study else QImage()
            )
            level = report.vertebra.level
            tile.show_level(
                report,
                picture,
                is_selected=level is state.selection.level,
                is_pending=level is pending,
            )
        self.plot.show_levels(reports, state.report)

    def unfold_where_there_is_room(self, window_height_px: int) -> None:
        """Show the plot from the beginning in a window that is tall enough."""
        if not self._was_shown:
            self._was_shown = True
            self.fold.setChecked(window_height_px >= _TALL_ENOUGH_PX)

    def _make_tiles(self, count: int) -> None:
        clear(self._tiles_line)
        self.tiles = []
        for _ in range(count):
            tile = LevelTile(self._palette)
            tile.clicked.connect(lambda _checked=False, pressed=tile: self._choose(pressed))
            self._tiles_line.addWidget(tile)
            self.tiles.append(tile)
        self._tiles_line.addStretch(1)

    def _choose(self, tile: LevelTile) -> None:
        report: LevelReport | None = tile.report
        if report is not None:
            # Checked by the press: the state says which one is, once it is chosen.
            tile.setChecked(True)
            self.level_chosen.emit(report.vertebra.level)

    def _columns(self) -> list[QRectF]:
        """Return where the tiles stand, in the plot's own coordinates."""
        found = []
        for tile in self.tiles:
            corner = self.plot.mapFromGlobal(tile.mapToGlobal(QPoint(0, 0)))
            found.append(QRectF(corner.x(), 0.0, tile.width(), self.plot.height()))
        return found

    def _show_plot(self, is_shown: bool) -> None:  # noqa: FBT001 - a slot has no keywords
        self.plot.setVisible(is_shown)

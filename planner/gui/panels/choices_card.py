"""Two choices of tips or volume side by side, and one that leaks less in the model."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.filling.fill_state import ComparedFill, FillState
from planner.gui.panels.cards import Card, clear, label
from planner.gui.theme import Palette, icon

ADVICE_JOB = "fill-advice"
_HEADS = ("", "ml", "any leak", "canal, vein")


class ChoicesCard(Card):
    """Keeps an outcome, holds the next one against it, and asks for something better."""

    keep_pressed = Signal()
    forget_pressed = Signal()
    seek_pressed = Signal()
    cancel_pressed = Signal(str)
    move_taken = Signal()
    volume_taken = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.body.addWidget(label("Compare and improve", "section"))
        self.hint = label(
            "Run once, keep the outcome, then move a tip or change the volume and run again.",
            "secondary",
            wraps=True,
        )
        self.body.addWidget(self.hint)
        self._table = QWidget()
        self._grid = QGridLayout(self._table)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self.body.addWidget(self._table)
        self._shown: tuple[object, ...] = ()
        keeping = QHBoxLayout()
        self.keep = QPushButton("Keep this")
        self.keep.clicked.connect(self.keep_pressed)
        self.forget = QPushButton("Forget")
        self.forget.setProperty("kind", "quiet")
        self.forget.clicked.connect(self.forget_pressed)
        keeping.addWidget(self.keep, 1)
        keeping.addWidget(self.forget)
        self.body.addLayout(keeping)
        self.seek = QPushButton("Look for less leak")
        self.seek.setIcon(icon("wand", palette))
        self.seek.setToolTip("Move the tips along their needles, and take less, in the model")
        self.seek.clicked.connect(self._press_seek)
        self.body.addWidget(self.seek)
        self.advice = label("", "strong", wraps=True)
        self.body.addWidget(self.advice)
        self.take_move = QPushButton()
        self.take_move.clicked.connect(self.move_taken)
        self.take_volume = QPushButton()
        self.take_volume.clicked.connect(self.volume_taken)
        self.body.addWidget(self.take_move)
        self.body.addWidget(self.take_volume)
        self._is_running = False

    def show_state(self, state: DeskState) -> None:
        """Show what is kept, the plan on the desk, and the advice for it."""
        fill = state.fill
        self._is_running = ADVICE_JOB in state.running
        self._show_table(fill)
        self.hint.setVisible(not fill.compared)
        self.keep.setEnabled(fill.has_runs)
        self.forget.setVisible(bool(fill.compared))
        self.seek.setText("Cancel" if self._is_running else "Look for less leak")
        self.seek.setEnabled(self._is_running or fill.picture is not None)
        self._show_advice(fill)

    def _show_table(self, fill: FillState) -> None:
        now = (fill.leak_share, fill.grave_share, fill.planned_ml)
        if (fill.compared, *now) == self._shown:
            return
        self._shown = (fill.compared, *now)
        clear(self._grid)
        self._table.setVisible(bool(fill.compared))
        if not fill.compared:
            return
        for column, head in enumerate(_HEADS):
            self._grid.addWidget(label(head, "secondary"), 0, column)
        for row, kept in enumerate(fill.compared, start=1):
            self._add_row(row, kept)
        row = len(fill.compared) + 1
        self._grid.addWidget(label("now", "strong"), row, 0)
        cells = ["...", "run again", ""]
        if fill.leak_share is not None and fill.grave_share is not None:
            cells = [f"{fill.planned_ml:.1f}", f"{fill.leak_share:.0%}", f"{fill.grave_share:.0%}"]
        for column, text in enumerate(cells, start=1):
            self._grid.addWidget(label(text, "strong"), row, column)

    def _add_row(self, row: int, kept: ComparedFill) -> None:
        cells = (
            kept.title,
            f"{kept.volume_ml:.1f}",
            f"{kept.leak_share:.0%}",
            f"{kept.grave_share:.0%}",
        )
        for column, text in enumerate(cells):
            cell = label(text, "secondary")
            cell.setToolTip("; ".join(kept.tips))
            self._grid.addWidget(cell, row, column)

    def _show_advice(self, fill: FillState) -> None:
        advice = fill.advice
        self.advice.setVisible(advice is not None)
        move = advice.move if advice else None
        volume = advice.volume if advice else None
        self.take_move.setVisible(move is not None)
        self.take_volume.setVisible(volume is not None)
        if advice is None:
            return
        if move is None and volume is None:
            self.advice.setText(
                f"As planned {advice.leak_share:.0%} of {advice.runs} runs leak; no move of the "
                "tips along their needles lowers that by a tenth of the runs."
            )
            return
        self.advice.setText(
            f"As planned {advice.leak_share:.0%} of {advice.runs} runs leak. In the model "
            "these leak less; check the margins after a move:"
        )
        if move is not None:
            way = "further in" if move.by_mm > 0.0 else "back"
            self.take_move.setText(f"Tips {abs(move.by_mm):.0f} mm {way}: {move.leak_share:.0%}")
        if volume is not None:
            self.take_volume.setText(f"Only {volume.volume_ml:.1f} ml: {volume.leak_share:.0%}")

    def _press_seek(self) -> None:
        if self._is_running:
            self.cancel_pressed.emit(ADVICE_JOB)
        else:
            self.seek_pressed.emit()

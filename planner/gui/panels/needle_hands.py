"""The active needle by numbers: angles and depth to type, an end to hold, a mirror."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QPushButton, QSizePolicy

from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, Segments, label, with_room
from planner.gui.panels.wording import side_word
from planner.planning.needle_moves import Held

_HOLDS = ((Held.NEITHER, "Free"), (Held.ENTRY, "Entry stays"), (Held.TIP, "Tip stays"))
_LEAST_BOX_PX = 60
_KEYS = (
    "Alt + arrows: half a millimetre. Alt + Shift + arrows: half a degree. Alt + PgUp, PgDown: "
    "depth. Ctrl while dragging: no snapping."
)


class NeedleHands(Card):
    """Shows the active needle's angles and depth; what is typed is a signal."""

    transverse_typed = Signal(float)
    sagittal_typed = Signal(float)
    pushed = Signal(float)
    """Millimetres further along the needle."""
    held_chosen = Signal(object)
    mirror_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setToolTip(_KEYS)
        self._title = label("", "section")
        self.body.addWidget(self._title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        self.transverse_box = _box("transverse angle, medial positive", "\N{DEGREE SIGN}")
        self.sagittal_box = _box("sagittal angle, caudad positive", "\N{DEGREE SIGN}")
        self.depth_box = _box("depth from bone to tip", " mm")
        for column, (name, box) in enumerate(
            (
                ("medial +", self.transverse_box),
                ("caudad +", self.sagittal_box),
                ("from bone", self.depth_box),
            )
        ):
            grid.addWidget(label(name, "secondary"), 0, column)
            grid.addWidget(box, 1, column)
        self.body.addLayout(grid)
        self.hold = Segments(
            [(held.value, text) for held, text in _HOLDS],
            lambda key: self.held_chosen.emit(Held(key)),
            "end that stays",
        )
        self.mirror = QPushButton("Mirror to the other side")
        self.mirror.setProperty("kind", "quiet")
        self.body.addWidget(self.hold)
        self.body.addWidget(self.mirror)
        self._depth_mm: float | None = None
        self.transverse_box.editingFinished.connect(self._tell_transverse)
        self.sagittal_box.editingFinished.connect(self._tell_sagittal)
        self.depth_box.editingFinished.connect(self._tell_depth)
        self.mirror.clicked.connect(self.mirror_pressed)
        self._shown: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def show_state(self, state: DeskState) -> None:
        """Show the active needle's numbers, or nothing where they are not known."""
        level = state.level_assessment
        measures = level.needle(state.side) if level else None
        planned = state.level_plan.needle(state.side) if state.level_plan else None
        self.setVisible(planned is not None)
        for box in (self.transverse_box, self.sagittal_box, self.depth_box, self.mirror):
            box.setEnabled(measures is not None)
        if measures is None:
            return
        self._title.setText(f"{side_word(state.side)} needle by numbers")
        self._depth_mm = measures.depth_from_bone_mm
        self.depth_box.setEnabled(self._depth_mm is not None)
        self._shown = (
            round(measures.transverse_deg, 1),
            round(measures.sagittal_deg, 1),
            round(self._depth_mm or 0.0, 1),
        )
        for box, value in zip(
            (self.transverse_box, self.sagittal_box, self.depth_box), self._shown, strict=True
        ):
            if not box.hasFocus():
                box.setValue(value)

    def show_held(self, held: Held) -> None:
        """Show which end stays."""
        self.hold.show_chosen(held.value)

    def _tell_transverse(self) -> None:
        if self.transverse_box.value() != self._shown[0]:
            self.transverse_typed.emit(self.transverse_box.value())

    def _tell_sagittal(self) -> None:
        if self.sagittal_box.value() != self._shown[1]:
            self.sagittal_typed.emit(self.sagittal_box.value())

    def _tell_depth(self) -> None:
        if self._depth_mm is not None and self.depth_box.value() != self._shown[2]:
            self.pushed.emit(self.depth_box.value() - self._depth_mm)


def _box(name: str, suffix: str) -> QDoubleSpinBox:
    box = with_room(QDoubleSpinBox())
    box.setDecimals(1)
    box.setRange(-80.0, 200.0)
    box.setSingleStep(0.5)
    box.setSuffix(suffix)
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setKeyboardTracking(False)
    box.setMinimumWidth(_LEAST_BOX_PX)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return box

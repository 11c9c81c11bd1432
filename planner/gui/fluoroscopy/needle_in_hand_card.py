"""The card of the instrument in hand: aim, depth, resistance, the next tool, balloon, cement."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QWidget,
)

from planner.anatomy.levels import Side
from planner.gui.panels.cards import Card, Segments, label, value_rows, with_room
from planner.rehearsal.events import Tool, aim_deg
from planner.rehearsal.feel import Feel
from planner.rehearsal.run_state import SideState

_STEPS_MM = (-5.0, -1.0, 1.0, 5.0)
_PUSH_ML = 0.1
_ROWS = (
    ("depth", "under the skin", "Depth of the end of the tool."),
    ("bone", "in bone", "Since the needle met the vertebra."),
)


class NeedleInHandCard(Card):
    """Says what the hand does; shows what it feels."""

    side_chosen = Signal(object)
    aimed = Signal(float, float)
    """Transverse (medial positive) and sagittal (caudad positive) against the table."""
    pushed = Signal(float)
    """Millimetres, negative backwards."""
    tool_chosen = Signal(object)
    inflated = Signal(float)
    injected = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.sides = Segments(
            [(side.value, f"{side.value.capitalize()} needle") for side in Side],
            lambda key: self.side_chosen.emit(Side(key)),
            "side",
        )
        self.body.addWidget(self.sides)
        self.hint = label("Ctrl and a click on the AP set the skin point.", "secondary", wraps=True)
        self.body.addWidget(self.hint)
        self.transverse = _angle("medial")
        self.sagittal = _angle("caudad")
        self.body.addLayout(
            _line(
                label("medial", "secondary"),
                self.transverse,
                label("caudad", "secondary"),
                self.sagittal,
            )
        )
        for box in (self.transverse, self.sagittal):
            box.valueChanged.connect(self._tell_aim)
        self.rows = value_rows(_ROWS)
        for row in self.rows.values():
            self.body.addWidget(row)
        self.resistance = QProgressBar()
        self.resistance.setRange(0, 100)
        self.resistance.setTextVisible(False)
        self.resistance.setAccessibleName("resistance at the tip")
        self.feel = label("", "secondary")
        self.body.addLayout(_line(self.resistance, self.feel))
        self.steps = [self._step(step) for step in _STEPS_MM]
        self.body.addLayout(_line(*self.steps))
        self._add_chain()
        self.body.addStretch(1)

    def _step(self, by_mm: float) -> QPushButton:
        button = QPushButton(f"{by_mm:+.0f} mm")
        button.setAccessibleName(f"push by {by_mm:+.0f} millimetres")
        button.clicked.connect(lambda: self.pushed.emit(by_mm))
        return button

    def _add_chain(self) -> None:
        self.tool = QComboBox()
        self.tool.setAccessibleName("tool in the patient")
        for tool in Tool:
            self.tool.addItem(tool.value.capitalize(), tool)
        self.tool.activated.connect(lambda _i: self.tool_chosen.emit(self.tool.currentData()))
        self.volume = with_room(QDoubleSpinBox())
        self.volume.setRange(0.0, 8.0)
        self.volume.setSingleStep(0.25)
        self.volume.setSuffix(" ml")
        self.volume.setToolTip("Arrow keys change it by a quarter of a millilitre.")
        self.volume.setAccessibleName("volume of the balloon")
        self.volume.valueChanged.connect(self.inflated)
        self.plunger = QPushButton(f"Inject {_PUSH_ML} ml")
        self.plunger.clicked.connect(lambda: self.injected.emit(_PUSH_ML))
        self.body.addLayout(_line(self.tool, self.volume, self.plunger))

    def show_side(self, side: Side, state: SideState | None, feel: Feel | None) -> None:
        """Show what stands on a side and what its tip feels."""
        self.sides.show_chosen(side.value)
        is_there = state is not None
        in_bone = state is not None and state.bone_mm is not None
        self.hint.setVisible(not is_there)
        for box in (self.transverse, self.sagittal):
            box.setEnabled(is_there and not in_bone)
        for widget in (*self.steps, self.tool):
            widget.setEnabled(is_there)
        tool = state.tool if state else Tool.NEEDLE
        self.tool.setCurrentIndex(list(Tool).index(tool))
        self.volume.setVisible(tool is Tool.BALLOON)
        self.plunger.setEnabled(is_there and tool in {Tool.NEEDLE, Tool.CANNULA, Tool.FILLER})
        if state is None:
            self.rows["depth"].show_value("not placed")
            self.rows["bone"].show_value("")
            self._show_feel(None)
            return
        self._show_numbers(state)
        self._show_feel(feel)

    def _show_numbers(self, state: SideState) -> None:
        self.rows["depth"].show_value(f"{state.reach_mm:.0f} mm")
        bone = "not met" if state.bone_mm is None else f"{state.reach_mm - state.bone_mm:.0f} mm"
        self.rows["bone"].show_value(bone)
        for box, value in zip(
            (self.transverse, self.sagittal), aim_deg(state.direction_lps, state.side), strict=True
        ):
            _set_quietly(box, value)
        _set_quietly(self.volume, state.balloon_ml)

    def _show_feel(self, feel: Feel | None) -> None:
        self.resistance.setValue(round(100 * feel.resistance) if feel else 0)
        self.feel.setText(feel.word if feel else "")

    def _tell_aim(self, _value: float) -> None:
        self.aimed.emit(self.transverse.value(), self.sagittal.value())


def _angle(name: str) -> QDoubleSpinBox:
    box = with_room(QDoubleSpinBox())
    box.setRange(-60.0, 60.0)
    box.setDecimals(1)
    box.setSuffix("°")
    box.setAccessibleName(f"aim, degrees {name}")
    return box


def _set_quietly(box: QDoubleSpinBox, value: float) -> None:
    if abs(box.value() - value) > 0.05:
        box.blockSignals(True)  # noqa: FBT003  Qt's own signature
        box.setValue(value)
        box.blockSignals(False)  # noqa: FBT003  Qt's own signature


def _line(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(6)
    for widget in widgets:
        line.addWidget(widget)
    return line

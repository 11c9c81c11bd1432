"""The card of the instrument in hand: aim, depth, resistance, the next tool, balloon, cement."""

from PySide6.QtCore import Qt, Signal
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

_TIPS = ("Trocar tip", "Bevelled tip")
_FACES = ("head", "right", "feet", "left")
"""Where a bevel looks to at each quarter turn, clockwise as the needle goes to the front."""
_STEPS_MM = (-5.0, -1.0, 1.0, 5.0)
_PUSH_ML = 0.1
_TOUCH_MM = 0.6
_POINTING = "The pointer follows the mouse; a press lays it down."
_HINT = "Ctrl and a press on the AP set it on the skin."
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
    tip_chosen = Signal(bool)
    """Whether the stylet is cut to a bevel."""
    twisted = Signal(int)
    """Steps, clockwise as the needle goes."""
    hammered = Signal()
    pointer_pressed = Signal()
    sound_switched = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._is_there = self._follows = False
        self.sides = Segments(
            [(side.value, f"{side.value.capitalize()} needle") for side in Side],
            lambda key: self.side_chosen.emit(Side(key)),
            "side",
        )
        self.body.addWidget(self.sides)
        self.pointer = _small("Pointer P", "Hold a metal pointer on the skin, or put it away (P)")
        self.pointer.setCheckable(True)
        self.pointer.clicked.connect(lambda _checked=False: self.pointer_pressed.emit())
        self.hint = label(_HINT, "secondary", wraps=True)
        self.body.addWidget(self.hint)
        self.hammer = _small("Hammer H", "One blow: how far it goes is for the bone to say (H)")
        self.hammer.clicked.connect(lambda _checked=False: self.hammered.emit())
        self.sound = _small("Sound", "Hear the resistance at the tip, and where it meets bone")
        self.sound.setCheckable(True)
        self.sound.toggled.connect(self.sound_switched)
        self.body.addLayout(_line(self.pointer, self.hammer, self.sound))
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
        self._add_tip()
        self._add_chain()
        self.body.addStretch(1)

    def _step(self, by_mm: float) -> QPushButton:
        button = QPushButton(f"{by_mm:+.0f} mm")
        button.setAccessibleName(f"push by {by_mm:+.0f} millimetres")
        button.clicked.connect(lambda: self.pushed.emit(by_mm))
        return button

    def _add_tip(self) -> None:
        self.tip = QComboBox()
        self.tip.addItems(_TIPS)
        self.tip.setAccessibleName("tip of the stylet")
        self.tip.setToolTip("In bone a bevel drifts away from the side its face looks to.")
        self.tip.activated.connect(lambda place: self.tip_chosen.emit(place == 1))
        self.face = label("", "secondary")
        self.turns = [
            _small(text, tip)
            for text, tip in (
                ("\u21ba ,", "Twist the bevel back by 30 degrees (comma)"),
                ("\u21bb .", "Twist the bevel on by 30 degrees (full stop)"),
            )
        ]
        for button, step in zip(self.turns, (-1, 1), strict=True):
            button.clicked.connect(lambda _checked=False, step=step: self.twisted.emit(step))
        self.body.addLayout(_line(self.tip, self.face, *self.turns))

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
        self._is_there = is_there
        self._show_hint()
        for box in (self.transverse, self.sagittal):
            box.setEnabled(is_there and not in_bone)
        for widget in (*self.steps, self.tool):
            widget.setEnabled(is_there)
        self._show_tip(state)
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

    def _show_tip(self, state: SideState | None) -> None:
        is_needle = state is not None and state.tool is Tool.NEEDLE
        turn_deg = state.bevel_turn_deg if state else None
        is_driven = state is not None and state.tool in {Tool.NEEDLE, Tool.CANNULA}
        self.hammer.setEnabled(is_driven and state is not None and state.bone_mm is not None)
        self.tip.setEnabled(is_needle)
        self.tip.setCurrentIndex(0 if turn_deg is None else 1)
        for button in self.turns:
            button.setEnabled(is_needle and turn_deg is not None)
        self.face.setText("" if turn_deg is None or not is_needle else f"to the {_face(turn_deg)}")

    def show_pointer(self, *, is_held: bool, follows_mouse: bool) -> None:
        """Show whether the metal pointer is on the skin, and whether it follows the mouse."""
        self.pointer.setChecked(is_held)
        self._follows = follows_mouse
        self._show_hint()

    def _show_hint(self) -> None:
        placing = "" if self._is_there else _HINT
        self.hint.setText(_POINTING if self._follows else placing)
        self.hint.setVisible(bool(self.hint.text()))

    def _show_numbers(self, state: SideState) -> None:
        self.rows["depth"].show_value(f"{state.reach_mm:.0f} mm")
        if state.bone_mm is None:
            self.rows["bone"].show_value("not met")
        else:
            depth_mm = max(state.reach_mm - state.bone_mm, 0.0)
            # The cue of the hand: it has just come upon bone.
            touches = depth_mm < _TOUCH_MM and state.tool is Tool.NEEDLE
            words = "bone contact" if touches else f"{depth_mm:.0f} mm"
            self.rows["bone"].show_value(words, "caution" if touches else "")
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


def _face(turn_deg: float) -> str:
    """Return where a bevel's face looks to, between two sides where it is half way."""
    eighth = round(turn_deg / 45.0) % 8
    here, after = _FACES[eighth // 2], _FACES[(eighth // 2 + 1) % 4]
    return here if eighth % 2 == 0 else f"{here}, {after}"


def _small(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


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

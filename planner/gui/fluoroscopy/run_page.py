"""The page of a rehearsal: two screens above, arm, instrument and room below."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from planner.foundation.errors import PlannerError
from planner.gui.fluoroscopy.arm_card import ArmCard
from planner.gui.fluoroscopy.needle_hand import NeedleHand
from planner.gui.fluoroscopy.needle_in_hand_card import NeedleInHandCard
from planner.gui.fluoroscopy.pedal import Pedal
from planner.gui.fluoroscopy.room_card import RoomCard
from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.fluoroscopy.screen_keys import SCREEN_KEYS, ScreenKeys
from planner.gui.fluoroscopy.sound import Sound
from planner.gui.fluoroscopy.xray_screen import XrayScreen
from planner.gui.theme import Palette
from planner.rehearsal.events import Panel
from planner.rehearsal.next_step import next_step
from planner.rendering.arm_scene import ArmPlace
from planner.simulation.attenuating_bodies import Block
from planner.simulation.true_views import (
    ViewErrors,
    ap_errors,
    barrel_error_deg,
    lateral_errors,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_Key = Qt.Key
_SHIFT, _CTRL, _ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_PLAIN = {Qt.KeyboardModifier.NoModifier, _SHIFT}
_TURN_DEG, _AIM_DEG, _AIM_DEG_PER_PX = 2.0, 1.0, 0.25
_SHIFT_MM, _SKIN_MM, _PUSH_MM = 10.0, 1.0, 1.0
ARROWS = {
    _Key.Key_Left: (-1.0, 0.0),
    _Key.Key_Right: (1.0, 0.0),
    _Key.Key_Up: (0.0, 1.0),
    _Key.Key_Down: (0.0, -1.0),
}
"""Right and up on the screen of an AP, whose left is the patient's left."""
PAGES = {_Key.Key_PageDown: 1.0, _Key.Key_PageUp: -1.0}
"""Into the patient, or down; out, or up."""


class RunPage(QWidget):
    """Turns what the trainee does into actions of the run and shows what came of them."""

    told = Signal(str)
    """A sentence for the user."""

    def __init__(self, desk: RunDesk, palette: Palette) -> None:
        super().__init__()
        self.desk = desk
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.screens = {panel: XrayScreen(panel, palette) for panel in Panel}
        self.screen_keys = ScreenKeys(desk, self.swap_screens)
        self.arm = ArmCard()
        self.arm.body.addWidget(self.screen_keys)
        self.hand = NeedleInHandCard()
        self.needle = NeedleHand(desk)
        self.sound = Sound()
        self.room = RoomCard(palette)
        self._hand_keys: dict[Qt.Key, Callable[[], None]] = {
            _Key.Key_P: self.needle.toggle_pointer,
            _Key.Key_H: self.needle.hammer,
            _Key.Key_Comma: lambda: self.needle.twist(-1),
            _Key.Key_Period: lambda: self.needle.twist(1),
        }
        self.pedal = Pedal(desk, self)
        self.pedal.told.connect(self.told)
        self._lay_out()
        self._connect()
        self.refresh()

    def _lay_out(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        self._above = above
        for screen in self.screens.values():
            above.addWidget(screen, 1)
        for card in (self.arm, self.hand, self.room):
            below.addWidget(card, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(6)
        page.addLayout(above, 1)
        page.addLayout(below)

    def _connect(self) -> None:
        desk = self.desk
        for screen in self.screens.values():
            screen.chosen.connect(self._choose_panel)
            screen.pointed.connect(self.needle.place_at)
            screen.hovered.connect(self.needle.point_at)
            screen.laid.connect(self.needle.lay_down)
            screen.aimed.connect(self._aim_by_px)
            screen.pushed.connect(self.needle.push)
        self.arm.turned.connect(desk.turn_arm)
        self.arm.look.changed.connect(desk.set_look)
        self.hand.side_chosen.connect(desk.choose_side)
        self.hand.aimed.connect(self.needle.aim)
        self.hand.pushed.connect(self.needle.push)
        self.hand.hammered.connect(self.needle.hammer)
        self.hand.tip_chosen.connect(self._choose_tip)
        self.hand.twisted.connect(self.needle.twist)
        self.hand.pointer_pressed.connect(self.needle.toggle_pointer)
        self.hand.tool_chosen.connect(self.needle.exchange)
        self.hand.inflated.connect(self.needle.inflate)
        self.hand.injected.connect(self.needle.inject)
        self.hand.sound_switched.connect(self._switch_sound)
        self.needle.told.connect(self.told)
        self.needle.felt.connect(self.sound.tones.sing)
        self.needle.met_bone.connect(self.sound.tones.tick)
        self.needle.pointing_changed.connect(self._show_pointing)
        desk.changed.connect(self.refresh)

    def swap_screens(self) -> None:
        """Exchange the places of the two screens."""
        shown = sorted(self.screens.values(), key=self._above.indexOf)
        for screen in reversed(shown):
            self._above.removeWidget(screen)
            self._above.addWidget(screen, 1)

    def refresh(self) -> None:
        """Show the run as it stands."""
        desk = self.desk
        if desk.state is None or desk.stage is None:
            return
        shown = desk.shown
        for panel, screen in self.screens.items():
            screen.show_picture(
                shown.get(panel),
                desk.poses.get(panel),
                desk.settings[panel],
                is_chosen=panel is desk.panel,
            )
        told = desk.mode.tells_judgement(is_finished=desk.state.is_finished)
        errors, barrel_deg = (self._errors(), self._barrel_deg()) if told else (None, None)
        self.arm.show_arm(desk.panel, self._place(), errors, barrel_deg)
        self.arm.show_withheld(is_withheld=not told)
        self.hand.show_side(desk.side, desk.state.on(desk.side), self.needle.feel())
        follows = self.needle.is_pointing
        self.hand.show_pointer(
            is_held=follows or desk.pointer_lps_mm is not None, follows_mouse=follows
        )
        self.room.show_moments(desk.state.moments if told else (), desk.stage.scenario.unseen)
        self.room.show_next(
            next_step(desk.state, desk.stage) if desk.mode.tells_next_step else "",
            is_exam=not told,
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Space be the pedal, whichever of the page's widgets has the keyboard."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() in {QEvent.Type.KeyPress, QEvent.Type.KeyRelease}
            and event.key() == Qt.Key.Key_Space
            and isinstance(watched, QWidget)
            and (watched is self or self.isAncestorOf(watched))
        ):
            # The keyboard's own repeats say nothing new: the pedal is down until it is let go.
            if not event.isAutoRepeat():
                is_down = event.type() is QEvent.Type.KeyPress
                (self.pedal.press if is_down else self.pedal.let_go)()
            return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Watch for the pedal while the page is shown."""
        super().showEvent(event)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave Space to others."""
        super().hideEvent(event)
        self.pedal.let_go()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the arm, the needle or the screen; see the maps of keys above."""
        key, modifier = Qt.Key(event.key()), _modifier(event)
        if key in ARROWS:
            self._move(modifier, *ARROWS[key])
        elif key in PAGES:
            self._raise_or_push(modifier, PAGES[key])
        elif key in SCREEN_KEYS:
            self.screen_keys.press(key)
        elif key in self._hand_keys:
            self._hand_keys[key]()
        else:
            super().keyPressEvent(event)

    def _move(self, modifier: Qt.KeyboardModifier, right: float, up: float) -> None:
        """Turn the arm; with Shift move it, with Ctrl aim the needle, with Alt move its skin."""
        desk = self.desk
        pose = desk.poses.get(desk.panel)
        if pose is None:
            return
        if modifier is _SHIFT:
            desk.shift_arm((-right * _SHIFT_MM, 0.0, up * _SHIFT_MM))
        elif modifier is _CTRL:
            self.needle.aim_by(right * _AIM_DEG, up * _AIM_DEG)
        elif modifier is _ALT:
            self.needle.shift_skin(-right * _SKIN_MM, up * _SKIN_MM)
        else:
            desk.turn_arm(pose.orbital_deg - right * _TURN_DEG, pose.angular_deg + up * _TURN_DEG)

    def _raise_or_push(self, modifier: Qt.KeyboardModifier, inwards: float) -> None:
        if modifier is _SHIFT:
            self.desk.shift_arm((0.0, -inwards * _SHIFT_MM, 0.0))
        else:
            self.needle.push(inwards * _PUSH_MM)

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the screens from the actions that use the same letters elsewhere."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and self._is_own(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _is_own(self, event: QKeyEvent) -> bool:
        """Return whether a key is the rehearsal's: Alt and an arrow else move the plan's needle."""
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~_KEYPAD
        if key in ARROWS or key in PAGES:
            return modifiers in {*_PLAIN, _CTRL, _ALT}
        return modifiers in _PLAIN and key in SCREEN_KEYS | self._hand_keys.keys()

    def shut_down(self) -> None:
        """Give the buffers of the arm's picture and the loudspeaker back."""
        self.arm.shut_down()
        self.sound.switch_off()

    def _switch_sound(self, is_on: bool) -> None:  # noqa: FBT001  a signal's argument
        if not is_on:
            self.sound.switch_off()
            return
        try:
            self.sound.switch_on()
        except PlannerError as problem:
            self.hand.sound.setChecked(False)
            self.desk.refused.emit(problem)

    def _aim_by_px(self, right_px: float, up_px: float) -> None:
        self.needle.aim_by(right_px * _AIM_DEG_PER_PX, up_px * _AIM_DEG_PER_PX)

    def _choose_tip(self, is_bevelled: bool) -> None:  # noqa: FBT001  a signal's argument
        self.needle.choose_tip(is_bevelled=is_bevelled)

    def _show_pointing(self) -> None:
        for screen in self.screens.values():
            screen.show_pointing(is_pointing=self.needle.is_pointing)
        self.refresh()

    def _choose_panel(self, panel: Panel) -> None:
        self.setFocus()
        self.desk.choose_panel(panel)

    def _errors(self) -> ViewErrors | None:
        held, stage = self.desk.held.get(self.desk.panel), self.desk.stage
        if held is None or stage is None:
            return None
        judge = ap_errors if self.desk.panel is Panel.AP else lateral_errors
        return judge(held.view, stage.marks)

    def _barrel_deg(self) -> float | None:
        """Return the angle between the last picture's beam and the chosen side's pedicle."""
        held, stage = self.desk.held.get(self.desk.panel), self.desk.stage
        pedicle = stage.vertebra.pedicle(self.desk.side) if stage else None
        return None if held is None or pedicle is None else barrel_error_deg(held.view, pedicle)

    def _place(self) -> ArmPlace | None:
        """Return where the arm of the chosen screen stands, or would have struck the table."""
        desk = self.desk
        pose = desk.struck or desk.poses.get(desk.panel)
        table = desk.stage.table.shape if desk.stage else None
        if pose is None or desk.stage is None or not isinstance(table, Block):
            return None
        magnification = desk.settings[desk.panel].magnification
        return ArmPlace(pose, table, desk.stage.trunk_lps_mm, desk.stage.trunk_mm, magnification)


def _modifier(event: QKeyEvent) -> Qt.KeyboardModifier:
    """Return the one modifier that counts; none where there are none, or several."""
    held = [m for m in (_SHIFT, _CTRL, _ALT) if event.modifiers() & m]
    return held[0] if len(held) == 1 else Qt.KeyboardModifier.NoModifier

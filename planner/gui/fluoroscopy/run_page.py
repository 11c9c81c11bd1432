"""The page of a rehearsal: two screens above, arm, instrument and room below."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from planner.anatomy.levels import Side
from planner.devices.device_values import NeedleModel
from planner.foundation.errors import PlanProblem
from planner.gui.fluoroscopy.arm_card import ArmCard
from planner.gui.fluoroscopy.needle_in_hand_card import NeedleInHandCard
from planner.gui.fluoroscopy.pedal import Pedal
from planner.gui.fluoroscopy.room_card import RoomCard
from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.fluoroscopy.screen_keys import SCREEN_KEYS, ScreenKeys
from planner.gui.fluoroscopy.skin_pointer import skin_under_pixel_lps_mm
from planner.gui.fluoroscopy.xray_screen import XrayScreen
from planner.gui.theme import Palette
from planner.planning.gauge_choice import ProposalRequest, needles_to_try
from planner.rehearsal.events import (
    Advance,
    Exchange,
    Inflate,
    Inject,
    Panel,
    PlaceNeedle,
    Tool,
    aim_deg,
)
from planner.rehearsal.feel import Feel, feel_ahead
from planner.rehearsal.next_step import next_step
from planner.simulation.true_views import ViewErrors, ap_errors, lateral_errors

_START_AIM_DEG = (10.0, 0.0)
_TURN_DEG = 2.0
_ARROWS = {
    Qt.Key.Key_Left: (_TURN_DEG, 0.0),
    Qt.Key.Key_Right: (-_TURN_DEG, 0.0),
    Qt.Key.Key_Up: (0.0, _TURN_DEG),
    Qt.Key.Key_Down: (0.0, -_TURN_DEG),
}
_PLAIN = {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier}
_SHIFT_MM = 10.0
_SHIFTS_LPS_MM = {
    Qt.Key.Key_Left: (_SHIFT_MM, 0.0, 0.0),
    Qt.Key.Key_Right: (-_SHIFT_MM, 0.0, 0.0),
    Qt.Key.Key_Up: (0.0, 0.0, _SHIFT_MM),
    Qt.Key.Key_Down: (0.0, 0.0, -_SHIFT_MM),
}
"""With Shift: left on the screen of an AP is the patient's left."""
_PUSHES_MM = {Qt.Key.Key_PageDown: 1.0, Qt.Key.Key_PageUp: -1.0}


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
        self.arm = ArmCard(palette)
        self.arm.body.addWidget(self.screen_keys)
        self.hand = NeedleInHandCard()
        self.room = RoomCard(palette)
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
            screen.pointed.connect(self._point_at_skin)
        self.arm.turned.connect(desk.turn_arm)
        self.hand.side_chosen.connect(desk.choose_side)
        self.hand.aimed.connect(self._aim)
        self.hand.pushed.connect(self._push)
        self.hand.tool_chosen.connect(self._exchange)
        self.hand.inflated.connect(self._inflate)
        self.hand.injected.connect(self._inject)
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
        for panel, screen in self.screens.items():
            settings = desk.settings[panel]
            shown = desk.references if settings.is_reference_shown else desk.held
            screen.show_picture(
                shown.get(panel), desk.poses.get(panel), settings, is_chosen=panel is desk.panel
            )
        told = desk.mode.tells_judgement(is_finished=desk.state.is_finished)
        self.arm.show_arm(desk.panel, desk.poses.get(desk.panel), self._errors() if told else None)
        self.arm.show_withheld(is_withheld=not told)
        self.hand.show_side(desk.side, desk.state.on(desk.side), self._feel())
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
        """Arrows turn the arm, with Shift they move it; Page keys push; letters set the screen."""
        key = Qt.Key(event.key())
        desk = self.desk
        pose = desk.poses.get(desk.panel)
        if key in _ARROWS and pose is not None:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                desk.shift_arm(_SHIFTS_LPS_MM[key])
            else:
                orbital, angular = _ARROWS[key]
                desk.turn_arm(pose.orbital_deg + orbital, pose.angular_deg + angular)
        elif key in _PUSHES_MM:
            self._push(_PUSHES_MM[key])
        elif key in SCREEN_KEYS:
            self.screen_keys.press(key)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the screens from the actions that use the same letters elsewhere."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.ShortcutOverride
            and Qt.Key(event.key()) in SCREEN_KEYS
            and event.modifiers() in _PLAIN
        ):
            event.accept()
            return True
        return super().event(event)

    def _choose_panel(self, panel: Panel) -> None:
        self.setFocus()
        self.desk.choose_panel(panel)

    def _errors(self) -> ViewErrors | None:
        held, stage = self.desk.held.get(self.desk.panel), self.desk.stage
        if held is None or stage is None:
            return None
        judge = ap_errors if self.desk.panel is Panel.AP else lateral_errors
        return judge(held.view, stage.marks)

    def _feel(self) -> Feel | None:
        side = self.desk.state.on(self.desk.side) if self.desk.state else None
        if side is None or self.desk.stage is None:
            return None
        return feel_ahead(self.desk.stage.volume, side.tip_lps_mm, side.direction_lps)

    def _needle_model(self) -> NeedleModel | None:
        stage = self.desk.stage
        if stage is None:
            return None
        task = stage.scenario
        request = ProposalRequest(task.procedure, task.approach)
        try:
            fitting = needles_to_try(stage.vertebra, request, (self.desk.side,), stage.catalog)
        except PlanProblem:
            fitting = stage.catalog.needles_of_gauge(13)
        # The longest: a trainee must not run out of needle.
        return fitting[-1]

    def _point_at_skin(self, panel: Panel, column: float, row: float) -> None:
        desk = self.desk
        held, model = desk.held.get(panel), self._needle_model()
        if held is None or model is None or desk.stage is None:
            return
        skin = skin_under_pixel_lps_mm(held.view, column, row, desk.stage.maps.skin)
        if skin is None:
            self.told.emit("There is no skin under this point of the picture.")
            return
        before = desk.state.on(desk.side) if desk.state else None
        aim = aim_deg(before.direction_lps, desk.side) if before else _START_AIM_DEG
        desk.do(PlaceNeedle(desk.now_s(), desk.side, model.id, skin, *aim))

    def _aim(self, transverse_deg: float, sagittal_deg: float) -> None:
        desk = self.desk
        side = desk.state.on(desk.side) if desk.state else None
        if side is not None:
            desk.do(
                PlaceNeedle(
                    desk.now_s(),
                    desk.side,
                    side.model_id,
                    side.skin_lps_mm,
                    transverse_deg,
                    sagittal_deg,
                )
            )

    def _push(self, by_mm: float) -> None:
        self.desk.do(Advance(self.desk.now_s(), self.desk.side, by_mm))

    def _inflate(self, volume_ml: float) -> None:
        self.desk.do(Inflate(self.desk.now_s(), self.desk.side, volume_ml))

    def _inject(self, by_ml: float) -> None:
        self.desk.do(Inject(self.desk.now_s(), self.desk.side, by_ml))

    def _exchange(self, tool: Tool) -> None:
        desk = self.desk
        desk.do(Exchange(desk.now_s(), desk.side, tool, self._balloon_id(desk.side, tool)))

    def _balloon_id(self, side: Side, tool: Tool) -> str:
        """Return the first balloon of the catalogue that passes the cannula."""
        stage, state = self.desk.stage, self.desk.state
        there = state.on(side) if state else None
        if tool is not Tool.BALLOON or stage is None or there is None:
            return ""
        gauge = stage.catalog.needle(there.model_id).gauge
        passing = [b for b in stage.catalog.balloons if b.minimum_gauge >= gauge]
        return passing[0].id if passing else ""

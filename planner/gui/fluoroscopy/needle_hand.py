"""The trainee's hand: what mouse, keys and card do to pointer, needle and tools."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from planner.devices.device_values import NeedleModel
from planner.foundation.errors import PlanProblem
from planner.geometry.points import Triple
from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.fluoroscopy.skin_pointer import skin_behind_lps_mm, skin_under_pixel_lps_mm
from planner.planning.gauge_choice import ProposalRequest, needles_to_try
from planner.rehearsal.events import (
    Advance,
    Exchange,
    Hammer,
    Inflate,
    Inject,
    Panel,
    PlaceNeedle,
    Tool,
    TurnBevel,
    aim_deg,
)
from planner.rehearsal.feel import Feel, feel_ahead
from planner.rehearsal.run_state import SideState
from planner.rehearsal.session import stops_at_bone_mm

_START_AIM_DEG = (10.0, 0.0)
_TWIST_DEG = 30.0
_LEAST_DRAG_MM = 0.5
"""A smaller move of the mouse waits for the next one: a run keeps every action."""


class NeedleHand(QObject):
    """Turns what the hand does into actions of the run's chosen side."""

    told = Signal(str)
    """A sentence for the user."""
    met_bone = Signal()
    felt = Signal(float)
    """The resistance ahead of a tip that was just moved, 0 to 1."""
    pointing_changed = Signal()

    def __init__(self, desk: RunDesk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.is_pointing = False
        """Whether the metal pointer follows the mouse."""

    @property
    def side(self) -> SideState | None:
        """What stands on the chosen side."""
        return self._desk.state.on(self._desk.side) if self._desk.state else None

    def feel(self) -> Feel | None:
        """Return what is felt ahead of the tip."""
        side, stage = self.side, self._desk.stage
        if side is None or stage is None:
            return None
        return feel_ahead(stage.volume, side.tip_lps_mm, side.direction_lps)

    def toggle_pointer(self) -> None:
        """Take the metal pointer in the hand, or put it away."""
        if self.is_pointing or self._desk.pointer_lps_mm is not None:
            self.is_pointing = False
            self._desk.hold_pointer(None)
        elif not self._desk.held:
            self.told.emit("Take a picture first: the pointer follows the mouse on it.")
        else:
            self.is_pointing = True
        self.pointing_changed.emit()

    def point_at(self, panel: Panel, column: float, row: float) -> None:
        """Move the pointer's end to the skin that a pixel shows."""
        if self.is_pointing:
            skin = self._skin_at(panel, column, row)
            if skin is not None:
                self._desk.hold_pointer(skin)

    def lay_down(self, panel: Panel, column: float, row: float) -> None:
        """Let the pointer stay where it is."""
        if self.is_pointing:
            self.point_at(panel, column, row)
            self.is_pointing = False
            self.pointing_changed.emit()

    def place_at(self, panel: Panel, column: float, row: float) -> None:
        """Set the needle on the skin that a pixel shows."""
        skin = self._skin_at(panel, column, row)
        if skin is None:
            self.told.emit("There is no skin under this point of the picture.")
        else:
            self._place(skin)

    def shift_skin(self, left_mm: float, up_mm: float) -> None:
        """Move the needle's skin point along the back."""
        side, stage = self.side, self._desk.stage
        if side is None or stage is None:
            return
        x, _, z = side.skin_lps_mm
        skin = skin_behind_lps_mm(x + left_mm, z + up_mm, stage.maps.skin)
        if skin is not None:
            self._place(skin)

    def _skin_at(self, panel: Panel, column: float, row: float) -> Triple | None:
        held, stage = self._desk.shown.get(panel), self._desk.stage
        if held is None or stage is None:
            return None
        return skin_under_pixel_lps_mm(held.view, column, row, stage.maps.skin)

    def _place(self, skin_lps_mm: Triple) -> None:
        desk, before, model = self._desk, self.side, self._needle_model()
        if model is None:
            return
        if before is not None:
            moved_mm = float(np.linalg.norm(np.subtract(skin_lps_mm, before.skin_lps_mm)))
            if moved_mm < _LEAST_DRAG_MM:
                return
        aim = aim_deg(before.direction_lps, desk.side) if before else _START_AIM_DEG
        self._end_pointing()
        desk.do(PlaceNeedle(desk.now_s(), desk.side, model.id, skin_lps_mm, *aim))

    def _end_pointing(self) -> None:
        if self.is_pointing:
            self.is_pointing = False
            self.pointing_changed.emit()

    def aim(self, transverse_deg: float, sagittal_deg: float) -> None:
        """Aim the needle, medial and caudad positive."""
        desk, side = self._desk, self.side
        if side is None:
            return
        skin, now = side.skin_lps_mm, desk.now_s()
        desk.do(PlaceNeedle(now, desk.side, side.model_id, skin, transverse_deg, sagittal_deg))

    def aim_by(self, right_deg: float, up_deg: float) -> None:
        """Turn the needle's tip to the right and up as an AP shows it."""
        side = self.side
        if side is None:
            return
        transverse_deg, sagittal_deg = aim_deg(side.direction_lps, side.side)
        # Left on an AP is the patient's left, so right is medial for a needle on his left.
        self.aim(transverse_deg + side.side.sign * right_deg, sagittal_deg - up_deg)

    def push(self, by_mm: float) -> None:
        """Push on, twisting, or draw back; a hand stops where it first meets bone."""
        desk, side, stage = self._desk, self.side, self._desk.stage
        if side is None or stage is None:
            return
        stop_mm = stops_at_bone_mm(side, by_mm, stage)
        done = desk.do(Advance(desk.now_s(), desk.side, by_mm if stop_mm is None else stop_mm))
        if done and stop_mm is not None:
            self.met_bone.emit()
        elif done:
            self._tell_felt()

    def hammer(self) -> None:
        """Give one blow."""
        if self._desk.do(Hammer(self._desk.now_s(), self._desk.side)):
            self._tell_felt()

    def _tell_felt(self) -> None:
        felt = self.feel()
        if felt is not None:
            self.felt.emit(felt.resistance)

    def choose_tip(self, *, is_bevelled: bool) -> None:
        """Take a stylet with a bevel, its face to the head, or one with a trocar's tip."""
        desk = self._desk
        desk.do(TurnBevel(desk.now_s(), desk.side, 0.0 if is_bevelled else None))

    def twist(self, turns: int) -> None:
        """Turn the bevel by steps, clockwise as the needle goes."""
        desk, side = self._desk, self.side
        if side is None:
            return
        if side.bevel_turn_deg is None:
            self.told.emit("A trocar tip goes straight: choose the bevel to steer.")
            return
        turned = (side.bevel_turn_deg + turns * _TWIST_DEG) % 360.0
        desk.do(TurnBevel(desk.now_s(), desk.side, turned))

    def inflate(self, volume_ml: float) -> None:
        """Bring the balloon to a volume."""
        self._desk.do(Inflate(self._desk.now_s(), self._desk.side, volume_ml))

    def inject(self, by_ml: float) -> None:
        """Push the plunger."""
        self._desk.do(Inject(self._desk.now_s(), self._desk.side, by_ml))

    def exchange(self, tool: Tool) -> None:
        """Take what is in the patient out and the next tool in."""
        desk = self._desk
        desk.do(Exchange(desk.now_s(), desk.side, tool, self._balloon_id(tool)))

    def _balloon_id(self, tool: Tool) -> str:
        """Return the first balloon of the catalogue that passes the cannula."""
        stage, there = self._desk.stage, self.side
        if tool is not Tool.BALLOON or stage is None or there is None:
            return ""
        gauge = stage.catalog.needle(there.model_id).gauge
        passing = [b for b in stage.catalog.balloons if b.minimum_gauge >= gauge]
        return passing[0].id if passing else ""

    def _needle_model(self) -> NeedleModel | None:
        stage = self._desk.stage
        if stage is None:
            return None
        task = stage.scenario
        request = ProposalRequest(task.procedure, task.approach)
        try:
            fitting = needles_to_try(stage.vertebra, request, (self._desk.side,), stage.catalog)
        except PlanProblem:
            fitting = stage.catalog.needles_of_gauge(13)
        # The longest: a trainee must not run out of needle.
        return fitting[-1]

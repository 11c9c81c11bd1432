"""Needles steered by numbers and keys: angles, depth, small steps, a mirror, a held end."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import PlannerError
from planner.gui.case_document import CaseDocument
from planner.gui.scene_keeper import SceneKeeper
from planner.planning import edits
from planner.planning.needle_moves import Held, moved, turned, with_angles
from planner.planning.needle_moves import with_depth as pushed
from planner.planning.needle_path import frame_angles_deg
from planner.planning.nudge import NUDGE_DEG, NUDGE_MM
from planner.planning.plan import PlannedNeedle

_Change = Callable[[PlannedNeedle, VertebraModel], PlannedNeedle]


class NeedleSteering(QObject):
    """Changes the active needle; each call is one entry of the history."""

    held_changed = Signal()
    refused = Signal(object)
    """The `PlannerError` that says why something cannot be done."""

    def __init__(self, document: CaseDocument, keeper: SceneKeeper) -> None:
        super().__init__(document)
        self._document = document
        self._keeper = keeper
        self._held = Held.NEITHER

    @property
    def held(self) -> Held:
        """Which end of needles stays where it is."""
        return self._held

    def hold(self, held: Held) -> None:
        """Let an end of needles stay where it is, or none."""
        if held is not self._held:
            self._held = held
            self.held_changed.emit()

    def set_transverse(self, angle_deg: float) -> None:
        """Turn the needle to an angle in the vertebra's axial plane, medial positive."""
        self._change(
            "Set the transverse angle",
            lambda needle, vertebra: with_angles(
                needle, vertebra, angle_deg, _angles(needle, vertebra)[1], held=self._pivot
            ),
        )

    def set_sagittal(self, angle_deg: float) -> None:
        """Turn the needle to an angle in the vertebra's sagittal plane, caudad positive."""
        self._change(
            "Set the sagittal angle",
            lambda needle, vertebra: with_angles(
                needle, vertebra, _angles(needle, vertebra)[0], angle_deg, held=self._pivot
            ),
        )

    def push(self, deeper_mm: float) -> None:
        """Push the tip on along the needle, or draw it back."""
        if self._held is not Held.TIP:
            self._change("Set the depth", lambda needle, _: pushed(needle, deeper_mm))

    def nudge(self, medially: int, upwards: int) -> None:
        """Move the needle by half millimetres in the vertebra's axes."""

        def change(needle: PlannedNeedle, vertebra: VertebraModel) -> PlannedNeedle:
            by = (
                -needle.side.sign * medially * NUDGE_MM,
                0.0,
                upwards * NUDGE_MM,
            )
            return moved(needle, vertebra, by, held=self._held)

        self._change("Nudge the needle", change)

    def turn(self, medially: int, caudad: int) -> None:
        """Turn the needle by half degrees about its tip, or about its held entry."""
        self._change(
            "Turn the needle",
            lambda needle, vertebra: turned(
                needle, vertebra, medially * NUDGE_DEG, caudad * NUDGE_DEG, held=self._pivot
            ),
        )

    def mirror(self) -> None:
        """Put the active needle's mirror image on the other side."""
        planned, selection = self._document.level_plan, self._document.selection
        vertebra = self._vertebra()
        if planned is None or vertebra is None or planned.needle(selection.side) is None:
            return
        side = selection.side
        plan = edits.mirror_needle(self._document.plan, planned.level, side, vertebra)
        mirrored = plan.at(planned.level)
        needle = mirrored.needle(side.opposite) if mirrored else None
        if needle is not None:
            on_skin = self._keeper.on_skin(needle, planned.level)
            plan = edits.put_needle(plan, planned.level, on_skin)
        self._document.edit(f"Mirror the {side.value} needle", plan)
        self._document.select(planned.level, side.opposite)

    @property
    def _pivot(self) -> Held:
        return Held.ENTRY if self._held is Held.ENTRY else Held.TIP

    def _vertebra(self) -> VertebraModel | None:
        case, level = self._document.case, self._document.selection.level
        return case.vertebra(level) if case and level else None

    def _change(self, text: str, change: _Change) -> None:
        planned, vertebra = self._document.level_plan, self._vertebra()
        needle = planned.needle(self._document.selection.side) if planned else None
        if planned is None or needle is None or vertebra is None:
            return
        try:
            after = change(needle, vertebra)
            if self._held is not Held.ENTRY:
                after = self._keeper.on_skin(after, planned.level)
            plan = edits.put_needle(self._document.plan, planned.level, after)
        except PlannerError as problem:
            self.refused.emit(problem)
            return
        self._document.edit(text, plan)


def _angles(needle: PlannedNeedle, vertebra: VertebraModel) -> tuple[float, float]:
    return frame_angles_deg(needle.path, vertebra, needle.side)

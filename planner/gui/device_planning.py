"""What the user does to balloons, cement and findings of the selected level."""

import itertools
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.acceptance import accepted
from planner.assessment.findings import Finding
from planner.foundation.errors import PlannerError
from planner.gui.case_document import CaseDocument
from planner.gui.scene_keeper import SceneKeeper
from planner.planning import edits
from planner.planning.balloon_placement import usual_balloon
from planner.planning.cement_plan import usual_cement
from planner.planning.device_limits import catalog_of
from planner.planning.level_balloons import hollow_ml, level_balloons
from planner.planning.plan import (
    AcceptedFinding,
    BalloonLimits,
    CementPhases,
    DeadVolume,
    Injector,
    Plan,
)

_gesture_numbers = itertools.count(1)


class DevicePlanning(QObject):
    """Turns intentions of the balloon and cement panels into changes of the plan."""

    refused = Signal(object)
    """The `PlannerError` that says why something cannot be done."""

    def __init__(self, document: CaseDocument, keeper: SceneKeeper) -> None:
        super().__init__(document)
        self._document = document
        self._keeper = keeper
        self._gesture: str | None = None

    def begin_drag(self, what: str) -> None:
        """Make what a slider does until `end_drag` one entry of the history."""
        self._gesture = f"{what}-{next(_gesture_numbers)}"
        self._document.begin_gesture(self._gesture)

    def end_drag(self) -> None:
        """End the drag of a slider."""
        self._gesture = None
        self._document.end_gesture()

    def add_balloon(self, side: Side) -> None:
        """Put the balloon on a side's needle that it and the body have room for."""
        scene, planned = self._keeper.scene, self._document.level_plan
        needle = planned.needle(side) if planned else None
        if scene is None or planned is None or needle is None or planned.level not in scene.maps:
            return
        maps, catalog = scene.maps[planned.level], scene.catalog
        self._edit(
            "Add balloon",
            lambda p, lv: edits.put_balloon(p, lv, usual_balloon(needle, maps, catalog)),
        )

    def add_cement(self) -> None:
        """Plan the reference volume of the usual cement at the selected level."""
        case, level = self._document.case, self._document.selection.level
        vertebra = case.vertebra(level) if case and level else None
        if vertebra is not None:
            self._edit(
                "Plan cement",
                lambda p, lv: edits.set_cement(p, lv, usual_cement(vertebra, self._hollow_ml())),
            )

    def _hollow_ml(self) -> float:
        """Return what the level's balloons push open; 0 until its bone was mapped."""
        scene, planned = self._keeper.scene, self._document.level_plan
        if scene is None or planned is None or planned.level not in scene.maps:
            return 0.0
        catalog = catalog_of(self._document.plan, scene.catalog)
        return hollow_ml(planned, level_balloons(planned, scene.maps[planned.level], catalog))

    def choose_balloon(self, side: Side, model_id: str) -> None:
        """Use another balloon on a side."""
        self._edit("Choose balloon", lambda p, lv: edits.set_balloon_model(p, lv, side, model_id))

    def slide_balloon(self, side: Side, front_beyond_tip_mm: float) -> None:
        """Move a balloon along its needle."""
        self._edit(
            "Slide balloon",
            lambda p, lv: edits.set_balloon_depth(p, lv, side, front_beyond_tip_mm),
        )

    def inflate_balloon(self, side: Side, volume_ml: float) -> None:
        """Inflate a balloon to a volume."""
        self._edit("Inflate balloon", lambda p, lv: edits.inflate_balloon(p, lv, side, volume_ml))

    def remove_balloon(self, side: Side) -> None:
        """Take a side's balloon out of the plan."""
        self._edit("Remove balloon", lambda p, lv: edits.remove_balloon(p, lv, side))

    def choose_cement(self, model_id: str) -> None:
        """Use another cement."""
        self._edit("Choose cement", lambda p, lv: edits.set_cement_model(p, lv, model_id))

    def set_cement_volume(self, volume_ml: float) -> None:
        """Plan another volume."""
        self._edit("Set cement volume", lambda p, lv: edits.set_cement_volume(p, lv, volume_ml))

    def remove_cement(self) -> None:
        """Take the cement out of the plan."""
        self._edit("Remove cement", lambda p, lv: edits.set_cement(p, lv, None))

    def set_healed(self, *, is_healed: bool) -> None:
        """Note whether the fracture has healed, by the user's word."""
        text = "Note healed fracture" if is_healed else "Note fresh fracture"
        self._edit(text, lambda p, lv: edits.set_healed(p, lv, is_healed=is_healed))

    def read_gauge(self, side: Side, gauge_psi: float | None) -> None:
        """Keep what the user read on a balloon's gauge."""
        self._edit("Read gauge", lambda p, lv: edits.set_gauge_reading(p, lv, side, gauge_psi))

    def enter_limits(self, limits: BalloonLimits) -> None:
        """Keep limits that the user has read in a balloon's instructions for use."""
        self._edit("Enter balloon limits", lambda p, _lv: edits.set_balloon_limits(p, limits))

    def enter_dead_volume(self, read: DeadVolume) -> None:
        """Keep what the user has read stays in a needle's lumen."""
        self._edit("Enter dead volume", lambda p, _lv: edits.set_dead_volume(p, read))

    def set_injector(self, injector: Injector) -> None:
        """Keep what the user's own device gives at each turn and in each minute."""
        self._edit("Set injector", lambda p, _lv: edits.set_injector(p, injector))

    def set_phases(self, phases: CementPhases) -> None:
        """Keep when the user's product may be injected."""
        self._edit("Set working time", lambda p, _lv: edits.set_cement_phases(p, phases))

    def accept(self, finding: Finding, reason: str) -> None:
        """Keep that the user goes on with a finding, and why."""
        place = " ".join(
            part.value if isinstance(part, Side) else part.name
            for part in (finding.side, finding.level)
            if part is not None
        )
        self._edit(
            f"Accept {finding.severity.value} {finding.code} {place}".rstrip(),
            lambda p, _lv: edits.accept_finding(p, accepted(finding, reason)),
        )

    def withdraw(self, acceptance: AcceptedFinding) -> None:
        """Take back that a finding was accepted."""
        self._edit(
            f"Withdraw acceptance of {acceptance.code}",
            lambda p, _lv: edits.withdraw_acceptance(p, acceptance),
        )

    def _edit(self, text: str, change: Callable[[Plan, VertebraLevel], Plan]) -> None:
        level = self._document.selection.level
        if level is None:
            return
        try:
            plan = change(self._document.plan, level)
        except PlannerError as problem:
            self.refused.emit(problem)
        else:
            self._document.edit(text, plan, gesture=self._gesture)

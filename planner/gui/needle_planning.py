"""What the user does to needles: ask for proposals, take one, place ends, choose products."""

import time

import attrs
from PySide6.QtCore import QObject, Signal

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress
from planner.geometry.points import Triple
from planner.gui.case_document import CaseDocument
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.planning import edits
from planner.planning.corridor_search import Proposal
from planner.planning.gauge_choice import ProposalRequest, needles_to_try
from planner.planning.needle_snap import snapped
from planner.planning.plan import Approach, LevelPlan, Plan, PlannedNeedle, Procedure
from planner.planning.propose_level import planned_with, propose_for_level
from planner.rendering.plan_picture import NeedleEnd

PROPOSING = "proposals"


@attrs.frozen
class ProposalList:
    """Proposals for one vertebra, the best first."""

    vertebra: VertebraModel = attrs.field(eq=False)
    items: tuple[Proposal, ...]
    seconds: float

    @property
    def tried(self) -> int:
        """How many straight paths were looked at."""
        return max((item.tried for item in self.items), default=0)


class NeedlePlanning(QObject):
    """Turns intentions of the approach panel and the views into changes of the plan."""

    changed = Signal()
    """There are other proposals."""
    told = Signal(str)
    """What the user should know or do next."""
    warned = Signal(str)
    """What the user must not overlook."""
    refused = Signal(object)
    """The `PlannerError` that says why something cannot be done."""

    def __init__(self, document: CaseDocument, keeper: SceneKeeper, jobs: JobRunner) -> None:
        super().__init__(document)
        self._document = document
        self._keeper = keeper
        self._jobs = jobs
        self._proposals: ProposalList | None = None
        self._ends: dict[NeedleEnd, Triple] = {}
        document.case_opened.connect(self._forget)
        document.selection_changed.connect(self._forget_ends)

    @property
    def proposals(self) -> ProposalList | None:
        """The proposals for the selected vertebra, None before any were asked for."""
        case, level = self._document.case, self._document.selection.level
        vertebra = case.vertebra(level) if case and level else None
        is_of_it = self._proposals is not None and self._proposals.vertebra is vertebra
        return self._proposals if is_of_it else None

    def set_procedure(self, procedure: Procedure) -> None:
        """Plan the selected level as another procedure."""
        level = self._document.selection.level
        if level is not None:
            plan = edits.set_procedure(self._document.plan, level, procedure)
            self._document.edit(f"Plan a {procedure.value}", plan)

    def set_approach(self, approach: Approach) -> None:
        """Go in another way: needles that fit it stay, missing ones are proposed."""
        planned = self._document.level_plan
        have = {needle.side: needle.route for needle in planned.needles} if planned else {}
        if planned is not None and approach.routes.items() <= have.items():
            plan = edits.set_approach(self._document.plan, planned.level, approach)
            self._document.edit("Change the approach", plan)
            self._document.select(planned.level, approach.sides[0])
        else:
            self.propose(approach)

    def set_model(self, side: Side, model_id: str) -> None:
        """Use another product for a needle."""
        planned = self._document.level_plan
        if planned is not None:
            plan = edits.set_needle_model(self._document.plan, planned.level, side, model_id)
            self._document.edit("Choose needle", plan)

    def propose(self, approach: Approach | None = None) -> None:
        """Search needles for the selected level; the best is taken where none is planned."""
        scene, level = self._keeper.scene, self._document.selection.level
        if scene is None or level is None or level not in scene.maps:
            self.told.emit("Wait a moment: the level is still being measured.")
            return
        planned = self._document.level_plan
        procedure = planned.procedure if planned else Procedure.KYPHOPLASTY
        maps, catalog = scene.maps[level], scene.catalog
        takes_best = approach is not None or planned is None or not planned.needles

        def work(progress: Progress) -> ProposalList:
            began_s = time.perf_counter()
            items = propose_for_level(maps, ProposalRequest(procedure, approach), catalog, progress)
            return ProposalList(maps.vertebra, items, time.perf_counter() - began_s)

        def done(proposals: ProposalList) -> None:
            self._proposals = proposals
            self.changed.emit()
            if takes_best and proposals.items and self.proposals is proposals:
                self.take(0)

        self._jobs.start(
            f"Proposing needles for {level.name}",
            work,
            done,
            key=PROPOSING,
            on_failed=self._search_failed,
        )

    def take(self, number: int) -> None:
        """Plan the needles of a proposal."""
        level = self._document.selection.level
        if self.proposals is None or level is None:
            return
        proposal = self.proposals.items[number]
        plan = self._with_proposal(proposal, level)
        self._document.edit(f"Take proposal {number + 1}", plan)
        self._document.select(level, proposal.needles[0].side)
        if not proposal.is_admissible:
            self.warned.emit("No path keeps every limit here: this is the least bad one.")

    def snapped(self, needle: PlannedNeedle, level: VertebraLevel) -> PlannedNeedle:
        """Return a needle drawn to a proposed one or to its pedicle's axis, where one is near."""
        case = self._document.case
        vertebra = case.vertebra(level) if case else None
        if vertebra is None:
            return needle
        items = self.proposals.items if self.proposals else ()
        return snapped(needle, vertebra, (n for item in items for n in item.needles))

    def place(self, end: NeedleEnd, lps_mm: Triple) -> None:
        """Set one end of the active needle; a new needle begins once both ends are known.

        The skin entry decides the side: a needle is named for the pedicle it goes through,
        which lies on the side that it is entered from.
        """
        case, level = self._document.case, self._document.selection.level
        vertebra = case.vertebra(level) if case and level else None
        if vertebra is None or level is None:
            self.told.emit("Find a vertebra first, in Levels.")
            return
        self._ends[end] = lps_mm
        planned = self._document.level_plan
        side = self._side_of_entry(vertebra)
        needle = planned.needle(side) if planned else None
        try:
            plan = self._with_end(needle, side, vertebra)
        except PlannerError as problem:
            self.refused.emit(problem)
            return
        if plan is None:
            other = "T and click the target" if end is NeedleEnd.ENTRY else "E and click the entry"
            self.told.emit(f"Kept. Now press {other}.")
            return
        what = "entry" if end is NeedleEnd.ENTRY else "target"
        self._document.edit(f"Set the {side.value} {what}", plan)
        self._document.select(level, side)
        self._ends = {}

    def _with_proposal(self, proposal: Proposal, level: VertebraLevel) -> Plan:
        """Return the plan with a proposal's needles, and balloons and cement to match them."""
        plan, scene = self._document.plan, self._keeper.scene
        planned = plan.at(level)
        procedure = planned.procedure if planned else Procedure.KYPHOPLASTY
        if scene is None or level not in scene.maps:
            return edits.set_needles(self._with_level(plan), level, proposal.needles)
        request = ProposalRequest(procedure)
        try:
            made = planned_with(proposal, scene.maps[level], request, scene.catalog)
        except PlannerError as problem:
            self.refused.emit(problem)
            return edits.set_needles(self._with_level(plan), level, proposal.needles)
        if planned is not None and planned.cement is not None:
            made = attrs.evolve(made, cement=planned.cement)
        return edits.put_level(plan, made)

    def _side_of_entry(self, vertebra: VertebraModel) -> Side:
        entry = self._ends.get(NeedleEnd.ENTRY)
        if entry is None:
            return self._document.selection.side
        left_mm = float(vertebra.lps_from_vertebra.inverse.point(entry)[0])
        return Side.LEFT if left_mm > 0.0 else Side.RIGHT

    def _with_end(
        self, needle: PlannedNeedle | None, side: Side, vertebra: VertebraModel
    ) -> Plan | None:
        entry, tip = self._ends.get(NeedleEnd.ENTRY), self._ends.get(NeedleEnd.TIP)
        if needle is not None:
            entry, tip = entry or needle.skin_lps_mm, tip or needle.tip_lps_mm
        if entry is None or tip is None:
            return None
        plan = self._with_level(self._document.plan)
        catalog = self._keeper.scene.catalog if self._keeper.scene else None
        model_id = needle.model_id if needle else _usual_model(plan, vertebra, side, catalog)
        placed = PlannedNeedle(side, model_id, entry, tip)
        return edits.put_needle(plan, vertebra.level, self._keeper.on_skin(placed, vertebra.level))

    def _with_level(self, plan: Plan) -> Plan:
        level = self._document.selection.level
        if level is None or plan.at(level) is not None:
            return plan
        return edits.put_level(plan, LevelPlan(level, Procedure.KYPHOPLASTY))

    def _search_failed(self, problem: Exception) -> None:
        self.refused.emit(problem)

    def _forget(self, _case: object) -> None:
        self._proposals = None
        self._ends = {}

    def _forget_ends(self, _selection: object) -> None:
        self._ends = {}


def _usual_model(
    plan: Plan, vertebra: VertebraModel, side: Side, catalog: DeviceCatalog | None
) -> str:
    planned = plan.at(vertebra.level)
    if planned is not None and planned.needles:
        return planned.needles[0].model_id
    if catalog is None:
        raise PlannerError("The catalogue of needles is not loaded.")
    procedure = planned.procedure if planned else Procedure.KYPHOPLASTY
    models = needles_to_try(vertebra, ProposalRequest(procedure), (side,), catalog)
    return models[-1].id

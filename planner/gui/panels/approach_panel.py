"""Stage 3: procedure, way in, needles with their margins, proposals."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from planner.anatomy.levels import Side
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, RowButton, Segments, clear, icon_label, label, set_tone
from planner.gui.panels.needle_card import NeedleCard
from planner.gui.panels.needle_hands import NeedleHands
from planner.gui.panels.needle_plots import NeedlePlots
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.panels.wording import millimetres
from planner.gui.theme import Palette, icon
from planner.gui.variants.variant_bar import VariantBar
from planner.planning.plan import Approach, NeedleRoute, Procedure, approach_of

if TYPE_CHECKING:
    from planner.planning.corridor_search import Proposal
    from planner.planning.plan import LevelPlan

_APPROACH_WORDS = {
    Approach.BIPEDICULAR: "two needles",
    Approach.UNIPEDICULAR_LEFT: "one needle, left",
    Approach.UNIPEDICULAR_RIGHT: "one needle, right",
    Approach.EXTRAPEDICULAR_LEFT: "past the left pedicle",
    Approach.EXTRAPEDICULAR_RIGHT: "past the right pedicle",
    Approach.EXTRAPEDICULAR_BOTH: "past both pedicles",
    Approach.LEFT_EXTRAPEDICULAR_RIGHT_PEDICULAR: "left past, right through",
    Approach.LEFT_PEDICULAR_RIGHT_EXTRAPEDICULAR: "left through, right past",
}
_PROPOSING = "proposals"
_MOST_REASONS = 3


class ApproachPanel(StagePanel):
    """Shows the needles of the selected level; every change is a signal."""

    procedure_chosen = Signal(object)
    approach_chosen = Signal(object)
    model_chosen = Signal(object, str)
    side_activated = Signal(object)
    propose_pressed = Signal()
    proposal_chosen = Signal(int)

    def __init__(self, palette: Palette) -> None:
        super().__init__("Approach", "", palette)
        self.procedure = Segments(
            [(p.value, p.value.capitalize()) for p in Procedure],
            lambda key: self.procedure_chosen.emit(Procedure(key)),
            "procedure",
        )
        self.approach = Segments(
            [
                (Approach.UNIPEDICULAR_LEFT.value, "L"),
                (Approach.UNIPEDICULAR_RIGHT.value, "R"),
                (Approach.BIPEDICULAR.value, "Both"),
                (Approach.EXTRAPEDICULAR_LEFT.value, "Past L"),
                (Approach.EXTRAPEDICULAR_RIGHT.value, "Past R"),
            ],
            lambda key: self.approach_chosen.emit(Approach(key)),
            "approach",
        )
        self.body.addWidget(self.procedure)
        self.body.addWidget(self.approach)
        self.variants = VariantBar(palette)
        self.body.addWidget(self.variants)
        self.cards = {side: NeedleCard(side, palette) for side in Side}
        for card in self.cards.values():
            card.activated.connect(self.side_activated)
            card.model_chosen.connect(self.model_chosen)
            self.body.addWidget(card)
        self.hands = NeedleHands()
        self.body.addWidget(self.hands)
        self.plots = NeedlePlots(palette)
        self.plots.hide()
        self.body.addWidget(self.plots)
        self._empty = self._empty_card()
        self.body.addWidget(self._empty)
        head = QHBoxLayout()
        head.addWidget(label("Proposals", "section"))
        head.addStretch(1)
        self._propose = QPushButton("Propose")
        self._propose.setProperty("kind", "quiet")
        self._propose.setIcon(icon("wand", palette, palette.secondary))
        self._propose.clicked.connect(self.propose_pressed)
        head.addWidget(self._propose)
        self.body.addLayout(head)
        self._search = label("", "secondary")
        self.body.addWidget(self._search)
        self._proposals = QVBoxLayout()
        self._proposals.setSpacing(6)
        self.body.addLayout(self._proposals)
        self._shown: object = self
        self._rows: list[tuple[RowButton, Proposal]] = []
        self.body.addStretch(1)

    def show_state(self, state: DeskState) -> None:
        """Show the plan of the selected level."""
        planned = state.level_plan
        level = state.selection.level
        self.procedure.show_chosen(planned.procedure.value if planned else None)
        self.approach.show_chosen(_approach_of(state))
        sides = _way_words(planned)
        self.subtitle.setText(f"{level.name} · {sides}" if level else sides)
        self.variants.show_state(state)
        for card in self.cards.values():
            card.show_state(state)
        self.hands.show_state(state)
        self._empty.setVisible(not state.has_needles)
        is_proposing = _PROPOSING in state.running
        self._propose.setEnabled(not is_proposing)
        self._propose.setText("Proposing ..." if is_proposing else "Propose")
        self._show_proposals(state)

    def _empty_card(self) -> Card:
        card = Card()
        line = QHBoxLayout()
        line.addWidget(icon_label("needle", self.palette_of_meaning.accent, 18))
        line.addWidget(label("No needle at this level", "section"), 1)
        card.body.addLayout(line)
        card.body.addWidget(
            label(
                "Choose the way in: the program proposes the safest needles. Or press E and "
                "click the skin entry, then T and click the target.",
                "secondary",
                wraps=True,
            )
        )
        return card

    def _show_proposals(self, state: DeskState) -> None:
        proposals = state.proposals
        if proposals is self._shown:
            self._mark_taken(state)
            return
        self._shown = proposals
        clear(self._proposals)
        self._rows = []
        self._search.setText(
            f"{proposals.seconds:.2f} s · {proposals.tried:,} tried" if proposals else ""
        )
        if proposals is None:
            self._proposals.addWidget(
                label("Press Propose to search the safest paths.", "secondary", wraps=True)
            )
            return
        for number, proposal in enumerate(proposals.items):
            row = self._proposal_row(number, proposal)
            self._rows.append((row, proposal))
            self._proposals.addWidget(row)
        self._mark_taken(state)

    def _mark_taken(self, state: DeskState) -> None:
        """Check the proposal whose needles are planned as they were proposed."""
        planned = state.level_plan
        for row, proposal in self._rows:
            row.setChecked(planned is not None and planned.needles == proposal.needles)

    def _proposal_row(self, number: int, proposal: "Proposal") -> RowButton:
        row = RowButton(checkable=True)
        set_tone(row, "" if proposal.is_admissible else "danger")
        row.add_line(
            label(f"{number + 1}  {_APPROACH_WORDS[proposal.approach]}", "strong"),
            label(_least_margin_words(proposal), "strong"),
            stretch_after=0,
        )
        if proposal.place:
            row.add_text(proposal.place, "strong")
        row.add_text(proposal.title)
        if not proposal.is_admissible:
            row.add_text(f"Breaks: {', '.join(proposal.forbidden_by)}", "strong")
        for reason in proposal.reasons[:_MOST_REASONS]:
            row.add_text(reason)
        row.setToolTip("\n".join(proposal.reasons))
        row.setAccessibleName(f"proposal {number + 1}: {proposal.title}")
        row.clicked.connect(lambda: self.proposal_chosen.emit(number))
        return row


def _way_words(planned: "LevelPlan | None") -> str:
    needles = planned.needles if planned else ()
    if not needles:
        return "No needle yet"
    beside = [n.route is NeedleRoute.EXTRAPEDICULAR for n in needles]
    if len(needles) == 1:
        return "One needle, past a pedicle" if beside[0] else "One needle, through a pedicle"
    if any(beside) and not all(beside):
        return "Two needles, one past its pedicle"
    return "Two needles, past the pedicles" if beside[0] else "Two needles, through the pedicles"


def _least_margin_words(proposal: "Proposal") -> str:
    walls = [m.margins.pedicle_wall or m.margins.canal for m in proposal.measures]
    known = [wall.distance_mm for wall in walls if wall is not None]
    return millimetres(min(known)) if known else ""


def _approach_of(state: DeskState) -> str | None:
    planned = state.level_plan
    approach = approach_of(planned.needles) if planned else None
    return approach.value if approach else None

"""Stage 5: cement: what kind, how much, what to draw up, and which limit binds."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton

from planner.assessment.findings import Severity
from planner.devices.device_values import CementModel
from planner.gui.clinical_sources import unverified_bores, unverified_sources
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import (
    Card,
    Chip,
    label,
    set_tone,
    show_doubts,
    unverified_mark,
    value_rows,
)
from planner.gui.panels.cement_band import CementSlider
from planner.gui.panels.choices_card import ChoicesCard
from planner.gui.panels.clock_card import ClockCard
from planner.gui.panels.evidence_card import EvidenceCard
from planner.gui.panels.fill_card import FillCard
from planner.gui.panels.session_card import SessionCard
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.panels.volumes_card import VolumesCard
from planner.gui.panels.wording import millilitres
from planner.gui.theme import Palette, icon
from planner.planning.measures import CementMeasures

_NO_NUMBER = "..."
_ROWS = (
    ("syringe", "draw up", "What goes into bone and what stays in the cannulas."),
    ("share", "share of the body", "Of the body as it is now, collapsed."),
    ("reference", "reference", "Where the literature reports; not a target."),
    ("soft", "soft cap", "Above it the program cautions."),
    ("hard", "hard warning", "Above it the program warns."),
    ("from", "reference by", "The rule that sets the reference here."),
    ("binds", "soft cap by", "The rule that sets the soft cap here."),
)


class CementPanel(StagePanel):
    """Shows the cement of the selected level."""

    add_pressed = Signal()
    remove_pressed = Signal()
    model_chosen = Signal(str)

    def __init__(self, palette: Palette) -> None:
        super().__init__("Cement", "A band of volumes. No number is a target.", palette)
        self.add = QPushButton("Plan cement")
        self.add.setIcon(icon("cement", palette))
        self.add.clicked.connect(self.add_pressed)
        self.body.addWidget(self.add)
        self._card = Card("cement")
        self._fill_card(palette)
        self.body.addWidget(self._card)
        self.fill = FillCard(palette)
        self.choices = ChoicesCard(palette)
        self.evidence = EvidenceCard(palette)
        self.volumes = VolumesCard(palette)
        self.session = SessionCard(palette)
        self.clock = ClockCard(palette)
        for card in (self.fill, self.choices, self.volumes, self.session, self.clock):
            self.body.addWidget(card)
        self._told = label(
            "Maximal safe filling, watched under X-ray, decides the end of injection. "
            "Volume does not settle pain; leaks grow with it.",
            "secondary",
            wraps=True,
        )
        self.body.addWidget(self._told)
        self.body.addWidget(self.evidence)
        self.body.addStretch(1)

    def _fill_card(self, palette: Palette) -> None:
        top = QHBoxLayout()
        self.model = QComboBox()
        self.model.setAccessibleName("cement")
        self.model.activated.connect(lambda _i: self.model_chosen.emit(self._model_id()))
        self._model_mark = unverified_mark("", palette)
        self.remove = QPushButton("Remove")
        self.remove.setProperty("kind", "quiet")
        self.remove.clicked.connect(self.remove_pressed)
        top.addWidget(self.model, 1)
        top.addWidget(self._model_mark)
        top.addWidget(self.remove)
        numbers = QHBoxLayout()
        self.headline = label(_NO_NUMBER, "headline")
        self.chip = Chip(palette)
        numbers.addWidget(self.headline)
        numbers.addStretch(1)
        numbers.addWidget(self.chip)
        self.slider = CementSlider(palette)
        self.rows = value_rows(_ROWS)
        body = self._card.body
        body.addLayout(top)
        body.addLayout(numbers)
        body.addWidget(label("ml into this level, all needles together", "secondary"))
        body.addSpacing(4)
        body.addWidget(self.slider)
        self._dead_mark = unverified_mark("", palette)
        self.rows["syringe"].add_mark(self._dead_mark)
        for key, row in self.rows.items():
            sources = unverified_sources(key)
            if sources:
                row.add_mark(unverified_mark(sources, palette))
            body.addWidget(row)
        self.why = label("", "secondary", wraps=True)
        body.addWidget(self.why)

    def show_state(self, state: DeskState) -> None:
        """Show the cement of the selected level."""
        cement = state.level_plan.cement if state.level_plan else None
        of_cement = (self.fill, self.choices, self.volumes, self.session, self.clock)
        for card in (self._card, *of_cement):
            card.setVisible(cement is not None)
        self.evidence.show_state(state)
        self.add.setVisible(cement is None)
        if cement is None:
            return
        self.fill.show_state(state)
        self.choices.show_state(state)
        self.volumes.show_state(state)
        self.session.show_state(state)
        self.clock.show_state(state)
        self._show_models(state.catalog.cements if state.catalog else (), cement.model_id)
        if state.catalog and state.level_plan:
            show_doubts(self._dead_mark, unverified_bores((state.level_plan,), state.catalog))
        level = state.level_assessment
        measures = level.cement if level else None
        self.headline.setText(f"{cement.volume_ml:.1f}")
        self.slider.show_volume(cement.volume_ml, measures.band if measures else None)
        if measures is None:
            self.chip.show_updating()
            self.why.clear()
            for row in self.rows.values():
                row.show_value(_NO_NUMBER)
        else:
            self._show_measures(measures)

    def _model_id(self) -> str:
        return str(self.model.currentData())

    def _show_models(self, models: tuple[CementModel, ...], model_id: str) -> None:
        if self.model.count() != len(models):
            self.model.clear()
            for model in models:
                self.model.addItem(model.title, model.id)
        self.model.setCurrentIndex(self.model.findData(model_id))
        chosen = next((m for m in models if m.id == model_id), None)
        self._model_mark.setVisible(chosen is not None and not chosen.source.verified)
        if chosen is not None:
            self._model_mark.setToolTip(f"Unverified. {chosen.source.text}")

    def _show_measures(self, measures: CementMeasures) -> None:
        words, severity = _place_in_band(measures)
        self.chip.show_judgement(words, severity)
        set_tone(self.headline, "" if severity is Severity.SAFE else severity.value)
        band = measures.band
        for key, text in {
            "syringe": millilitres(measures.syringe_ml),
            "share": f"{measures.fill_share:.0%}",
            "reference": millilitres(band.reference_ml),
            "soft": millilitres(band.soft_ml),
            "hard": millilitres(band.hard_ml),
            "from": band.reference_limit,
            "binds": band.binding_limit,
        }.items():
            self.rows[key].show_value(text)
        self.why.setText(" ".join(band.reasons))


def _place_in_band(measures: CementMeasures) -> tuple[str, Severity]:
    if measures.volume_ml > measures.band.hard_ml:
        return "above hard warning", Severity.DANGER
    if measures.volume_ml > measures.band.soft_ml:
        return "above soft cap", Severity.CAUTION
    return "inside the band", Severity.SAFE

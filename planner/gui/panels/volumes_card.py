"""What goes in on each side, what to draw up and mix, and the plan in the user's own device."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QFormLayout, QHBoxLayout

from planner.devices.device_values import CementModel
from planner.gui.clinical_sources import unverified_bores
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, label, show_doubts, unverified_mark, with_room
from planner.gui.panels.dead_volume_entry import DeadVolumeEntry
from planner.gui.panels.text_grid import TextGrid
from planner.gui.panels.wording import millilitres, side_word
from planner.gui.theme import Palette
from planner.planning.cement_plan import injection_steps, side_volumes
from planner.planning.plan import Injector, LevelPlan

_USUAL = Injector(ml_per_turn=0.5, ml_per_minute=1.0)
"""Where the fields stand before the user has entered their own device's figures."""


class VolumesCard(Card):
    """Side by side volumes, powder and liquid, turns and minutes."""

    injector_entered = Signal(object)
    dead_volume_entered = Signal(object)
    """`DeadVolume` as the user has read it."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        head = QHBoxLayout()
        head.addWidget(label("Drawing up", "section"))
        head.addStretch(1)
        self.body.addLayout(head)
        self._lines = TextGrid(wraps=True)
        self.body.addWidget(self._lines)
        self.dead_mark = unverified_mark("", palette)
        head.addWidget(self.dead_mark)
        self.dead_volume = DeadVolumeEntry()
        self.dead_volume.entered.connect(self.dead_volume_entered)
        self.body.addWidget(self.dead_volume)
        form = QFormLayout()
        form.setContentsMargins(0, 4, 0, 0)
        self.per_turn = self._field("ml per turn or small syringe")
        self.per_minute = self._field("ml per minute")
        form.addRow("ml per turn", self.per_turn)
        form.addRow("ml per minute", self.per_minute)
        self.body.addLayout(form)
        self.steps = label("", "strong", wraps=True)
        self.body.addWidget(self.steps)
        self._shown: tuple[object, ...] = ()

    def _field(self, name: str) -> QDoubleSpinBox:
        field = with_room(QDoubleSpinBox())
        field.setRange(0.05, 10.0)
        field.setDecimals(2)
        field.setSingleStep(0.05)
        field.setKeyboardTracking(False)
        field.setAccessibleName(name)
        field.setToolTip("From your own device's sheet. No pressure is computed.")
        field.valueChanged.connect(
            lambda _v: self.injector_entered.emit(
                Injector(self.per_turn.value(), self.per_minute.value())
            )
        )
        return field

    def show_state(self, state: DeskState) -> None:
        """Show the volumes of the plan on the desk."""
        planned, catalog = state.level_plan, state.catalog
        if planned is None or planned.cement is None or catalog is None:
            return
        injector = state.plan.injector
        now = (planned, injector, catalog)
        if now == self._shown:
            return
        self._shown = now
        used = sorted({needle.model_id for needle in planned.needles})
        self.dead_volume.show_models([catalog.needle(model_id) for model_id in used])
        show_doubts(self.dead_mark, unverified_bores((planned,), catalog))
        sides = [
            f"{side_word(side.side)}: {millilitres(side.volume_ml)} into bone, draw up "
            f"{millilitres(side.syringe_ml)} with what stays in the cannula."
            for side in side_volumes(planned, catalog)
        ]
        known = _words_of(catalog.cement(planned.cement.model_id))
        self._lines.show_rows([[words] for words in (*sides, *known)])
        shown = injector or _USUAL
        for field, value in (
            (self.per_turn, shown.ml_per_turn),
            (self.per_minute, shown.ml_per_minute),
        ):
            with QSignalBlocker(field):
                field.setValue(value)
        self.steps.setText(_steps_words(planned, injector))


def _words_of(model: CementModel) -> list[str]:
    words = [f"{model.kind}, {model.viscosity} viscosity."]
    if model.powder_g is not None and model.liquid_g is not None:
        words.append(f"One pack: {model.powder_g:g} g powder, {model.liquid_g:g} g liquid.")
    else:
        words.append("Powder and liquid: not known here, see the product's sheet.")
    return [*words, *model.known]


def _steps_words(planned: LevelPlan, injector: Injector | None) -> str:
    if injector is None or planned.cement is None:
        return "Enter your injector's figures to read the plan in turns and minutes."
    each_ml = planned.cement.volume_ml / max(len(planned.needles), 1)
    one, all_of = (
        injection_steps(each_ml, injector),
        injection_steps(planned.cement.volume_ml, injector),
    )
    return (
        f"{one.turns:.1f} turns a needle, {all_of.turns:.1f} in all, "
        f"{all_of.minutes:.1f} min at a steady flow."
    )

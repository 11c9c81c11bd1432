"""Stage 4: balloons on the needles' axes: model, depth, volume, contact."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from planner.anatomy.levels import Side
from planner.devices.device_values import BalloonModel
from planner.gui.clinical_sources import unverified_sources
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, ValueRow, label, set_tone, unverified_mark
from planner.gui.panels.height_card import HeightCard
from planner.gui.panels.limits_entry import LimitsEntry
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.panels.wording import millilitres, millimetres, side_word
from planner.gui.theme import Palette, icon
from planner.planning.measures import BalloonMeasures
from planner.planning.plan import PlannedBalloon

_STEPS_PER_MM = 2
_STEPS_PER_ML = 10
_DEPTH_RANGE_MM = (-20, 10)
_NO_NUMBER = "..."


class BalloonCard(Card):
    """One side's balloon."""

    model_chosen = Signal(object, str)
    depth_changed = Signal(object, float)
    volume_changed = Signal(object, float)
    drag_began = Signal(str)
    drag_ended = Signal()
    add_pressed = Signal(object)
    remove_pressed = Signal(object)
    gauge_read = Signal(object, object)
    """The side, and what the gauge reads in psi, None for no reading."""
    limits_entered = Signal(object)
    """`BalloonLimits` as the user has read them."""

    def __init__(self, side: Side, palette: Palette) -> None:
        super().__init__(side.value)
        self.side = side
        top = QHBoxLayout()
        top.addWidget(label(f"{side_word(side)} balloon", "section"))
        top.addStretch(1)
        self.remove = QPushButton("Remove")
        self.remove.setProperty("kind", "quiet")
        self.remove.clicked.connect(lambda: self.remove_pressed.emit(side))
        top.addWidget(self.remove)
        self.body.addLayout(top)
        self.add = QPushButton("Add a balloon")
        self.add.setIcon(icon("plus", palette))
        self.add.clicked.connect(lambda: self.add_pressed.emit(side))
        self.body.addWidget(self.add)
        self._details = QWidget()
        details = QVBoxLayout(self._details)
        details.setContentsMargins(0, 0, 0, 0)
        details.setSpacing(5)
        self.body.addWidget(self._details)
        self._fill_details(details, palette)

    def _add_model(self, details: QVBoxLayout, palette: Palette) -> None:
        """Add what tells one product from another."""
        side = self.side
        self.model = QComboBox()
        self.model.setAccessibleName(f"{side.value} balloon's model")
        self.model.activated.connect(lambda _i: self.model_chosen.emit(side, self._model_id()))
        self._model_mark = unverified_mark("", palette)
        details.addLayout(_line(self.model, self._model_mark, stretches=True))
        self.published_size = label("", "secondary", wraps=True)
        self.published_size.setToolTip(
            "As published. The markers stand at both ends of the working length."
        )
        details.addWidget(self.published_size)
        self._cannula = label("", "secondary", wraps=True)
        self._cannula_mark = unverified_mark("", palette)
        details.addLayout(_line(self._cannula, self._cannula_mark, stretches=True))

    def _fill_details(self, details: QVBoxLayout, palette: Palette) -> None:
        side = self.side
        self._add_model(details, palette)
        self.contact = ValueRow("to the cortex", "From the balloon's surface to the nearest wall.")
        self.wall = ValueRow("nearest wall")
        self.touched = label("", "strong", wraps=True)
        self.touched.setToolTip("How much of which wall of the body it presses on.")
        set_tone(self.touched, "danger")
        self.marker = ValueRow(
            "rear marker beyond cannula", "The balloon opens only outside the cannula."
        )
        self.depth_slider, self._depth_value = self._slider(
            details, "Depth beyond the tip", "depth"
        )
        self.depth_slider.setRange(*(mm * _STEPS_PER_MM for mm in _DEPTH_RANGE_MM))
        self.depth_slider.valueChanged.connect(
            lambda steps: self.depth_changed.emit(side, steps / _STEPS_PER_MM)
        )
        self.volume_slider, self._volume_value = self._slider(details, "Volume", "volume")
        self.volume_slider.valueChanged.connect(
            lambda steps: self.volume_changed.emit(side, steps / _STEPS_PER_ML)
        )
        self._limits = label("", "secondary", wraps=True)
        self._limits_mark = unverified_mark("", palette)
        details.addLayout(_line(self._limits, self._limits_mark, stretches=True))
        for row, key in (
            (self.contact, "balloon-contact"),
            (self.wall, ""),
            (self.marker, "rear-marker"),
        ):
            if sources := unverified_sources(key):
                row.add_mark(unverified_mark(sources, palette))
            details.addWidget(row)
        details.addWidget(self.touched)
        self.limits = LimitsEntry(side.value)
        self.limits.entered.connect(self.limits_entered)
        self.limits.gauge_read.connect(lambda psi: self.gauge_read.emit(side, psi))
        details.addWidget(self.limits)
        self.stop = label("", "strong", wraps=True)
        set_tone(self.stop, "caution")
        details.addWidget(self.stop)

    def show_state(self, state: DeskState) -> None:
        """Show the balloon of this side."""
        planned = state.level_plan
        needle = planned.needle(self.side) if planned else None
        self.setVisible(needle is not None)
        balloon = planned.balloon(self.side) if planned else None
        for widget, is_shown in (
            (self._details, balloon is not None),
            (self.remove, balloon is not None),
            (self.add, balloon is None),
        ):
            widget.setVisible(is_shown)
        if balloon is None:
            return
        models = state.catalog.balloons if state.catalog else ()
        self._show_models(models, balloon)
        self._show_sliders(balloon)
        level = state.level_assessment
        measures = level.balloon(self.side) if level else None
        self._show_measures(measures)
        self._show_stop(state, balloon, measures)

    def _show_stop(
        self, state: DeskState, balloon: PlannedBalloon, measures: BalloonMeasures | None
    ) -> None:
        self.stop.setVisible(False)
        if measures is None or state.catalog is None:
            return
        from planner.simulation.height_restoration import stop_advice

        reasons = stop_advice(
            state.heights.prediction if state.heights else None,
            measures.touched_mm2,
            balloon.volume_ml,
            state.catalog.balloon(balloon.model_id),
            balloon.gauge_psi,
        )
        self.stop.setText("Stop inflating. " + " ".join(reasons))
        self.stop.setVisible(bool(reasons))

    def _model_id(self) -> str:
        return str(self.model.currentData())

    def _show_models(self, models: tuple[BalloonModel, ...], balloon: PlannedBalloon) -> None:
        if self.model.count() != len(models):
            self.model.clear()
            for model in models:
                self.model.addItem(model.title, model.id)
        self.model.setCurrentIndex(self.model.findData(balloon.model_id))
        chosen = next((m for m in models if m.id == balloon.model_id), None)
        if chosen is None:
            return
        self._model_mark.setVisible(not chosen.source.verified)
        self._model_mark.setToolTip(f"Unverified. {chosen.source.text}")
        band = f"{chosen.colour_band} band, " if chosen.colour_band else ""
        self.published_size.setText(
            f"{band}{chosen.working_length_mm:.0f} mm from marker to marker"
        )
        self._cannula.setText(
            f"cannula {chosen.minimum_gauge} G or wider, "
            f"{chosen.deflated_diameter_mm:.1f} mm wide when empty"
        )
        self._cannula_mark.setVisible(not chosen.cannula_source.verified)
        self._cannula_mark.setToolTip(f"Unverified. {chosen.cannula_source.text}")
        self._limits.setText(
            f"up to {chosen.maximum_volume_ml:.1f} ml and {chosen.maximum_pressure_psi:.0f} psi"
        )
        self.limits.show_model(chosen, balloon.gauge_psi)
        self._limits_mark.setVisible(not chosen.limits_confirmed)
        self._limits_mark.setToolTip(f"Unverified. {chosen.limits_source.text}")
        with QSignalBlocker(self.volume_slider):
            self.volume_slider.setRange(0, round(chosen.maximum_volume_ml * _STEPS_PER_ML))

    def _show_sliders(self, balloon: PlannedBalloon) -> None:
        for slider, steps in (
            (self.depth_slider, round(balloon.front_beyond_tip_mm * _STEPS_PER_MM)),
            (self.volume_slider, round(balloon.volume_ml * _STEPS_PER_ML)),
        ):
            with QSignalBlocker(slider):
                slider.setValue(steps)
        self._depth_value.show_value(millimetres(balloon.front_beyond_tip_mm))
        self._volume_value.show_value(millilitres(balloon.volume_ml))

    def _show_measures(self, measures: BalloonMeasures | None) -> None:
        if measures is None:
            self.touched.hide()
            for row in (self.contact, self.wall, self.marker):
                row.show_value(_NO_NUMBER)
            return
        touches = measures.contact_mm <= 0.0
        self.contact.show_value(
            f"{measures.contact_mm:.1f} mm, {'touches' if touches else 'clear'}",
            "danger" if touches else "",
        )
        self.wall.show_value(measures.nearest_wall)
        self.touched.setVisible(bool(measures.touched))
        walls = [f"{c.wall} {c.area_mm2:.0f} mm\N{SUPERSCRIPT TWO}" for c in measures.touched]
        self.touched.setText("presses on " + ", ".join(walls))
        self.marker.show_value(
            millimetres(measures.rear_marker_beyond_cannula_mm),
            "danger" if measures.rear_marker_beyond_cannula_mm < 0.0 else "",
        )

    def _slider(self, column: QVBoxLayout, name: str, what: str) -> tuple[QSlider, ValueRow]:
        row = ValueRow(name)
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setAccessibleName(f"{self.side.value} balloon's {what}")
        slider.sliderPressed.connect(lambda: self.drag_began.emit(f"balloon {what}"))
        slider.sliderReleased.connect(self.drag_ended)
        column.addWidget(row)
        column.addWidget(slider)
        return slider, row


class BalloonPanel(StagePanel):
    """Shows both sides' balloons of the selected level."""

    def __init__(self, palette: Palette) -> None:
        super().__init__("Balloon", "On the needle's axis: its only freedom is depth", palette)
        self.cards = {side: BalloonCard(side, palette) for side in Side}
        self.heights = HeightCard(palette)
        for card in (*self.cards.values(), self.heights):
            self.body.addWidget(card)
        self.body.addStretch(1)

    def show_state(self, state: DeskState) -> None:
        """Show the balloons."""
        for card in self.cards.values():
            card.show_state(state)
        self.heights.show_state(state)


def _line(*widgets: QWidget, stretches: bool) -> QHBoxLayout:
    line = QHBoxLayout()
    for number, widget in enumerate(widgets):
        line.addWidget(widget, 1 if stretches and number == 0 else 0)
    return line

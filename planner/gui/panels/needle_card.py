"""One needle: its least margin as a headline, the grade, angles, depths and gauge."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import LevelAssessment, Severity
from planner.devices.device_values import DeviceCatalog, NeedleModel
from planner.gui.clinical_sources import unverified_sources
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import (
    Card,
    Chip,
    Reading,
    label,
    set_tone,
    unverified_mark,
    value_rows,
)
from planner.gui.panels.wording import (
    angle_words,
    landmark_words,
    millimetres,
    side_word,
    walls_words,
    with_uncertainty,
    worst_of,
)
from planner.gui.theme import Palette
from planner.planning.kyphoplasty_chain import kyphoplasty_chain, pedicle_en_face
from planner.planning.measures import BreachGrade, NeedleLandmarks, NeedleMeasures
from planner.planning.plan import NeedleRoute, PlannedNeedle

_NO_NUMBER = "..."
_SUPINE = "Supine estimate: the patient lies prone in the theatre, and the skin moves."
_POSSIBLE_TIP = (
    "To soft tissue in front of the spine in which no contrast agent tells a great vessel apart: "
    "told, and judged by no limit."
)
_WALLS_TIP = (
    "Straight outwards from the needle's surface to the medial, inferior, lateral and superior "
    "wall of the pedicle; roots lie medial and inferior."
)
_LANDMARKS_TIP = (
    "Depths from where the needle meets bone: isthmus, posterior wall of the body, tip."
)
_CHAIN_TIP = (
    "From where the needle meets bone: the working cannula's end, the drill's depth short of the "
    "anterior cortex, and the way between them that a balloon can open in."
)
_ROWS = (
    ("canal", "canal", "From the needle's surface to the bony canal."),
    ("foramen", "nerve root canal", "From the needle's surface to the neural foramina."),
    ("bone", "from bone", "From where the needle meets bone to its tip."),
    ("transverse", "transverse", "In the vertebra's axial plane."),
    ("sagittal", "sagittal", "In the vertebra's sagittal plane."),
    ("walls", "walls m · i · l · s", _WALLS_TIP),
    ("landmarks", "isthmus · wall · tip", _LANDMARKS_TIP),
    ("endplate", "endplate", "From the needle's surface to the nearest endplate."),
    ("anterior", "anterior cortex", "From the tip to the front wall of the body."),
    ("vessel", "great vessel", "From the needle's surface to a vessel labelled or seen."),
    ("possible", "may be a vessel", _POSSIBLE_TIP),
    ("fill", "share of pedicle", "The needle's diameter over the pedicle's least width."),
    ("c_arm", "C-arm down the needle", "Orbital towards the patient's left, angular cranial."),
    ("pedicle_c_arm", "C-arm down the pedicle", "Along the pedicle's own axis: orbital, angular."),
    ("chain", "cannula · drill · room", _CHAIN_TIP),
    ("skin", "from skin, supine estimate", _SUPINE),
    ("midline", "skin to midline, supine est.", _SUPINE),
)
_ALWAYS_SHOWN = frozenset({"canal", "foramen", "bone", "transverse", "sagittal"})
"""The other rows are shown for the active needle only, so that both cards fit the panel."""
_BESIDE_CODES = frozenset(
    {"canal-margin", "foramen-margin", "neighbour-bone", "lung-margin", "vessel-margin"}
)
_BESIDE_WORDS = "not applicable past the pedicle"
_GRADE_CODES = frozenset({"pedicle-wall", "medial-wall", "bone-path"})
_ROW_CODES = {
    "canal": "canal-margin",
    "foramen": "foramen-margin",
    "endplate": "endplate",
    "anterior": "anterior-cortex",
    "vessel": "vessel-margin",
    "fill": "pedicle-fill",
    "skin": "skin-entry",
}
"""Which finding judges a row's number."""


class NeedleCard(Card):
    """Shows one needle; the numbers are those of the current plan or they are not shown."""

    activated = Signal(object)
    model_chosen = Signal(object, str)

    def __init__(self, side: Side, palette: Palette) -> None:
        super().__init__(side.value)
        self.side = side
        self._palette = palette
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        top = QHBoxLayout()
        self._name = label(f"{side_word(side)} needle", "section")
        self.gauge = QComboBox()
        self.gauge.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.gauge.setAccessibleName(f"{side.value} needle's gauge and length")
        self.gauge.activated.connect(
            lambda _index: self.model_chosen.emit(side, self.gauge.currentData())
        )
        self._mark = unverified_mark("", palette)
        top.addWidget(self._name)
        top.addStretch(1)
        top.addWidget(self.gauge)
        top.addWidget(self._mark)
        self.body.addLayout(top)
        numbers = QHBoxLayout()
        self.headline = Reading("headline")
        self._uncertainty = Reading("secondary")
        self.chip = Chip(palette)
        numbers.addWidget(self.headline)
        numbers.addWidget(self._uncertainty, 0, Qt.AlignmentFlag.AlignBottom)
        numbers.addStretch(1)
        numbers.addWidget(self.chip)
        self.body.addLayout(numbers)
        self._caption = label("mm to the pedicle wall", "secondary", wraps=True)
        self.body.addWidget(self._caption)
        self.body.addSpacing(4)
        self.rows = value_rows(_ROWS)
        self.rows["chain"].add_mark(unverified_mark(unverified_sources("chain"), palette))
        for row in self.rows.values():
            self.body.addWidget(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make this needle the active one."""
        self.activated.emit(self.side)
        super().mousePressEvent(event)

    def show_state(self, state: DeskState) -> None:
        """Show the needle of this side, or nothing when there is none."""
        planned = state.level_plan.needle(self.side) if state.level_plan else None
        self.setVisible(planned is not None)
        if planned is None:
            return
        is_active = state.side is self.side
        is_beside = planned.route is NeedleRoute.EXTRAPEDICULAR
        caption = "mm to the canal, past the pedicle" if is_beside else "mm to the pedicle wall"
        self._caption.setText(caption + (" · active needle" if is_active else ""))
        self._show_model(planned, state.catalog)
        assessment = state.level_assessment
        measures = assessment.needle(self.side) if assessment else None
        shown = _rows_of(state, measures) if is_active else _ALWAYS_SHOWN
        # Once each: a row shown and hidden again would have the whole panel laid out anew.
        for key, row in self.rows.items():
            row.setVisible(key in shown)
        if assessment is None or measures is None:
            self._show_updating()
        else:
            self._show_margin(measures, assessment)
            self._show_rows(measures, assessment)
            self._show_theatre(measures, state.vertebra)

    def _show_model(self, planned: PlannedNeedle, catalog: DeviceCatalog | None) -> None:
        models = catalog.needles if catalog else ()
        if self.gauge.count() != len(models):
            self.gauge.clear()
            for model in models:
                self.gauge.addItem(f"{model.gauge} G · {model.length_mm:.0f} mm", model.id)
        self.gauge.setCurrentIndex(self.gauge.findData(planned.model_id))
        chosen = next((m for m in models if m.id == planned.model_id), None)
        doubts = _unverified_words(chosen) if chosen else ""
        self._mark.setVisible(bool(doubts))
        self._mark.setToolTip(f"Unverified. {doubts}")

    def _show_updating(self) -> None:
        self.headline.show_text(_NO_NUMBER)
        set_tone(self.headline, "note")
        self._uncertainty.show_text("")
        self.chip.show_updating()
        for row in self.rows.values():
            row.show_value(_NO_NUMBER)

    def _show_margin(self, measures: NeedleMeasures, assessment: LevelAssessment) -> None:
        is_beside = measures.route is NeedleRoute.EXTRAPEDICULAR
        margin = measures.margins.canal if is_beside else measures.margins.pedicle_wall
        codes = _BESIDE_CODES if is_beside else _GRADE_CODES
        judged = worst_of(assessment, self.side, codes) or _severity_of(measures.grade)
        if margin is None:
            self.headline.show_text(_NO_NUMBER)
            self._uncertainty.show_text("")
        else:
            self.headline.show_text(f"{margin.distance_mm:.1f}")
            self._uncertainty.show_text(f"± {margin.uncertainty_mm:.1f}")
        set_tone(self.headline, "" if judged is Severity.SAFE else judged.value)
        grade = f"grade {measures.grade.value}" if measures.grade else "no grade"
        self.chip.show_judgement("grade n/a" if is_beside else grade, judged)
        words = _BESIDE_WORDS if is_beside else _GRADE_WORDS[measures.grade]
        self.chip.setToolTip(f"Gertzbein-Robbins: {words}")

    def _show_rows(self, measures: NeedleMeasures, assessment: LevelAssessment) -> None:
        margins = measures.margins
        fill = measures.pedicle_fill_share
        values = {
            "canal": with_uncertainty(margins.canal),
            "foramen": with_uncertainty(margins.foramen),
            "walls": walls_words(measures.walls),
            "landmarks": landmark_words(_passed(measures)),
            "endplate": with_uncertainty(margins.endplate),
            "anterior": with_uncertainty(margins.anterior_cortex),
            "vessel": with_uncertainty(measures.vessel),
            "possible": with_uncertainty(measures.possible_vessel),
            "transverse": angle_words(measures.transverse_deg, "to midline", "outwards"),
            "sagittal": angle_words(measures.sagittal_deg, "down", "up"),
            "bone": millimetres(measures.depth_from_bone_mm),
            "skin": millimetres(measures.depth_from_skin_mm),
            "midline": millimetres(measures.skin_entry_from_midline_mm),
            "fill": "not known" if fill is None else f"{fill:.0%}",
            "c_arm": (f"{measures.en_face.orbital_deg:.0f}° / {measures.en_face.angular_deg:.0f}°"),
        }
        for key, text in values.items():
            code = _ROW_CODES.get(key, "")
            judged = worst_of(assessment, self.side, frozenset({code}))
            is_bad = judged in {Severity.DANGER, Severity.CAUTION}
            tone = judged.value if judged and is_bad else ""
            self.rows[key].show_value(f"{tone}  {text}".strip(), tone)

    def _show_theatre(self, measures: NeedleMeasures, vertebra: VertebraModel | None) -> None:
        """Show what is set up and goes in after the needle."""
        down = pedicle_en_face(vertebra, self.side) if vertebra else None
        chain = kyphoplasty_chain(measures, vertebra) if vertebra else None
        self.rows["pedicle_c_arm"].show_value(
            "no pedicle" if down is None else f"{down.orbital_deg:.0f}° / {down.angular_deg:.0f}°"
        )
        self.rows["chain"].show_value(
            "not known"
            if chain is None
            else f"{chain.cannula_end_mm:.0f} · {chain.drill_mm:.0f} · {chain.room_mm:.0f} mm"
        )


_GRADE_WORDS = {
    BreachGrade.A: "inside the pedicle",
    BreachGrade.B: "less than 2 mm out of the pedicle",
    BreachGrade.C: "2 to 4 mm out of the pedicle",
    BreachGrade.D: "4 to 6 mm out of the pedicle",
    BreachGrade.E: "more than 6 mm out of the pedicle",
    None: "not graded: slices too thick, or no pedicle on this path",
}


def judging_codes() -> frozenset[str]:
    """Return the codes of the findings by which a card is coloured."""
    return _GRADE_CODES | frozenset(_ROW_CODES.values())


def _rows_of(state: DeskState, measures: NeedleMeasures | None) -> set[str]:
    """Return the rows of the active needle."""
    absent = set() if state.is_kyphoplasty else {"chain"}
    # Only what there is: a row of dashes would read as if none had been found.
    if measures is not None and measures.vessel is None:
        absent.add("vessel")
    if measures is not None and measures.possible_vessel is None:
        absent.add("possible")
    return {key for key, _name, _tip in _ROWS} - absent


def _passed(measures: NeedleMeasures) -> NeedleLandmarks | None:
    """Return what a needle passes inside bone: one past the pedicle has no isthmus."""
    found = measures.landmarks
    if found is None or measures.route is NeedleRoute.TRANSPEDICULAR:
        return found
    wall_mm = found.posterior_wall_mm
    is_inside = wall_mm is not None and wall_mm >= 0.0
    return NeedleLandmarks(None, wall_mm if is_inside else None, found.tip_mm)


def _severity_of(grade: BreachGrade | None) -> Severity:
    # Without a finding nobody has held the margin against its limit: never green then.
    return Severity.NOTE if grade in {None, BreachGrade.A} else Severity.DANGER


def _unverified_words(model: NeedleModel) -> str:
    sources = (("Diameter", model.source), ("Length", model.length_source))
    return " ".join(f"{what}: {s.text}" for what, s in sources if not s.verified)

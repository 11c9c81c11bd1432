"""The page that makes a digital-spine case: the choices right, what they come to in the middle."""

import secrets
from typing import Any

import attrs
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.digital_spine.level_table import table_levels
from planner.digital_spine.model_patient import BoneQuality
from planner.gui.desk_state import DeskState
from planner.gui.make_case.case_request import (
    LEAST_SEVERITY,
    MOST_SEED,
    MOST_SEVERITY,
    CaseKind,
    CaseRequest,
)
from planner.gui.page_frame import lay_out_page
from planner.gui.panels.cards import Card, Segments, icon_label, label, with_room
from planner.gui.panels.side_panel import SidePanel
from planner.gui.slice_picture import SlicePicture
from planner.gui.stages import Stage
from planner.gui.stepper import Stepper
from planner.gui.theme import Palette
from planner.gui.upright_slice import upright_slice
from planner.workflow.preview_case import CasePreview

_DRAWING = "Drawing what is chosen"
_SEXES = (("female", "Female"), ("male", "Male"))
_A_MODEL = "A model, not a patient: a digital spine whose every measure is known."


class MakeCasePage(QWidget):
    """Holds one `CaseRequest`; says when it changes and when it shall be made."""

    request_changed = Signal(object)
    make_pressed = Signal(object)
    back_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("page")
        self._request = CaseRequest()
        self.level = QComboBox()
        self.kind = QComboBox()
        self.bone = QComboBox()
        for level in table_levels():
            self.level.addItem(level.name, level)
        for kind in CaseKind:
            self.kind.addItem(kind.value, kind)
        for bone in BoneQuality:
            self.bone.addItem(bone.value.capitalize(), bone)
        self.sex = Segments(_SEXES, lambda sex: self._change(sex=sex), "sex")
        self.severity = QSlider(Qt.Orientation.Horizontal)
        self.severity.setRange(round(LEAST_SEVERITY * 100), round(MOST_SEVERITY * 100))
        self.percent = label("", "headline")
        self.seed = with_room(QSpinBox())
        self.seed.setRange(0, MOST_SEED)
        self.another = QPushButton("Another")
        self.companions = QCheckBox("MR and X-rays too; takes longer")
        self.companions.setToolTip("T1, T2 and STIR, and AP and lateral X-rays of the same patient")
        self.picture = SlicePicture()
        self.measures = label("", "strong")
        self.panel = self._side(palette)
        stepper = Stepper(palette)
        stepper.show_state(DeskState(), Stage.STUDY)
        lay_out_page(self, stepper, self._middle(palette), self.panel)
        self._connect()
        self._show()
        self.setFocusProxy(self.level)

    @property
    def request(self) -> CaseRequest:
        """What is chosen now."""
        return self._request

    def show_preview(self, preview: CasePreview) -> None:
        """Show the middle slice of what is chosen, and the heights of its level."""
        self.picture.show_slice(upright_slice(preview.voxels_hu, preview.geometry, 0))
        heights = " / ".join(f"{value:.1f}" for value in preview.heights_mm)
        self.measures.setText(
            f"{self._request.level.name} mid-sagittal. "
            f"Heights in front, middle, behind: {heights} mm"
        )
        self.panel.primary.setEnabled(True)

    def show_refusal(self, sentence: str) -> None:
        """Say why what is chosen cannot be made."""
        self.picture.show_words(sentence)
        self.measures.setText("")
        self.panel.primary.setEnabled(False)

    def _middle(self, palette: Palette) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        told = QHBoxLayout()
        told.setContentsMargins(4, 0, 4, 0)
        told.addWidget(icon_label("levels", palette.balloon))
        told.addWidget(label(_A_MODEL, "strong"), 1)
        column.addLayout(told)
        column.addWidget(self.picture, 1)
        column.addWidget(self.measures)
        return middle

    def _side(self, palette: Palette) -> SidePanel:
        panel = SidePanel("Make a case", "A CT of a model spine to plan and rehearse on", palette)
        panel.body.addWidget(_card(_row("level", self.level), _row("kind", self.kind)))
        self._loss = Card()
        self._loss.body.addWidget(self.percent)
        self._loss.body.addWidget(label("of its height lost where it is most", "secondary"))
        self._loss.body.addWidget(self.severity)
        panel.body.addWidget(self._loss)
        panel.body.addWidget(
            _card(
                _row("bone", self.bone),
                _row("sex", self.sex),
                _row("patient", self.seed, self.another),
            )
        )
        panel.body.addWidget(self.companions)
        panel.body.addWidget(
            label(
                "Another number is another patient; the same choices give the same images.",
                "secondary",
                wraps=True,
            )
        )
        panel.body.addStretch(1)
        panel.show_next("Make and open", enabled=True)
        self.back = QPushButton("Back  (Esc)")
        panel.foot.addWidget(self.back)
        self.level.setAccessibleName("level")
        self.kind.setAccessibleName("kind")
        self.severity.setAccessibleName("height lost, in percent")
        self.bone.setAccessibleName("bone quality")
        self.seed.setAccessibleName("patient number")
        self.another.setAccessibleName("another patient")
        return panel

    def _connect(self) -> None:
        self.level.currentIndexChanged.connect(lambda: self._change(level=self.level.currentData()))
        self.kind.currentIndexChanged.connect(lambda: self._change(kind=self.kind.currentData()))
        self.bone.currentIndexChanged.connect(lambda: self._change(bone=self.bone.currentData()))
        self.severity.valueChanged.connect(lambda value: self._change(severity=value / 100))
        self.seed.valueChanged.connect(lambda value: self._change(seed=value))
        self.companions.toggled.connect(lambda on: self._change(has_companions=on))
        self.another.clicked.connect(lambda: self._change(seed=secrets.randbelow(MOST_SEED + 1)))
        self.panel.primary.clicked.connect(lambda: self.make_pressed.emit(self._request))
        self.back.clicked.connect(self.back_pressed)

    def _change(self, **choice: Any) -> None:
        request = attrs.evolve(self._request, **choice)
        if request != self._request:
            self._request = request
            self._show()
            # The former heights must not stand beside another choice.
            self.measures.setText(_DRAWING)
            self.request_changed.emit(request)

    def _show(self) -> None:
        """Show the request in every control, which then report nothing."""
        request = self._request
        controls = (self.level, self.kind, self.bone, self.severity, self.seed)
        blockers = [QSignalBlocker(control) for control in controls]
        for box, value in (
            (self.level, request.level),
            (self.kind, request.kind),
            (self.bone, request.bone),
        ):
            box.setCurrentIndex(box.findData(value))
        self.severity.setValue(round(request.severity * 100))
        self.seed.setValue(request.seed)
        del blockers
        self.sex.show_chosen(request.sex)
        self.percent.setText(f"{request.severity:.0%}")
        self._loss.setVisible(request.kind.has_severity)
        self.panel.fit()


def _card(*rows: QHBoxLayout) -> Card:
    card = Card()
    for row in rows:
        card.body.addLayout(row)
    return card


def _row(name: str, *widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    words: QLabel = label(name, "secondary")
    words.setFixedWidth(56)
    row.addWidget(words)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, 1 if place == 0 else 0)
    return row

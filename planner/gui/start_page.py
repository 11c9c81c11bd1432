"""The first thing to see: samples in one click, own images, a case to make, what was open last."""

import enum
from collections.abc import Sequence

import attrs
from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from planner.export.snapshot import DISCLAIMER
from planner.gui.panels.cards import Card, RowButton, clear, icon_label, label
from planner.gui.theme import Palette, icon
from planner.storage.recent_cases import RecentCase

_COLUMN_PX = 1060
_CARDS_IN_A_ROW = 3
_MOST_RECENT = 4
_GAP_PX = 12


class SampleKind(enum.Enum):
    """What a sample's images are."""

    REAL_CT = "Real CT"
    DIGITAL_SPINE = "Digital spine"


_KIND_ICONS = {SampleKind.REAL_CT: "study", SampleKind.DIGITAL_SPINE: "levels"}
_KIND_TIPS = {
    SampleKind.REAL_CT: "Images of a real patient, made public without the name.",
    SampleKind.DIGITAL_SPINE: "A model, not a patient: every measure of it is known.",
}


@attrs.frozen
class SampleCard:
    """A study that comes with the program, as the start page shows it."""

    id: str
    title: str
    description: str
    kind: SampleKind = SampleKind.REAL_CT


class StartPage(QWidget):
    """Says by signals what shall be opened."""

    sample_chosen = Signal(str)
    folder_pressed = Signal()
    file_pressed = Signal()
    case_pressed = Signal()
    make_case_pressed = Signal()
    rehearse_pressed = Signal()
    recent_chosen = Signal(object)

    def __init__(self, samples: Sequence[SampleCard], palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.samples: dict[str, QPushButton] = {}
        self.make_case = self._button("Make a case", "plus", self.make_case_pressed)
        self.make_case.setToolTip("A digital spine with the fracture you ask for")
        self.rehearse = self._button("Rehearse a case", "rehearse", self.rehearse_pressed)
        self.rehearse.setToolTip("Do the procedure under simulated X-ray, with a score")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(6)
        self._no_recent = label("Nothing yet. Cases you open stand here.", "secondary", wraps=True)
        column = self._centre_column()
        column.addStretch(2)
        column.addWidget(label("Vertebroplan", "hero"))
        column.addWidget(
            label("A real CT in, a safe plan out: needles, balloons, cement.", "secondary")
        )
        column.addSpacing(14)
        column.addLayout(self._titled("Begin with a sample", self.rehearse, self.make_case))
        column.addLayout(self._sample_grid(samples))
        column.addSpacing(14)
        column.addLayout(self._lower_row())
        column.addStretch(3)
        column.addSpacing(10)
        told = QHBoxLayout()
        told.addWidget(icon_label("caution", palette.caution))
        told.addWidget(label(DISCLAIMER, "secondary", wraps=True), 1)
        column.addLayout(told)
        for card in list(self.samples.values())[:1]:
            self.setFocusProxy(card)

    def _centre_column(self) -> QVBoxLayout:
        """Return the column in the middle; it scrolls where the window is too low for it."""
        page = QWidget()
        outer = QHBoxLayout(page)
        outer.setContentsMargins(24, 18, 24, 18)
        centre = QWidget()
        centre.setMaximumWidth(_COLUMN_PX)
        centre.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        outer.addStretch(1)
        outer.addWidget(centre, 20)
        outer.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        return column

    def show_recent(self, cases: Sequence[RecentCase]) -> None:
        """Show the cases opened last."""
        clear(self._recent)
        shown = cases[:_MOST_RECENT]
        self._no_recent.setVisible(not shown)
        for case in shown:
            row = RowButton()
            row.add_line(
                icon_label("clock", self._palette.secondary),
                label(case.path.stem, "strong"),
                label(f"{case.opened_at.astimezone():%Y-%m-%d %H:%M}", "secondary"),
                stretch_after=1,
            )
            row.setToolTip(str(case.path))
            row.setAccessibleName(f"open {case.path.stem}")
            row.setEnabled(case.is_there)
            row.clicked.connect(lambda _c=False, p=case.path: self.recent_chosen.emit(p))
            self._recent.addWidget(row)

    def _titled(self, title: str, *buttons: QPushButton) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label(title, "section"), 1)
        for button in buttons:
            row.addWidget(button)
        return row

    def _sample_grid(self, samples: Sequence[SampleCard]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(_GAP_PX)
        for number, sample in enumerate(samples):
            card = self._sample_card(sample)
            grid.addWidget(card, *divmod(number, _CARDS_IN_A_ROW))
        for column in range(min(len(samples), _CARDS_IN_A_ROW)):
            grid.setColumnStretch(column, 1)
        return grid

    def _sample_card(self, sample: SampleCard) -> QPushButton:
        card = _SampleButton()
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 11, 14, 11)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(6)
        is_real = sample.kind is SampleKind.REAL_CT
        colour = self._palette.accent if is_real else self._palette.balloon
        head.addWidget(icon_label(_KIND_ICONS[sample.kind], colour))
        kind = label(sample.kind.value, "strong")
        kind.setProperty("tone", "real" if is_real else "model")
        head.addWidget(kind, 1)
        head.addWidget(icon_label("arrow-right", self._palette.secondary, 16))
        column.addLayout(head)
        column.addWidget(label(sample.title, "section", wraps=True))
        column.addWidget(label(sample.description, "secondary", wraps=True))
        column.addStretch(1)
        for child in card.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        card.setToolTip(_KIND_TIPS[sample.kind])
        card.setAccessibleName(f"open the sample {sample.title}, {sample.kind.value}")
        card.clicked.connect(lambda: self.sample_chosen.emit(sample.id))
        self.samples[sample.id] = card
        return card

    def _lower_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2 * _GAP_PX)
        row.addLayout(self._own_column(), 1)
        recent = QVBoxLayout()
        recent.setSpacing(8)
        recent.addWidget(label("Open again", "section"))
        recent.addLayout(self._recent)
        recent.addWidget(self._no_recent)
        recent.addStretch(1)
        row.addLayout(recent, 1)
        return row

    def _own_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(label("Or with your own images", "section"))
        zone = Card()
        zone.setProperty("kind", "dropZone")
        zone.body.setContentsMargins(16, 14, 16, 14)
        zone.body.setSpacing(10)
        hint = QHBoxLayout()
        hint.addWidget(icon_label("drop", self._palette.secondary, 18))
        words = "Drop a folder, a ZIP, a DICOMDIR, a DICOM, NIfTI or NRRD file, or a .vplan case"
        hint.addWidget(label(words, "secondary", wraps=True), 1)
        zone.body.addLayout(hint)
        row = QHBoxLayout()
        row.setSpacing(10)
        folder = self._button("Open a folder", "folder", self.folder_pressed, is_primary=True)
        row.addWidget(folder)
        row.addWidget(self._button("Open a file", "study", self.file_pressed))
        row.addWidget(self._button("Open a case", "case", self.case_pressed))
        row.addStretch(1)
        zone.body.addLayout(row)
        column.addWidget(zone)
        column.addStretch(1)
        return column

    def _button(
        self, text: str, picture: str, pressed: SignalInstance, *, is_primary: bool = False
    ) -> QPushButton:
        button = QPushButton(text)
        colour = self._palette.on_accent if is_primary else None
        if is_primary:
            button.setProperty("kind", "primary")
        button.setIcon(icon(picture, self._palette, colour))
        button.clicked.connect(pressed)
        return button


class _SampleButton(QPushButton):
    """As tall as its words need at its width."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "sample")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        return layout.minimumSize() if layout else super().minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        return layout.totalHeightForWidth(width) if layout else super().heightForWidth(width)

"""The first thing to see: a sample in one click, a folder, a case, what was open last."""

from collections.abc import Sequence
from pathlib import Path

import attrs
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from planner.export.snapshot import DISCLAIMER
from planner.gui.panels.cards import RowButton, clear, icon_label, label
from planner.gui.theme import Palette, icon
from planner.storage.recent_cases import RecentCase

_COLUMN_PX = 920
_SAMPLE_HEIGHT_PX = 132
_MOST_RECENT = 4


@attrs.frozen
class SampleCard:
    """A shipped study as the start page shows it."""

    id: str
    title: str
    description: str


class StartPage(QWidget):
    """Says by signals what shall be opened."""

    sample_chosen = Signal(str)
    folder_pressed = Signal()
    case_pressed = Signal()
    recent_chosen = Signal(object)

    def __init__(self, samples: Sequence[SampleCard], palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = self._centre_column()
        column.addStretch(2)
        column.addWidget(label("Vertebroplan", "hero"))
        column.addWidget(
            label("A real CT in, a safe plan out: needles, balloons, cement.", "secondary")
        )
        column.addSpacing(22)
        column.addWidget(label("Begin with a sample study", "section"))
        self.samples: dict[str, QPushButton] = {}
        cards = QHBoxLayout()
        cards.setSpacing(14)
        for sample in samples:
            cards.addWidget(self._sample_card(sample), 1)
        column.addLayout(cards)
        column.addSpacing(16)
        column.addWidget(label("Or with your own images", "section"))
        column.addLayout(self._own_row())
        column.addSpacing(16)
        self._recent_title = label("Open again", "section")
        column.addWidget(self._recent_title)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(6)
        column.addLayout(self._recent)
        column.addStretch(3)
        told = QHBoxLayout()
        told.addWidget(icon_label("caution", palette.caution))
        for card in list(self.samples.values())[:1]:
            self.setFocusProxy(card)
        told.addWidget(label(DISCLAIMER, "secondary", wraps=True), 1)
        column.addLayout(told)

    def _centre_column(self) -> QVBoxLayout:
        outer = QHBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        centre = QWidget()
        centre.setMaximumWidth(_COLUMN_PX)
        centre.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        outer.addStretch(1)
        outer.addWidget(centre, 20)
        outer.addStretch(1)
        return QVBoxLayout(centre)

    def show_recent(self, cases: Sequence[RecentCase]) -> None:
        """Show the cases opened last."""
        clear(self._recent)
        shown = cases[:_MOST_RECENT]
        self._recent_title.setVisible(bool(shown))
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

    def _sample_card(self, sample: SampleCard) -> QPushButton:
        card = _SampleButton()
        column = QVBoxLayout(card)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(icon_label("levels", self._palette.accent, 22))
        head.addWidget(label(sample.title, "section"), 1)
        head.addWidget(icon_label("arrow-right", self._palette.secondary, 18))
        column.addLayout(head)
        column.addWidget(label(sample.description, "secondary", wraps=True))
        column.addStretch(1)
        for child in card.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        card.setAccessibleName(f"open the sample {sample.title}")
        card.clicked.connect(lambda: self.sample_chosen.emit(sample.id))
        self.samples[sample.id] = card
        return card

    def _own_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        folder = QPushButton("Open a folder")
        folder.setProperty("kind", "primary")
        folder.setIcon(icon("folder", self._palette, self._palette.on_accent))
        folder.clicked.connect(self.folder_pressed)
        case = QPushButton("Open a case")
        case.setIcon(icon("case", self._palette))
        case.clicked.connect(self.case_pressed)
        hint = label("or drop a folder with DICOM files or a .vplan case here", "secondary")
        row.addWidget(folder)
        row.addWidget(case)
        row.addSpacing(6)
        row.addWidget(icon_label("drop", self._palette.secondary, 18))
        row.addWidget(hint, 1)
        return row


class _SampleButton(QPushButton):
    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "sample")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(_SAMPLE_HEIGHT_PX)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()


def droppable(paths: Sequence[Path]) -> Path | None:
    """Return what a drop opens: one folder or one case file, None for anything else."""
    if len(paths) != 1:
        return None
    path = paths[0]
    return path if path.is_dir() or path.suffix == ".vplan" else None

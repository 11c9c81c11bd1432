"""Two variants of a level side by side: numbers with their differences, pictures."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from planner.anatomy.levels import VertebraLevel
from planner.gui.panels.cards import label
from planner.gui.theme import Palette
from planner.gui.variants.compared_numbers import ComparedNumbers
from planner.gui.variants.compared_views import ComparedViews
from planner.gui.variants.variant_desk import VariantDesk
from planner.planning.plan import LevelVariants, VariantLabel

_LARGEST = QSize(1500, 940)
_EDGE_PX = 40
_LEAST_TABLE_PX = 500
_MEASURED = (
    "Both are measured now, on the outline as it is. In-line slices hold each variant's own needle "
    "at one scale; 3D has one camera. Skin values are estimates from the supine scan."
)
_UPDATING = "Measuring both variants ..."


class CompareDialog(QDialog):
    """Shows the desk's comparison, and nothing while there is none of the plan as it is."""

    def __init__(
        self, desk: VariantDesk, level: VertebraLevel, palette: Palette, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Compare variants of {level.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_LARGEST.boundedTo(parent.window().size() - QSize(_EDGE_PX, _EDGE_PX)))
        self._desk, self._level = desk, level
        self.choices = [_chooser("first variant"), _chooser("second variant")]
        self.go_on = [QPushButton(), QPushButton()]
        self.only_differences = QCheckBox("only what differs")
        self.numbers = ComparedNumbers(palette)
        self.views = ComparedViews()
        self.state = label(_UPDATING, "secondary", wraps=True)
        self._lay_out()
        for at, choice in enumerate(self.choices):
            choice.activated.connect(lambda _index, at=at: self._choose(at))
            self.go_on[at].clicked.connect(lambda _checked=False, at=at: self._go_on(at))
        self.only_differences.toggled.connect(self._show)
        desk.compared.connect(self._show)
        self.finished.connect(desk.stop_comparing)
        variants = desk.plan.variants_at(level)
        if variants is not None:
            active = variants.active.letter
            other = variants.kept[0].label.letter
            first, second = sorted((active, other))
            self._offer(variants, (first, second))
            desk.compare((first, second))
        self._show()

    @property
    def letters(self) -> tuple[str, str]:
        """The two that are chosen."""
        first, second = (str(choice.currentData()) for choice in self.choices)
        return first, second

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label(f"{self._level.name}", "title"))
        head.addSpacing(10)
        head.addWidget(self.choices[0])
        head.addWidget(label("beside", "secondary"))
        head.addWidget(self.choices[1])
        head.addStretch(1)
        head.addWidget(self.only_differences)
        column.addLayout(head)
        area = QScrollArea()
        area.setWidget(self.numbers)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(_LEAST_TABLE_PX)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(self.views, 11)
        both.addWidget(area, 9)
        column.addLayout(both, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.state, 1)
        for button in self.go_on:
            foot.addWidget(button)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        foot.addWidget(close)
        column.addLayout(foot)

    def _offer(self, variants: LevelVariants, chosen: tuple[str, str]) -> None:
        for choice, letter in zip(self.choices, chosen, strict=True):
            choice.clear()
            for item in variants.labels:
                choice.addItem(_title(item), item.letter)
            choice.setCurrentIndex(choice.findData(letter))

    def _choose(self, at: int) -> None:
        """Show another variant in one place; the same one twice changes places instead."""
        other = self.choices[1 - at]
        if self.choices[at].currentData() == other.currentData():
            letters = [str(other.itemData(n)) for n in range(other.count())]
            left = next(letter for letter in letters if letter != other.currentData())
            other.setCurrentIndex(other.findData(left))
        self._desk.compare(self.letters)

    def _go_on(self, at: int) -> None:
        self._desk.switch(self.letters[at])
        self.accept()

    def _show(self) -> None:
        comparison = self._desk.comparison
        if comparison is None:
            self.state.setText(_UPDATING)
            self.numbers.clear_rows()
            self.views.show_pictures(("", ""), ({}, {}))
        else:
            self.state.setText(_MEASURED)
            first, second = (_title(item) for item in comparison.labels)
            self.numbers.show_rows(
                (first, second),
                comparison.rows,
                only_differences=self.only_differences.isChecked(),
            )
            self.views.show_pictures((first, second), comparison.pictures)
        for button, letter in zip(self.go_on, self.letters, strict=True):
            button.setText(f"Go on with {letter}")
            button.setEnabled(comparison is not None)


def _title(item: VariantLabel) -> str:
    return f"{item.letter}, {item.name}" if item.name else f"Variant {item.letter}"


def _chooser(name: str) -> QComboBox:
    choice = QComboBox()
    choice.setAccessibleName(name)
    choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return choice

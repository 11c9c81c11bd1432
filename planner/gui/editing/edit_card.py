"""The card that an outline is edited with: part, tool, size, densities, and mends of the whole."""

import attrs
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QSpinBox,
    QWidget,
)

from planner.anatomy.levels import VertebraLevel
from planner.editing.brush import LARGEST_MM, SMALLEST_MM
from planner.editing.part_labels import Part
from planner.gui.editing.edit_settings import EditSettings, EditTool
from planner.gui.panels.cards import Card, Segments, label, set_tone, with_room
from planner.gui.theme import Palette, icon

_TOOLS = {
    EditTool.PAINT: ("Paint", "Drag to paint the part. Shift erases."),
    EditTool.ERASE: ("Erase", "Drag to erase. Shift paints."),
    EditTool.GROW: ("Grow", "Click bright bone: the part grows through like density, 12 mm far."),
    EditTool.CUT: ("Cut off", "Drag a line: what lies beyond it, seen from the body, goes."),
    EditTool.SPLIT_LINE: ("Split along", "Drag a line: what lies beyond is the neighbour's."),
    EditTool.SPLIT_CLICK: ("Split at neck", "Click the neighbour: cut where the bridge is narrow."),
}
_PARTS = {"body": Part.BODY, "arch": Part.ARCH, "canal": Part.CANAL}
_STEPS_PER_MM = 2
_LEAST_HU, _MOST_HU = -1000, 3071


class EditCard(Card):
    """Shows how the outline is edited; says what the user wants and changes nothing itself."""

    begin_pressed = Signal()
    end_pressed = Signal()
    settings_chosen = Signal(object)
    fill_pressed = Signal()
    smooth_pressed = Signal()
    islands_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._settings = EditSettings()
        self._palette = palette
        head = QHBoxLayout()
        self._title = label("Outline", "section")
        head.addWidget(self._title, 1)
        self.toggle = QPushButton("Edit")
        self.toggle.setCheckable(True)
        self.toggle.setToolTip("Correct the outline by hand (D)")
        self.toggle.clicked.connect(self._toggle)
        head.addWidget(self.toggle)
        self.body.addLayout(head)
        self.hint = label("", "secondary", wraps=True)
        self.body.addWidget(self.hint)
        self._controls = QWidget()
        self.body.addWidget(self._controls)
        self._build_controls()
        self.show_edit(None, EditSettings(), is_busy=False)

    def _build_controls(self) -> None:
        grid = QGridLayout(self._controls)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        self.parts = Segments(
            ((key, key.capitalize()) for key in _PARTS),
            lambda key: self._choose(attrs.evolve(self._settings, part=_PARTS[key])),
            "which part",
        )
        grid.addWidget(self.parts, 0, 0, 1, 3)
        self.tools: dict[EditTool, QPushButton] = {}
        for number, (tool, (text, tip)) in enumerate(_TOOLS.items()):
            button = QPushButton(text)
            button.setProperty("kind", "toolChoice")
            button.setCheckable(True)
            button.setToolTip(tip)
            button.clicked.connect(
                lambda _checked=False, chosen=tool: self._choose(
                    attrs.evolve(self._settings, tool=chosen)
                )
            )
            grid.addWidget(button, 1 + number // 3, number % 3)
            self.tools[tool] = button
        self._add_size(grid, 3)
        self._add_range(grid, 5)
        for column, (text, signal, tip) in enumerate(
            (
                ("Fill holes", self.fill_pressed, "Fill holes and narrow gaps of the part"),
                ("Smooth", self.smooth_pressed, "Smooth body and arch by a millimetre"),
                ("Islands", self.islands_pressed, "Remove every piece but the largest"),
            )
        ):
            button = QPushButton(text)
            button.setProperty("kind", "toolChoice")
            button.setToolTip(tip)
            button.clicked.connect(signal)
            grid.addWidget(button, 7, column)

    def _add_size(self, grid: QGridLayout, row: int) -> None:
        self.radius = QSlider(Qt.Orientation.Horizontal)
        self.radius.setAccessibleName("radius of the brush")
        self.radius.setRange(round(SMALLEST_MM * _STEPS_PER_MM), round(LARGEST_MM * _STEPS_PER_MM))
        self.radius.valueChanged.connect(
            lambda value: self._choose(
                attrs.evolve(self._settings, radius_mm=value / _STEPS_PER_MM)
            )
        )
        self._size_words = label("", "strong")
        grid.addWidget(self._size_words, row, 0)
        grid.addWidget(self.radius, row, 1, 1, 2)
        self.brush_shape = Segments(
            (("ball", "Ball, 3D"), ("disc", "Disc, one slice")),
            lambda key: self._choose(attrs.evolve(self._settings, is_flat=key == "disc")),
            "shape of the brush",
        )
        grid.addWidget(self.brush_shape, row + 1, 0, 1, 3)

    def _add_range(self, grid: QGridLayout, row: int) -> None:
        self.bound = QCheckBox("Brush takes only these densities")
        self.bound.toggled.connect(
            lambda is_on: self._choose(attrs.evolve(self._settings, is_bound=is_on))
        )
        grid.addWidget(self.bound, row, 0, 1, 3)
        self.low, self.high = (_density_box(name) for name in ("least density", "most density"))
        for box in (self.low, self.high):
            box.valueChanged.connect(self._choose_range)
        line = QHBoxLayout()
        line.addWidget(self.low, 1)
        line.addWidget(label("to", "secondary"))
        line.addWidget(self.high, 1)
        grid.addLayout(line, row + 1, 0, 1, 3)

    def show_edit(
        self, level: VertebraLevel | None, settings: EditSettings, *, is_busy: bool
    ) -> None:
        """Show what is edited and how; None: nothing."""
        self._settings = settings
        is_editing = level is not None
        self._title.setText(f"Editing {level.name}" if level else "Outline")
        self.toggle.setText("Done" if is_editing else "Edit")
        self.toggle.setIcon(icon("check" if is_editing else "brush", self._palette))
        self.toggle.setChecked(is_editing)
        self._controls.setVisible(is_editing)
        self._controls.setEnabled(not is_busy)
        self.hint.setText(_TOOLS[settings.tool][1] if is_editing else "")
        self.hint.setVisible(is_editing)
        set_tone(self.hint, "note")
        self._show_settings(settings)

    def _show_settings(self, settings: EditSettings) -> None:
        part = next(key for key, value in _PARTS.items() if value is settings.part)
        self.parts.show_chosen(part)
        for tool, button in self.tools.items():
            button.setChecked(tool is settings.tool)
        self._size_words.setText(f"{settings.radius_mm:.1f} mm")
        self.brush_shape.show_chosen("disc" if settings.is_flat else "ball")
        for widget in (self.radius, self.bound, self.low, self.high):
            widget.blockSignals(True)  # noqa: FBT003 - Qt's own
        self.radius.setValue(round(settings.radius_mm * _STEPS_PER_MM))
        self.bound.setChecked(settings.is_bound)
        self.low.setValue(round(settings.hu_range[0]))
        self.high.setValue(round(settings.hu_range[1]))
        for widget in (self.radius, self.bound, self.low, self.high):
            widget.blockSignals(False)  # noqa: FBT003 - Qt's own
        for sized in (self.radius, self.brush_shape, self.bound):
            sized.setEnabled(settings.tool.has_brush)

    def _toggle(self) -> None:
        (self.begin_pressed if self.toggle.isChecked() else self.end_pressed).emit()

    def _choose(self, settings: EditSettings) -> None:
        self.settings_chosen.emit(settings)

    def _choose_range(self) -> None:
        low, high = sorted((self.low.value(), self.high.value()))
        self._choose(attrs.evolve(self._settings, hu_range=(float(low), float(high))))


def _density_box(name: str) -> QSpinBox:
    box = with_room(QSpinBox())
    box.setAccessibleName(name)
    box.setRange(_LEAST_HU, _MOST_HU)
    box.setSingleStep(10)
    box.setSuffix(" HU")
    box.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    box.setKeyboardTracking(False)
    return box

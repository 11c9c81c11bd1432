"""The C-arm's card: its two motions, a small picture of it, how far off the view is."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from planner.foundation.clinical_numbers import clinical_number
from planner.gui.panels.cards import Card, label, value_rows
from planner.gui.theme import Palette
from planner.rehearsal.events import Panel
from planner.simulation.c_arm import CArmPose
from planner.simulation.true_views import ViewErrors

_SKETCH_PX = 120
_ROWS = (
    ("rotation", "rotation", "AP: the spinous process between the pedicles; lateral: the pedicles "
     "one behind the other."),
    ("endplates", "endplates", "The flatter of both: a line when met flat."),
    ("level", "on screen", "How far the vertebra is turned on the screen."),
)  # fmt: skip


class _Sketch(QWidget):
    """The arm from the patient's feet: source, detector, table and patient."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._orbital_deg = 0.0
        self.setFixedSize(_SKETCH_PX, _SKETCH_PX)
        self.setAccessibleName("where the arm stands, seen from the feet")

    def show_orbital(self, orbital_deg: float) -> None:
        """Turn the sketch."""
        self._orbital_deg = orbital_deg
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(_SKETCH_PX / 2.0, _SKETCH_PX / 2.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._palette.border))
        painter.drawRoundedRect(QRectF(-46, 12, 92, 4), 2, 2)
        painter.setBrush(QColor(self._palette.secondary).darker(150))
        painter.drawEllipse(QPointF(0, 2), 26, 11)
        # Seen from the feet of a prone patient, his left is on the left.
        painter.rotate(-self._orbital_deg)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._palette.secondary), 5))
        painter.drawArc(QRectF(-46, -46, 92, 92), 90 * 16, 180 * 16)
        painter.setPen(QPen(QColor(self._palette.text), 1.5))
        painter.setBrush(QColor(self._palette.raised))
        painter.drawRoundedRect(QRectF(-20, -53, 40, 11), 3, 3)
        painter.drawRoundedRect(QRectF(-13, 41, 26, 13), 3, 3)
        painter.end()


class ArmCard(Card):
    """Turns the arm of the chosen screen and shows how the last view was."""

    turned = Signal(float, float)
    """Orbital and angular, in degrees."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._limit_deg = clinical_number("true-view-tolerance")
        self._title = label("C-arm", "section")
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(label("Space: shot", "secondary"))
        self.body.addLayout(head)
        self.sketch = _Sketch(palette)
        self.rows = value_rows(_ROWS)
        self.orbital = _slider("c-arm-orbital-least", "c-arm-orbital-most", "orbital")
        self.angular = _slider("", "c-arm-angular-most", "angular")
        right = QVBoxLayout()
        for row in self.rows.values():
            right.addWidget(row)
        for name, slider in (("orbital", self.orbital), ("angular", self.angular)):
            line = QHBoxLayout()
            line.addWidget(label(name, "secondary"))
            line.addWidget(slider, 1)
            right.addLayout(line)
            slider.valueChanged.connect(self._tell)
        both = QHBoxLayout()
        both.addWidget(self.sketch)
        both.addLayout(right, 1)
        self.body.addLayout(both)
        self.body.addStretch(1)

    def show_arm(self, panel: Panel, pose: CArmPose | None, errors: ViewErrors | None) -> None:
        """Show where the arm of a screen stands and how far off its last picture was."""
        self._title.setText("C-arm, AP" if panel is Panel.AP else "C-arm, lateral")
        if pose is not None:
            self.sketch.show_orbital(pose.orbital_deg)
            for slider, angle_deg in (
                (self.orbital, pose.orbital_deg),
                (self.angular, pose.angular_deg),
            ):
                slider.blockSignals(True)  # noqa: FBT003  Qt's own signature
                slider.setValue(round(angle_deg))
                slider.blockSignals(False)  # noqa: FBT003  Qt's own signature
        values = (
            {}
            if errors is None
            else {
                "rotation": abs(errors.rotation_deg),
                "endplates": errors.endplate_deg,
                "level": abs(errors.on_screen_deg),
            }
        )
        for key, row in self.rows.items():
            value = values.get(key)
            if value is None:
                row.show_value("no shot yet")
            else:
                good = value <= self._limit_deg
                row.show_value(
                    f"{value:.1f}° {'true' if good else 'off'}", "safe" if good else "caution"
                )

    def show_withheld(self, *, is_withheld: bool) -> None:
        """Say that how far a view is off is not told, as in an exam."""
        if is_withheld:
            for row in self.rows.values():
                row.show_value("not told")

    def _tell(self, _value: int) -> None:
        self.turned.emit(float(self.orbital.value()), float(self.angular.value()))


def _slider(least: str, most: str, name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    largest = round(clinical_number(most))
    slider.setRange(round(clinical_number(least)) if least else -largest, largest)
    slider.setAccessibleName(f"{name} angle of the arm, degrees")
    slider.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return slider

"""The C-arm's card: its two motions, a small picture of it, how far off the view is."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout

from planner.foundation.clinical_numbers import clinical_number
from planner.gui.fluoroscopy.picture_menu import PictureMenu
from planner.gui.panels.cards import Card, label, value_rows
from planner.gui.scene_frames import SceneFrames
from planner.gui.viewport import Viewport
from planner.rehearsal.events import Panel
from planner.rendering.arm_scene import ArmPlace, ArmScene
from planner.simulation.detector import DetectorSettings
from planner.simulation.true_views import ViewErrors

_PICTURE_PX = (140, 130)
_KEYS = (
    "Space takes a picture; held down the picture is live. Arrow keys turn the arm; with Shift "
    "they move it along and across the table, and Page Up and Page Down raise and lower it, which "
    "changes how large things look."
)
_ROWS = (
    ("rotation", "rotation", "AP: the spinous process between the pedicles; lateral: the pedicles "
     "one behind the other."),
    ("endplates", "endplates", "The flatter of both: a line when met flat."),
    ("level", "on screen", "How far the vertebra is turned on the screen."),
    ("barrel", "down the barrel", "Between the beam and the pedicle of the chosen needle."),
)  # fmt: skip


class ArmCard(Card):
    """Turns the arm of the chosen screen and shows how the last view was."""

    turned = Signal(float, float)
    """Orbital and angular, in degrees."""

    def __init__(self) -> None:
        super().__init__()
        self._limit_deg = clinical_number("true-view-tolerance")
        self._title = label("C-arm", "section")
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        self.look = PictureMenu(DetectorSettings())
        head.addWidget(self.look)
        keys = label("Space: shot", "secondary")
        keys.setToolTip(_KEYS)
        head.addWidget(keys)
        self.body.addLayout(head)
        self.scene = ArmScene()
        self.picture = Viewport(SceneFrames(self.scene))
        self.picture.setMinimumSize(*_PICTURE_PX)
        # As high as what stands beside it: the room belongs to the X-rays.
        self.picture.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.picture.setToolTip(_KEYS)
        self.picture.setAccessibleName("where arm, table and patient are, seen from the feet")
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
        both.addWidget(self.picture, 1)
        both.addLayout(right, 1)
        self.body.addLayout(both, 1)

    def show_arm(
        self,
        panel: Panel,
        place: ArmPlace | None,
        errors: ViewErrors | None,
        barrel_deg: float | None,
    ) -> None:
        """Show where the arm of a screen stands and how far off its last picture was.

        Parameters
        ----------
        panel
            The screen.
        place
            Where the arm stands, or was asked to stand and would strike the table.
        errors, barrel_deg
            Of the last picture; the angle to the chosen pedicle's axis.
        """
        self._title.setText("C-arm, AP" if panel is Panel.AP else "C-arm, lateral")
        if place is not None:
            self.scene.show(place)
            pose = place.pose
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
                "barrel": barrel_deg,
            }
        )
        for key, row in self.rows.items():
            value = values.get(key)
            if value is None:
                row.show_value("no shot yet")
            else:
                row.show_value(*self._judged(key, value))

    def _judged(self, key: str, value_deg: float) -> tuple[str, str]:
        """Return words and tone: an AP need not look down a barrel, and is not blamed for it."""
        good = value_deg <= self._limit_deg
        otherwise = "" if key == "barrel" else "caution"
        return f"{value_deg:.1f}° {'true' if good else 'off'}", "safe" if good else otherwise

    def show_withheld(self, *, is_withheld: bool) -> None:
        """Say that how far a view is off is not told, as in an exam."""
        if is_withheld:
            for row in self.rows.values():
                row.show_value("not told")

    def shut_down(self) -> None:
        """Give the picture's buffers back."""
        self.picture.shut_down()

    def _tell(self, _value: int) -> None:
        self.turned.emit(float(self.orbital.value()), float(self.angular.value()))


def _slider(least: str, most: str, name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    largest = round(clinical_number(most))
    slider.setRange(round(clinical_number(least)) if least else -largest, largest)
    slider.setAccessibleName(f"{name} angle of the arm, degrees")
    slider.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return slider

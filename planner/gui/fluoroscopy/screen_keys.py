"""What a fluoroscope's keys do to the chosen screen: turn, flip, collimate, reference, swap."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.fluoroscopy.screen_settings import ScreenSettings

_Key = Qt.Key
_IN_A_ROW = 4
SCREEN_KEYS = frozenset(
    {
        _Key.Key_R,
        _Key.Key_F,
        _Key.Key_C,
        _Key.Key_M,
        _Key.Key_B,
        _Key.Key_W,
        _Key.Key_N,
        _Key.Key_G,
    }
)


class ScreenKeys(QWidget):
    """Small buttons, each with its key."""

    def __init__(self, desk: RunDesk, swap: Callable[[], None]) -> None:
        super().__init__()
        self._desk = desk
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setSpacing(2)
        self._do: dict[Qt.Key, Callable[[], None]] = {}
        self.buttons: dict[Qt.Key, QPushButton] = {}
        for key, text, tip, do in (
            (
                _Key.Key_R,
                "Turn",
                "Turn the picture a quarter clockwise",
                self._on(ScreenSettings.turned),
            ),
            (
                _Key.Key_F,
                "Flip",
                "Exchange left and right of the picture",
                self._on(ScreenSettings.flipped),
            ),
            (
                _Key.Key_C,
                "Cone",
                "Close the collimator further, then open it",
                self._on(ScreenSettings.collimated),
            ),
            (
                _Key.Key_M,
                "Mag",
                "Read out less of the detector, larger: sharper, for more dose",
                self._on(ScreenSettings.magnified),
            ),
            (
                _Key.Key_B,
                "Ref",
                "Keep this picture, then show it, then let it go",
                desk.next_reference,
            ),
            (_Key.Key_W, "Swap", "Exchange the two screens", swap),
            (_Key.Key_N, "Note", "Remember where the arm stands", desk.keep_pose),
            (_Key.Key_G, "Go", "Bring the arm back to what was remembered", desk.go_to_kept_pose),
        ):
            letter = chr(key.value)
            button = QPushButton(f"{text} {letter}")
            button.setProperty("kind", "segment")
            button.setToolTip(f"{tip} ({letter})")
            button.setAccessibleName(tip)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, do=do: do())
            grid.addWidget(button, *divmod(len(self.buttons), _IN_A_ROW))
            self._do[key], self.buttons[key] = do, button

    def press(self, key: Qt.Key) -> None:
        """Do what a key stands for."""
        self._do[key]()

    def _on(self, change: Callable[[ScreenSettings], ScreenSettings]) -> Callable[[], None]:
        desk = self._desk
        return lambda: desk.set_screen(change(desk.settings[desk.panel]))

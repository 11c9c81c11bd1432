"""What the detector and the display add to a picture, each to be switched on and off."""

import attrs
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QPushButton

from planner.simulation.detector import DetectorSettings

_SWITCHES = (
    ("grain", "Grain of the dose"),
    ("scatter", "Scatter"),
    ("logarithm", "Logarithm"),
    ("edges", "Edges and evening out"),
    ("vignette", "Vignette"),
    ("collimator", "Round field"),
    ("bone_is_dark", "Bone is dark"),
)


class PictureMenu(QPushButton):
    """A button with the switches in its menu; pictures taken from then on look as chosen."""

    changed = Signal(object)
    """The `DetectorSettings` as they are now."""

    def __init__(self, settings: DetectorSettings) -> None:
        super().__init__("Picture")
        self._settings = settings
        self.setProperty("kind", "quiet")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip("What the detector and the display add to the next picture")
        menu = QMenu(self)
        self.switches = {}
        for name, words in _SWITCHES:
            action = menu.addAction(words)
            action.setCheckable(True)
            action.setChecked(bool(getattr(settings, name)))
            action.toggled.connect(lambda is_on, name=name: self._switch(name, is_on=is_on))
            self.switches[name] = action
        self.setMenu(menu)

    def _switch(self, name: str, *, is_on: bool) -> None:
        self._settings = attrs.evolve(self._settings, **{name: is_on})
        self.changed.emit(self._settings)

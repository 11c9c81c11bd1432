"""The pedal: a tap takes one picture, held down the picture is live."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from planner.gui.fluoroscopy.run_desk import RunDesk

_TAP_S = 0.3
"""Beam of one picture, however short the tap."""
_LIVE_AFTER_MS = 400
_FRAME_MS = 16
"""How often a live picture is asked for; while one is being made none is, so that the next begins
soon after it and not a whole interval later."""
_RECORD_MS = 250
"""How often the beam of a live picture is written down."""


class Pedal(QObject):
    """Turns presses into shots of the desk's chosen screen."""

    told = Signal(str)
    """A sentence for the user."""

    def __init__(self, desk: RunDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._down = QElapsedTimer()
        self._written = QElapsedTimer()
        self._frames = QTimer(self)
        self._frames.setInterval(_FRAME_MS)
        self._frames.timeout.connect(self._renew)

    def press(self) -> None:
        """Take a picture, and go on as long as the pedal is down."""
        if not self._desk.is_ready:
            self.told.emit("The X-ray is still being prepared.")
            return
        self._desk.shoot(_TAP_S)
        self._down.start()
        self._written.invalidate()
        self._frames.start()

    def let_go(self) -> None:
        """End the beam; what was live is drawn once more, in full, and held."""
        self._frames.stop()
        if self._written.isValid():
            self._write_down()
            self._written.invalidate()
            self._desk.draw(is_live=False)

    def _renew(self) -> None:
        if self._down.elapsed() < _LIVE_AFTER_MS or not self._desk.is_ready:
            return
        if not self._written.isValid():
            self._written.start()
        elif self._written.elapsed() >= _RECORD_MS:
            self._write_down()
        self._desk.draw(is_live=True)

    def _write_down(self) -> None:
        """Record the beam since it was last recorded."""
        beam_s = self._written.restart() / 1000.0
        if beam_s > 0.0:
            self._desk.shoot(beam_s, is_live=True)

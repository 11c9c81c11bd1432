"""The loudspeaker of a rehearsal: off until it is asked for, and never in the way."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from planner.foundation.errors import PlannerError
from planner.gui.fluoroscopy.tip_tone import RATE_HZ, ToneMaker

if TYPE_CHECKING:
    from miniaudio import PlaybackDevice


class Sound:
    """Plays what a `ToneMaker` makes."""

    def __init__(self) -> None:
        self.tones = ToneMaker()
        self._device: PlaybackDevice | None = None

    @property
    def is_on(self) -> bool:
        """Whether it can be heard."""
        return self._device is not None

    def switch_on(self) -> None:
        """Open the loudspeaker.

        Raises
        ------
        PlannerError
            If there is none, or the part of the program that plays sound is not installed.
        """
        if self._device is not None:
            return
        try:
            import miniaudio
        except ImportError as error:
            raise PlannerError(
                "Sound is not installed.", hint="Install vertebroplan[sound] to hear it."
            ) from error
        try:
            device = miniaudio.PlaybackDevice(
                output_format=miniaudio.SampleFormat.SIGNED16, nchannels=1, sample_rate=RATE_HZ
            )
            device.start(_primed(self.tones))
        except miniaudio.MiniaudioError as error:
            raise PlannerError(
                "No loudspeaker was found: the rehearsal stays silent.",
                hint="Connect one and switch sound on again.",
            ) from error
        self._device = device

    def switch_off(self) -> None:
        """Close the loudspeaker."""
        if self._device is not None:
            self._device.close()
            self._device = None


def _primed(tones: ToneMaker) -> Generator[bytes, int, None]:
    """Return a generator that waits to be told how many samples are wanted."""
    played = _played(tones)
    next(played)
    return played


def _played(tones: ToneMaker) -> Generator[bytes, int, None]:
    wanted = yield b""
    while True:
        wanted = yield tones.next_samples(wanted).tobytes()

"""What the hand feels, as sound: a tone as high as the bone is hard, a tick where it is met."""

import threading

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 22050
_LOWEST_HZ, _OCTAVES = 196.0, 2.0
_TONE_S, _TICK_S, _TICK_HZ = 0.22, 0.03, 1760.0
_LOUDNESS, _TICK_LOUDNESS = 0.18, 0.5
_FADE_S = 0.02
_FULL = 32767.0

Samples = NDArray[np.int16]


class ToneMaker:
    """Makes samples piece by piece; told from the window's thread, asked from the sound's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = np.empty(0, np.int16)

    def sing(self, resistance: float) -> None:
        """Let a tone follow, two octaves higher from nothing to cortex; it replaces the last."""
        pitch_hz = _LOWEST_HZ * 2.0 ** (_OCTAVES * min(max(resistance, 0.0), 1.0))
        self._replace(_tone(pitch_hz, _TONE_S, _LOUDNESS))

    def tick(self) -> None:
        """Let a short high tick follow: bone was met."""
        self._replace(_tone(_TICK_HZ, _TICK_S, _TICK_LOUDNESS))

    def next_samples(self, count: int) -> Samples:
        """Return the next so many samples, silence where there is nothing to say."""
        with self._lock:
            said, self._waiting = self._waiting[:count], self._waiting[count:]
        return np.concatenate([said, np.zeros(count - len(said), np.int16)])

    def _replace(self, samples: Samples) -> None:
        with self._lock:
            self._waiting = samples


def _tone(pitch_hz: float, length_s: float, loudness: float) -> Samples:
    time_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    # Without a fade at both ends every tone would begin and end with a click.
    fade = np.clip(np.minimum(time_s, length_s - time_s) / min(_FADE_S, length_s / 2.0), 0.0, 1.0)
    wave = loudness * fade * np.sin(2.0 * np.pi * pitch_hz * time_s)
    return np.rint(_FULL * wave).astype(np.int16)

"""Sound: off until asked for, higher the harder, and a sentence where there is no loudspeaker."""

import sys
import types

import numpy as np
import pytest

from planner.anatomy.levels import Side
from planner.foundation.errors import PlannerError
from planner.gui.fluoroscopy.sound import Sound
from planner.gui.fluoroscopy.tip_tone import RATE_HZ, ToneMaker
from planner.rehearsal.events import PlaceNeedle


def pitch_hz(samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(float), 4 * len(samples)))
    return float(spectrum.argmax()) * RATE_HZ / (4 * len(samples))


@pytest.mark.parametrize(("resistance", "expected_hz"), [(0.0, 196.0), (0.5, 392.0), (1.0, 784.0)])
def test_the_harder_the_bone_the_higher_the_tone(resistance, expected_hz) -> None:
    tones = ToneMaker()
    tones.sing(resistance)
    assert pitch_hz(tones.next_samples(4000)) == pytest.approx(expected_hz, rel=0.03)


def test_a_tone_fades_in_and_out_and_silence_follows() -> None:
    tones = ToneMaker()
    assert not tones.next_samples(100).any()
    tones.sing(0.4)
    said = tones.next_samples(RATE_HZ)
    loud = np.flatnonzero(said)
    assert 0.2 < loud[-1] / RATE_HZ < 0.25
    assert np.abs(np.diff(said.astype(int))).max() < 4000, "no click"
    assert not tones.next_samples(100).any()


def test_pieces_make_up_the_same_tone_as_the_whole() -> None:
    whole, pieces = ToneMaker(), ToneMaker()
    whole.sing(0.3)
    pieces.sing(0.3)
    parts = [pieces.next_samples(512) for _ in range(8)]
    np.testing.assert_array_equal(np.concatenate(parts), whole.next_samples(512 * 8))


def test_a_tick_takes_the_place_of_a_tone_and_is_short() -> None:
    tones = ToneMaker()
    tones.sing(0.2)
    tones.tick()
    said = tones.next_samples(RATE_HZ)
    assert np.flatnonzero(said)[-1] / RATE_HZ < 0.04
    assert pitch_hz(said[:660]) > 1500.0


class Loudspeaker:
    """Stands for the machine's: takes samples as it is asked to."""

    opened = 0

    def __init__(self, **settings) -> None:
        assert settings["sample_rate"] == RATE_HZ
        type(self).opened += 1

    def start(self, generator) -> None:
        self.generator = generator

    def close(self) -> None:
        type(self).opened -= 1


@pytest.fixture
def a_loudspeaker(monkeypatch):
    class MiniaudioError(Exception):
        pass

    library = types.ModuleType("miniaudio")
    library.MiniaudioError = MiniaudioError
    library.SampleFormat = types.SimpleNamespace(SIGNED16=2)
    library.PlaybackDevice = type("Spoken", (Loudspeaker,), {"opened": 0})
    monkeypatch.setitem(sys.modules, "miniaudio", library)
    return library


def test_sound_is_off_until_it_is_switched_on_and_closes_again(a_loudspeaker) -> None:
    sound = Sound()
    assert not sound.is_on
    sound.switch_on()
    sound.switch_on()
    assert a_loudspeaker.PlaybackDevice.opened == 1
    sound.tones.sing(1.0)
    assert len(sound._device.generator.send(300)) == 600
    sound.switch_off()
    assert a_loudspeaker.PlaybackDevice.opened == 0
    assert not sound.is_on


def test_without_a_loudspeaker_one_sentence_says_so(a_loudspeaker, monkeypatch) -> None:
    def none(**_settings):
        raise a_loudspeaker.MiniaudioError("failed to init device")

    monkeypatch.setattr(a_loudspeaker, "PlaybackDevice", none)
    sound = Sound()
    with pytest.raises(PlannerError, match="No loudspeaker"):
        sound.switch_on()
    assert not sound.is_on


def test_without_the_library_one_sentence_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    with pytest.raises(PlannerError) as raised:
        Sound().switch_on()
    assert "vertebroplan[sound]" in raised.value.hint


def test_the_button_springs_back_and_says_why(qtbot, a_run_page, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    assert not a_run_page.hand.sound.isChecked()
    with qtbot.waitSignal(a_run_page.desk.refused):
        a_run_page.hand.sound.click()
    assert not a_run_page.hand.sound.isChecked()


def test_a_push_is_heard_as_it_is_felt_and_bone_as_a_tick(a_run_page) -> None:
    desk = a_run_page.desk
    skin = tuple(np.add(desk.stage.vertebra.centre_lps_mm, (18.0, 92.0, 3.0)))
    desk.do(PlaceNeedle(desk.now_s(), Side.LEFT, "access-11g-125", skin, 4.0, 0.0))
    a_run_page.needle.push(20.0)
    muscle_hz = pitch_hz(a_run_page.sound.tones.next_samples(4000))
    a_run_page.needle.push(60.0)
    tick_hz = pitch_hz(a_run_page.sound.tones.next_samples(660))
    a_run_page.needle.push(5.0)
    bone_hz = pitch_hz(a_run_page.sound.tones.next_samples(4000))
    assert muscle_hz < bone_hz < tick_hz

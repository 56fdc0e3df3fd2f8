"""Recorded notes: at once from a neighbor, then by themselves, at one level, without silence before them."""

from collections.abc import Iterator

import numpy as np
import pytest

from symvae.audio.keyboard import KEYS, LOWEST
from symvae.audio.note_bank import KEYS_APART, LEVEL, VELOCITIES, NoteBank
from symvae.audio.player import SinePlayer
from symvae.system.synth import load_synth

RATE = 8000


class Late:
    """A sine in two channels, a tenth of a second after its key."""

    sample_rate, tail_sec = RATE, 0.0

    def blocks(self, notes, samples) -> Iterator[np.ndarray]:
        silence = RATE // 10
        yield np.zeros((2, silence), np.float32)
        tone = next(SinePlayer(RATE).blocks(notes, samples - silence))
        yield np.concatenate([2 * tone, 0 * tone])


def pitch_hz(samples: np.ndarray, rate: int) -> float:
    middle = samples[: rate // 2]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 16 * len(middle)))
    return float(spectrum.argmax()) * rate / (16 * len(middle))


@pytest.fixture(scope="module")
def bank() -> NoteBank:
    bank = NoteBank(SinePlayer(RATE), note_sec=0.6)
    shares = []
    bank.warm_up(shares.append)
    assert shares[-1] == 1
    assert shares == sorted(shares)
    return bank


def test_every_note_is_there_after_the_warm_up(bank):
    assert len(bank) == KEYS // KEYS_APART
    for pitch in (57, 58, 59, 60):
        samples, _ = bank.sound(pitch, 80)
        assert pitch_hz(samples, RATE) == pytest.approx(440 * 2 ** ((pitch - 69) / 12), rel=0.01)
    assert len(bank) == KEYS // KEYS_APART  # nothing was recorded for it


def test_notes_have_the_level_and_grow_with_velocity(bank):
    peaks = [gain * np.abs(samples).max() for samples, gain in (bank.sound(59, v) for v in (1, 40, 80, 127))]
    assert peaks == sorted(peaks)
    assert peaks[2] == pytest.approx(LEVEL, rel=0.5)


def test_filling_stops_when_asked_and_records_every_note(bank):
    bank.fill(lambda: True)
    assert len(bank) == KEYS // KEYS_APART
    bank.fill()
    assert len(bank) == KEYS * len(VELOCITIES)
    for pitch in (LOWEST, 60, LOWEST + KEYS - 1):
        samples, gain = bank.sound(pitch, 112)
        assert len(samples) > 0
        assert gain > 0


def test_a_cold_bank_records_the_note_that_is_asked_for():
    bank = NoteBank(SinePlayer(RATE), note_sec=0.5)
    assert bank.sound(60, 80).samples.any()
    assert len(bank) == 1


def test_silence_before_the_onset_is_cut_and_the_end_fades():
    samples, _ = NoteBank(Late(), note_sec=0.5).sound(60, 80)
    assert np.argmax(np.abs(samples) > 0) < 0.002 * RATE
    assert abs(samples[-1]) < 1e-3
    assert samples.ndim == 1


def test_recordings_have_the_rate_of_the_device():
    samples, _ = NoteBank(SinePlayer(RATE), 12_000, note_sec=0.6).sound(69, 80)
    assert pitch_hz(samples, 12_000) == pytest.approx(440, rel=0.01)


def test_the_synthesizer_can_be_recorded(tiny_synth):
    synth = load_synth(tiny_synth)
    samples, gain = NoteBank(synth.player("piano"), note_sec=0.3).sound(60, 80)
    assert samples.any()
    assert np.isfinite(samples).all()
    assert gain > 0

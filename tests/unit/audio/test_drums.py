"""Noise bursts: duration, level, spectrum, blocks equal the whole."""

from itertools import pairwise

import numpy as np
import pytest

from symvae.audio.drums import LEVEL, LONGEST_SEC, drum_bursts
from symvae.audio.notes import Notes

RATE = 8_000
KICK, SNARE, CRASH = 36, 38, 49


def strokes(*onset_sec: float, key: int = SNARE, velocity: int = 127) -> Notes:
    count = len(onset_sec)
    return Notes(
        np.array(onset_sec, np.float64),
        np.full(count, 0.1),
        np.full(count, key, np.int64),
        np.full(count, velocity, np.int64),
    )


def test_blocks_equal_the_whole() -> None:
    rng = np.random.default_rng(0)
    notes = Notes(rng.uniform(0, 3, 40), np.full(40, 0.1), rng.integers(27, 88, 40), rng.integers(1, 128, 40))
    whole = drum_bursts(notes, 0, 4 * RATE, RATE)
    for _ in range(10):
        cuts = np.sort(rng.integers(0, 4 * RATE, 5)).tolist()
        bounds = [0, *cuts, 4 * RATE]
        blocks = [drum_bursts(notes, a, b - a, RATE) for a, b in pairwise(bounds)]
        np.testing.assert_allclose(np.concatenate(blocks), whole, atol=1e-6)


def test_a_stroke_sounds_from_its_onset_for_a_limited_time() -> None:
    sound = drum_bursts(strokes(0.5, key=CRASH), 0, 3 * RATE, RATE)
    sounding_sec = np.flatnonzero(np.abs(sound) > 0) / RATE
    assert 0.5 <= sounding_sec[0] < 0.501
    assert sounding_sec[-1] < 0.5 + LONGEST_SEC


def test_equal_strokes_sound_equal() -> None:
    twice = drum_bursts(strokes(0.0, 1.5), 0, 3 * RATE, RATE)
    np.testing.assert_array_equal(twice[: 3 * RATE // 2], twice[3 * RATE // 2 :])


def test_a_stroke_that_has_ended_does_not_sound() -> None:
    """A hi-hat lasts a quarter of a second, a crash more than a second."""
    assert not drum_bursts(strokes(0.0, key=42), RATE // 2, RATE, RATE).any()


def test_a_stroke_before_the_block_sounds_to_its_end() -> None:
    whole = drum_bursts(strokes(0.0, key=CRASH), 0, RATE, RATE)
    np.testing.assert_array_equal(drum_bursts(strokes(0.0, key=CRASH), 500, RATE - 500, RATE), whole[500:])


def test_the_level_follows_the_square_of_the_velocity() -> None:
    loud, soft = (drum_bursts(strokes(0.0, velocity=v), 0, RATE, RATE) for v in (127, 64))
    np.testing.assert_allclose(soft, loud * (64 / 127) ** 2, atol=1e-6)


@pytest.mark.parametrize("rate", [8_000, 24_000])
def test_every_key_gives_a_bounded_decaying_sound(rate: int) -> None:
    for key in range(128):
        sound = drum_bursts(strokes(0.0, key=key), 0, round(LONGEST_SEC * rate), rate)
        peak = np.abs(sound).max()
        assert np.isfinite(sound).all()
        assert 0.01 * LEVEL < peak < 2.5 * LEVEL
        assert np.abs(sound[-rate // 100 :]).max() < 0.2 * peak


def test_a_kick_is_low_and_a_snare_is_not() -> None:
    def center_hz(key: int) -> float:
        power = np.abs(np.fft.rfft(drum_bursts(strokes(0.0, key=key), 0, RATE, RATE))) ** 2
        return float((np.fft.rfftfreq(RATE, 1 / RATE) * power).sum() / power.sum())

    assert center_hz(KICK) < 150 < 300 < center_hz(SNARE)


def test_no_strokes_are_silence() -> None:
    assert not drum_bursts(strokes(), 0, 100, RATE).any()

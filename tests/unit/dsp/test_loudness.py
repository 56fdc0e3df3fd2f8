"""Loudness against the standard's own signals (ITU-R BS.1770-4; EBU Tech 3341, its minimum requirements)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.dsp.audio import Audio
from symvae.dsp.loudness import LoudnessMeter, k_weighting
from tests.sounds import integrated_lufs


def sine(level_db: float, seconds: float, sample_rate: int = 48_000, hz: float = 1000.0) -> np.ndarray:
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    return 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * time)


@pytest.mark.parametrize("sample_rate", [16_000, 22_050, 24_000, 44_100, 48_000, 96_000])
def test_a_full_scale_sine_in_one_channel_has_minus_three(sample_rate: int) -> None:
    full = sine(0.0, 5, sample_rate, 997.0)
    assert integrated_lufs(Audio(full[None], sample_rate)) == pytest.approx(-3.01, abs=0.05)
    assert integrated_lufs(Audio(np.stack([full, full]), sample_rate)) == pytest.approx(0.0, abs=0.05)


def test_the_filters_equal_the_standards_at_48_khz() -> None:
    """Tables 1 and 2 of the recommendation."""
    shelf, high_pass = k_weighting(48_000)
    table = [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585]
    np.testing.assert_allclose(shelf, table, atol=1e-8)
    np.testing.assert_allclose(high_pass, [1, -2, 1, 1, -1.99004745483398, 0.99007225036621], atol=1e-8)


@pytest.mark.parametrize(
    ("levels", "expected_lufs"),
    [
        ([(-23, 20)], -23),
        ([(-33, 20)], -33),
        ([(-36, 10), (-23, 60), (-36, 10)], -23),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
    ],
)
def test_the_ebus_test_signals_have_their_loudness(
    levels: list[tuple[float, float]], expected_lufs: float
) -> None:
    channel = np.concatenate([sine(level, seconds, 24_000) for level, seconds in levels])
    loudness = integrated_lufs(Audio(np.stack([channel, channel]), 24_000))
    assert loudness == pytest.approx(expected_lufs, abs=0.1)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 9000), max_size=8))
def test_block_lengths_do_not_matter(cuts: list[int]) -> None:
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 9000))
    meter = LoudnessMeter(8_000, 2)
    for block in np.split(samples, sorted(cuts), axis=1):
        meter.add(block)
    assert meter.integrated_lufs() == pytest.approx(integrated_lufs(Audio(samples, 8_000)), abs=1e-9)


@pytest.mark.parametrize("gain_db", [-12.0, 6.0])
def test_a_gain_in_db_is_a_gain_in_lu(gain_db: float) -> None:
    noise = np.random.default_rng(1).normal(0, 0.05, (1, 24_000))
    louder = noise * 10 ** (gain_db / 20)
    difference = integrated_lufs(Audio(louder, 24_000)) - integrated_lufs(Audio(noise, 24_000))
    assert difference == pytest.approx(gain_db, abs=1e-6)


def test_silence_and_very_short_sounds_have_no_loudness() -> None:
    assert integrated_lufs(Audio(np.zeros((1, 24_000)), 24_000)) == -math.inf
    assert integrated_lufs(Audio(np.zeros((2, 0)), 24_000)) == -math.inf
    assert integrated_lufs(Audio(sine(0.0, 0.39)[None], 48_000)) == -math.inf
    assert integrated_lufs(Audio(sine(-75.0, 2.0)[None], 48_000)) == -math.inf

"""Band-limited pulses: the closed form equals the sum of cosines."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.dsp.pulse import below_nyquist, cosines
from symvae.dsp.pulse import harmonics as harmonics_of

RATE = 24_000


def harmonics(
    frequency_hz: float, first: int, last: int, samples: int, rate: int, first_sample: int = 0
) -> torch.Tensor:
    """Harmonics of a steady tone."""
    cycles = torch.arange(first_sample, first_sample + samples, dtype=torch.float64) * frequency_hz / rate
    return harmonics_of(cycles, first, last, below_nyquist(frequency_hz, rate))


def pulse_train(frequency_hz: float, samples: int) -> torch.Tensor:
    """All harmonics below half the rate."""
    return harmonics(frequency_hz, 1, RATE, samples, RATE)


@settings(max_examples=40)
@given(st.floats(20, 11_900), st.integers(1, 8), st.integers(0, 20))
def test_the_closed_form_equals_the_sum_of_cosines(frequency_hz: float, first: int, more: int) -> None:
    last = first + more
    wave = harmonics(frequency_hz, first, last, 300, RATE).numpy()
    time = np.arange(300) / RATE
    audible = [k for k in range(first, last + 1) if k * frequency_hz < RATE / 2]
    expected = sum((np.cos(2 * np.pi * k * frequency_hz * time) for k in audible), np.zeros(300))
    np.testing.assert_allclose(wave, expected, atol=2e-5)


@pytest.mark.parametrize("period", [8, 9, 64, 100, 480])
def test_all_harmonics_have_amplitude_1_and_phase_0(period: int) -> None:
    """With a period of whole samples, every bin of ten periods is a harmonic or 0."""
    train = pulse_train(RATE / period, 10 * period).double()
    spectrum = torch.fft.rfft(train) / (5 * period)
    count = math.ceil(period / 2) - 1  # a harmonic at exactly half the rate is omitted
    expected = torch.zeros_like(spectrum.real)
    expected[10 : 10 * count + 1 : 10] = 1.0
    torch.testing.assert_close(spectrum.real, expected, atol=1e-4, rtol=0)
    torch.testing.assert_close(spectrum.imag, torch.zeros_like(expected), atol=1e-4, rtol=0)


def test_nothing_aliases() -> None:
    """A4 has 27 harmonics at 24 kHz, up to 11,880 Hz; plain impulses would alias."""
    train = pulse_train(440.0, RATE).double()  # one second: bins of 1 Hz
    power = torch.fft.rfft(train).abs().square()
    at_harmonics = power[440 : 27 * 440 + 1 : 440]
    assert at_harmonics.sum() / power.sum() > 1 - 1e-9
    torch.testing.assert_close(
        at_harmonics / at_harmonics[0], torch.ones(27, dtype=torch.float64), rtol=1e-5, atol=0
    )


@pytest.mark.parametrize("frequency_hz", [27.5, 440.0, 4186.0])
def test_the_train_starts_with_an_impulse(frequency_hz: float) -> None:
    train = pulse_train(frequency_hz, 2000)
    count = math.ceil(RATE / 2 / frequency_hz) - 1
    assert train[0] == train.max() == count
    assert harmonics(frequency_hz, 2, 3, 10, RATE)[0] == min(count, 3) - 1


@settings(max_examples=20)
@given(st.lists(st.floats(20, 13_000), min_size=1, max_size=5), st.integers(0, 90_000), st.integers(1, 700))
def test_cosines_are_the_sum_of_cosines(frequency_hz: list[float], first: int, samples: int) -> None:
    wave = cosines(torch.tensor(frequency_hz, dtype=torch.float64), first, samples, RATE)
    time = np.arange(first, first + samples) / RATE
    audible = [hz for hz in frequency_hz if hz < RATE / 2]
    expected = sum((np.cos(2 * np.pi * hz * time) for hz in audible), np.zeros(samples))
    np.testing.assert_allclose(wave.numpy(), expected, atol=1e-4)


def test_vibrato_moves_all_harmonics() -> None:
    """Phases that run unevenly: each harmonic is the cosine of a multiple of the same phase."""
    time = torch.arange(4_000, dtype=torch.float64) / RATE
    cycles = 300 * time + 0.4 * torch.sin(40 * time)
    expected = sum(torch.cos(2 * torch.pi * number * cycles) for number in range(2, 6))
    torch.testing.assert_close(harmonics_of(cycles, 2, 5, 9).double(), expected, atol=1e-4, rtol=0)
    assert torch.equal(harmonics_of(cycles, 2, 9, 5), harmonics_of(cycles, 2, 5, 9))


@pytest.mark.parametrize("frequency_hz", [12_000.0, 12_543.9, 40_000.0])
def test_a_tone_above_half_the_rate_is_silence(frequency_hz: float) -> None:
    assert torch.equal(pulse_train(frequency_hz, 100), torch.zeros(100))


def test_groups_of_harmonics_sum_to_the_train() -> None:
    groups = [(1, 1), (2, 2), (3, 8), (9, 10_000)]
    parts = [harmonics(110.0, first, last, 500, RATE) for first, last in groups]
    torch.testing.assert_close(sum(parts), pulse_train(110.0, 500), atol=1e-4, rtol=0)


def test_a_later_piece_equals_the_whole() -> None:
    whole = harmonics(110.0, 2, 5, 90_000, RATE)
    torch.testing.assert_close(harmonics(110.0, 2, 5, 70, RATE, first_sample=80_000), whole[80_000:80_070])

"""Octave bands: sounds with a known answer, and curves through the centers."""

import numpy as np
import pytest
import torch

from symvae.dsp.octave_bands import BANDS_HZ, band_magnitude, band_power, octave_interpolation

RATE = 24_000
TIME = np.arange(RATE) / RATE


def sines(*hz: float) -> torch.Tensor:
    return torch.from_numpy(np.stack([0.1 * np.sin(2 * np.pi * each * TIME) for each in hz])).float()


@pytest.mark.parametrize("hz", BANDS_HZ)
def test_a_sine_at_the_center_of_a_band_is_in_that_band_alone(hz: int) -> None:
    power = band_power(sines(hz), RATE)[0]
    assert BANDS_HZ[power.argmax()] == hz
    assert power.max() > 0.99 * power.sum()


def test_white_noise_has_3_db_more_in_each_octave_and_the_highest_band_ends_at_10_khz() -> None:
    noise = torch.randn(8, RATE, generator=torch.Generator().manual_seed(0))
    power_db = 10 * np.log10(band_power(noise, RATE).sum(0))
    assert np.diff(power_db)[:-1] == pytest.approx(10 * np.log10(2), abs=0.7)
    assert power_db[-1] - power_db[-2] == pytest.approx(10 * np.log10(4343 / 2828), abs=0.3)
    assert band_power(sines(11_000), RATE).sum() < 1e-3 * band_power(sines(8000), RATE).sum()


def test_a_sound_twice_as_loud_has_four_times_the_power_and_twice_the_magnitude() -> None:
    pair = sines(250, 3000) * torch.tensor([[1.0], [1.0]])
    assert band_power(2 * pair, RATE) == pytest.approx(4 * band_power(pair, RATE), rel=1e-5)
    assert band_magnitude(2 * pair, RATE) == pytest.approx(2 * band_magnitude(pair, RATE), rel=1e-5)


def test_noise_has_more_magnitude_than_a_sine_of_the_same_power() -> None:
    """Which is why both are measured: the mean magnitude hears what lies between partials."""
    noise = torch.randn(1, RATE, generator=torch.Generator().manual_seed(0))
    band = BANDS_HZ.index(2000)
    both = torch.cat([sines(2000), noise])
    power, magnitude = band_power(both, RATE)[:, band], band_magnitude(both, RATE)[:, band]
    share = magnitude / np.sqrt(power)
    assert share[1] > 3 * share[0]


def test_a_curve_passes_through_the_centers_and_is_constant_beyond_them() -> None:
    values = torch.arange(8.0)
    exact = torch.tensor([62.5 * 2.0**octave for octave in range(8)])
    torch.testing.assert_close(values @ octave_interpolation(exact), values)
    beyond = values @ octave_interpolation(torch.tensor([0.0, 20.0, 11_000.0]))
    assert beyond.tolist() == [0.0, 0.0, 7.0]
    half = values @ octave_interpolation(torch.tensor([1000 * 2**0.5]))
    assert float(half) == pytest.approx(4.5)

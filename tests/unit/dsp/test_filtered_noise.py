"""Filtered noise: flat filters pass, a filter shapes the spectrum, frames change over."""

import torch

from symvae.dsp.filtered_noise import PERIOD, filtered, noise, reach

HOP, BANDS = 32, 17


def test_a_flat_filter_only_scales():
    wave = noise(0, 40 * HOP)[None]
    made = filtered(wave, torch.full((1, 40, BANDS), 0.25))
    aligned = made[:, reach(BANDS) :][:, : wave.shape[1]]
    torch.testing.assert_close(aligned, 0.25 * wave, atol=1e-5, rtol=0)


def test_a_filter_shapes_the_spectrum():
    magnitude = torch.zeros(1, 400, BANDS)
    magnitude[..., BANDS // 2 + 2 :] = 1
    power = torch.fft.rfft(filtered(noise(0, 400 * HOP)[None], magnitude)[0]).abs().square()
    low, high = power[: len(power) * 4 // 10].mean(), power[len(power) * 7 // 10 :].mean()
    assert high > 1000 * low


def test_each_frame_has_its_own_filter():
    magnitude = torch.ones(1, 10, BANDS)
    magnitude[:, 5:] = 0
    made = filtered(noise(0, 10 * HOP)[None], magnitude)[0, reach(BANDS) :]
    assert made[: 4 * HOP].abs().max() > 0.5
    assert made[5 * HOP + reach(BANDS) :].abs().max() < 1e-6


def test_noise_depends_on_the_place_alone():
    assert torch.equal(noise(100, 50), noise(0, 200)[100:150])
    assert torch.equal(noise(PERIOD - 10, 20), torch.cat([noise(PERIOD - 10, 10), noise(0, 10)]))
    assert torch.equal(noise(-5, 10)[5:], noise(0, 5))

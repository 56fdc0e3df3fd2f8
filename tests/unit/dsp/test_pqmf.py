"""The filter bank: what is split comes back, each frequency is where it belongs, and nothing comes late."""

import math

import pytest
import torch

from symvae.dsp.pqmf import Pqmf


def error_db(made: torch.Tensor, true: torch.Tensor) -> float:
    return 10 * math.log10((made - true).square().mean() / true.square().mean())


@pytest.mark.parametrize("bands", [2, 8, 16])
@pytest.mark.parametrize("samples", [4096, 4001])
def test_joining_the_bands_reconstructs_the_signal(bands, samples):
    bank = Pqmf(bands)
    wave = torch.randn(3, samples, generator=torch.Generator().manual_seed(0))
    split = bank.split(wave)
    assert split.shape == (3, bands, -(-samples // bands))
    joined = bank.join(split, samples)
    inside = slice(2 * bank.reach, -2 * bank.reach)  # the ends lack neighbors
    assert error_db(joined[:, inside], wave[:, inside]) < -60
    assert joined[:, -1].abs().min() > 0


def test_there_is_no_delay():
    bank = Pqmf(16)
    wave = torch.zeros(1, 4096)
    wave[0, 2001] = 1.0
    joined = bank.join(bank.split(wave), 4096)
    assert joined.argmax() == 2001
    assert error_db(joined, wave) < -60


@pytest.mark.parametrize("band", range(16))
def test_a_sine_lies_in_its_band_and_frequencies_run_downwards_in_odd_bands(band):
    bank = Pqmf(16)
    within = 0.42  # of the band, from below: beyond where bands meet
    frequency = math.pi / 16 * (band + within)
    split = bank.split(torch.sin(frequency * torch.arange(16384.0))[None])[0, :, 64:-64]
    energy = split.square().mean(-1)
    assert energy.argmax() == band
    assert energy.sum() - energy[band] < 1e-6 * energy[band]
    spectrum = torch.fft.rfft(split[band] * torch.hann_window(split.shape[-1])).abs()
    place = spectrum.argmax() / (len(spectrum) - 1)
    assert place == pytest.approx(1 - within if band % 2 else within, abs=0.01)


def test_bands_of_noise_keep_its_power_and_are_uncorrelated():
    bank = Pqmf(8)
    wave = torch.randn(1, 80_000, generator=torch.Generator().manual_seed(1))
    split = bank.split(wave)[0]
    torch.testing.assert_close(split.square().mean(-1), torch.ones(8), atol=0.05, rtol=0)
    assert (torch.corrcoef(split) - torch.eye(8)).abs().max() < 0.05


def test_a_sample_of_a_band_depends_on_its_reach():
    bank = Pqmf(4)
    wave = torch.zeros(1, 400)
    wave[0, 200] = 1.0
    affected = bank.split(wave)[0].abs().amax(0).nonzero()[:, 0] * bank.bands
    assert 200 - bank.reach <= affected.min()
    assert affected.max() <= 200 + bank.reach
    made = bank.join(bank.split(wave), 400)[0].nonzero()[:, 0]
    assert 200 - 2 * bank.reach <= made.min()
    assert made.max() <= 200 + 2 * bank.reach

"""The oscillator bank: pitch, levels, no aliases, and blocks that join."""

import numpy as np
import torch

from symvae.dsp.harmonic import FADE_FROM, audible, cycles, harmonic_bank

RATE, HOP = 8_000, 32


def spectrum(wave: torch.Tensor) -> np.ndarray:
    """Magnitudes of a second of sound, by Hz; a full sine has 1."""
    window = np.hanning(RATE)
    return np.abs(np.fft.rfft(wave.numpy()[:RATE] * window)) / window.sum() * 2


def test_harmonics_stand_at_multiples_with_their_amplitudes():
    frames = RATE // HOP + 1
    amplitude = torch.tensor([0.5, 0.0, 0.25]).expand(1, frames, 3)
    wave, _ = harmonic_bank(torch.full((1, frames), 200.0), amplitude, HOP, RATE)
    found = spectrum(wave[0])
    np.testing.assert_allclose(found[[200, 400, 600]], [0.5, 0.0, 0.25], atol=1e-3)
    assert found[800:].max() < 1e-3


def test_what_would_alias_is_silent():
    frames = RATE // HOP + 1
    wave, _ = harmonic_bank(torch.full((1, frames), 1500.0), torch.ones(1, frames, 9), HOP, RATE)
    found = spectrum(wave[0])
    assert sorted(np.flatnonzero(found > 0.1)[1::3].tolist()) == [1500, 3000]  # 4500 would be at 3500
    gains = audible(torch.tensor([[1000.0]]), 5, RATE)[0, 0]
    assert gains.tolist() == [1, 1, 1, 0, 0]
    near = RATE / 2 * (1 + FADE_FROM) / 2
    assert torch.isclose(audible(torch.tensor([[near]]), 1, RATE), torch.tensor(0.5), atol=1e-4)


def test_phase_is_the_sum_of_the_frequency():
    frequency = torch.linspace(100, 300, 5)[None]
    phase, end = cycles(frequency, HOP, RATE)
    every = np.interp(np.arange(4 * HOP) / HOP, np.arange(5), frequency[0])
    summed = np.concatenate([[0.0], np.cumsum(every / RATE)])
    np.testing.assert_allclose(phase.flatten() % 1, summed[:-1] % 1, atol=1e-6)
    np.testing.assert_allclose(end, summed[-1:] % 1, atol=1e-9)


def test_blocks_join_to_the_whole():
    frequency = 300 + 50 * torch.rand(2, 41, generator=torch.Generator().manual_seed(0))
    amplitude = torch.rand(2, 41, 6, generator=torch.Generator().manual_seed(1))
    whole, _ = harmonic_bank(frequency, amplitude, HOP, RATE)
    first, phase = harmonic_bank(frequency[:, :21], amplitude[:, :21], HOP, RATE)
    second, _ = harmonic_bank(frequency[:, 20:], amplitude[:, 20:], HOP, RATE, phase)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, atol=1e-4, rtol=0)


def test_amplitudes_get_a_gradient():
    amplitude = torch.ones(1, 3, 2, requires_grad=True)
    harmonic_bank(torch.full((1, 3), 300.0), amplitude, HOP, RATE)[0].square().sum().backward()
    assert amplitude.grad is not None
    assert (amplitude.grad != 0).all()

"""Struck sounds from magnitudes: items ignore their batch, and silent frames cost nothing."""

import torch

from symvae.dsp.stft import Stft
from symvae.dsp.struck import struck

STFT, SAMPLES, ONSET = Stft(64, 16), 1_600, 8
FRAMES = SAMPLES // 16 + 1


def made(magnitude: torch.Tensor, iterations: int) -> torch.Tensor:
    return struck(
        magnitude,
        STFT,
        SAMPLES,
        onset=ONSET,
        iterations=iterations,
        generator=torch.Generator().manual_seed(0),
    )


def test_a_short_sound_is_the_same_beside_a_long_one() -> None:
    long = torch.rand(1, FRAMES, 33, generator=torch.Generator().manual_seed(1))
    short = long.clone()
    short[:, 20:] = 0
    for iterations in (0, 3):
        alone, beside = made(short, iterations), made(torch.cat([long, short]), iterations)[1:]
        assert alone.shape == (1, SAMPLES)
        torch.testing.assert_close(alone, beside, atol=2e-3 * float(beside.abs().max()), rtol=0)
        assert not alone[:, 24 * 16 :].any()
        assert alone[:, : 18 * 16].abs().max() > 0


def test_silence_is_silence() -> None:
    assert not made(torch.zeros(2, FRAMES, 33), 2).any()

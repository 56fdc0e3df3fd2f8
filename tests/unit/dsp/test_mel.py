"""The mel scale against the numbers that librosa documents for Slaney's formula, and laws of the bands."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.dsp.mel import hz_to_mel, mel_filters, mel_interpolation, mel_to_hz

#: ``librosa.mel_frequencies(n_mels=40)`` as its documentation prints it: 0 to 11,025 Hz.
FORTY_HZ = [
    *(0.0, 85.317, 170.635, 255.952, 341.269, 426.586, 511.904, 597.221, 682.538, 767.855),
    *(853.173, 938.49, 1024.856, 1119.114, 1222.042, 1334.436, 1457.167, 1591.187, 1737.532, 1897.337),
    *(2071.84, 2262.393, 2470.47, 2697.686, 2945.799, 3216.731, 3512.582, 3835.643, 4188.417, 4573.636),
    *(4994.285, 5453.621, 5955.205, 6502.92, 7101.009, 7754.107, 8467.272, 9246.028, 10096.408, 11025.0),
]


def test_the_scale_is_slaneys() -> None:
    made = hz_to_mel(torch.tensor([60.0, 110.0, 220.0, 440.0, 1000.0, 6400.0]))
    torch.testing.assert_close(made, torch.tensor([0.9, 1.65, 3.3, 6.6, 15.0, 42.0]))
    top = hz_to_mel(torch.tensor(11_025.0, dtype=torch.float64)).item()
    places = torch.linspace(0, top, 40, dtype=torch.float64)
    np.testing.assert_allclose(mel_to_hz(places).numpy(), FORTY_HZ, atol=6e-4)


@given(st.floats(0, 48_000))
def test_hz_to_mel_and_back_is_the_identity(hz: float) -> None:
    there = hz_to_mel(torch.tensor(hz, dtype=torch.float64))
    assert mel_to_hz(there).item() == pytest.approx(hz, abs=1e-6)


def test_the_filters_equal_those_of_librosa() -> None:
    """``librosa.filters.mel(sr=22050, n_fft=2048)``: its documentation prints 0, .016 at the first band.

    By hand: edges at 0, 25.793 and 51.587 Hz, bins every 10.767 Hz, triangles of area 1.
    """
    filters = mel_filters(22_050, 1025, 128)
    low, bin_hz, width = 25.7934, 22_050 / 2048, 51.5869
    by_hand = [0, bin_hz / low, 2 * bin_hz / low, (width - 3 * bin_hz) / low, (width - 4 * bin_hz) / low, 0]
    np.testing.assert_allclose(filters[:6, 0].numpy(), np.array(by_hand) * 2 / width, atol=2e-6)
    assert filters[1, 0].item() == pytest.approx(0.016, abs=5e-4)
    area = filters.double().sum(0) * bin_hz
    torch.testing.assert_close(area[60:], torch.ones(68, dtype=torch.float64), atol=0.02, rtol=0)


@settings(deadline=None, max_examples=40)
@given(st.sampled_from([8_000, 16_000, 24_000, 44_100]), st.integers(9, 600), st.integers(2, 200))
def test_bands_are_nonnegative_and_not_empty(sample_rate: int, bins: int, mels: int) -> None:
    filters = mel_filters(sample_rate, bins, mels)
    assert filters.shape == (bins, mels)
    assert (filters >= 0).all()
    assert (filters.sum(0) > 0).all()


@settings(deadline=None, max_examples=30)
@given(st.sampled_from([8_000, 24_000]), st.integers(2, 600), st.integers(2, 100))
def test_interpolation_keeps_a_constant_curve(sample_rate: int, bins: int, mels: int) -> None:
    curve = mel_interpolation(sample_rate, bins, mels)
    assert curve.shape == (mels, bins)
    torch.testing.assert_close(curve.sum(0), torch.ones(bins))
    values = torch.arange(mels, dtype=torch.float32)
    along = values @ curve
    assert (along.diff() > 0).all()  # a curve that rises in mel rises in Hz
    assert along[0] == 0
    assert along[-1].item() == pytest.approx(mels - 1, rel=1e-5)

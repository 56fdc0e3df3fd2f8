"""Laws of the short-time Fourier transform and of the way back without phases."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.dsp.stft import Stft, griffin_lim, log_magnitude, pad_to, unit

SMALL = Stft(64, 16)


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 700), st.sampled_from([Stft(64, 16), Stft(32, 8), Stft(96, 24), Stft(64, 8)]))
def test_the_inverse_is_exact_and_frames_are_counted(samples: int, stft: Stft) -> None:
    wave = noise(2, samples)
    spectrum = stft(wave)
    assert spectrum.shape == (2, stft.frames(samples), stft.bins)
    torch.testing.assert_close(stft.inverse(spectrum, samples), wave, atol=1e-10, rtol=0)


@settings(deadline=None, max_examples=10)
@given(st.integers(64, 400), st.integers(0, 99))
def test_the_inverse_of_inconsistent_frames_is_the_nearest_signal(samples: int, seed: int) -> None:
    """The result is that of torch.istft, which is slower."""
    spectrum = torch.complex(*noise(2, 1, SMALL.frames(samples), SMALL.bins, seed=seed))
    expected = torch.istft(
        spectrum.transpose(1, 2), 64, 16, window=torch.hann_window(64, dtype=torch.float64), length=samples
    )
    torch.testing.assert_close(SMALL.inverse(spectrum, samples), expected, atol=1e-10, rtol=0)


def test_a_frame_depends_on_half_a_window_to_each_side() -> None:
    wave, struck = torch.zeros(1, 320), torch.zeros(1, 320)
    struck[0, 160] = 1.0  # the center of frame 10
    seen = (SMALL(struck) - SMALL(wave)).abs().amax((0, 2)) > 1e-6
    assert seen.nonzero()[:, 0].tolist() == [9, 10, 11]  # frames 8 and 12 see it with the window's zero


def test_a_sine_has_a_quarter_of_the_window_as_magnitude() -> None:
    time = torch.arange(2048, dtype=torch.float64)
    spectrum = Stft(256, 64)(torch.sin(2 * torch.pi * 16 / 256 * time)[None])
    assert spectrum[0, 16].abs().argmax() == 16
    assert spectrum[0, 16, 16].abs().item() == pytest.approx(256 / 4)


def test_the_inverse_has_a_gradient() -> None:
    spectrum = torch.complex(*noise(2, 1, 5, SMALL.bins)).requires_grad_()
    assert torch.autograd.gradcheck(lambda frames: SMALL.inverse(frames, 64), spectrum)


def test_griffin_lim_approaches_the_magnitudes() -> None:
    time = torch.arange(4000) / 8000
    wave = sum(torch.sin(2 * torch.pi * hz * time) * (-3 * time).exp() for hz in (220.0, 554.4, 1108.7))
    stft = Stft(256, 64)
    magnitude = stft(wave[None]).abs()

    def distance(iterations: int) -> float:
        made = griffin_lim(
            magnitude, stft, 4000, iterations=iterations, generator=torch.Generator().manual_seed(0)
        )
        return ((stft(made).abs() - magnitude).norm() / magnitude.norm()).item()

    none, some, many = distance(0), distance(8), distance(32)
    assert none > 1.3 * some > 1.3 * 1.3 * many
    assert distance(8) == some


def test_griffin_lim_from_the_true_phases_is_exact() -> None:
    wave = noise(1, 640).float()
    spectrum = SMALL(wave)
    made = griffin_lim(spectrum.abs(), SMALL, 640, phase=unit(spectrum), iterations=3)
    torch.testing.assert_close(made, wave, atol=1e-4, rtol=0)


def test_unit_has_magnitude_one_but_for_silence() -> None:
    spectrum = torch.tensor([3 + 4j, -2j, 1e-4, 0.0])
    made = unit(spectrum)
    torch.testing.assert_close(made, torch.tensor([0.6 + 0.8j, -1j, 1.0, 0.0]))


@pytest.mark.parametrize("function", [unit, lambda spectrum: log_magnitude(spectrum, 1e-3)])
def test_silence_has_a_finite_gradient(function) -> None:
    spectrum = torch.zeros(1, 2, 3, dtype=torch.complex64, requires_grad=True)
    out = function(spectrum)
    (torch.view_as_real(out) if out.is_complex() else out).sum().backward()
    assert torch.isfinite(torch.view_as_real(spectrum.grad)).all()


def test_log_magnitudes_are_clipped_at_the_floor() -> None:
    spectrum = torch.tensor([[[3 + 4j, 0.0, 1e-5]]])
    expected = torch.tensor([[[5.0, 0.01, 0.01]]]).log()
    torch.testing.assert_close(log_magnitude(spectrum, 0.01), expected)


@pytest.mark.parametrize("samples", [0, 3, 5, 9])
def test_padding_cuts_or_appends_silence(samples: int) -> None:
    wave = torch.arange(1.0, 6.0)[None]
    made = pad_to(wave, samples)
    assert made.shape == (1, samples)
    assert torch.equal(made[:, :5], wave[:, :samples])
    assert not made[:, 5:].any()

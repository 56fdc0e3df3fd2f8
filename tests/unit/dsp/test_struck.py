"""Struck sounds from magnitudes: items ignore their batch, and silent frames cost nothing."""

import torch

from symvae.dsp import struck as module
from symvae.dsp.stft import Stft, griffin_lim
from symvae.dsp.struck import struck, struck_phases

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


def test_a_piece_of_the_source_has_the_phases_of_the_whole() -> None:
    """Noise of one seed begins alike at any length, so phases of a short sound need a short source."""
    whole, piece = (
        struck_phases(STFT, samples, ONSET, torch.Generator().manual_seed(0))
        for samples in (SAMPLES, 320 + 64)
    )
    torch.testing.assert_close(piece[:, :21], whole[:, :21])


def test_a_partial_between_bins_rings_on() -> None:
    """Phases of noise alone tear a steady partial to pieces."""
    stft, samples = Stft(1024, 256), 30_000
    time = torch.arange(samples)
    wave = torch.where(time >= 64, torch.sin(0.043 * (time - 64)), 0.0)[None]
    magnitude = stft(wave).abs()
    generator = torch.Generator().manual_seed(0)
    rung = struck(magnitude, stft, samples, onset=64, iterations=0, generator=generator)
    torn = stft.inverse(magnitude * struck_phases(stft, samples, 64, generator), samples)

    def purity(sound: torch.Tensor) -> float:
        power = torch.fft.rfft(sound[0, 4096:20_480]).abs().square()
        middle = round(0.043 / (2 * torch.pi) * 16_384)
        return float(power[middle - 8 : middle + 9].sum() / power.sum())

    assert purity(wave) > 0.95
    assert purity(rung) > 0.95
    assert purity(torn) < 0.7


def test_noise_keeps_its_phases() -> None:
    """A flat spectrum has no partials: it sounds as with the phases of the source."""
    magnitude = torch.ones(1, 60, 513)
    stft, samples = Stft(1024, 256), 59 * 256
    made = struck(
        magnitude, stft, samples, onset=64, iterations=0, generator=torch.Generator().manual_seed(0)
    )
    plain = stft.inverse(
        magnitude * struck_phases(stft, samples, 64, torch.Generator().manual_seed(0)), samples
    )
    torch.testing.assert_close(made, plain, atol=1e-5, rtol=0)


def test_silence_is_silence() -> None:
    assert not made(torch.zeros(2, FRAMES, 33), 2).any()


def test_iterations_change_the_attack_and_leave_all_else() -> None:
    magnitude = torch.rand(1, FRAMES, 33, generator=torch.Generator().manual_seed(2))
    plain, better = made(magnitude, 0), made(magnitude, 5)
    # Windows of the frames from the ninth on reach back to here.
    later = module._ATTACK_FRAMES * 16 + 32
    torch.testing.assert_close(plain[:, later:], better[:, later:])
    assert not torch.allclose(plain[:, : 5 * 16], better[:, : 5 * 16])


def test_the_phases_of_the_attack_are_those_of_griffin_and_lim() -> None:
    frames = module._ATTACK_FRAMES
    # No peaks: a partial would ring on.
    magnitude = 1 + 0.1 * torch.rand(1, frames, 33, generator=torch.Generator().manual_seed(3))
    samples = (frames - 1) * 16
    phase = struck_phases(STFT, samples, ONSET, torch.Generator().manual_seed(0))
    expected = griffin_lim(magnitude, STFT, samples, phase=phase, iterations=4)
    found = struck(
        magnitude, STFT, samples, onset=ONSET, iterations=4, generator=torch.Generator().manual_seed(0)
    )
    torch.testing.assert_close(found, expected)

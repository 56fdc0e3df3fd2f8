"""Laws of the distances between sounds."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.objective.spectral import (
    band_distance,
    log_spectral_distance_db,
    magnitude_distance,
    multi_scale_distance,
)

FLOOR = 1e-2
SIZES = (256, 64)


def noise(seed: int, level: float = 0.3, batch: int = 2, samples: int = 1_000) -> torch.Tensor:
    return level * torch.randn(batch, samples, generator=torch.Generator().manual_seed(seed))


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 1000), st.floats(0.01, 1.0))
def test_the_distance_of_a_sound_to_itself_is_zero(seed: int, level: float) -> None:
    wave = noise(seed, level)
    assert not multi_scale_distance(wave, wave, floor=FLOOR, sizes=SIZES).total.any()
    assert not log_spectral_distance_db(wave, wave, floor=FLOOR, size=256).any()


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 1000), st.integers(1001, 2000))
def test_the_logarithmic_part_is_symmetric_and_both_are_positive(one: int, other: int) -> None:
    there = multi_scale_distance(noise(one), noise(other), floor=FLOOR, sizes=SIZES)
    back = multi_scale_distance(noise(other), noise(one), floor=FLOOR, sizes=SIZES)
    torch.testing.assert_close(there.log_magnitude, back.log_magnitude)
    assert (there.convergence > 0).all()
    assert (there.log_magnitude > 0).all()


def test_more_noise_is_farther_away() -> None:
    wave, disturbance = noise(0), noise(1)
    distances = [
        multi_scale_distance(wave + level * disturbance, wave, floor=FLOOR, sizes=SIZES)
        for level in (0.0, 0.01, 0.1, 1.0)
    ]
    for part in ("convergence", "log_magnitude", "total"):
        levels = torch.stack([getattr(distance, part) for distance in distances])
        assert (levels.diff(dim=0) > 0).all()


def test_twice_as_loud_by_hand() -> None:
    """Convergence 1, logarithm of 2, 6.02 dB; with a floor far below."""
    wave = noise(0)
    distance = multi_scale_distance(2 * wave, wave, floor=1e-7, sizes=SIZES)
    torch.testing.assert_close(distance.convergence, torch.ones(2))
    torch.testing.assert_close(distance.log_magnitude, torch.full((2,), math.log(2)), atol=1e-4, rtol=0)
    decibels = log_spectral_distance_db(2 * wave, wave, floor=1e-7, size=256)
    torch.testing.assert_close(decibels, torch.full((2,), 20 * math.log10(2)), atol=1e-3, rtol=0)


def test_sound_below_the_floor_counts_as_silence() -> None:
    faint = noise(0, level=1e-7)
    assert not multi_scale_distance(
        faint, torch.zeros_like(faint), floor=FLOOR, sizes=SIZES
    ).log_magnitude.any()
    assert not log_spectral_distance_db(faint, torch.zeros_like(faint), floor=FLOOR, size=256).any()


def test_silence_has_a_finite_distance_and_slope() -> None:
    made = torch.zeros(1, 500, requires_grad=True)
    distance = multi_scale_distance(made, torch.zeros(1, 500), floor=FLOOR, sizes=SIZES).total.sum()
    distance.backward()
    assert distance.item() == pytest.approx(0.0, abs=1e-6)
    assert torch.isfinite(made.grad).all()


def test_magnitudes_by_hand() -> None:
    made, true = torch.tensor([[[3.0, 1.0]]]), torch.tensor([[[4.0, 1.0]]])
    distance = magnitude_distance(made.log(), true.log())
    assert distance.convergence.item() == pytest.approx(1 / math.sqrt(17))
    assert distance.log_magnitude.item() == pytest.approx(math.log(4 / 3) / 2)
    assert distance.total.item() == pytest.approx(1 / math.sqrt(17) + math.log(4 / 3) / 2)


def test_levels_in_bands_by_hand() -> None:
    wave = noise(0, samples=8_000)
    assert not band_distance(wave, wave, 24_000).any()
    twice = band_distance(2 * wave, wave, 24_000)
    torch.testing.assert_close(twice, torch.full((2,), math.log(2)), atol=1e-3, rtol=0)


def test_levels_in_bands_are_smallest_where_the_power_is_right() -> None:
    """Of noise the distance of log magnitudes prefers a darker copy; levels in bands prefer the true one."""
    real, other = noise(0, samples=40_000), noise(1, samples=40_000)
    gains = [0.7, 1.0, 1.4]
    bands = [float(band_distance(gain * other, real, 24_000).mean()) for gain in gains]
    assert bands.index(min(bands)) == 1


def test_a_partial_beside_its_place_has_the_right_level_in_bands() -> None:
    time = torch.arange(24_000)[None] / 24_000
    real, beside = (torch.sin(2 * torch.pi * hz * time) for hz in (5_000.0, 5_040.0))
    assert band_distance(beside, real, 24_000) < 0.3 * band_distance(0.1 * real, real, 24_000)


def test_silence_has_finite_levels_in_bands() -> None:
    made = torch.zeros(1, 2_000, requires_grad=True)
    band_distance(made, torch.zeros(1, 2_000), 24_000).sum().backward()
    assert torch.isfinite(made.grad).all()

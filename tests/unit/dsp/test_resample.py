"""Sample rate conversion block by block gives the samples of the whole."""

import numpy as np
import pytest

from symvae.dsp.resample import factors, resampled, resampled_blocks


@pytest.mark.parametrize(
    ("rate", "wanted"), [(44_100, 48_000), (48_000, 44_100), (8_000, 48_000), (96_000, 8_000)]
)
@pytest.mark.parametrize("length", [1_000, 7_919])
def test_blocks_give_what_the_whole_gives(rate, wanted, length):
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 20_011)).astype(np.float32)
    blocks = [samples[:, at : at + length] for at in range(0, samples.shape[1], length)]
    whole = resampled(samples, rate, wanted)
    parts = np.concatenate(list(resampled_blocks(blocks, rate, wanted)), 1)
    assert parts.shape == whole.shape
    np.testing.assert_allclose(parts, whole, atol=1e-6)


def test_the_same_rate_is_left_alone():
    samples = np.ones((1, 10), np.float32)
    assert resampled(samples, 48_000, 48_000) is samples
    assert list(resampled_blocks([samples], 48_000, 48_000)) == [samples]


def test_a_recording_without_a_block_stays_empty():
    assert list(resampled_blocks([], 44_100, 48_000)) == []


def test_factors_are_in_lowest_terms():
    assert factors(44_100, 48_000) == (160, 147)
    assert factors(48_000, 24_000) == (1, 2)

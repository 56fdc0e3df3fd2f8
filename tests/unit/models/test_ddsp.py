"""DDSP: a stream is the whole, no frame sees its future, an item ignores its batch."""

import pytest
import torch

from symvae.config.ddsp import DdspModelConfig
from symvae.models.ddsp.layers import exp_sigmoid
from symvae.system.build_ddsp import build_ddsp

CONFIG = DdspModelConfig(
    sample_rate=8_000,
    hop=32,
    harmonics=10,
    noise_bands=9,
    timbres=2,
    timbre_size=3,
    width=8,
    layers=1,
    hidden=12,
    touch_hidden=6,
)
FRAMES = 60


@pytest.fixture
def network():
    torch.manual_seed(0)
    return build_ddsp(CONFIG).eval().requires_grad_(False)


@pytest.fixture
def contours():
    chance = torch.Generator().manual_seed(1)
    return 200 + 400 * torch.rand(2, FRAMES, generator=chance), torch.rand(2, FRAMES, generator=chance)


def test_a_frame_has_hop_samples(network, contours):
    wave = network(*contours, network.z(torch.tensor([0, 1]), FRAMES))
    assert wave.shape == (2, (FRAMES - 1) * 32)
    assert wave.isfinite().all()


def test_a_stream_is_the_whole_block_by_block(network, contours):
    z = network.z(torch.tensor([0, 1]), FRAMES)
    whole, state, blocks = network(*contours, z), None, []
    for start, end in ((0, 20), (20, 21), (21, 45), (45, FRAMES)):
        part = slice(start, end)
        wave, state = network.block(*(each[:, part] for each in contours), z[:, part], state)
        blocks.append(wave)
    torch.testing.assert_close(torch.cat(blocks, 1), whole, atol=1e-5, rtol=1e-4)


def test_no_frame_sees_its_future(network, contours):
    frequency, loudness = contours
    z = network.z(torch.tensor([0, 1]), FRAMES)
    later = loudness.clone()
    later[:, 40:] = 0.1
    before, after = network(frequency, loudness, z), network(frequency, later, z)
    # The filter of a frame reaches some samples back.
    known = 39 * 32 - CONFIG.noise_bands
    assert torch.equal(before[:, :known], after[:, :known])
    assert not torch.equal(before, after)


def test_an_item_ignores_its_batch(network, contours):
    z = network.z(torch.tensor([0, 1]), FRAMES)
    alone = network(*(each[1:] for each in contours), z[1:])
    torch.testing.assert_close(network(*contours, z)[1:], alone, atol=1e-5, rtol=1e-4)


def test_amplitudes_are_positive_and_bounded():
    values = exp_sigmoid(torch.tensor([-50.0, 0.0, 50.0]))
    assert values[0] == pytest.approx(1e-7)
    assert values[2] == pytest.approx(2.0)


def test_the_released_size_is_small():
    values = sum(each.numel() for each in build_ddsp(DdspModelConfig(timbres=30)).parameters())
    assert values < 1_500_000

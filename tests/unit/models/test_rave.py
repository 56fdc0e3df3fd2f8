"""RAVE's networks: bands that come back, independence of the batch, streams."""

import pytest
import torch

from symvae.models.rave.band_split import BandJoin, BandSplit, delay
from symvae.models.rave.rave import Rave


@pytest.fixture
def rave():
    torch.manual_seed(0)
    network = Rave(
        bands=4, strides=(4, 2), capacity=4, latent_size=3, dilations=(1, 3), noise_stride=4, delay=40
    )
    # Noise from the start, so that the tests hear it.
    torch.nn.init.constant_(network.head.noise.leave.bias, 5.0)
    return network.eval().requires_grad_(False)


@pytest.mark.parametrize("bands", [4, 16])
def test_bands_join_to_the_delayed_signal(bands):
    wave = torch.randn(2, 40 * bands)
    back = BandJoin(bands)(BandSplit(bands)(wave))
    late = delay(bands)
    error = (back[:, late:] - wave[:, :-late]).square().mean().sqrt()
    assert error < 2e-3 * wave.square().mean().sqrt()


def test_a_frame_has_ratio_samples(rave):
    z = rave.encode(torch.randn(2, 10 * rave.ratio))
    assert rave.ratio == 32
    assert z.shape == (2, 3, 10)
    assert rave.decode(z).shape == (2, 320)


def test_the_posterior_has_a_row_for_each_frame(rave):
    wave = torch.randn(2, 10 * rave.ratio)
    posterior = rave.posterior(wave)
    rows = posterior.mean.unflatten(0, (2, 10)).transpose(1, 2)
    torch.testing.assert_close(rows, rave.encode(wave))
    assert (posterior.std > 0).all()


def test_a_sound_ignores_the_rest_of_its_batch(rave):
    wave = torch.randn(3, 8 * rave.ratio)
    alone = rave.decode(rave.encode(wave[1:2]))
    torch.testing.assert_close(rave.decode(rave.encode(wave))[1:2], alone)


def test_a_stream_is_the_whole_block_by_block(rave):
    wave = torch.randn(2, 12 * rave.ratio)
    whole = rave.decode(rave.encode(wave))
    for frames in (1, 3):
        rave.start_stream(2)
        blocks = [rave.decode(rave.encode(block)) for block in wave.split(frames * rave.ratio, 1)]
        rave.end_stream()
        torch.testing.assert_close(torch.cat(blocks, 1), whole)


def test_silence_begins_a_stream_again(rave):
    wave = torch.randn(1, 4 * rave.ratio)
    rave.start_stream()
    first = rave.decode(rave.encode(wave))
    rave.silence()
    assert torch.equal(rave.decode(rave.encode(wave)), first)


def test_no_sample_sees_its_future(rave):
    wave = torch.randn(1, 8 * rave.ratio)
    changed = wave.clone()
    changed[:, 4 * rave.ratio :] = 0.5
    before, after = (rave.decode(rave.encode(each)) for each in (wave, changed))
    assert torch.equal(before[:, : 4 * rave.ratio], after[:, : 4 * rave.ratio])


def test_whole_leaves_room_for_the_delay(rave):
    for samples in (1, 31, 32, 33, 100):
        longer = rave.whole(torch.ones(1, samples)).shape[1]
        assert longer % rave.ratio == 0
        assert samples + rave.delay <= longer < samples + rave.delay + rave.ratio

"""Quantized timbres: codes, gradients, perplexity, and seeded draws of the library."""

import math

import pytest
import torch

from symvae.models.sound.quantized import QuantizedEncoder, perplexity
from symvae.models.sound.timbre_encoder import Posterior, TimbreEncoder


def encoder() -> QuantizedEncoder:
    torch.manual_seed(0)
    inner = TimbreEncoder(mels=16, channels=4, latent_size=6, initial_log_variance=-4.0)
    return QuantizedEncoder(inner, codebooks=3, codebook_size=8)


def clips(seed: int = 0) -> torch.Tensor:
    return 3 * torch.randn(10, 40, 16, generator=torch.Generator().manual_seed(seed))


def test_codes_looked_up_are_z():
    model = encoder().eval()
    posterior = model(clips())
    assert isinstance(posterior, Posterior)
    assert posterior.codes.shape == (10, 3)
    torch.testing.assert_close(model.lookup(posterior.codes), posterior.mean)
    assert torch.equal(posterior.sample(torch.Generator().manual_seed(1)), posterior.mean)


def test_the_divergence_is_the_same_for_every_clip():
    kl_nats = encoder()(clips()).kl_nats().sum(-1)
    torch.testing.assert_close(kl_nats, torch.full((10,), 3 * math.log(8)))


def test_gradients_pass_the_quantizer():
    model = encoder()
    model(clips()).mean.square().sum().backward()
    assert model.encoder.mean.weight.grad.abs().sum() > 0


def test_codebooks_follow_from_the_steps_and_leave_the_global_generator_alone():
    """Entries that nothing is rounded to are moved by chance: it has to be ours, or no run could resume."""

    def learned(disturbance: int) -> list[torch.Tensor]:
        model = encoder()
        for step in range(5):
            torch.manual_seed(disturbance + step)
            before = torch.get_rng_state()
            model(clips(step))
            assert torch.equal(torch.get_rng_state(), before)
        return [value.clone() for value in model.state_dict().values()]

    for one, other in zip(learned(0), learned(100), strict=True):
        assert torch.equal(one, other)


def test_entries_follow_the_timbres_in_training_only():
    model = encoder()
    before = model.quantizer.codebooks.clone()
    model.eval()(clips())
    assert torch.equal(model.quantizer.codebooks, before)
    first = model.train()(clips()).commitment
    for _ in range(20):
        last = model(clips()).commitment
    assert last < first / 2


@pytest.mark.parametrize(
    ("column", "expected"), [([0, 0, 0, 0], 1.0), ([0, 1, 2, 3], 4.0), ([0, 0, 5, 5], 2.0)]
)
def test_perplexity_counts_evenly_used_entries(column, expected):
    codes = torch.tensor([column, [0, 1, 2, 3]]).T
    torch.testing.assert_close(perplexity(codes), torch.tensor([expected, 4.0]))

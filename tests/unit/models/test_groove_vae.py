"""GrooveVAE: hits are drawn in order, known hits stay, taps are hit."""

import numpy as np
import pytest
import torch

from symvae.models.groove.cells import Condition, Touch
from symvae.models.groove.groove_vae import GrooveVAE, kl_between
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.build_groove import build_groove
from symvae.system.touches import cells_of_touch, touch_of
from symvae.tokens.groove import GrooveGrid
from tests.groove_models import TINY, beat


@pytest.fixture(scope="module")
def network() -> GrooveVAE:
    torch.manual_seed(1)
    return build_groove(TINY).eval()


def touch(*seeds: int) -> Touch:
    return touch_of(np.stack([GrooveGrid().encode_phrase(beat(seed=seed)) for seed in seeds]))


def condition(count: int) -> Condition:
    return Condition(torch.arange(count) % 3, torch.full((count,), 100.0))


def play(network: GrooveVAE, hit: torch.Tensor, **choices) -> Touch:
    z = torch.zeros(len(hit), TINY.latent_size)
    return network.play(hit, condition(len(hit)), z=z, temperature=0.0, **choices)


def test_cells_survive_the_tensors() -> None:
    of = touch(1, 2)
    cells = cells_of_touch(of)
    phrase = beat(seed=1)
    assert np.array_equal(np.sort(cells.velocity[0][cells.hit[0]]), np.sort(phrase.velocity))
    assert np.allclose(cells.offset_step[0].sum(), phrase.offset_step.sum())


def test_no_hit_is_drawn_from_later_ones(network: GrooveVAE) -> None:
    """What is known of a hit changes those after it, and none before it."""
    of = touch(3)
    free = play(network, of.hit)
    only = torch.zeros_like(of.hit)
    only[0, 16] = of.hit[0, 16]
    assert only.any()
    known = Touch(only, of.velocity * only, of.offset * only)
    led = play(network, of.hit, known=known)
    assert torch.equal(led.velocity[0, :16], free.velocity[0, :16])
    assert torch.equal(led.offset[0, :16], free.offset[0, :16])
    assert torch.equal(led.velocity[only], of.velocity[only])
    assert torch.equal(led.offset[only], of.offset[only])
    assert not torch.equal(led.velocity[0, 17:], free.velocity[0, 17:])


def test_a_phrase_ignores_the_rest_of_its_batch(network: GrooveVAE) -> None:
    both, alone = play(network, touch(4, 5).hit), play(network, touch(4).hit)
    assert torch.equal(both.velocity[0], alone.velocity[0])
    assert torch.equal(both.offset[0], alone.offset[0])


def test_the_log_probability_is_that_of_the_hits_one_by_one(network: GrooveVAE) -> None:
    """Teacher forcing and drawing see the same: a phrase that is drawn without chance is its likeliest."""
    of, z = touch(6), torch.zeros(1, TINY.latent_size)
    context = network.hit_context(of.hit.float(), network.condition(condition(1)))
    drawn = network.touch.sample(of.hit, context, z, temperature=0.0)
    other = drawn._replace(velocity=(drawn.velocity + 63) % 127 * drawn.hit)
    scores = [network.touch.log_prob(each, context, z).item() for each in (drawn, other)]
    assert scores[0] > scores[1]
    empty = Touch(torch.zeros_like(of.hit), of.velocity * 0, of.offset * 0)
    assert network.touch.log_prob(empty, context, z).item() == 0.0


@pytest.mark.parametrize("only_taps", [True, False])
def test_every_tap_is_hit(network: GrooveVAE, only_taps: bool) -> None:
    taps = torch.rand(4, 32, generator=torch.Generator().manual_seed(0)) < 0.3
    hit = network.orchestrate(
        taps, condition(4), only_taps=only_taps, generator=torch.Generator().manual_seed(0)
    ).any(-1)
    assert hit[taps].all()
    assert hit[~taps].any() != only_taps


def test_the_divergence_of_a_gaussian_from_itself_is_zero_and_from_others_positive() -> None:
    chance = torch.Generator().manual_seed(0)
    mean, log_std = (torch.randn(5, 3, generator=chance) for _ in range(2))
    one, other = DiagonalGaussian(mean, log_std), DiagonalGaussian(mean + 1, log_std)
    standard = DiagonalGaussian(torch.zeros(5, 3), torch.zeros(5, 3))
    torch.testing.assert_close(kl_between(one, one), torch.zeros(5))
    assert (kl_between(one, other) > 0).all()
    torch.testing.assert_close(kl_between(one, standard), one.kl_nats().sum(-1))

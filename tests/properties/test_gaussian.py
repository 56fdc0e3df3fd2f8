"""Laws of the posterior and of its KL divergence from the prior."""

import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.nn.gaussian import DiagonalGaussian
from symvae.objective.elbo import elbo, free_nats_kl

SHAPE = (3, 4)


@st.composite
def gaussians(draw) -> DiagonalGaussian:
    mean = draw(arrays("float64", SHAPE, elements=st.floats(-5, 5)))
    log_std = draw(arrays("float64", SHAPE, elements=st.floats(-4, 2)))
    return DiagonalGaussian(torch.from_numpy(mean), torch.from_numpy(log_std))


@settings(deadline=None)
@given(gaussians())
def test_the_divergence_is_not_negative(posterior: DiagonalGaussian) -> None:
    assert (posterior.kl_nats() >= -1e-12).all()


def test_the_divergence_of_the_prior_from_itself_is_zero() -> None:
    prior = DiagonalGaussian(torch.zeros(SHAPE), torch.zeros(SHAPE))
    assert (prior.kl_nats() == 0).all()


@settings(deadline=None)
@given(gaussians(), st.integers(0, 2**31))
def test_the_divergence_agrees_with_monte_carlo(posterior: DiagonalGaussian, seed: int) -> None:
    """The mean of log q − log p over draws, within six of its own standard errors: a false alarm about
    once in a hundred million draws of the test."""
    draws = 4000
    many = DiagonalGaussian(posterior.mean.repeat(draws, 1), posterior.log_std.repeat(draws, 1))
    prior = DiagonalGaussian(torch.zeros_like(many.mean), torch.zeros_like(many.mean))
    z = many.sample(torch.Generator().manual_seed(seed))
    difference = (many.log_prob(z) - prior.log_prob(z)).view(draws, -1)
    error = difference.std(0) / math.sqrt(draws)
    assert ((difference.mean(0) - posterior.kl_nats().sum(-1)).abs() <= 6 * error + 1e-6).all()


@settings(deadline=None)
@given(gaussians(), st.floats(0, 100), st.floats(0, 100))
def test_more_free_nats_never_cost_more(posterior: DiagonalGaussian, free: float, more: float) -> None:
    kl = posterior.kl_nats().sum(-1)
    assert (free_nats_kl(kl, free + more) <= free_nats_kl(kl, free)).all()
    ids = torch.zeros((3, 1, 2), dtype=torch.int64)
    logits = torch.zeros((3, 1, 2, 5))
    dear, cheap = (elbo(logits, ids, posterior, beta=1.0, free_nats=f).total for f in (free, free + more))
    assert cheap <= dear + 1e-9


@settings(deadline=None)
@given(gaussians(), st.integers(0, 2**31))
def test_a_sample_at_temperature_zero_is_the_mean(posterior: DiagonalGaussian, seed: int) -> None:
    still = posterior.sample(torch.Generator().manual_seed(seed), temperature=0.0)
    assert torch.equal(still, posterior.mean)

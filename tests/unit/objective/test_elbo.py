import math

import torch

from symvae.nn.gaussian import DiagonalGaussian
from symvae.objective.elbo import elbo

IDS = torch.tensor([[[1, 2, 0]], [[3, 3, 3]]])
UNIFORM = torch.zeros((2, 1, 3, 4))


def posterior(*mean: float) -> DiagonalGaussian:
    """Unit deviation, so that the divergence of each phrase is half its squared mean."""
    column = torch.tensor(mean)[:, None]
    return DiagonalGaussian(column, torch.zeros_like(column))


def test_uniform_logits_cost_the_logarithm_of_the_vocabulary_for_each_token() -> None:
    loss = elbo(UNIFORM, IDS, posterior(0.0, 0.0), beta=1.0, free_nats=0.0)
    assert math.isclose(loss.reconstruction.item(), 3 * math.log(4), rel_tol=1e-6)
    assert loss.kl == 0
    assert torch.equal(loss.total, loss.reconstruction)


def test_the_divergence_above_the_free_nats_of_each_phrase_is_weighted_by_beta() -> None:
    loss = elbo(UNIFORM, IDS, posterior(2.0, 4.0), beta=0.5, free_nats=3.0)
    assert loss.kl == (2 + 8) / 2
    charged = 0.5 * (0 + 5) / 2  # the first phrase stays under three nats
    assert math.isclose(loss.total.item(), loss.reconstruction.item() + charged, rel_tol=1e-6)


def test_certain_and_correct_logits_cost_nothing() -> None:
    certain = 100.0 * torch.nn.functional.one_hot(IDS, 4).float()
    assert elbo(certain, IDS, posterior(0.0, 0.0), beta=1.0, free_nats=0.0).total < 1e-6


def test_only_the_first_padding_of_a_row_is_a_target() -> None:
    """Two tokens and their end, nothing but an end, and a row without room for one: 3 + 1 + 4."""
    ids = torch.tensor([[[1, 2, 0, 0]], [[0, 0, 0, 0]], [[3, 1, 2, 3]]])
    logits = torch.zeros((3, 1, 4, 5))
    at_origin = posterior(0.0, 0.0, 0.0)
    loss = elbo(logits, ids, at_origin, beta=1.0, free_nats=0.0, padding=0)
    assert math.isclose(loss.reconstruction.item(), (3 + 1 + 4) / 3 * math.log(5), rel_tol=1e-6)
    every = elbo(logits, ids, at_origin, beta=1.0, free_nats=0.0)
    assert math.isclose(every.reconstruction.item(), 4 * math.log(5), rel_tol=1e-6)


def test_tokens_after_the_padding_have_no_gradient() -> None:
    ids, other = torch.tensor([[[1, 0, 0, 0]]]), torch.tensor([[[1, 0, 3, 2]]])
    logits = torch.randn((1, 1, 4, 5), generator=torch.Generator().manual_seed(0)).requires_grad_()
    choice = {"beta": 1.0, "free_nats": 0.0, "padding": 0}
    loss = elbo(logits, ids, posterior(0.0), **choice)
    assert elbo(logits, other, posterior(0.0), **choice).total == loss.total
    loss.total.backward()
    assert (logits.grad != 0).any(-1).tolist() == [[[True, True, False, False]]]

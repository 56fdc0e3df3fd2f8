import pytest
import torch
from torch.distributions import MultivariateNormal

from symvae.errors import LatentError
from symvae.latent.prior import MixturePrior, fit_mixture


def two_clouds(count: int = 2000) -> torch.Tensor:
    """A quarter of the points around (-4, 0), the rest in a slanted cloud around (4, 1)."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn((count, 2), generator=generator)
    left = noise[: count // 4] * 0.5 + torch.tensor([-4.0, 0.0])
    slant = torch.tensor([[1.0, 0.0], [0.8, 0.3]])
    return torch.cat([left, noise[count // 4 :] @ slant.t() + torch.tensor([4.0, 1.0])])


def test_two_clouds_are_found() -> None:
    prior = fit_mixture(two_clouds(), 2, torch.Generator().manual_seed(0))
    small, large = prior.weight.argsort()
    torch.testing.assert_close(prior.weight[small], torch.tensor(0.25), atol=0.01, rtol=0)
    torch.testing.assert_close(prior.mean[small], torch.tensor([-4.0, 0.0]), atol=0.1, rtol=0)
    torch.testing.assert_close(prior.mean[large], torch.tensor([4.0, 1.0]), atol=0.1, rtol=0)
    covariance = prior.cholesky[large] @ prior.cholesky[large].t()
    assert covariance[0, 1] == pytest.approx(0.8, abs=0.1)


def test_the_density_is_that_of_the_mixture() -> None:
    prior = fit_mixture(two_clouds(), 2, torch.Generator().manual_seed(0))
    parts = [
        MultivariateNormal(mean, scale_tril=cholesky)
        for mean, cholesky in zip(prior.mean, prior.cholesky, strict=True)
    ]
    z = two_clouds(100)
    expected = torch.stack([part.log_prob(z) for part in parts], 1) + prior.weight.log()
    torch.testing.assert_close(prior.log_prob(z), expected.logsumexp(1), atol=1e-4, rtol=1e-4)


def test_draws_come_from_where_the_points_were() -> None:
    z = two_clouds()
    drawn = fit_mixture(z, 2, torch.Generator().manual_seed(0)).sample(4000, torch.Generator().manual_seed(1))
    torch.testing.assert_close(drawn.mean(0), z.mean(0), atol=0.3, rtol=0)
    torch.testing.assert_close(drawn.t().cov(), z.t().cov(), atol=0.8, rtol=0.1)


def test_no_spread_draws_the_centres_alone() -> None:
    prior = MixturePrior(torch.tensor([0.5, 0.5]), torch.tensor([[1.0], [5.0]]), torch.ones(2, 1, 1))
    still = prior.sample(50, torch.Generator().manual_seed(0), temperature=0.0)
    assert set(still.flatten().tolist()) == {1.0, 5.0}


def test_too_few_phrases_are_refused() -> None:
    with pytest.raises(LatentError, match="15 phrases are too few for a mixture of 2"):
        fit_mixture(torch.randn(15, 2), 2, torch.Generator())

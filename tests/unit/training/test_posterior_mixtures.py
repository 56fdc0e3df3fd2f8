"""Mixtures of posteriors stay within their class and spread as the sounds do."""

import torch

from symvae.nn.gaussian import DiagonalGaussian
from symvae.training.posterior_mixtures import with_mixtures


def test_mixtures_keep_mean_and_spread_of_their_class():
    torch.manual_seed(0)
    numbers = torch.arange(2000) % 2
    mean = torch.randn(2000, 3) * torch.tensor([1.0, 2.0, 0.5]) + 10 * numbers[:, None]
    posterior = DiagonalGaussian(mean, torch.zeros_like(mean))
    mixed = with_mixtures(posterior, torch.eye(2)[numbers], 3, seed=1)
    assert mixed.mean.shape == mixed.log_std.shape == (8000, 3)
    assert torch.equal(mixed.mean[:2000], mean)
    for number in (0, 1):
        new, old = mixed.mean[2000:][numbers.repeat(3) == number], mean[numbers == number]
        torch.testing.assert_close(new.mean(0), old.mean(0), atol=0.2, rtol=0)
        torch.testing.assert_close(new.std(0), old.std(0), atol=0, rtol=0.1)
    again = with_mixtures(posterior, torch.eye(2)[numbers], 3, seed=1)
    assert torch.equal(again.mean, mixed.mean)
    assert with_mixtures(posterior, torch.eye(2)[numbers], 0, seed=1).mean.shape == (2000, 3)

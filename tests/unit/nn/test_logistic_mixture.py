"""Mixture of discretized logistics: a distribution over all pairs of bins."""

import torch

from symvae.nn.logistic_mixture import PARAMETERS, Bins, LogisticMixture

FIRST, SECOND = Bins(11), Bins(7)


def mixture(seed: int, rows: int = 1, components: int = 3) -> LogisticMixture:
    generator = torch.Generator().manual_seed(seed)
    return LogisticMixture(torch.randn(rows, PARAMETERS * components, generator=generator), FIRST, SECOND)


def all_pairs() -> tuple[torch.Tensor, torch.Tensor]:
    pairs = torch.cartesian_prod(torch.arange(FIRST.size), torch.arange(SECOND.size))
    return pairs[:, 0], pairs[:, 1]


def test_the_masses_of_all_pairs_of_bins_sum_to_one() -> None:
    for seed in range(5):
        total = mixture(seed).log_prob(*all_pairs()).exp().sum()
        torch.testing.assert_close(total, torch.tensor(1.0), rtol=1e-4, atol=1e-4)


def test_draws_are_as_frequent_as_their_masses_say() -> None:
    """40,000 draws: the standard error of a share is below .0025, and 77 shares are compared."""
    one = mixture(1)
    many = LogisticMixture(
        torch.cat([each.expand(40_000, -1) for each in _parameters(one)], -1), FIRST, SECOND
    )
    first, second = many.sample(torch.Generator().manual_seed(0))
    shares = torch.zeros(FIRST.size, SECOND.size)
    shares.index_put_((first, second), torch.tensor(1 / 40_000), accumulate=True)
    assert (shares.flatten() - one.log_prob(*all_pairs()).exp()).abs().max() < 0.012


def test_without_temperature_every_draw_is_the_middle_of_the_likeliest_component() -> None:
    one = mixture(2, rows=4)
    first, second = one.sample(temperature=0.0)
    again = one.sample(torch.Generator().manual_seed(5), temperature=0.0)
    assert torch.equal(first, again[0])
    assert torch.equal(second, again[1])


def test_bins_are_their_own_nearest() -> None:
    for bins in (FIRST, SECOND, Bins(127)):
        index = torch.arange(bins.size)
        assert torch.equal(bins.nearest(bins.center(index)), index)


def _parameters(one: LogisticMixture) -> list[torch.Tensor]:
    return [
        one.weight,
        one.first_mean,
        one.first_log_scale,
        one.second_mean,
        one.second_log_scale,
        one.slope.atanh(),
    ]

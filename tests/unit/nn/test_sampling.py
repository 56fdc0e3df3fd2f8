import torch

from symvae.nn.sampling import choose, median

LOGITS = torch.log(torch.tensor([0.5, 0.3, 0.15, 0.05]))


def drawn(count: int = 20_000, seed: int = 0, **choice: float) -> torch.Tensor:
    chosen = choose(LOGITS.expand(count, -1), generator=torch.Generator().manual_seed(seed), **choice)
    return torch.bincount(chosen, minlength=4) / count


def test_temperature_zero_chooses_the_most_likely_id() -> None:
    assert choose(torch.tensor([[0.0, 2.0, 1.0], [5.0, 0.0, 0.0]])).tolist() == [1, 0]


def test_at_temperature_one_choices_follow_the_probabilities() -> None:
    """The largest deviation of 20,000 draws has a standard error of .0035; .02 is more than five."""
    torch.testing.assert_close(drawn(temperature=1.0), LOGITS.exp(), atol=0.02, rtol=0)


def test_a_higher_temperature_flattens_the_distribution() -> None:
    squared_root = (LOGITS / 2).softmax(-1)
    torch.testing.assert_close(drawn(temperature=2.0), squared_root, atol=0.02, rtol=0)


def test_the_nucleus_is_the_smallest_set_with_probability_top_p() -> None:
    shares = drawn(temperature=1.0, top_p=0.75)
    assert (shares[2:] == 0).all()
    torch.testing.assert_close(shares[:2], torch.tensor([0.625, 0.375]), atol=0.02, rtol=0)


def test_the_nucleus_is_never_empty() -> None:
    assert drawn(temperature=1.0, top_p=1e-6)[0] == 1


def test_the_same_seed_draws_the_same() -> None:
    logits = torch.zeros(50, 9)
    first, again, other = (
        choose(logits, 1.0, 1.0, torch.Generator().manual_seed(seed)) for seed in (3, 3, 4)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_median_has_the_least_expected_distance():
    logits = 2 * torch.randn((50, 9), generator=torch.Generator().manual_seed(0))
    distance = (torch.arange(9)[:, None] - torch.arange(9)).abs().float()
    expected = logits.softmax(-1) @ distance
    assert torch.equal(median(logits), expected.argmin(-1))

import itertools

import pytest
import torch

from symvae.evaluation.held_out import held_out
from symvae.evaluation.rate import (
    BUDGETS_NATS,
    RatePoint,
    Receiver,
    coordinates_within,
    default_budgets,
    factor_within,
    rate_curve,
    widened,
)
from symvae.nn.gaussian import DiagonalGaussian
from symvae.training.data import training_phrases


def test_the_budget_limits_the_number_of_coordinates() -> None:
    kl_nats = torch.tensor([5.0, 3.0, 2.0, 1.0])
    assert [coordinates_within(kl_nats, budget) for budget in (0.0, 4.9, 5.0, 8.0, 9.9, 11.0)] == [
        0,
        0,
        1,
        2,
        2,
        4,
    ]


def test_the_receiver_keeps_sent_coordinates_and_predicts_the_others() -> None:
    generator = torch.Generator().manual_seed(0)
    sent = torch.randn((5000, 2), generator=generator)
    z = torch.stack([sent[:, 0], 2 * sent[:, 0] - sent[:, 1] + 3, sent[:, 1]], dim=1)
    filled = Receiver(z, torch.tensor([0, 2]))(sent)
    assert torch.equal(filled[:, [0, 2]], sent)
    torch.testing.assert_close(filled[:, 1], z[:, 1], atol=0.1, rtol=0.05)


def test_independent_coordinates_are_predicted_by_their_mean() -> None:
    generator = torch.Generator().manual_seed(0)
    z = torch.randn((20_000, 3), generator=generator) + torch.tensor([0.0, 5.0, 0.0])
    filled = Receiver(z, torch.tensor([0]))(torch.tensor([[2.0]]))
    torch.testing.assert_close(filled, torch.tensor([[2.0, 5.0, 0.0]]), atol=0.1, rtol=0)


def narrow() -> DiagonalGaussian:
    mean = torch.tensor([[2.0, -1.0, 0.0], [-2.0, 1.0, 0.0]])
    return DiagonalGaussian(mean, torch.tensor([0.1, 0.5, 1.0]).log().expand(2, 3))


def test_widening_by_one_changes_nothing() -> None:
    wide = widened(narrow(), 1.0)
    torch.testing.assert_close(wide.mean, narrow().mean)
    torch.testing.assert_close(wide.log_std, narrow().log_std)


def test_unlimited_widening_gives_the_prior() -> None:
    wide = widened(narrow(), 1e6)
    assert wide.kl_nats().sum() == pytest.approx(0, abs=1e-6)


def test_widening_keeps_the_distribution_of_samples_over_all_phrases() -> None:
    """Means from N(0, 1 - s²) and deviation s give samples from N(0, 1), before and after."""
    generator = torch.Generator().manual_seed(0)
    s = torch.tensor([0.2, 0.6])
    mean = torch.randn((50_000, 2), generator=generator) * (1 - s.square()).sqrt()
    drawn = widened(DiagonalGaussian(mean, s.log().expand(50_000, 2)), 1.5).sample(generator)
    torch.testing.assert_close(drawn.std(0), torch.ones(2), atol=0.02, rtol=0)


def test_the_factor_uses_up_the_budget_and_no_more() -> None:
    full = float(narrow().kl_nats().sum(1).mean())
    assert factor_within(narrow(), full) == 1.0
    for budget in (0.8 * full, 0.3 * full):
        spent = float(widened(narrow(), factor_within(narrow(), budget)).kl_nats().sum(1).mean())
        assert 0.99 * budget < spent <= budget


def test_budgets_grow_with_the_length_of_the_phrase() -> None:
    assert default_budgets(1) == default_budgets(2) == BUDGETS_NATS
    assert default_budgets(16) == (400, 360, 320, 280, 240, 200, 160)


@pytest.fixture(scope="module")
def curve(perfect, memory_shards) -> list[RatePoint]:
    windows = held_out(memory_shards, perfect.config).unseen()
    training = perfect.codec.encode_ids(training_phrases(memory_shards, perfect.config, 300, 0))
    budgets = [200.0, 100.0, 50.0, 1000.0]
    return rate_curve(perfect, windows, training, budgets_nats=budgets)


def test_the_first_point_is_the_whole_posterior(curve) -> None:
    assert curve[0].truncated.kept_dimensions == 32
    assert curve[0].widened.factor == 1.0
    for way in ("widened", "truncated"):
        assert getattr(curve[0], way).sample.exact == 1
        assert getattr(curve[0], way).kl_nats == pytest.approx(curve[0].budget_nats, rel=1e-4)
    assert curve[0].truncated.mean.exact == 1


def test_every_point_is_within_its_budget_and_accuracy_falls_with_the_rate(curve) -> None:
    """A budget above the rate of the posterior gives no point: this model has less than 1000 nats."""
    assert [row.budget_nats for row in curve[1:]] == [200, 100, 50]
    for before, after in itertools.pairwise(curve):
        for way in ("widened", "truncated"):
            lower, higher = getattr(after, way), getattr(before, way)
            assert lower.kl_nats <= after.budget_nats
            assert lower.kl_nats < higher.kl_nats
            assert lower.sample.token <= higher.sample.token
        assert after.truncated.kept_dimensions < before.truncated.kept_dimensions
        assert after.truncated.mean.token < before.truncated.mean.token
    assert curve[-1].widened.sample.token < 0.9 < curve[0].widened.sample.token

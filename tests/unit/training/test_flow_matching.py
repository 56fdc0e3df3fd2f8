"""Flow matching: a prior learns the distribution of posteriors, and a training resumes bit-equal."""

import torch

from symvae.models.flow.prior import FlowPrior
from symvae.nn.gaussian import DiagonalGaussian
from symvae.training.loop import run
from symvae.training.tasks.flow_matching import FlowTask
from tests.unit.models.test_velocity import BARS, CODE, LATENT, prior


def repeating(count: int = 2000) -> DiagonalGaussian:
    """Phrases whose second half repeats the first, in codes of -1 and 1."""
    half = torch.randint(0, 2, (count, BARS // 2, CODE), generator=torch.Generator().manual_seed(0)) * 2.0 - 1
    mean = torch.cat([half, half], dim=1).flatten(1)
    return DiagonalGaussian(mean, torch.full_like(mean, 0.1).log())


def flow_task(steps: int = 300) -> FlowTask:
    return FlowTask(
        prior(), repeating(), steps=steps, batch_size=64, learning_rate=3e-3, time_sampling="logit_normal"
    )


def test_a_prior_learns_that_bars_repeat() -> None:
    """Of noise, and of independent bars, less than a tenth has both halves of equal signs."""
    task = flow_task()
    run(task)
    drawn = task.average.sample(400, torch.Generator().manual_seed(1)).view(-1, 2, LATENT // 2)
    same = (drawn[:, 0].sign() == drawn[:, 1].sign()).all(-1).float().mean()
    assert same > 0.5
    assert (drawn.abs().mean() - 1).abs() < 0.15


def test_draws_have_the_attribute_that_they_are_conditioned_on() -> None:
    """The attribute is the first code's sign; without it, half of the draws have each."""
    posterior = repeating()
    task = FlowTask(
        prior(attributes=1),
        posterior,
        steps=300,
        batch_size=64,
        learning_rate=3e-3,
        attributes=posterior.mean[:, :1],
    )
    run(task)
    for attribute, share in ((-1.0, 0.0), (1.0, 1.0), (torch.nan, 0.5)):
        asked = torch.full((400, 1), attribute)
        drawn = task.average.sample(400, torch.Generator().manual_seed(1), attributes=asked)
        assert abs((drawn[:, 0] > 0).float().mean() - share) < 0.15


def test_a_training_resumed_from_its_state_ends_bit_equal() -> None:
    whole, first, second = flow_task(6), flow_task(6), flow_task(6)
    run(whole)
    run(first, stop_after=2)
    second.state.load_state_dict(first.state.state_dict())
    run(second)
    assert second.state.step == 6
    for expected, weight in zip(whole.average.parameters(), second.average.parameters(), strict=True):
        assert torch.equal(expected, weight)


def test_validation_repeats_the_same_draws() -> None:
    task = FlowTask(prior(), repeating(), steps=2, batch_size=8, learning_rate=1e-3, held_out=repeating(50))
    first, second = task.validate(), task.validate()
    assert first == second
    run(task)
    assert task.validate() != first


def test_only_the_average_of_the_weights_is_returned() -> None:
    task = flow_task(3)
    run(task)
    assert isinstance(task.average, FlowPrior)
    assert not task.average.training
    assert not any(weights.requires_grad for weights in task.average.parameters())

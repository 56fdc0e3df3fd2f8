"""The regularizations that need more than a batch: their losses and the parameters that receive gradients."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from symvae.models.faders.critic import Critic
from symvae.models.phrase.vae import VAE, VAEOutput
from symvae.nn.gaussian import DiagonalGaussian
from symvae.objective.elbo import LossTerms
from symvae.objective.faders import Faders
from symvae.objective.regularization import sign, squared
from symvae.training.tasks.phrase_loss import PhraseLoss

IDS = torch.zeros((8, 1, 2), dtype=torch.int64)
POSITION = torch.randn(8, 1, generator=torch.Generator().manual_seed(1))


class ThreeCoordinates(torch.nn.Module):
    """A posterior of the fader's own coordinate, one equal to its position, and a constant."""

    def __init__(self, log_std: float) -> None:
        super().__init__()
        self.mean = torch.nn.Parameter(torch.cat([0.5 * POSITION, POSITION, torch.ones(8, 1)], 1))
        self.log_std = torch.nn.Parameter(torch.full((8, 3), log_std))

    def forward(self, ids: Tensor) -> DiagonalGaussian:
        return DiagonalGaussian(self.mean, self.log_std)


class Slope(torch.nn.Module):
    """A decoder of two tokens; the log odds of the second rise along the first coordinate."""

    def __init__(self, steepness: float) -> None:
        super().__init__()
        self.steepness = torch.nn.Parameter(torch.tensor(steepness))

    def forward(self, z: Tensor, ids: Tensor, dropped: Tensor | None = None) -> Tensor:
        odds = (self.steepness * z[:, 0])[:, None].expand(len(z), 2)
        return torch.stack([torch.zeros_like(odds), odds], -1)[:, None]

    def generate(self, z: Tensor) -> Tensor:
        return self(z, IDS).argmax(-1)


class LinearCritic(Critic):
    """A critic with given weights."""

    def __init__(self, *weights: float) -> None:
        super().__init__(size=len(weights), faders=1)
        self.read = torch.nn.Linear(len(weights), 1, bias=False)
        with torch.no_grad():
            self.read.weight.copy_(torch.tensor([weights]))


def step(
    kind: str, critic: Critic | None = None, steepness: float = 1.0, log_std: float = -20.0
) -> PhraseLoss:
    faders = Faders(lambda ids: POSITION[: len(ids)], kind, 3.0)
    return PhraseLoss(
        VAE(ThreeCoordinates(log_std), Slope(steepness)),
        free_nats=0.0,
        padding=None,
        faders=faders,
        critic=critic,
    )


def loss_of(task: PhraseLoss, beta: float = 0.0) -> LossTerms:
    dropped = torch.zeros_like(IDS, dtype=torch.bool)
    chance = torch.Generator().manual_seed(0)
    return task(IDS, dropped=dropped, generator=chance, beta=beta, sampling_rate=0.0)


@pytest.mark.parametrize(("kind", "loss"), [("value", squared), ("attribute", squared), ("sign", sign)])
def test_a_coordinate_is_regularized_as_it_is_drawn(
    kind: str, loss: Callable[[Tensor, Tensor], Tensor]
) -> None:
    """So its noise costs something: were only its mean regularized, it could drown in noise."""
    task = step(kind, log_std=0.0)
    drawn = task.model.encoder(IDS).sample(torch.Generator().manual_seed(0))
    plain, tied = loss_of(step("none", log_std=0.0)), loss_of(task)
    assert tied.regularization.item() == pytest.approx(3 * loss(drawn[:, :1], POSITION).item())
    assert (tied.total - plain.total).item() == pytest.approx(tied.regularization.item(), rel=1e-4)


@pytest.mark.parametrize("kind", ["condition", "adversarial"])
def test_a_decoder_conditioned_on_the_position_gets_it_and_its_coordinate_costs_no_kl(kind: str) -> None:
    task = step(kind, LinearCritic(0.0, 0.0))
    loss = loss_of(task)
    posterior = task.model.encoder(IDS)
    assert loss.kl.item() == pytest.approx(posterior.kl_nats()[:, 1:].sum(1).mean().item())
    conditioned = torch.cat([POSITION, posterior.mean[:, 1:]], 1)
    chances = task.model.decoder(conditioned, IDS).log_softmax(-1)
    assert loss.reconstruction.item() == pytest.approx(-chances[..., 0].sum((1, 2)).mean().item())


def test_the_coordinate_of_a_conditioned_decoder_learns_to_predict_the_position() -> None:
    task = step("condition")
    loss = loss_of(task)
    by_hand = 3 * squared(0.5 * POSITION, POSITION)
    assert loss.regularization.item() == pytest.approx(by_hand.item())
    loss.total.backward()
    gradient = task.model.encoder.mean.grad
    assert torch.equal(gradient[:, 0].sign(), -POSITION[:, 0].sign())
    assert not gradient[:, 1:].any()


def test_the_encoder_learns_to_hide_the_position_from_the_critic() -> None:
    """The critic, whose weight on the second coordinate is a little too small, learns to predict better."""
    task = step("adversarial", LinearCritic(0.8, 0.0))
    loss = loss_of(task)
    by_hand = 3 * (squared(0.5 * POSITION, POSITION) + squared(0.8 * POSITION, 0 * POSITION))
    by_hand += squared(0.8 * POSITION, POSITION)
    assert loss.regularization.item() == pytest.approx(by_hand.item(), rel=1e-5)
    loss.total.backward()
    gradient = task.model.encoder.mean.grad
    assert torch.equal(gradient[:, 1].sign(), POSITION[:, 0].sign())
    assert not gradient[:, 2].any()
    assert task.critic.read.weight.grad[0, 0] < 0


def test_glsr_steepens_a_flat_slope_and_flattens_a_steep_one() -> None:
    """The critic sums, over both tokens of a bar, the probability of the second kind."""
    for steepness, way in ((1.0, -1), (12.0, 1)):
        task = step("glsr", LinearCritic(0.0, 1.0, 0.0, 1.0), steepness)
        loss = loss_of(task)
        plain = loss_of(step("none", None, steepness))
        (gradient,) = torch.autograd.grad(loss.total - plain.total, task.model.decoder.steepness)
        assert gradient.sign() == way


def test_glsr_equals_its_formula() -> None:
    task = step("glsr", LinearCritic(0.0, 1.0, 0.0, 1.0), 2.0)
    z = task.model.encoder.mean[::4, :1].detach()
    up, down = (2 * torch.sigmoid(2 * (z + half)) for half in (0.5, -0.5))
    reading = torch.cat([up - POSITION[:2], down - POSITION[2:4]]).square().mean()
    by_hand = 3 * (up - down - 1).square().mean() + reading
    assert loss_of(task).regularization.item() == pytest.approx(by_hand.item(), rel=1e-3)


class FixedPosterior(VAE):
    """A model that returns its own posterior, whatever its input."""

    def __init__(self, mean: torch.Tensor) -> None:
        torch.nn.Module.__init__(self)
        self.mean = mean

    def forward(self, ids, **_):
        posterior = DiagonalGaussian(self.mean, torch.zeros_like(self.mean))
        return VAEOutput(torch.zeros(*ids.shape, 90), posterior, self.mean)


@pytest.mark.parametrize("kind", ["value", "attribute", "sign", "none"])
def test_a_regularization_of_the_first_coordinates_adds_to_the_total_alone(kind: str) -> None:
    """By its weight, and independent of the other coordinates."""
    mean = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    position = torch.randn(5, 2, generator=torch.Generator().manual_seed(1))
    ids = torch.zeros((5, 2, 16), dtype=torch.int64)

    def terms_of(faders: Faders | None):
        step = PhraseLoss(FixedPosterior(mean), free_nats=0.0, padding=None, faders=faders)
        return step(
            ids,
            dropped=torch.zeros_like(ids, dtype=torch.bool),
            generator=torch.Generator(),
            beta=0.1,
            sampling_rate=0.0,
        )

    plain, tied = terms_of(None), terms_of(Faders(lambda ids: position, kind, 3.0))
    by_hand = {"none": 0.0, "sign": 3 * sign(mean[:, :2], position).item()}
    extra = by_hand.get(kind, 3 * squared(mean[:, :2], position).item())
    assert plain.regularization == 0
    assert tied.regularization.item() == pytest.approx(extra)
    assert (tied.total - plain.total).item() == pytest.approx(extra, abs=1e-4)
    assert (tied.reconstruction, tied.kl) == (plain.reconstruction, plain.kl)

"""Guidance bar by bar, on a latent in which bars have coordinates of their own."""

import pytest
import torch

from symvae.models.flow.bar_guidance import bar_guidance, flow_loss, unfolding
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import BarVelocity, PlainVelocity

BARS, CODE = 4, 3
SIZE = BARS * CODE
#: Mixes the coordinates of z, none of them of one bar only.
UNFOLD = torch.linalg.qr(torch.randn((SIZE, SIZE), generator=torch.Generator().manual_seed(1)))[0]


@pytest.fixture
def prior() -> FlowPrior:
    torch.manual_seed(0)
    velocity = PlainVelocity(SIZE, width=16, layers=1)
    torch.nn.init.normal_(velocity.end.weight, std=0.3)
    return FlowPrior(torch.ones(SIZE, dtype=torch.bool), velocity).eval()


def test_held_bars_arrive_at_the_target_and_free_ones_do_not(prior: FlowPrior) -> None:
    generator = torch.Generator().manual_seed(2)
    target, noise = torch.randn((2, 5, SIZE), generator=generator)
    pull = torch.tensor([[1.0, 0.0, 1.0, 0.0]]).expand(5, -1)
    drawn = prior.integrate(noise, bar_guidance(target, pull, UNFOLD))
    distance = ((drawn - target) @ UNFOLD.t()).view(5, BARS, CODE).norm(dim=-1)
    assert distance[:, [0, 2]].max() < 1e-3
    assert distance[:, [1, 3]].min() > 0.1


def test_the_stronger_the_pull_the_nearer(prior: FlowPrior) -> None:
    generator = torch.Generator().manual_seed(3)
    target, noise = torch.randn((2, 8, SIZE), generator=generator)
    distances = []
    for pull in (0.0, 0.05, 0.2, 0.5):
        guidance = bar_guidance(target, torch.full((8, BARS), pull), UNFOLD)
        distances.append((prior.integrate(noise, guidance) - target).norm(dim=1).mean())
    assert distances == sorted(distances, reverse=True)


def test_a_prior_over_bars_unfolds_the_coordinates_that_it_moves() -> None:
    active = torch.tensor([True, False, True, True])
    velocity = BarVelocity(3, bars=2, code_size=2, width=32, layers=1)
    unfold = unfolding(FlowPrior(active, velocity))
    assert torch.equal(unfold[:, active], velocity.unfold.weight)
    assert not unfold[:, 1].any()
    assert unfolding(FlowPrior(active, PlainVelocity(3, width=4, layers=1))) is None


def test_the_loss_is_lowest_where_the_flow_leads(prior: FlowPrior) -> None:
    """This flow has velocity c − noise for every latent, so all its paths end at c."""
    end = torch.linspace(-1, 1, SIZE)

    def velocity(z: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        return (end - z) / (1 - time)

    prior.velocity.forward = velocity
    z = torch.stack([end, end + 0.5, end + 1.0])
    loss = flow_loss(prior, z, torch.Generator().manual_seed(0))
    assert loss[0] < 1e-8
    assert loss[0] < loss[1] < loss[2]

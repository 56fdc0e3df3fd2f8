"""Velocity by bars: attention between bars, initialization, weights that determine the sizes."""

import pytest
import torch

from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import BarVelocity

BARS, CODE = 4, 2
LATENT = BARS * CODE


def prior(width: int = 32, layers: int = 1, attributes: int = 0) -> FlowPrior:
    torch.manual_seed(0)
    velocity = BarVelocity(
        LATENT, bars=BARS, code_size=CODE, width=width, layers=layers, attributes=attributes
    )
    with torch.no_grad():
        velocity.unfold.weight.copy_(torch.eye(LATENT))
        velocity.project.weight.copy_(torch.eye(LATENT))
    return FlowPrior(torch.ones(LATENT, dtype=torch.bool), velocity, home_key=True)


def test_at_initialization_bars_do_not_interact() -> None:
    """Blocks and last layer start at zero, which leaves the skip connection of z."""
    z = torch.randn(3, LATENT)
    time = torch.rand(3, 1)
    moves = prior().velocity(z, time) / z
    torch.testing.assert_close(moves, moves[:, :1].expand_as(moves))


@pytest.mark.parametrize("attributes", [0, 3])
def test_its_state_determines_its_sizes(attributes) -> None:
    fresh = prior(width=64, layers=2, attributes=attributes)
    again = FlowPrior.from_state({name: value.float() for name, value in fresh.state_dict().items()})
    assert bool(again.home_key)
    assert isinstance(again.velocity, BarVelocity)
    noise = torch.randn(2, LATENT)
    assert torch.equal(again.integrate(noise), fresh.integrate(noise))
    assert again.velocity.attributes == again.attributes.shape[1] == attributes


def test_unknown_attributes_condition_nothing_and_known_ones_do() -> None:
    conditioned = prior(attributes=2)
    velocity = conditioned.velocity
    with torch.no_grad():
        for layer in (velocity.blocks[0].modulate, velocity.modulate, velocity.end):
            layer.weight.normal_()
    z, time = torch.randn(3, LATENT), torch.rand(3, 1)
    unknown = torch.full((3, 2), torch.nan)
    assert torch.equal(velocity(z, time, unknown), velocity(z, time))
    known = unknown.clone()
    known[1, 1] = 0.0
    moved = (velocity(z, time, known) != velocity(z, time)).any(1)
    assert moved.tolist() == [False, True, False]


def test_an_echo_correlates_the_noise_of_both_halves() -> None:
    """By the requested share, with the variance preserved; by default there is none."""
    white, echoing = prior(), prior()
    echoing.echo.fill_(0.8)
    noise, again = (each.noise(4000, torch.Generator().manual_seed(3)) for each in (white, echoing))
    first, second = again.view(-1, 2, LATENT // 2).unbind(1)
    assert ((first * second).mean() / again.square().mean() - 0.8).abs() < 0.05
    assert (again.std() - noise.std()).abs() < 0.05
    assert torch.equal(first, noise[:, : LATENT // 2])
    back = FlowPrior.from_state(echoing.state_dict())
    assert torch.equal(
        back.noise(3, torch.Generator().manual_seed(3)), echoing.noise(3, torch.Generator().manual_seed(3))
    )

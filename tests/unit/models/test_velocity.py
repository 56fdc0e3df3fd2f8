"""The bar-wise network: bars that look at each other, a time that is told, sizes that come back."""

import torch

from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import BarVelocity

BARS, CODE = 4, 2
LATENT = BARS * CODE


def prior(width: int = 32, layers: int = 1) -> FlowPrior:
    torch.manual_seed(0)
    velocity = BarVelocity(LATENT, bars=BARS, code_size=CODE, width=width, layers=layers)
    with torch.no_grad():
        velocity.unfold.weight.copy_(torch.eye(LATENT))
        velocity.project.weight.copy_(torch.eye(LATENT))
    return FlowPrior(torch.ones(LATENT, dtype=torch.bool), velocity, home_key=True)


def test_before_learning_it_moves_nothing_by_what_it_sees() -> None:
    """The blocks and the last layer start at nothing, so only the part that keeps z is left."""
    z = torch.randn(3, LATENT)
    time = torch.rand(3, 1)
    moves = prior().velocity(z, time) / z
    torch.testing.assert_close(moves, moves[:, :1].expand_as(moves))


def test_it_comes_back_from_its_state() -> None:
    fresh = prior(width=64, layers=2)
    again = FlowPrior.from_state({name: value.float() for name, value in fresh.state_dict().items()})
    assert bool(again.home_key)
    assert isinstance(again.velocity, BarVelocity)
    noise = torch.randn(2, LATENT)
    assert torch.equal(again.integrate(noise), fresh.integrate(noise))


def test_an_echo_brings_the_noise_of_both_halves_together() -> None:
    """By as much as was asked, at the width that it had; none by default."""
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

"""A critic and those whom it reads: neither learns what is the other's."""

import torch

from symvae.models.faders.critic import Critic


def critic() -> Critic:
    torch.manual_seed(0)
    return Critic(size=6, faders=2)


def test_it_learns_and_leaves_what_it_is_shown_alone() -> None:
    own, shown = critic(), torch.randn(5, 6, requires_grad=True)
    own.detached(shown).square().sum().backward()
    assert shown.grad is None
    assert all(weight.grad is not None and weight.grad.any() for weight in own.parameters())


def test_it_judges_and_stays_as_it_is() -> None:
    own, shown = critic(), torch.randn(5, 6, requires_grad=True)
    own.frozen(shown).square().sum().backward()
    assert shown.grad is not None
    assert shown.grad.abs().sum(1).all()
    assert all(weight.grad is None for weight in own.parameters())


def test_both_readings_are_the_same() -> None:
    own, shown = critic(), torch.randn(5, 6)
    assert torch.equal(own.detached(shown), own.frozen(shown))
    assert own.frozen(shown).shape == (5, 2)

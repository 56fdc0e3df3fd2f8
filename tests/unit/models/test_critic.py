"""Critic: its loss trains either the critic or the model, never both."""

import torch

from symvae.models.faders.critic import Critic


def critic() -> Critic:
    torch.manual_seed(0)
    return Critic(size=6, faders=2)


def test_a_detached_prediction_trains_the_critic_alone() -> None:
    own, shown = critic(), torch.randn(5, 6, requires_grad=True)
    own.detached(shown).square().sum().backward()
    assert shown.grad is None
    assert all(weight.grad is not None and weight.grad.any() for weight in own.parameters())


def test_a_frozen_prediction_trains_the_model_alone() -> None:
    own, shown = critic(), torch.randn(5, 6, requires_grad=True)
    own.frozen(shown).square().sum().backward()
    assert shown.grad is not None
    assert shown.grad.abs().sum(1).all()
    assert all(weight.grad is None for weight in own.parameters())


def test_both_predictions_are_equal() -> None:
    own, shown = critic(), torch.randn(5, 6)
    assert torch.equal(own.detached(shown), own.frozen(shown))
    assert own.frozen(shown).shape == (5, 2)

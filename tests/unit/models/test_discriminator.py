"""Judges of sound: who learns from which judgment, and that they can tell noise from a tone."""

import torch

from symvae.models.sound.discriminator import Discriminators
from symvae.objective.adversarial import discriminator_loss


def discriminators() -> Discriminators:
    torch.manual_seed(0)
    return Discriminators(sizes=(256, 128), channels=4)


def test_who_learns_from_what():
    model = discriminators()
    wave = torch.randn(2, 2000, requires_grad=True)
    sum(each.logits.sum() for each in model.frozen(wave)).backward()
    assert wave.grad.abs().sum() > 0
    assert all(weight.grad is None for weight in model.parameters())
    sum(each.logits.sum() for each in model(wave.detach())).backward()
    assert all(weight.grad is not None for weight in model.parameters())


def test_both_ways_of_asking_say_the_same():
    model, wave = discriminators(), torch.randn(1, 2000)
    for learning, fixed in zip(model(wave), model.frozen(wave), strict=True):
        torch.testing.assert_close(learning.logits, fixed.logits)
        assert len(learning.features) == len(fixed.features) == 4


def test_silence_is_judged_with_a_finite_gradient():
    wave = torch.zeros(1, 2000, requires_grad=True)
    sum(each.logits.sum() for each in discriminators().frozen(wave)).backward()
    assert torch.isfinite(wave.grad).all()


def test_they_learn_to_tell_noise_from_a_tone():
    model = discriminators()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    tone = 0.1 * torch.sin(0.2 * torch.arange(3000.0))[None]
    for step in range(60):
        noise = 0.07 * torch.randn(1, 3000, generator=torch.Generator().manual_seed(step))
        loss = discriminator_loss(
            [each.logits for each in model(tone)], [each.logits for each in model(noise)]
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss < 0.5  # 2 without an opinion

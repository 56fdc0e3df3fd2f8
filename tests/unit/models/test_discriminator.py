"""Discriminators: gradients, and that they learn to separate noise from a tone."""

import torch

from symvae.models.sound.discriminator import Discriminators
from symvae.objective.adversarial import discriminator_loss


def discriminators() -> Discriminators:
    torch.manual_seed(0)
    return Discriminators(sizes=(256, 128), channels=4)


def test_frozen_outputs_have_gradients_to_the_sound_alone():
    model = discriminators()
    wave = torch.randn(2, 2000, requires_grad=True)
    sum(each.logits.sum() for each in model.frozen(wave)).backward()
    assert wave.grad.abs().sum() > 0
    assert all(weight.grad is None for weight in model.parameters())
    sum(each.logits.sum() for each in model(wave.detach())).backward()
    assert all(weight.grad is not None for weight in model.parameters())


def test_frozen_outputs_equal_the_others():
    model, wave = discriminators(), torch.randn(1, 2000)
    for learning, fixed in zip(model(wave), model.frozen(wave), strict=True):
        torch.testing.assert_close(learning.logits, fixed.logits)
        assert len(learning.features) == len(fixed.features) == 4


def test_silence_has_a_finite_gradient():
    wave = torch.zeros(1, 2000, requires_grad=True)
    sum(each.logits.sum() for each in discriminators().frozen(wave)).backward()
    assert torch.isfinite(wave.grad).all()


def test_they_learn_to_separate_noise_from_a_tone():
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
    assert loss < 0.5  # 2 for logits of 0


def test_weights_of_release_0_1_load():
    model, other = discriminators(), Discriminators(sizes=(256, 128), channels=4)
    old = {name.replace("discriminators.", "judges."): weight for name, weight in model.state_dict().items()}
    other.load_state_dict(old)
    wave = torch.randn(1, 2000)
    for one, two in zip(model(wave), other(wave), strict=True):
        assert torch.equal(one.logits, two.logits)

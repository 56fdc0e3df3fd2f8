"""Attribute predictor: independent phrases, gradients to z, and a model that stays frozen."""

import pytest
import torch
from torch import nn

from symvae.config.run import FaderConfig
from symvae.models.phrase.vae import VAE
from symvae.system.build import build_attribute_predictor, build_vae
from tests.unit.system.test_checkpoint import KINDS

ATTRIBUTES = ("register", "contour", "mode")


@pytest.fixture(params=["melody", "piano", "piano-grid"])
def vae(request) -> VAE:
    torch.manual_seed(0)
    return build_vae(KINDS[request.param]).requires_grad_(False)


@pytest.fixture
def predictor(vae: VAE) -> nn.Module:
    return build_attribute_predictor(FaderConfig(attributes=ATTRIBUTES), vae)


def some(rows: int) -> torch.Tensor:
    return torch.randn(rows, 6, generator=torch.Generator().manual_seed(1))


@torch.no_grad()
def test_an_item_ignores_the_rest_of_its_batch(predictor: nn.Module, vae: VAE) -> None:
    z = some(5)
    ids = vae.decoder.generate(z)
    together = predictor(z, ids)
    assert together.shape == (5, len(ATTRIBUTES))
    for row in range(5):
        torch.testing.assert_close(
            predictor(z[row : row + 1], ids[row : row + 1])[0], together[row], atol=1e-5, rtol=1e-5
        )


def test_every_coordinate_of_z_has_a_gradient_and_the_model_has_none(predictor: nn.Module, vae: VAE) -> None:
    z = some(4).requires_grad_()
    with torch.no_grad():
        ids = vae.decoder.generate(z)
    predictor(z, ids).square().sum().backward()
    assert (z.grad != 0).all()
    assert all(weight.grad is not None for weight in predictor.parameters())
    assert all(weight.grad is None for weight in vae.parameters())


def test_the_weights_of_the_model_are_not_registered(predictor: nn.Module, vae: VAE) -> None:
    own = {id(weight) for weight in predictor.parameters()}
    assert own.isdisjoint(id(weight) for weight in vae.parameters())
    assert not any(name.startswith("through") for name in predictor.state_dict())


def test_the_seed_decides_its_weights(vae: VAE) -> None:
    first, second, other = (
        build_attribute_predictor(FaderConfig(attributes=ATTRIBUTES, seed=seed), vae).conclude[0].weight
        for seed in (0, 0, 1)
    )
    assert torch.equal(first, second)
    assert not torch.equal(first, other)


@torch.no_grad()
def test_music_of_sets_alone_decides_what_is_predicted_of_it() -> None:
    """z gives the gradient: an edit of z that decodes to the same music is predicted the same."""
    torch.manual_seed(0)
    vae = build_vae(KINDS["piano-grid"])
    predictor = build_attribute_predictor(FaderConfig(attributes=ATTRIBUTES), vae)
    ids = vae.decoder.generate(some(3))
    torch.testing.assert_close(predictor(some(3), ids), predictor(-some(3), ids))

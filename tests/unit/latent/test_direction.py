import pytest
import torch

from symvae.errors import LatentError
from symvae.latent.direction import attribute_vector, move, variations


def test_the_vector_is_the_difference_of_the_quartile_means() -> None:
    values = torch.tensor([5.0, 1.0, 7.0, 3.0, 2.0, 8.0, 4.0, 6.0])
    z = torch.stack([values, values.square()], dim=1)
    expected = torch.tensor([(7 + 8 - 1 - 2) / 2, (49 + 64 - 1 - 4) / 2])
    torch.testing.assert_close(attribute_vector(z, values), expected)


def test_a_constant_attribute_is_refused() -> None:
    with pytest.raises(LatentError, match="does not vary"):
        attribute_vector(torch.randn(8, 2), torch.ones(8))


def test_moves_add_up_and_unknown_names_are_listed() -> None:
    known = {"a": torch.tensor([1.0, 0.0]), "b": torch.tensor([0.0, 1.0])}
    moved = move(torch.zeros(1, 2), known, {"a": 2.0, "b": -1.0})
    assert moved.tolist() == [[2.0, -1.0]]
    with pytest.raises(LatentError, match=r"no attribute vector c\. Known attributes: a, b"):
        move(torch.zeros(1, 2), known, {"c": 1.0})


def test_variations_at_one_are_unrelated_and_have_the_norm_of_the_prior() -> None:
    z = torch.full((400,), 1.0)
    near = variations(z, 1.0, 50, torch.Generator().manual_seed(0))
    cosine = torch.nn.functional.cosine_similarity(near, z[None])
    assert cosine.abs().max() < 0.25  # 400 dimensions: five standard errors
    assert abs(near.norm(dim=1).mean() - 20) < 0.5
    with pytest.raises(LatentError, match=r"from 0 .* to 1"):
        variations(z, 1.2, 1, torch.Generator())

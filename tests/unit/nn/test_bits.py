"""Layers over ids that are sets."""

import torch

from symvae.nn.bits import BitEmbedding, BitLinear, bit_table


def test_an_embedding_is_the_sum_of_those_of_its_elements() -> None:
    torch.manual_seed(0)
    layer = BitEmbedding(3, 4, extra=1)
    empty, one, four, five, start = layer(torch.tensor([0, 1, 4, 5, 8]))
    assert torch.allclose(five - empty, (one - empty) + (four - empty))
    assert torch.equal(start, layer.own[1])
    assert layer.weight.shape == (9, 4)


def test_logits_are_those_of_the_equivalent_linear_layer() -> None:
    torch.manual_seed(0)
    layer = BitLinear(6, 3, joint=4)
    torch.nn.init.normal_(layer.whole.weight)
    torch.nn.init.normal_(layer.whole.bias)
    x = torch.randn(2, 5, 6)
    assert torch.allclose(layer(x), torch.nn.functional.linear(x, layer.weight, layer.bias), atol=1e-5)


def test_elements_are_independent_before_training() -> None:
    """The probability of a set is the product of those of its elements, in and out."""
    torch.manual_seed(0)
    layer = BitLinear(6, 3, joint=4)
    x = torch.randn(5, 6)
    inside = layer.element(x).sigmoid()
    product = torch.stack([torch.where(row > 0, inside, 1 - inside).prod(-1) for row in bit_table(3)], dim=-1)
    assert torch.allclose(layer(x).softmax(-1), product, atol=1e-6)

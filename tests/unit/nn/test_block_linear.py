"""A linear layer in blocks equals a dense one with zeros, and holds and learns the blocks alone."""

import copy
from pathlib import Path

import pytest
import torch
from torch.nn.functional import linear

from symvae.nn.block_linear import BlockLinear
from symvae.system.strangers import fill
from symvae.system.weight_file import read_weights, write_weights

#: Blocks that lie in pieces, of unequal sizes.
INPUTS, OUTPUTS = [0, 0, 1, 2, 0, 0, 1, 2], [2, 0, 0, 1, 1, 2, 2]


def outside(inputs: list[int], outputs: list[int]) -> torch.Tensor:
    return torch.tensor(outputs)[:, None] != torch.tensor(inputs)


@pytest.fixture
def layer() -> BlockLinear:
    torch.manual_seed(0)
    layer = BlockLinear(INPUTS, OUTPUTS)
    torch.nn.init.normal_(layer.bias)
    return layer


def test_it_equals_a_dense_layer_with_zeros(layer: BlockLinear) -> None:
    x = torch.randn((5, 3, 8), generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(layer(x), linear(x, layer.weight, layer.bias))
    zeros = layer.weight == 0
    assert torch.equal(zeros, outside(INPUTS, OUTPUTS))
    for block in range(3):
        own = layer.weight[layer.outputs(block)][:, layer.inputs(block)]
        assert torch.equal(own, layer.blocks[block])


def test_an_input_reaches_the_outputs_of_its_block_alone(layer: BlockLinear) -> None:
    x = torch.randn((5, 8), generator=torch.Generator().manual_seed(1))
    other = x.clone()
    other[:, [2, 6]] += 1.0
    changed = (layer(other) != layer(x)).any(0)
    assert changed.tolist() == [block == 1 for block in OUTPUTS]


def test_gradients_are_those_of_the_dense_layer_inside_of_the_blocks(layer: BlockLinear) -> None:
    x = torch.randn((5, 8), generator=torch.Generator().manual_seed(1))
    variance = torch.rand((5, 8), generator=torch.Generator().manual_seed(2))
    dense = layer.weight.detach().clone().requires_grad_()
    target = torch.randn((5, 7), generator=torch.Generator().manual_seed(3))
    for weight, mean in ((layer.weight, layer(x)), (dense, linear(x, dense, layer.bias.detach()))):
        ((mean - target).square().sum() + (variance @ weight.square().t()).log().sum()).backward()
    assert dense.grad is not None
    for block in range(3):
        wanted = dense.grad[layer.outputs(block)][:, layer.inputs(block)]
        torch.testing.assert_close(layer.blocks[block].grad, wanted)


def test_a_step_of_training_and_an_average_leave_zeros_outside(layer: BlockLinear) -> None:
    before, average = layer.weight.detach().clone(), copy.deepcopy(layer)
    optimizer = torch.optim.AdamW(layer.parameters(), lr=0.1, weight_decay=0.1)
    layer(torch.ones(2, 8)).square().sum().backward()
    optimizer.step()
    with torch.no_grad():
        for mean, value in zip(average.parameters(), layer.parameters(), strict=True):
            mean.lerp_(value, 0.5)
    inside = ~outside(INPUTS, OUTPUTS)
    for learned in (layer, average):
        assert torch.equal(learned.weight != 0, inside)
        assert (learned.weight != before)[inside].all()


def test_blocks_are_orthogonal_at_first() -> None:
    layer = BlockLinear([0, 1, 1] * 20, [0] * 7 + [1] * 30)
    for block in layer.blocks:
        torch.testing.assert_close(block @ block.t(), torch.eye(len(block)), atol=1e-5, rtol=0)


@pytest.mark.parametrize(("bits", "error"), [(8, 1 / 230), (6, 1 / 58)])
def test_files_hold_the_blocks_alone(bits: int, error: float, tmp_path: Path) -> None:
    torch.manual_seed(0)
    inputs, outputs = [0, 1, 2] * 100, [0] * 70 + [1] * 70 + [2] * 70
    layer, again = BlockLinear(inputs, outputs), BlockLinear(inputs, outputs)
    path, dense = tmp_path / "blocks.safetensors", tmp_path / "dense.safetensors"
    write_weights(path, layer.state_dict(), bits)
    write_weights(dense, {"weight": layer.weight.detach(), "bias": layer.bias}, bits)
    assert path.stat().st_size < 0.36 * dense.stat().st_size
    fill(again, read_weights(path, ""), path, "", assign=True)
    for written, read in zip(layer.blocks, again.blocks, strict=True):
        rounding = (written - read).abs().amax(1) / written.abs().amax(1)
        assert rounding.max() < error
    written = path.read_bytes()
    write_weights(path, again.state_dict(), bits)
    assert path.read_bytes() == written

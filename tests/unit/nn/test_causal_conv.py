"""Causal convolutions: no output sees its future, and blocks give what the whole gives."""

import pytest
import torch

from symvae.nn.causal_conv import CausalConv, end_stream, fold, start_stream, unfold


@pytest.fixture
def network():
    torch.manual_seed(0)
    return torch.nn.Sequential(CausalConv(3, 5, 7), CausalConv(5, 2, 3, dilation=9), CausalConv(2, 2, 1))


def test_no_output_sees_its_future(network):
    x = torch.randn(2, 3, 60)
    changed = x.clone()
    changed[:, :, 40:] = 7.0
    assert torch.equal(network(x)[:, :, :40], network(changed)[:, :, :40])
    assert not torch.equal(network(x)[:, :, 40:], network(changed)[:, :, 40:])


@pytest.mark.parametrize("length", [1, 4, 15])
def test_blocks_give_what_the_whole_gives(network, length):
    x = torch.randn(2, 3, 60)
    whole = network(x)
    start_stream(network, 2)
    blocks = [network(block) for block in x.split(length, 2)]
    end_stream(network)
    torch.testing.assert_close(torch.cat(blocks, 2), whole)
    torch.testing.assert_close(network(x), whole)


def test_a_stream_stores_nothing_in_the_weights(network):
    names = set(network.state_dict())
    start_stream(network, 1)
    assert set(network.state_dict()) == names


def test_fold_and_unfold_are_inverse():
    x = torch.randn(2, 3, 24)
    assert fold(x, 4).shape == (2, 12, 6)
    assert torch.equal(unfold(fold(x, 4), 4), x)

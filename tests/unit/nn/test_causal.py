"""Causal networks: no output sees its future, and steps from a cache equal all times at once."""

import pytest
import torch

from symvae.nn.causal_convolution import CausalConvolutions
from symvae.nn.causal_transformer import CausalTransformer

TIMES, WIDTH = 40, 32


@pytest.fixture(params=["convolutions", "transformer"])
def network(request):
    torch.manual_seed(0)
    if request.param == "convolutions":
        return CausalConvolutions(WIDTH, layers=6).eval()
    return CausalTransformer(WIDTH, layers=2).eval()


@pytest.fixture
def inputs():
    torch.manual_seed(1)
    return torch.randn(3, TIMES, WIDTH), torch.randn(3, WIDTH)


@torch.no_grad()
@pytest.mark.parametrize("changed", [0, 1, 17, TIMES - 1])
def test_no_output_sees_its_future(network, inputs, changed):
    x, condition = inputs
    other = x.clone()
    other[:, changed] = torch.randn(3, WIDTH)
    one, two = network(x, condition), network(other, condition)
    torch.testing.assert_close(one[:, :changed], two[:, :changed], rtol=0, atol=1e-6)
    assert not torch.allclose(one[:, changed], two[:, changed])


@torch.no_grad()
def test_the_last_output_sees_the_first_input(network, inputs):
    x, condition = inputs
    other = x.clone()
    other[:, 0] = torch.randn(3, WIDTH)
    assert (network(x, condition)[:, -1] - network(other, condition)[:, -1]).abs().max() > 1e-5


@torch.no_grad()
def test_steps_equal_all_times_at_once(network, inputs):
    x, condition = inputs
    cache, outputs = network.start(len(x)), []
    for time in range(TIMES):
        y, cache = network.step(x[:, time], condition, cache)
        outputs.append(y)
    torch.testing.assert_close(torch.stack(outputs, 1), network(x, condition), rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_an_item_ignores_its_batch_and_hears_its_condition(network, inputs):
    x, condition = inputs
    together = network(x, condition)
    torch.testing.assert_close(network(x[1:2], condition[1:2]), together[1:2], rtol=1e-4, atol=1e-5)
    assert not torch.allclose(network(x, condition + 1), together)

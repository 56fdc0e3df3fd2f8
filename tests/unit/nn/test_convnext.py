import pytest
import torch

from symvae.nn.convnext import ConvNextBlock


def block(kernel: int = 7) -> ConvNextBlock:
    torch.manual_seed(0)
    return ConvNextBlock(6, hidden=12, kernel=kernel, condition=3).double()


@pytest.mark.parametrize("kernel", [1, 3, 5, 7, 9])
@pytest.mark.parametrize("frame", [0, 1, 15, 29])
def test_the_receptive_field_is_half_the_kernel_to_each_side(kernel: int, frame: int) -> None:
    x = torch.randn(1, 30, 6, dtype=torch.float64)
    condition = torch.randn(1, 1, 3, dtype=torch.float64)
    other = x.clone()
    other[0, frame] += 1.0 + torch.arange(6)
    layer = block(kernel)
    changed = (layer(x, condition) != layer(other, condition)).any(-1)[0]
    reach = kernel // 2
    expected = [t for t in range(30) if abs(t - frame) <= reach]
    assert changed.nonzero()[:, 0].tolist() == expected


def test_one_condition_for_all_frames_equals_the_same_condition_at_each() -> None:
    x = torch.randn(2, 10, 6, dtype=torch.float64)
    one = torch.randn(2, 1, 3, dtype=torch.float64)
    layer = block()
    torch.testing.assert_close(layer(x, one), layer(x, one.expand(2, 10, 3)))


def test_a_condition_changes_its_own_frame_alone() -> None:
    x = torch.randn(1, 10, 6, dtype=torch.float64)
    condition = torch.zeros(1, 10, 3, dtype=torch.float64)
    other = condition.clone()
    other[0, 4] = 3.0
    changed = (block()(x, condition) != block()(x, other)).any(-1)[0]
    assert changed.nonzero()[:, 0].tolist() == [4]


def test_an_item_ignores_the_rest_of_its_batch() -> None:
    x, condition = torch.randn(3, 10, 6, dtype=torch.float64), torch.randn(3, 1, 3, dtype=torch.float64)
    layer = block()
    torch.testing.assert_close(layer(x, condition)[1:2], layer(x[1:2], condition[1:2]))


@pytest.mark.parametrize("kernel", [1, 7])
def test_the_depthwise_layer_equals_a_convolution_along_time(kernel: int) -> None:
    """The block as in the paper, with `conv1d`."""
    layer, x = block(kernel), torch.randn(3, 10, 6, dtype=torch.float64)
    condition = torch.randn(3, 10, 3, dtype=torch.float64)
    scale, shift = layer.film(condition).chunk(2, -1)
    y = layer.depthwise(x.transpose(1, 2)).transpose(1, 2)
    y = layer.narrow(torch.nn.functional.gelu(layer.widen(layer.norm(y) * (1 + scale) + shift)))
    torch.testing.assert_close(layer(x, condition), x + layer.gain * y)

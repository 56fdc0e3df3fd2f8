"""Costs of a result by hand, and aims of further decodes."""

import pytest
import torch

from symvae.system.faders.cost import aims, miss


def test_the_miss_of_small_examples() -> None:
    nan = float("nan")
    achieved, position = torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[0.0, 0.0, 5.0]])
    assert miss(achieved, torch.tensor([[1.5, nan, nan]]), position).item() == 0.5 + 0.25 * (2 + 2)
    assert miss(achieved, achieved, position).item() == 0
    assert miss(achieved, torch.full((1, 3), nan), achieved).item() == 0


@pytest.mark.parametrize("count", [0, 1, 7, 30])
def test_aims_differ_and_overshoot_in_the_direction_of_the_error(count: int) -> None:
    target, achieved = torch.tensor([[1.0, -1.0]]), torch.tensor([[0.5, -1.0]])
    further = torch.cat([torch.empty(0, 2), *aims(target, achieved, count)])
    assert len(further.unique(dim=0)) == count
    assert (further[:, 0] > 1).all()
    assert (further[:, 1] == -1).all()

import math

import pytest
import torch

from symvae.errors import LatentError
from symvae.latent.interpolate import lerp, slerp


def test_the_midpoint_of_a_quarter_turn() -> None:
    path = slerp(torch.tensor([2.0, 0.0]), torch.tensor([0.0, 4.0]), 3)
    torch.testing.assert_close(path[1], torch.full((2,), 3 / math.sqrt(2)))


def test_the_midpoint_of_a_line() -> None:
    assert lerp(torch.tensor([2.0, 0.0]), torch.tensor([0.0, 4.0]), 3)[1].tolist() == [1.0, 2.0]


def test_nearly_parallel_ends_are_interpolated_exactly() -> None:
    start = torch.tensor([1.0, 0.0, 0.0])
    end = torch.tensor([1.0, 1e-6, 0.0])
    assert (slerp(start, end, 5) - start).abs().max() <= 1e-6


def test_from_the_origin_the_path_is_straight() -> None:
    path = slerp(torch.zeros(3), torch.ones(3), 3)
    torch.testing.assert_close(path[1], torch.full((3,), 0.5))


def test_too_few_steps_and_opposite_ends_in_one_dimension_are_refused() -> None:
    with pytest.raises(LatentError, match="steps must be 2 or more, not 1"):
        slerp(torch.ones(2), torch.zeros(2), 1)
    with pytest.raises(LatentError, match="use lerp"):
        slerp(torch.ones(1), -torch.ones(1), 3)

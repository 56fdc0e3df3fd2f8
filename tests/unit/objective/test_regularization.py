"""Attribute regularization: losses by hand, and laws of the order."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.objective.regularization import confusion_loss, geodesic, sign, squared

COLUMNS = arrays("float32", (5, 2), elements=st.floats(-2, 2, width=32)).map(torch.from_numpy)


def test_the_sign_loss_by_hand() -> None:
    """Two phrases, apart by .05 in the right order: of four pairs, two are off by 1 - tanh(.5).

    Where the order is wrong, by 1 + tanh(.5); where the attribute is the same, by tanh(.5).
    """
    z, half = torch.tensor([[0.0], [0.05]]), math.tanh(0.5)
    for attribute, off in (([[1.0], [3.0]], 1 - half), ([[3.0], [1.0]], 1 + half), ([[2.0], [2.0]], half)):
        assert sign(z, torch.tensor(attribute)).item() == pytest.approx(2 * off / 4, rel=1e-5)


def test_three_phrases_and_two_faders_by_hand() -> None:
    z = torch.tensor([[0.0, 1.0], [9.0, -9.0], [-9.0, 1.0]])
    attribute = torch.tensor([[5.0, 1.0], [6.0, 0.0], [7.0, 1.0]])
    # The first fader: of the pairs 0-1, 0-2 and 1-2 two are the wrong way round, off by 2, twice each of
    # nine. The second is right everywhere.
    assert sign(z, attribute).item() == pytest.approx(8 / 9, rel=1e-5)
    assert squared(z, attribute).item() == pytest.approx((25 + 9 + 256 + 0 + 81 + 0) / 3)


@given(COLUMNS, COLUMNS)
def test_the_sign_loss_depends_on_the_order_alone(z: torch.Tensor, attribute: torch.Tensor) -> None:
    """Moving all phrases, or stretching the attribute, is nothing to the sign loss."""
    loss = sign(z, attribute)
    torch.testing.assert_close(sign(z + 1, attribute), loss, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(sign(z, 2 * attribute), loss)
    torch.testing.assert_close(sign(z.flip(0), attribute.flip(0)), loss, atol=1e-5, rtol=1e-5)
    assert 0 <= loss <= 4


@given(COLUMNS, COLUMNS)
def test_faders_add_up(z: torch.Tensor, attribute: torch.Tensor) -> None:
    for loss in (sign, squared):
        parts = loss(z[:, :1], attribute[:, :1]) + loss(z[:, 1:], attribute[:, 1:])
        torch.testing.assert_close(loss(z, attribute), parts, atol=1e-5, rtol=1e-5)


def test_the_squared_loss_fixes_the_value_and_the_sign_loss_only_the_order() -> None:
    attribute = torch.tensor([[-1.0], [0.0], [1.0]])
    assert squared(attribute, attribute) == 0
    assert sign(10 * attribute, attribute) == pytest.approx(0, abs=1e-6)
    assert squared(10 * attribute, attribute) > 50


def test_the_loss_of_glsr_is_zero_at_a_slope_of_one() -> None:
    """Of each fader: one of them is looked at in each phrase, and all count."""
    assert geodesic(torch.ones(4), faders=3) == 0
    assert geodesic(torch.tensor([1.0, 0.0, 3.0, -1.0]), faders=2).item() == 2 * (0 + 1 + 4 + 4) / 4
    still = torch.zeros(8)
    assert geodesic(still, faders=5) == 5


def test_the_confusion_loss_is_zero_where_the_mean_is_predicted() -> None:
    assert confusion_loss(torch.zeros(3, 2)) == 0
    assert confusion_loss(torch.tensor([[1.0, 2.0], [0.0, -3.0]])).item() == (5 + 9) / 2

"""Total variation: a distance of distributions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.evaluation.metrics.total_variation import shares, total_variation

names = st.lists(st.sampled_from("abcd"), min_size=1, max_size=20)


@given(names, names)
def test_it_is_symmetric_bounded_and_0_for_equal_shares(a, b) -> None:
    distance = total_variation(shares(a), shares(b))
    assert 0 <= distance <= 1 + 1e-12
    assert distance == pytest.approx(total_variation(shares(b), shares(a)))
    assert total_variation(shares(a), shares(a * 3)) == pytest.approx(0)


def test_disjoint_names_are_1_apart_and_halves_one_half() -> None:
    assert total_variation(shares("aa"), shares("bc")) == 1
    assert total_variation(shares("ab"), shares("a")) == 0.5


def test_shares_come_in_the_order_of_their_size() -> None:
    assert list(shares("abbb").items()) == [("b", 0.75), ("a", 0.25)]

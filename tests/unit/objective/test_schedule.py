import pytest

from symvae.objective.schedule import cyclical, linear, warmup_cosine


def test_linear_ramps_to_one_and_stays() -> None:
    assert [linear(x, 0.5) for x in (0.0, 0.25, 0.5, 1.0)] == [0, 0.5, 1, 1]
    assert linear(0.0, 0.0) == 1


def test_cyclical_ramps_and_holds_in_each_cycle() -> None:
    """Two cycles until 0.8: each ramps for 0.2 and holds for 0.2."""
    got = [cyclical(x, 0.8, 2) for x in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8, 1.0)]
    assert got == pytest.approx([0, 0.5, 1, 1, 0, 0.5, 1, 1, 1])


def test_the_rate_warms_up_and_falls_to_the_floor() -> None:
    assert warmup_cosine(0, 100, 10) == pytest.approx(0.1)
    assert warmup_cosine(9, 100, 10) == pytest.approx(1)
    assert warmup_cosine(55, 100, 10) == pytest.approx(0.51)
    assert warmup_cosine(100, 100, 10) == pytest.approx(0.02)
    assert warmup_cosine(500, 100, 10) == pytest.approx(0.02)

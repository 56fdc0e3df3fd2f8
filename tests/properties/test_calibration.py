"""Laws of calibration, values to positions and back, and of the coupling of faders."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.latent.calibration import MOST_KNOTS, Calibration, coupling, positions_of

#: Quarters of a unit, so that equal values are equal and unlike ones are well apart.
VALUES = arrays("int64", st.integers(1, 400), elements=st.integers(-200, 200)).map(lambda v: v / 4)


def chance() -> np.random.Generator:
    return np.random.default_rng(0)


@given(VALUES)
def test_both_columns_increase(values: np.ndarray) -> None:
    scale = Calibration.fit(values)
    assert len(scale.value) == len(scale.position) == min(len(np.unique(values)), MOST_KNOTS)
    assert (np.diff(scale.value) > 0).all()
    assert (np.diff(scale.position) > 0).all()
    assert np.isfinite(scale.position).all()


@given(VALUES, st.floats(-100, 100), st.floats(-100, 100))
@example(np.array([-1, 0, 0, 1, 1]) / 4, -8e-74, 0.0)
def test_positions_increase_with_values(values: np.ndarray, a: float, b: float) -> None:
    """Up to the last digit: beside a knot, interpolation may round to its other side."""
    scale = Calibration.fit(values)
    low, high = sorted((a, b))
    assert np.diff(scale.position_of(np.array([low, high]))) >= -1e-12
    assert np.diff(scale.value_at(np.array([low, high]))) >= -1e-9


@given(VALUES, st.floats(0, 1))
def test_positions_within_the_table_survive_the_way_there_and_back(values: np.ndarray, share: float) -> None:
    scale = Calibration.fit(values)
    position = np.array([scale.position[0] + share * np.ptp(scale.position)])
    assert scale.position_of(scale.value_at(position)) == pytest.approx(position, abs=1e-6)
    value = np.array([scale.value[0] + share * np.ptp(scale.value)])
    assert scale.value_at(scale.position_of(value)) == pytest.approx(value, abs=1e-6)


@given(VALUES, st.floats(0.01, 1e6))
def test_values_beyond_the_table_have_the_position_of_its_end(values: np.ndarray, beyond: float) -> None:
    scale = Calibration.fit(values)
    ends, away = [0, -1], np.array([-beyond, beyond])
    assert scale.position_of(scale.value[ends] + away).tolist() == scale.position[ends].tolist()
    assert scale.value_at(scale.position[ends] + away).tolist() == scale.value[ends].tolist()


@given(VALUES)
def test_a_mirrored_attribute_has_mirrored_positions(values: np.ndarray) -> None:
    there, back = Calibration.fit(values), Calibration.fit(-values)
    assert back.position_of(-values) == pytest.approx(-there.position_of(values), abs=1e-6)


@pytest.mark.parametrize("shape", [lambda x: x, np.exp, lambda x: x**3, np.arctan])
def test_positions_of_training_values_are_standard_normal(shape) -> None:
    values = shape(chance().normal(size=5001))
    position = Calibration.fit(values).position_of(values)
    assert np.median(position) == pytest.approx(0, abs=0.02)
    assert position.mean() == pytest.approx(0, abs=0.02)
    assert (np.abs(position) < 1).mean() == pytest.approx(0.683, abs=0.01)
    assert (np.abs(position) < 2).mean() == pytest.approx(0.954, abs=0.01)


def test_equal_values_have_the_quantile_of_their_middle_rank() -> None:
    """With half of the phrases at 0 and half at 1, these have the quantiles 1/4 and 3/4."""
    scale = Calibration.fit(np.array([0.0, 0.0, 1.0, 1.0]))
    assert scale.position_of(np.array([0.0, 0.5, 1.0])) == pytest.approx([-0.6745, 0, 0.6745], abs=1e-4)


def test_a_constant_attribute_has_one_value_at_every_position() -> None:
    scale = Calibration.fit(np.full(7, 3.5))
    assert scale.value_at(np.array([-9.0, 0.0, 9.0])).tolist() == [3.5] * 3
    assert scale.position_of(np.array([0.0, 3.5, 9.0])).tolist() == [0.0] * 3


def test_each_attribute_has_its_own_column() -> None:
    values = np.stack([np.arange(9.0), -10 * np.arange(9.0)], axis=1)
    both = positions_of([Calibration.fit(column) for column in values.T], values)
    assert both.shape == (9, 2)
    assert both[:, 0] == pytest.approx(-both[:, 1])


def correlated(r: float, count: int = 4000) -> np.ndarray:
    """Two columns with exactly this correlation."""
    x, y = chance().normal(size=(2, count))
    x, y = x - x.mean(), y - y.mean()
    y = y - x * (x @ y) / (x @ x)
    x, y = x / x.std(), y / y.std()
    return np.stack([x, r * x + np.sqrt(1 - r * r) * y], axis=1)


@given(arrays("float64", (30, 3), elements=st.floats(-2, 2), unique=True), st.floats(0.1, 9))
def test_the_diagonal_of_the_coupling_is_one(positions: np.ndarray, stiffness: float) -> None:
    table = coupling(positions, stiffness)
    assert np.diag(table).tolist() == [1, 1, 1]
    assert np.isfinite(table).all()


@given(st.floats(-0.999, 0.999))
def test_a_fader_follows_another_by_less_than_its_regression(r: float) -> None:
    """By hand: of P = [[1, -r], [-r, 1]] / (1 - r²), -P12 / (P22 + 3) is r / (1 + 3 (1 - r²))."""
    table = coupling(correlated(r))
    assert table[0, 1] == pytest.approx(r / (1 + 3 * (1 - r * r)), abs=0.01)
    assert table[1, 0] == pytest.approx(table[0, 1])


def test_near_duplicates_follow_and_independent_faders_stay() -> None:
    assert coupling(correlated(0.9999))[0, 1] == pytest.approx(1, abs=0.01)
    assert coupling(correlated(-0.9999))[0, 1] == pytest.approx(-1, abs=0.01)
    assert coupling(correlated(0.0)) == pytest.approx(np.eye(2), abs=1e-9)
    assert coupling(correlated(0.5))[0, 1] == pytest.approx(0.154, abs=1e-3)


def test_duplicates_do_not_move_a_third() -> None:
    positions = np.column_stack([correlated(0.999), np.random.default_rng(1).normal(size=4000)])
    table = coupling(positions)
    assert table[0, 1] > 0.95
    assert abs(table[0, 2]) < 0.02
    assert abs(table[2, :2]).max() < 0.02


def test_a_single_attribute_has_no_coupling() -> None:
    assert coupling(chance().normal(size=(50, 1))).tolist() == [[1.0]]

"""Agreement of drum tracks, on ids small enough to count by hand."""

import numpy as np
import pytest

from symvae.evaluation.hits import match_hits, nearest_bars

KICK, SNARE, HAT = 1, 2, 4


def bars(*rows: list[int]) -> np.ndarray:
    return np.array(rows)[:, None]


def test_cells_hits_and_bars_are_counted() -> None:
    true = bars([KICK, 0, SNARE | HAT, 0], [KICK, 0, 0, 0])
    guessed = bars([KICK, 0, SNARE, HAT], [KICK, 0, 0, 0])
    match = match_hits(true, guessed)
    assert match.cells == 6 / 8
    assert match.hit_f1 == pytest.approx(2 * 3 / (4 + 4))
    assert match.exact_bars == 1 / 2
    assert match.by_class["kick"] == match.by_class["snare"] == 1
    assert match.by_class["closed_hihat"] == 0
    assert match.by_class["ride"] == 1  # neither has one


def test_the_nearest_bar_differs_in_the_fewest_hits() -> None:
    known = np.array([[0, 0, 0, 0], [KICK, 0, SNARE, 0], [KICK | HAT, HAT, SNARE | HAT, HAT]])
    true = bars([KICK, 0, SNARE | HAT, 0], [0, HAT, 0, 0])
    assert nearest_bars(true, known).tolist() == [[known[1].tolist()], [known[0].tolist()]]

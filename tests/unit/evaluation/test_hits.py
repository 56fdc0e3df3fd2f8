"""Agreement of drum tracks, on ids small enough to count by hand."""

import numpy as np
import pytest

from symvae.evaluation.hits import match_hits, nearest_bars

TRIPLETS, KICK, SNARE, HAT = 1, 2, 4, 8


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


def test_the_unused_positions_of_a_triplet_bar_are_not_counted() -> None:
    """Three cells of four are music; a bar on the other grid has the hits on the beat right alone."""
    triplets = np.array([KICK, HAT, HAT, 0]) | TRIPLETS
    true = bars(triplets.tolist(), triplets.tolist())
    stray = bars([KICK | TRIPLETS, HAT | TRIPLETS, 0, SNARE | TRIPLETS], [KICK, HAT, HAT, 0])
    match = match_hits(true, stray)
    assert match.cells == pytest.approx(2 / 6)
    assert match.hit_f1 == pytest.approx(2 * 3 / (6 + 5))
    assert match_hits(true, true).exact_bars == 1
    assert match_hits(true[:1], bars([*triplets[:3], SNARE | TRIPLETS])).exact_bars == 1

import math

import numpy as np
import torch

from symvae.evaluation.metrics.clustered_accuracy import score, standard_error
from symvae.objective.accuracy import accuracy
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.piano import PianoBars


def test_the_shares_are_those_of_the_objective() -> None:
    generator = torch.Generator().manual_seed(0)
    ids, predicted = (torch.randint(5, (20, 2, 4), generator=generator) for _ in range(2))
    scores = score(predicted, ids, np.arange(20) // 4, MelodyGrid())
    assert scores[:3] == accuracy(predicted, ids, onset_ids=(2, 89))


def test_padding_counts_in_no_error() -> None:
    ids = torch.zeros(3, 1, 8, dtype=torch.int64)
    ids[:, :, :3] = torch.tensor([200, 40, 95])
    predicted = ids.clone()
    predicted[0, 0, 1] = 41
    scores = score(predicted, ids, np.arange(3), PianoBars())
    assert scores[:3] == accuracy(predicted, ids, onset_ids=PianoBars().onset_ids, padding=0)
    assert math.isclose(scores.token, 11 / 12, rel_tol=1e-6)
    assert math.isclose(scores.token_se, standard_error(np.array([3, 4, 4]), np.full(3, 4), np.arange(3)))


def test_with_a_window_a_tune_it_is_the_error_of_a_mean() -> None:
    right = np.array([3.0, 5.0, 4.0, 8.0])
    asked = np.full(4, 10.0)
    expected = np.std(right / 10, ddof=1) / math.sqrt(4)
    assert math.isclose(standard_error(right, asked, np.arange(4)), expected)


def test_windows_of_one_tune_are_not_independent() -> None:
    """Each answer ten times over: no more is known than before."""
    right, asked = np.array([3.0, 5.0, 4.0, 8.0]), np.full(4, 10.0)
    once = standard_error(right, asked, np.arange(4))
    repeated = standard_error(np.repeat(right, 10), np.repeat(asked, 10), np.repeat(np.arange(4), 10))
    assert math.isclose(once, repeated)


def test_tunes_that_agree_leave_no_doubt_and_a_single_tune_cannot_tell() -> None:
    assert standard_error(np.array([1.0, 2.0]), np.array([2.0, 4.0]), np.arange(2)) == 0
    assert math.isnan(standard_error(np.ones(3), np.ones(3), np.zeros(3, np.int64)))


def test_it_is_the_spread_of_repeated_surveys() -> None:
    """Tunes of unequal length drawn again and again: the estimate agrees with the spread of the share."""
    chance = np.random.default_rng(0)
    shares, errors = [], []
    for _ in range(400):
        asked = chance.integers(5, 50, 60).astype(float)
        right = chance.binomial(asked.astype(int), chance.beta(8, 2, 60)).astype(float)
        shares.append(right.sum() / asked.sum())
        errors.append(standard_error(right, asked, np.arange(60)))
    assert math.isclose(np.mean(errors), np.std(shares), rel_tol=0.12)

import math

import numpy as np
import torch

from symvae.evaluation.metrics.clustered_accuracy import clustered_accuracy, standard_error
from symvae.objective.accuracy import accuracy
from symvae.tokens.melody_grid import MelodyGrid
from symvae.tokens.piano import PianoBars


def test_accuracies_are_those_of_the_objective() -> None:
    generator = torch.Generator().manual_seed(0)
    ids, predicted = (torch.randint(5, (20, 2, 4), generator=generator) for _ in range(2))
    scores = clustered_accuracy(predicted, ids, np.arange(20) // 4, MelodyGrid())
    assert scores[:3] == accuracy(predicted, ids, onset_ids=(2, 89))


def test_padding_does_not_enter_the_standard_error() -> None:
    ids = torch.zeros(3, 1, 8, dtype=torch.int64)
    ids[:, :, :3] = torch.tensor([200, 40, 95])
    predicted = ids.clone()
    predicted[0, 0, 1] = 41
    scores = clustered_accuracy(predicted, ids, np.arange(3), PianoBars())
    assert scores[:3] == accuracy(predicted, ids, onset_ids=PianoBars().onset_ids, padding=0)
    assert math.isclose(scores.token, 11 / 12, rel_tol=1e-6)
    assert math.isclose(scores.token_se, standard_error(np.array([3, 4, 4]), np.full(3, 4), np.arange(3)))


def test_with_one_window_per_tune_it_is_the_standard_error_of_the_mean() -> None:
    correct = np.array([3.0, 5.0, 4.0, 8.0])
    total = np.full(4, 10.0)
    expected = np.std(correct / 10, ddof=1) / math.sqrt(4)
    assert math.isclose(standard_error(correct, total, np.arange(4)), expected)


def test_windows_of_one_tune_are_not_independent() -> None:
    """Repeating each window ten times adds no information."""
    correct, total = np.array([3.0, 5.0, 4.0, 8.0]), np.full(4, 10.0)
    once = standard_error(correct, total, np.arange(4))
    repeated = standard_error(np.repeat(correct, 10), np.repeat(total, 10), np.repeat(np.arange(4), 10))
    assert math.isclose(once, repeated)


def test_equal_tunes_have_no_error_and_a_single_tune_has_none_defined() -> None:
    assert standard_error(np.array([1.0, 2.0]), np.array([2.0, 4.0]), np.arange(2)) == 0
    assert math.isnan(standard_error(np.ones(3), np.ones(3), np.zeros(3, np.int64)))


def test_it_estimates_the_deviation_over_repeated_samples_of_tunes() -> None:
    """Tunes of different lengths are drawn 400 times; the estimate agrees with the observed deviation."""
    rng = np.random.default_rng(0)
    shares, errors = [], []
    for _ in range(400):
        total = rng.integers(5, 50, 60).astype(float)
        correct = rng.binomial(total.astype(int), rng.beta(8, 2, 60)).astype(float)
        shares.append(correct.sum() / total.sum())
        errors.append(standard_error(correct, total, np.arange(60)))
    assert math.isclose(np.mean(errors), np.std(shares), rel_tol=0.12)

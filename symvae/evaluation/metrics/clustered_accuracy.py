"""Token, onset and exact accuracy with standard errors over tunes.

Windows of one tune overlap and resemble each other, so they are not independent observations. The standard
error here is that of a ratio over clusters, the tunes (Cochran, "Sampling Techniques", 1977, section 6.3
with clusters as units): with r the accuracy, R_t the correct and N_t all predictions of tune t, and T tunes,

    se = sqrt( T / (T - 1) · Σ_t (R_t - r N_t)² ) / Σ_t N_t
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int, Int64
from torch import Tensor

from symvae.objective.accuracy import accuracy, correct_tokens
from symvae.tokens.tokenizer import Tokenizer


class ClusteredAccuracy(NamedTuple):
    """Accuracies from 0 to 1 (`symvae.objective.accuracy`), each with its standard error over tunes."""

    token: float
    onset: float
    exact: float
    token_se: float
    onset_se: float
    exact_se: float


def clustered_accuracy(
    predicted: Int[Tensor, "phrase bar position"],
    ids: Int[Tensor, "phrase bar position"],
    tune: Int64[np.ndarray, " phrase"],
    tokenizer: Tokenizer,
) -> ClusteredAccuracy:
    """Accuracy of predicted token ids and its standard error; padding does not count.

    Args:
        predicted: Predicted ids.
        ids: True ids.
        tune: Number of the tune that each phrase comes from.
        tokenizer: The tokenizer of both; it knows padding and the ids of onsets.

    Returns:
        All accuracies; standard errors are nan for a single tune.
    """
    onset_ids, padding = tokenizer.onset_ids, tokenizer.padding
    absent = tokenizer.absent
    masks = correct_tokens(predicted, ids, onset_ids=onset_ids, padding=padding, absent=absent)
    correct, counts, onset = (mask.flatten(1).numpy() for mask in masks)
    return ClusteredAccuracy(
        *accuracy(predicted, ids, onset_ids=onset_ids, padding=padding, absent=absent),
        standard_error(correct.sum(1), counts.sum(1), tune),
        standard_error((correct & onset).sum(1), onset.sum(1), tune),
        standard_error((correct | ~counts).all(1), np.ones(len(ids)), tune),
    )


def standard_error(correct: np.ndarray, total: np.ndarray, tune: Int64[np.ndarray, " phrase"]) -> float:
    """Standard error of Σ correct / Σ total over tunes.

    Args:
        correct: Correct predictions of each phrase.
        total: All predictions of each phrase.
        tune: Number of the tune that each phrase comes from.

    Returns:
        The standard error; nan for a single tune or without any prediction.
    """
    _, index = np.unique(tune, return_inverse=True)
    correct_of_tune = np.bincount(index, weights=correct)
    total_of_tune = np.bincount(index, weights=total)
    tunes, predictions = len(correct_of_tune), total_of_tune.sum()
    if tunes < 2 or predictions == 0:
        return float("nan")
    residual = correct_of_tune - correct_of_tune.sum() / predictions * total_of_tune
    return float(np.sqrt(tunes / (tunes - 1) * np.square(residual).sum()) / predictions)

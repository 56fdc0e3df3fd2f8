"""Shares of right answers with standard errors that respect tunes.

Windows of one tune overlap and resemble each other, so they are not independent answers. The
standard error here is that of a ratio over clusters (the tunes), as survey statistics takes it
(Cochran, "Sampling Techniques", 1977, section 6.3 with clusters as units): with r the share, R_t
the right and N_t the asked answers of tune t,

    se = sqrt( T / (T - 1) · Σ_t (R_t - r N_t)² ) / Σ_t N_t
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Int, Int64
from torch import Tensor

from symvae.objective.accuracy import accuracy, correct_tokens
from symvae.tokens.tokenizer import Tokenizer


class Scores(NamedTuple):
    """Accuracies from 0 to 1, with the standard error of each over tunes."""

    token: float
    onset: float
    exact: float
    token_se: float
    onset_se: float
    exact_se: float


def score(
    predicted: Int[Tensor, "phrase bar position"],
    ids: Int[Tensor, "phrase bar position"],
    tune: Int64[np.ndarray, " phrase"],
    tokenizer: Tokenizer,
) -> Scores:
    """`symvae.objective.accuracy` of predicted against true ids, and how sure it is."""
    onset_ids, padding = tokenizer.onset_ids, tokenizer.padding
    found = correct_tokens(predicted, ids, onset_ids=onset_ids, padding=padding)
    right, counts, onset = (mask.flatten(1) for mask in found)
    return Scores(
        *accuracy(predicted, ids, onset_ids=onset_ids, padding=padding),
        standard_error(right.sum(1).numpy(), counts.sum(1).numpy(), tune),
        standard_error((right & onset).sum(1).numpy(), onset.sum(1).numpy(), tune),
        standard_error((right | ~counts).all(1).numpy(), np.ones(len(ids)), tune),
    )


def standard_error(right: np.ndarray, asked: np.ndarray, tune: Int64[np.ndarray, " phrase"]) -> float:
    """The standard error of Σ right / Σ asked over tunes; nan for a single tune."""
    _, index = np.unique(tune, return_inverse=True)
    right_of_tune = np.bincount(index, weights=right)
    asked_of_tune = np.bincount(index, weights=asked)
    tunes, total = len(right_of_tune), asked_of_tune.sum()
    if tunes < 2 or total == 0:
        return float("nan")
    residual = right_of_tune - right_of_tune.sum() / total * asked_of_tune
    return float(np.sqrt(tunes / (tunes - 1) * np.square(residual).sum()) / total)

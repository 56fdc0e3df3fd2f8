"""Reconstruction accuracy of token ids: the shares that every table of symvae reports.

`token` counts every token, holds and rests included, as MusicVAE's tables do (Roberts et al. 2018, arXiv
1803.05428); a decoder that always holds already scores well there. `onset` counts only positions where
the target starts a note (the right pitch, there), and `exact` whole phrases.

Padding is no token and never counts. In rows that padding fills up, the end of a row does: the first
padding of the target counts as one more token, which is right if the prediction ends there, too.
"""

from typing import NamedTuple

from jaxtyping import Bool, Int
from torch import Tensor
from torch.nn import functional

from symvae.nn.ragged import target_mask


class Accuracy(NamedTuple):
    """Shares from 0 to 1."""

    token: float
    onset: float
    exact: float


class Correct(NamedTuple):
    """Correct predictions, and the positions that count."""

    correct: Bool[Tensor, "batch bar position"]
    counts: Bool[Tensor, "batch bar position"]
    onset: Bool[Tensor, "batch bar position"]


def correct_tokens(
    predicted: Int[Tensor, "batch bar position"],
    ids: Int[Tensor, "batch bar position"],
    *,
    onset_ids: tuple[int, int],
    padding: int | None = None,
    absent: int | None = None,
) -> Correct:
    """Compare predicted ids with the target, position by position.

    Args:
        predicted: Predicted token ids.
        ids: Target token ids.
        onset_ids: First and last id that start a note.
        padding: Id that fills rows up; None where rows are always full.
        absent: Id of parts that are not there and do not count; None where there is one part.

    Returns:
        Masks of the correct positions, of those that count, and of those whose target starts a note.
    """
    counts = ids == ids if padding is None else target_mask(ids, padding)
    correct = (predicted == ids) & counts
    if padding is not None:
        # Padding after padding is no end: that prediction has ended before.
        before = functional.pad(predicted, (1, -1), value=padding - 1)
        correct &= (predicted != padding) | (before != padding)
    if absent is not None:
        counts = ids != absent
        correct &= counts
    onset = (ids >= onset_ids[0]) & (ids <= onset_ids[1]) & counts
    return Correct(correct, counts, onset)


def accuracy(
    predicted: Int[Tensor, "batch bar position"],
    ids: Int[Tensor, "batch bar position"],
    *,
    onset_ids: tuple[int, int],
    padding: int | None = None,
    absent: int | None = None,
) -> Accuracy:
    """Accuracy of predicted ids. Phrases without any onset count as fully right in ``onset``.

    Args:
        predicted: Predicted token ids.
        ids: Target token ids.
        onset_ids: First and last id that start a note.
        padding: Id that fills rows up; None where rows are always full.
        absent: Id of parts that are not there and do not count; None where there is one part.

    Returns:
        The shares of correct tokens, onsets and phrases.
    """
    correct, counts, onset = correct_tokens(
        predicted, ids, onset_ids=onset_ids, padding=padding, absent=absent
    )
    return Accuracy(
        token=correct[counts].float().mean().item(),
        onset=correct[onset].float().mean().item() if onset.any() else 1.0,
        exact=(correct | ~counts).flatten(1).all(1).float().mean().item(),
    )

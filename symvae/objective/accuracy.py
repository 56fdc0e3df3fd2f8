"""How well ids come back: the shares that every table of symvae reports.

`token` counts every position, holds and rests included, as MusicVAE's tables do; a decoder that
always holds already scores well there. `onset` counts only positions where the truth starts a note
(the right pitch, there), and `exact` whole phrases.
"""

from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from symvae.nn.ragged import counted

#: Ids from here on start a note; those below go on (0: hold) or end one (1: note-off).
FIRST_ONSET_ID = 2


class Accuracy(NamedTuple):
    """Shares from 0 to 1."""

    token: float
    onset: float
    exact: float


def accuracy(
    predicted: Int[Tensor, "batch bar position"],
    ids: Int[Tensor, "batch bar position"],
    padding: int | None = None,
) -> Accuracy:
    """Predicted against true ids. Phrases without any onset count as fully right in ``onset``.

    In rows that ``padding`` fills up only its first is asked for.
    """
    right = predicted == ids
    asked = torch.ones_like(right) if padding is None else counted(ids, padding)
    onset = (ids >= FIRST_ONSET_ID) & asked
    onset_share = right[onset].float().mean().item() if onset.any() else 1.0
    exact = (right | ~asked).flatten(1).all(1).float().mean().item()
    return Accuracy(right[asked].float().mean().item(), onset_share, exact)


def always_hold(ids: Int[Tensor, "batch bar position"]) -> Accuracy:
    """The baseline that plays nothing: every token a hold."""
    return accuracy(torch.zeros_like(ids), ids)

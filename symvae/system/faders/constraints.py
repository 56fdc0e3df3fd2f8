"""Constraints on the edit of a phrase: its lock, prices of edits, and notes that an arranger could add."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.music.chords import chords_of
from symvae.music.locks import Lock
from symvae.music.phrase import Phrase
from symvae.system.faders.figures import Notes, figures
from symvae.system.faders.prices import RHYTHM_SHARE, Prices

#: Cost of a lock that is broken.
BROKEN = 1000.0


class Constraints(NamedTuple):
    """Lock, prices and proposals for the edit of a phrase."""

    lock: Lock
    prices: Prices
    proposals: Notes
    free: bool = False
    """Nothing is locked."""

    def for_notes(self, lowers: bool = False) -> dict[str, Any]:
        """Keywords of `symvae.system.faders.refine_notes.refine_notes`.

        Args:
            lowers: The request is for fewer notes or onsets.
        """
        return {
            "proposals": self.proposals,
            "lock": self.lock,
            "free": self.free,
            "removes": self.free or lowers,
        }


def constraints_of(lock: Lock) -> Constraints:
    """Prepare the edit of a locked phrase."""
    proposals = figures(lock.source, lock.chords, ~lock.kept)
    share = 0.0 if lock.rhythm else RHYTHM_SHARE
    return Constraints(lock, Prices(lock, share), proposals)


def open_constraints(phrase: Phrase) -> Constraints:
    """Constraints of a phrase of which nothing stays: an arranger's notes and gestures alone."""
    return constraints_of(Lock(phrase, np.zeros(len(phrase), bool), chords_of(phrase)))._replace(free=True)


def restored(constraints: Sequence[Constraints] | None, phrases: Sequence[Phrase]) -> list[Phrase]:
    """Put what is locked back into phrases; None for phrases without locks."""
    if constraints is None:
        return list(phrases)
    pairs = zip(constraints, phrases, strict=True)
    return [each.lock.restore(phrase).without_overlaps() for each, phrase in pairs]


def broken_cost(
    constraints: Sequence[Constraints] | None,
    candidates: Sequence[Phrase],
    rows: Int[Tensor, " candidate"],
) -> Float[Tensor, " candidate"]:
    """Return a cost above all others for candidates that lose what is locked.

    Args:
        constraints: constraints of each phrase; None for phrases without locks.
        candidates: edits of phrases.
        rows: phrase of each candidate.

    Returns:
        `BROKEN` for each candidate that breaks its lock, else 0.
    """
    if constraints is None:
        return torch.zeros(len(candidates))
    locks = [constraints[row].lock for row in rows.tolist()]
    return torch.tensor([0.0 if lock.holds(c) else BROKEN for lock, c in zip(locks, candidates, strict=True)])

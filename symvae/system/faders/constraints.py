"""Constraints on the edit of a phrase: its lock, prices of edits, and notes that an arranger could add."""

from typing import Any, NamedTuple

from symvae.music.locks import Lock
from symvae.system.faders.figures import Notes, figures
from symvae.system.faders.prices import RHYTHM_SHARE, Prices


class Constraints(NamedTuple):
    """Lock, prices and proposals for the edit of a phrase."""

    lock: Lock
    prices: Prices
    proposals: Notes

    def for_notes(self) -> dict[str, Any]:
        """Keywords of `symvae.system.faders.refine_notes.refine_notes`."""
        return {"proposals": self.proposals, "lock": self.lock}


def constraints_of(lock: Lock) -> Constraints:
    """Prepare the edit of a locked phrase."""
    proposals = figures(lock.source, lock.chords, ~lock.kept)
    share = 0.0 if lock.rhythm else RHYTHM_SHARE
    return Constraints(lock, Prices(lock.source, lock.chords, share), proposals)

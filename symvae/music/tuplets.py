"""Tuplets: share of notes at places of the quarter that sixteenths do not have.

The places of all notes are a mixture of normal distributions at the places of the score, over a uniform rest,
fitted by expectation maximization (Dempster, Laird and Rubin, J. R. Stat. Soc. B 39, 1977). A place in the
score with a normal deviation is the likelihood of Cemgil, Desain and Kappen (Rhythm quantization for
transcription, Computer Music Journal 24(2), 2000). All places share one deviation and one delay, so unsteady
sixteenths do not pass for triplets, as they would if each note went to its nearest place.

Two sets of places compete, sixteenths with triplets, and these with thirty-seconds and quintuplets. The
larger has to pay for its places by the Bayesian information criterion (Schwarz, Ann. Stat. 6(2), 1978).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.music.swing import Swing

SIXTEENTHS = (0.0, 0.25, 0.5, 0.75)
#: Places in a quarter beside sixteenths: thirds and sixths, odd eighths, fifths.
TRIPLETS, THIRTY_SECONDS, QUINTUPLETS = (
    (1 / 6, 1 / 3, 2 / 3, 5 / 6),
    (1 / 8, 3 / 8, 5 / 8, 7 / 8),
    (0.2, 0.4, 0.6, 0.8),
)
#: Bins of a quarter that notes are counted in; all places are whole bins.
BINS = 480
ITERATIONS = 60
#: First deviation from the places, and the largest deviation and delay: 25 and 30 ms at 120 qpm.
DEVIATION, MAX_DEVIATION, MAX_DELAY = 0.03, 0.05, 0.06


class Tuplets(NamedTuple):
    """Shares of notes that sixteenths do not notate, 0 to 1."""

    triplets: float
    """Share at thirds and sixths of a quarter."""
    thirty_seconds: float
    """Share at odd eighths of a quarter."""
    other: float
    """Share anywhere else, except at the place of swung notes: quintuplets, ornaments, free notes."""


class _Fit(NamedTuple):
    criterion: float
    """Log likelihood of all notes, less the price of the places."""
    share: Float[np.ndarray, " place"]
    """Share of notes at each place; the last is that of the uniform rest."""


def find_tuplets(
    onset_quarter: Float[np.ndarray, " note"], ticks_per_quarter: int, swing: Swing | None = None
) -> Tuplets:
    """Fit the places of the quarter that notes stand at.

    Args:
        onset_quarter: Start of each note, in quarters; at least one.
        ticks_per_quarter: Resolution of the file, to which all notes were rounded.
        swing: Swing of the notes. A swung note counts as a triplet if it stands at one, else as neither.

    Returns:
        Shares of the notes.
    """
    bins, count = np.unique(
        np.round((onset_quarter % 1.0) * BINS).astype(np.int64) % BINS, return_counts=True
    )
    swung = [place for place in (swing.places_quarter if swing else []) if _is_new(place)]
    few = (*SIXTEENTHS, *TRIPLETS, *swung)
    rounding = max(1 / 128, 0.3 / ticks_per_quarter)
    fits = [
        _fit(bins, count, places, least=rounding, first=first)
        for places in (few, (*few, *THIRTY_SECONDS, *QUINTUPLETS))
        for first in (rounding, DEVIATION)
    ]
    best = max(fits, key=lambda fit: fit.criterion)
    more = best.share[len(few) : -1]
    other = float(more[len(THIRTY_SECONDS) :].sum() + best.share[-1])
    return Tuplets(float(best.share[4:8].sum()), float(more[: len(THIRTY_SECONDS)].sum()), other)


def _is_new(place: float) -> bool:
    """True for the place of a swung note that is not that of a triplet."""
    return min(abs(place - triplet) for triplet in TRIPLETS) > 0.03


def _fit(
    bins: Int[np.ndarray, " bin"],
    count: Int[np.ndarray, " bin"],
    places: Sequence[float],
    least: float,
    first: float,
) -> _Fit:
    """Fit shares, deviation and delay to counted notes, from the deviation ``first`` on."""
    weight = (count / count.sum())[:, None]
    distance = (bins[:, None] / BINS - np.array(places) + 0.5) % 1.0 - 0.5
    share = np.full(len(places) + 1, 1.0 / (len(places) + 1))
    deviation, delay, log_likelihood = max(least, first), 0.0, 0.0
    for _ in range(ITERATIONS):
        density = np.exp(-0.5 * ((distance - delay) / deviation) ** 2) / (deviation * np.sqrt(2 * np.pi))
        joint = np.column_stack([density, np.ones(len(bins))]) * share
        total = joint.sum(1, keepdims=True)
        log_likelihood = float((weight * np.log(total)).sum())
        member = joint / total * weight
        share, near = member.sum(0), member[:, :-1]
        if near.sum() < 1e-9:
            break
        delay = float(np.clip((near * distance).sum() / near.sum(), -MAX_DELAY, MAX_DELAY))
        variance = float((near * (distance - delay) ** 2).sum() / near.sum())
        deviation = max(least, min(MAX_DEVIATION, variance**0.5))
    price = 0.5 * len(places) * np.log(count.sum())
    return _Fit(float(count.sum() * log_likelihood - price), share)

"""Distances between the timing and dynamics of drawn and real hits.

Errors follow GrooVAE (Gillick et al. 2019, arXiv 1905.06118, section 5): mean absolute error of onsets in
milliseconds, mean squared error in sixteenths². So do the divergences of timing and velocity, as of all hits
of a data set in one histogram each. Its bins are not published; ours are a 40th of a step and four
velocities, and half a hit is added to every bin, so that an empty one has a finite price. The divergence is
KL(real ‖ drawn) in nats: a drawing that never plays what drummers play is expensive.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real

from symvae.tokens.groove_cells import Cells

OFFSET_BINS = np.linspace(-0.5, 0.5, 41)
VELOCITY_BINS = np.arange(0.5, 129, 4)
_ADDED = 0.5


class TimingError(NamedTuple):
    """Errors of onsets, over all hits."""

    mae_ms: float
    mse_step2: float
    """In sixteenths²."""


def timing_error(
    real: Cells,
    drawn: Float[np.ndarray, "phrase step drum_class"],
    step_ms: Float[np.ndarray, " phrase"],
) -> TimingError:
    """Errors of drawn offsets.

    Args:
        real: Played phrases.
        drawn: Offsets of the same hits in steps.
        step_ms: Length of a step of each phrase in milliseconds.

    Returns:
        The errors; 0 without hits.
    """
    error = (drawn - real.offset_step)[real.hit]
    if not len(error):
        return TimingError(0.0, 0.0)
    ms = (np.abs(drawn - real.offset_step) * step_ms[:, None, None])[real.hit]
    return TimingError(float(ms.mean()), float((error**2).mean()))


def phrase_mae_ms(
    real: Cells,
    drawn: Float[np.ndarray, "phrase step drum_class"],
    step_ms: Float[np.ndarray, " phrase"],
) -> Float[np.ndarray, " phrase"]:
    """Mean absolute error of the onsets of each phrase.

    Args:
        real: Played phrases.
        drawn: Offsets of the same hits in steps.
        step_ms: Length of a step of each phrase in milliseconds.

    Returns:
        Milliseconds; 0 for a phrase without hits.
    """
    error = np.abs(drawn - real.offset_step) * real.hit
    return error.sum((1, 2)) / np.maximum(real.hit.sum((1, 2)), 1) * step_ms


def histogram_kl(
    real: Real[np.ndarray, " hit"], drawn: Real[np.ndarray, " drawn"], bins: Float[np.ndarray, " edge"]
) -> float:
    """KL divergence of the histogram of drawn values from that of real ones, in nats.

    Args:
        real: Values of real hits.
        drawn: Values of drawn hits.
        bins: Edges of the bins.

    Returns:
        KL(real ‖ drawn), 0 or more.
    """
    shares = []
    for values in (real, drawn):
        count = np.histogram(np.clip(values, bins[0], bins[-1]), bins)[0] + _ADDED
        shares.append(count / count.sum())
    return float((shares[0] * np.log(shares[0] / shares[1])).sum())


def timing_kl(real: Cells, drawn: Cells) -> float:
    """Divergence of the offsets of all hits, in nats."""
    return histogram_kl(real.offset_step[real.hit], drawn.offset_step[drawn.hit], OFFSET_BINS)


def velocity_kl(real: Cells, drawn: Cells) -> float:
    """Divergence of the velocities of all hits, in nats."""
    return histogram_kl(real.velocity[real.hit], drawn.velocity[drawn.hit], VELOCITY_BINS)

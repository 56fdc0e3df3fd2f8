"""Valence on rated pieces, by leave-one-series-out cross-validation.

For each series of pieces, a regression is fitted to the ratings of all others. It predicts the ratings of the
held-out pieces, as they are and at every step of the ladder of modes (`symvae.music.arranging.mode_mixture`).

    correlation   of predicted and true ratings
    low_to_high   of the pieces that listeners rated below the median, the share rated above it at the
                  step that is rated highest; high_to_low likewise, at the lowest
    range         mean rating at the highest step minus that at the lowest, in standard deviations of the
                  listeners' ratings
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from symvae.attributes.emotion import VALENCE_CUES, valence_cues
from symvae.attributes.key import key_of
from symvae.evaluation.reports.markdown import section, share, signed, table, words
from symvae.latent.valence import LEAST_CORRELATION
from symvae.music.arranging.mode_mixture import STEPS, mixed
from symvae.music.phrase import Phrase, join
from symvae.training.tasks.arousal import Piece
from symvae.training.tasks.valence import fit_valence


class ValenceFigures(NamedTuple):
    """Figures of valence over rated pieces."""

    pieces: int
    correlation: float
    low_to_high: float
    high_to_low: float
    range: float
    weights: dict[str, float]
    """Weight of each cue, both in standard deviations."""


def valence(pieces: Sequence[Piece]) -> ValenceFigures:
    """Measure the regression of valence, and the effect of mode mixture on it.

    Args:
        pieces: Rated pieces of three series or more.

    Returns:
        The figures.

    Raises:
        CorpusError: The pieces are of too few series.
    """
    ratings, rated = np.array([piece.valence for piece in pieces]), []
    for name in sorted({piece.series for piece in pieces}):
        others = [piece for piece in pieces if piece.series != name]
        fitted, true = fit_valence(others), np.array([piece.valence for piece in others])
        median = float(np.median(true) - true.mean())
        for piece in pieces:
            if piece.series == name:
                by_step = {
                    step: float(fitted.rating(valence_cues(_mixed(piece.phrases, step))).mean())
                    for step in STEPS
                }
                high, low = max(by_step.values()), min(by_step.values())
                was_high = piece.valence - true.mean() > median
                rated.append(
                    (
                        by_step[0] + true.mean(),
                        piece.valence,
                        was_high,
                        high > median,
                        low > median,
                        high - low,
                    )
                )
    predicted, true, was_high, high_up, high_down, change = (
        np.array(column) for column in zip(*rated, strict=True)
    )
    fitted = fit_valence(pieces)
    return ValenceFigures(
        pieces=len(pieces),
        correlation=float(np.corrcoef(predicted, true)[0, 1]),
        low_to_high=float(high_up[~was_high].mean()),
        high_to_low=float((~high_down)[was_high].mean()),
        range=float(change.mean() / ratings.std()),
        weights=dict(zip(VALENCE_CUES, (fitted.weight / ratings.std()).tolist(), strict=True)),
    )


def _mixed(phrases: Sequence[Phrase], step: int) -> list[Phrase]:
    tonic = key_of(join(phrases)).tonic
    return [replace(p, pitch=mixed(p.pitch, tonic, step)).without_overlaps() for p in phrases]


def tables(part: dict[str, Any]) -> str:
    """Tables of `ValenceFigures` as stored in metrics.json."""
    offered = "offered" if part["correlation"] >= LEAST_CORRELATION else "refused"
    return section(
        "Valence",
        f"{part['pieces']} pieces. A regression, fitted to the other series, predicts the ratings of each, "
        "as it is and at the steps of mode mixture that it rates highest and lowest. At a correlation below "
        f"{LEAST_CORRELATION:.2f} valence is refused; here it is {offered}.",
        table(
            ["correlation", "low to high", "high to low", "range"],
            [
                [
                    *(share(part[name]) for name in ("correlation", "low_to_high", "high_to_low")),
                    f"{part['range']:.2f}",
                ]
            ],
        ),
        table(["cue", "weight"], [[words(name), signed(weight)] for name, weight in part["weights"].items()]),
    )

"""Forms and endings of samples beside those of real music.

    form        sections of four bars in letters (`symvae.attributes.form`); a set of phrases is compared with
                the real ones by the total variation of the two distributions of forms
    likeness    share of steps that agree between a bar and the one that comes so many bars later: a question
                and its answer at 2 and 4 bars, repeats of whole sections at 8
    cadence     share of phrases that end on a long tonic (`symvae.attributes.cadence`): samples are whole
                pieces, so they are compared with the windows that end a tune

Real phrases are all windows of held-out tunes, wherever they start.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool

from symvae.attributes.cadence import cadence
from symvae.attributes.form import form, section_likeness
from symvae.evaluation.metrics.total_variation import shares, total_variation
from symvae.evaluation.reports.markdown import share, table
from symvae.music.phrase import Phrase

#: Distances of bars whose likeness is reported.
LAGS = (2, 4, 8)
#: Forms in a table, by their frequency in real music.
_LISTED = 8


class FormFigures(NamedTuple):
    """Forms and endings of one set of phrases."""

    shares: dict[str, float]
    """Share of each form."""
    likeness: dict[str, float]
    """By the distance in bars."""
    cadence: float | None
    """None where no phrase ends a tune."""
    total_variation: float | None = None
    """Of the forms against those of real music; of real music, between two halves of it."""


def form_figures(
    phrases: Sequence[Phrase],
    real: FormFigures | None = None,
    ends: Bool[np.ndarray, " phrase"] | None = None,
) -> FormFigures:
    """Measure forms and endings.

    Args:
        phrases: Phrases on one grid, in random order.
        real: Figures of real music to compare with; None for real music itself.
        ends: Which phrases end a tune; None for all.

    Returns:
        The figures.
    """
    forms = [form(phrase) for phrase in phrases]
    own = shares(forms)
    if real is None:
        half = len(forms) // 2
        distance = total_variation(shares(forms[:half]), shares(forms[half:]))
    else:
        distance = total_variation(own, real.shares)
    alike = np.mean([section_likeness(phrase, 1) for phrase in phrases], axis=0)
    last = [phrase for number, phrase in enumerate(phrases) if ends is None or ends[number]]
    return FormFigures(
        own,
        {str(lag): float(np.diagonal(alike, lag).mean()) for lag in LAGS if lag < len(alike)},
        float(np.mean([cadence(phrase) for phrase in last])) if last else None,
        distance,
    )


def form_table(real: dict[str, Any], priors: dict[str, dict[str, Any]]) -> str:
    """Table of `FormFigures` as stored in metrics.json.

    Args:
        real: Those of real music.
        priors: Those of each prior, by its label.
    """
    every = (real, *priors.values())
    rows = [
        [f"form {name}", *(share(figures["shares"].get(name, 0.0)) for figures in every)]
        for name in list(real["shares"])[:_LISTED]
    ]
    rows.append(["forms, total variation from real", *(share(f["total_variation"]) for f in every)])
    rows += [
        [f"likeness at {lag} bars", *(share(figures["likeness"][lag]) for figures in every)]
        for lag in real["likeness"]
    ]
    rows.append(["ends with a cadence", *(share(figures.get("cadence")) for figures in every)])
    return table(["forms and endings", "real", *(f"{label} prior" for label in priors)], rows)

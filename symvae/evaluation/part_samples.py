"""Samples of arrangements against real ones: do bass and chords, and bass and kick, agree as in songs?

    chord_tones   share of the bass notes that are tones of the chord of their half bar; chords are estimated
                  from melody and bass together (`symvae.music.chords`), for samples as for songs
    bass_kick     agreement of bass and kick (`symvae.attributes.bass`)
    repeated      share of bars that equal an earlier one in all parts

Means over arrangements in which both parts play; the standard deviation over real ones is beside them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from symvae.attributes.bass import bass_kick_agreement, bass_on_chord
from symvae.attributes.repetition import repeated_bar_share
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.parts import made_by_rule
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.models.flow.prior import FlowPrior
from symvae.music.arrangement import BASS, DRUMS, Arrangement, as_arrangement
from symvae.system import drawing
from symvae.system.symvae import SymVAE

MEASURES: dict[str, Callable[[Arrangement], float]] = {
    "chord_tones": bass_on_chord,
    "bass_kick": bass_kick_agreement,
    "repeated": lambda arrangement: repeated_bar_share(arrangement.merged),
}


@dataclass(frozen=True)
class PartSamples:
    """Means of the measures by source."""

    samples: int
    seed: int
    mean: dict[str, dict[str, float]]
    """source ("samples", "real", "rule") → measure."""
    std: dict[str, float]
    """By measure, over real songs."""


def part_samples(
    model: SymVAE,
    windows: HeldOut,
    prior: FlowPrior,
    *,
    samples: int = 200,
    seed: int = 0,
    progress: Progress = silent,
) -> PartSamples:
    """Compare draws from the prior with held-out arrangements.

    Args:
        model: A model of arrangements.
        windows: Held-out windows.
        prior: Its learned prior.
        samples: Number of draws, and of windows at most.
        seed: Of the draws.
        progress: Called with the share that is done.

    Returns:
        Means of all measures.
    """
    by_rule = made_by_rule(windows)
    chance = torch.Generator().manual_seed(seed)
    draws = drawing.draw(model.codec, prior, samples, chance)
    music = {"samples": model.to_phrases(drawing.decode(model.codec, prior, draws, chance))}
    progress("part samples", 0.5)
    for name, mask in (("real", ~by_rule), ("rule", by_rule)):
        if mask.any():
            chosen = windows.take(np.flatnonzero(mask)).draw(samples, seed)
            music[name] = model.to_phrases(chosen.ids)
    values = {name: _measured(list(map(as_arrangement, several))) for name, several in music.items()}
    progress("part samples", 1.0)
    real = values.get("real", values["samples"])
    return PartSamples(
        samples=samples,
        seed=seed,
        mean={
            name: {measure: float(np.mean(column)) for measure, column in columns.items()}
            for name, columns in values.items()
        },
        std={measure: float(np.std(column)) for measure, column in real.items()},
    )


def _measured(music: Sequence[Arrangement]) -> dict[str, list[float]]:
    """Measures of all arrangements that have a bass and drums."""
    whole = [each for each in music if {BASS, DRUMS} <= set(each.parts)]
    return {name: [measure(each) for each in whole] or [0.0] for name, measure in MEASURES.items()}


def tables(part: dict[str, Any]) -> str:
    """Table of `PartSamples` as stored in metrics.json."""
    words = {"samples": "draws from the prior", "real": "real songs", "rule": "accompaniments by rule"}
    rows = [
        [words[name], *(share(values[measure]) for measure in MEASURES)]
        for name, values in part["mean"].items()
    ]
    return section(
        "Parts of samples",
        f"{part['samples']} draws; means over arrangements with bass and drums.",
        table(["music", "bass on chord tones", "bass and kick together", "repeated bars"], rows),
    )

"""Bars filled in from a sketch, against the original ones.

The gap is that of `symvae.evaluation.infilling`: of sixteen bars four, with six before and six after, as in
Music SketchNet (Chen et al. 2020, arXiv 2008.01291, section 4). Each phrase is filled in once, by the most
likely token at each step, with no sketch, with the original pitches in order, with the original rhythm, and
with both; once more with both held strictly.

    rhythm      share of the positions with the right state: a note begins, or not
    exact_bar   share of bars that are entirely right
    published   token accuracy on SketchNet's grid of 24 ticks a bar of 4/4, of which 8 can only be held in
                music in sixteenths: (2 · token + 1) / 3

Baselines: the bars before the gap, repeated, and holding on.
"""

from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.clustered_accuracy import clustered_accuracy
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.models.sketch.factors import pattern_of
from symvae.music.bar_sketch import BarSketch, sketch_of
from symvae.system.sketching.draw import fill_in
from symvae.system.symvae import SymVAE

#: Kinds of sketches: whether pitches and rhythm are given, and whether they are held strictly.
KINDS = {
    "none": (False, False, False),
    "pitches": (True, False, False),
    "rhythm": (False, True, False),
    "both": (True, True, False),
    "both, strict": (True, True, True),
}


@dataclass(frozen=True)
class Filled:
    """Accuracy of the bars of the gap."""

    token: float
    token_se: float
    onset: float
    onset_se: float
    rhythm: float
    exact_bar: float
    held: float
    """Share of the sketch that is held; 1 without one."""
    published: float | None
    """Token accuracy on the published grid; None in other metres than 4/4."""


@dataclass(frozen=True)
class SketchFigures:
    """Filled bars against the original ones."""

    phrases: int
    bars: tuple[int, int]
    """First filled bar and the bar after the last, from 0."""
    seed: int
    filled: dict[str, Filled]
    """By the kind of the sketch, and for the baselines ``bars_before`` and ``holds``."""


def sketching(
    model: SymVAE, windows: HeldOut, *, phrases: int = 256, seed: int = 0, progress: Progress = silent
) -> SketchFigures:
    """Fill in the middle of held-out phrases from sketches of the original.

    Args:
        model: A model with a sketch model.
        windows: Held-out windows.
        phrases: Windows to use, at most.
        seed: Of the choice of windows.
        progress: Called with the share that is done.

    Returns:
        Accuracies for each kind of sketch and of the baselines.
    """
    assert model.sketcher is not None
    chosen, bars = windows.draw(phrases, seed), model.grid.bars
    first, last = 3 * bars // 8, 3 * bars // 8 + bars // 4
    truth = chosen.ids[:, first:last]
    originals = model.codec.to_phrases(chosen.ids)
    sketches = [sketch_of(phrase) for phrase in originals]

    def score(ids: Int[Tensor, "phrase bar position"], held: float = 1.0) -> Filled:
        accuracy = clustered_accuracy(ids, truth, chosen.tune, model.tokenizer)
        return Filled(
            token=accuracy.token,
            token_se=accuracy.token_se,
            onset=accuracy.onset,
            onset_se=accuracy.onset_se,
            rhythm=(pattern_of(ids) == pattern_of(truth)).float().mean().item(),
            exact_bar=(ids == truth).all(-1).float().mean().item(),
            held=held,
            published=(2 * accuracy.token + 1) / 3 if model.grid.metre == "4/4" else None,
        )

    filled = {}
    for number, (kind, (pitches, rhythm, strict)) in enumerate(KINDS.items()):
        asked = [
            {
                bar: BarSketch(
                    pitches=each[bar].pitches if pitches else None,
                    rhythm=each[bar].rhythm if rhythm else None,
                )
                for bar in range(first, last)
            }
            for each in sketches
        ]
        results = [
            result
            for (result,) in fill_in(
                model.codec, model.sketcher, originals, asked, 1, torch.Generator(), strict=strict
            )
        ]
        ids = model.codec.to_ids([result.phrase for result in results])[:, first:last]
        shares = [result.held.share for result in results]
        filled[kind] = score(ids, sum(shares) / len(shares))
        progress("sketches", (number + 1) / len(KINDS))
    filled["bars_before"] = score(chosen.ids[:, 2 * first - last : first])
    filled["holds"] = score(torch.zeros_like(truth))
    return SketchFigures(len(originals), (first, last), seed, filled)


def tables(part: dict[str, Any]) -> str:
    """Table of `SketchFigures` as stored in metrics.json."""
    first, last = part["bars"]
    names = {"bars_before": "baseline: the bars before, repeated", "holds": "baseline: always hold"}
    return section(
        "Sketches",
        f"Bars {first + 1} to {last} of {part['phrases']} held-out phrases, filled in from sketches of the"
        " original, each by the most likely token at each step. On SketchNet's grid two of three ticks are"
        " sixteenths, and the third can only be held.",
        table(
            ["sketch", "token", "onset", "rhythm", "whole bars", "held", "token, 24 ticks a bar"],
            [
                [
                    names.get(kind, kind),
                    share(each["token"], each["token_se"]),
                    share(each["onset"], each["onset_se"]),
                    *(share(each[name]) for name in ("rhythm", "exact_bar", "held")),
                    "" if each["published"] is None else share(each["published"]),
                ]
                for kind, each in part["filled"].items()
            ],
        ),
    )

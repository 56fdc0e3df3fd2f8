"""Continuation: the second half of held-out phrases drawn after the first, compared with the real one.

`SymVAE.continue_` gets the first half of each held-out phrase and draws the second once. A good continuation
need not be the real one, so the two are not compared note by note: what is compared is how both go on from
the first half (`symvae.evaluation.metrics.continuity`). Where the means agree, the continuation remembers the
tune as much as real music does; larger is not better.

    wide_seams  share of seams of more than ten semitones
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.continuity import Continuity, continuity
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table, words
from symvae.music.phrase import Phrase
from symvae.system.continuation import continue_phrases
from symvae.system.draws import seeded
from symvae.system.infill import WIDEST_SEAM
from symvae.system.symvae import SymVAE

_AT_ONCE = 32


@dataclass(frozen=True)
class ContinuationFigures:
    """Drawn continuations against the real ones, means over phrases."""

    phrases: int
    given_bars: int
    bars: int
    """Of given and drawn bars together."""
    seed: int
    real: dict[str, float]
    drawn: dict[str, float]


def continuation(
    model: SymVAE, windows: HeldOut, *, phrases: int = 128, seed: int = 0, progress: Progress = silent
) -> ContinuationFigures:
    """Continue the first half of held-out phrases, once each.

    Args:
        model: A model of 2 bars or more, with a learned prior.
        windows: Held-out windows.
        phrases: Windows to use, at most.
        seed: Of the choice of windows and of the draws.
        progress: Called with the share that is done.

    Returns:
        Figures of the drawn and of the real second halves.
    """
    chosen, bars = windows.draw(phrases, seed), model.grid.bars
    given = bars // 2
    originals = model.codec.to_phrases(chosen.ids)
    drawn: list[Phrase] = []
    for start in range(0, len(originals), _AT_ONCE):
        openings = [each.window(0, given) for each in originals[start : start + _AT_ONCE]]
        new = continue_phrases(model.codec, model.prior, openings, bars - given, seeded(seed + start))
        drawn += [each.phrase for each in new]
        progress("continuation", min(1.0, (start + _AT_ONCE) / len(originals)))
    return ContinuationFigures(
        phrases=len(originals),
        given_bars=given,
        bars=bars,
        seed=seed,
        real=_means(continuity(originals, given)),
        drawn=_means(continuity(drawn, given)),
    )


def _means(figures: Continuity) -> dict[str, float]:
    means = {name: float(values.mean()) for name, values in figures._asdict().items()}
    return means | {"wide_seams": float(np.mean(figures.seam > WIDEST_SEAM))}


def tables(part: dict[str, Any]) -> str:
    """Table of `ContinuationFigures` as stored in metrics.json."""
    new = part["bars"] - part["given_bars"]
    return section(
        "Continuation",
        f"The first {part['given_bars']} bars of {part['phrases']} held-out phrases, continued by {new} bars,"
        " once each, beside the real ones. Likeness is the F1 of the notes of both halves; rhythms and bars"
        " are shares of new bars that stand among the given ones; register shift and seam are in semitones;"
        " wide seams are those of more than ten:",
        table(
            ["bars", *(words(name) for name in part["real"])],
            [
                [label, *(share(part[way][name]) for name in part["real"])]
                for label, way in (("real", "real"), ("drawn by `continue`", "drawn"))
            ],
        ),
    )

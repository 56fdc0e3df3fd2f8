"""Infilling: bars redrawn in the context of the others.

A quarter of each held-out phrase, after its first three eighths, is removed and redrawn by `SymVAE.fill`; of
sixteen bars these are four, with six before and six after, as in Chen et al. 2020 (Music SketchNet, arXiv
2008.01291). Of `BEST_OF` draws of a phrase the model chooses one itself, without the original; other music
than the original can be equally good. The baseline repeats the bars just before the gap.

    kept        share of the context's tokens that the model reproduced, before the originals were put back
    all_kept    share of phrases in which it reproduced all of them
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.clustered_accuracy import ClusteredAccuracy, clustered_accuracy
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.system.symvae import SymVAE

#: Shorter phrases have no middle to remove.
MIN_BARS = 4
BEST_OF = 4
_AT_ONCE = 32


@dataclass(frozen=True)
class InfillingFigures:
    """Redrawn bars against the original ones."""

    phrases: int
    bars: tuple[int, int]
    """First redrawn bar and the bar after the last, from 0."""
    seed: int
    best_of: int
    """Draws of each phrase."""
    kept: float
    all_kept: float
    drawn: ClusteredAccuracy
    bars_before: ClusteredAccuracy


def infilling(
    model: SymVAE, windows: HeldOut, *, phrases: int = 128, seed: int = 0, progress: Progress = silent
) -> InfillingFigures:
    """Redraw the middle of held-out phrases once each.

    Args:
        model: A model of `MIN_BARS` or more, with a learned prior.
        windows: Held-out windows.
        phrases: Windows to use, at most.
        seed: Of the choice of windows and of the draws.
        progress: Called with the share that is done.

    Returns:
        Accuracies of the redrawn bars and of the baseline.
    """
    chosen, bars = windows.draw(phrases, seed), model.grid.bars
    first, last = 3 * bars // 8, 3 * bars // 8 + bars // 4
    known = [not first <= bar < last for bar in range(bars)]
    originals = model.codec.to_phrases(chosen.ids)
    drawn, kept = [], []
    for start in range(0, len(originals), _AT_ONCE):
        fillings = model.fill(originals[start : start + _AT_ONCE], known, best_of=BEST_OF, seed=seed + start)
        drawn.append(model.codec.to_ids([each.phrase for each in fillings]))
        kept += [each.kept for each in fillings]
        progress("infilling", min(1.0, (start + _AT_ONCE) / len(originals)))

    def scores(ids: Int[Tensor, "phrase bar position"]) -> ClusteredAccuracy:
        return clustered_accuracy(ids, chosen.ids[:, first:last], chosen.tune, model.tokenizer)

    return InfillingFigures(
        phrases=len(originals),
        bars=(first, last),
        seed=seed,
        best_of=BEST_OF,
        kept=float(np.mean(kept)),
        all_kept=float(np.mean(np.array(kept) == 1)),
        drawn=scores(torch.cat(drawn)[:, first:last]),
        bars_before=scores(chosen.ids[:, 2 * first - last : first]),
    )


def tables(part: dict[str, Any]) -> str:
    """Table of `InfillingFigures` as stored in metrics.json."""
    first, last = part["bars"]
    ways = {
        f"drawn by `infill`, {_choice(part.get('best_of', 1))}": "drawn",
        "baseline: the bars before, repeated": "bars_before",
    }
    return section(
        "Infilling",
        f"Bars {first + 1} to {last} of {part['phrases']} held-out phrases, redrawn in the context of the"
        f" others. The model itself reproduced {share(part['kept'])} of the context's tokens, and all of them"
        f" in {share(part['all_kept'])} of the phrases; then the original context is put back. The redrawn"
        " bars against the original ones:",
        table(
            ["bars", "token", "onset"],
            [
                [label, *(share(part[way][name], part[way][f"{name}_se"]) for name in ("token", "onset"))]
                for label, way in ways.items()
            ],
        ),
    )


def _choice(best_of: int) -> str:
    return f"the best of {best_of} draws by the model itself" if best_of > 1 else "one draw a phrase"

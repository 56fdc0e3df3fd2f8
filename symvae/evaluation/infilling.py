"""Bars drawn in sight of the others: do the others stay, and how near to the truth are the drawn ones?

A quarter of each held-out phrase, after three eighths of it, is taken away and drawn anew by
`SymVAE.fill`; of sixteen bars these are four after six and before six, as in Chen et al. 2020 (Music
SketchNet, arXiv 2008.01291). Each phrase is drawn once, none is redrawn: other music than the true one
may be as good. Beside it stands the plainest guess, the bars just before, once more.

    kept        share of the known bars' tokens that the model itself said, before they were put in place
    all_kept    share of phrases of which it said all of them
"""

from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from symvae.evaluation.batching import Progress, silent
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.clustered_accuracy import score
from symvae.system.symvae import SymVAE

#: With fewer bars there is no middle to take away.
FEWEST_BARS = 4
_AT_ONCE = 32


def infilling(
    model: SymVAE, windows: HeldOut, *, phrases: int = 128, seed: int = 0, progress: Progress = silent
) -> dict[str, Any]:
    """Figures over up to ``phrases`` windows, one draw each."""
    some, bars = windows.some(phrases, seed), model.grid.bars
    first, last = 3 * bars // 8, 3 * bars // 8 + bars // 4
    known = [not first <= bar < last for bar in range(bars)]
    truth = model.to_phrases(some.ids)
    drawn, kept = [], []
    for start in range(0, len(truth), _AT_ONCE):
        fillings = model.fill(truth[start : start + _AT_ONCE], known, seed=seed + start)
        drawn.append(model.to_ids([each.phrase for each in fillings]))
        kept += [each.kept for each in fillings]
        progress("infilling", min(1.0, (start + _AT_ONCE) / len(truth)))

    def scores(ids: Int[Tensor, "phrase bar position"]) -> dict[str, float]:
        return score(ids, some.ids[:, first:last], some.tune, model.tokenizer)._asdict()

    return {
        "phrases": len(truth),
        "bars": [first, last],
        "seed": seed,
        "kept": float(np.mean(kept)),
        "all_kept": float(np.mean(np.array(kept) == 1)),
        "drawn": scores(torch.cat(drawn)[:, first:last]),
        "bars_before": scores(some.ids[:, 2 * first - last : first]),
    }

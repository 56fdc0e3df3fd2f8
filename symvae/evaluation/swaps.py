"""Swaps: the rhythm of a held-out phrase with the pitches of another.

rhythm      share of the positions with the state of the first phrase: a note begins, ends, or goes on
in_order    share of the pitches of the second phrase that come in their order, bar by bar, of those for
            which the rhythm has a note (longest common subsequence)
nats        cost of a token under the language model of the training music, of swaps and of real phrases
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Int

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.models.sketch.factors import EVENT, pattern_of
from symvae.system.symvae import SymVAE
from symvae.tokens.ngram import NGram


@dataclass(frozen=True)
class SwapFigures:
    """Swaps against their two sources."""

    pairs: int
    seed: int
    rhythm: float
    in_order: float
    nats: float
    real_nats: float


def swaps(
    model: SymVAE,
    windows: HeldOut,
    language: NGram,
    *,
    pairs: int = 128,
    seed: int = 0,
    progress: Progress = silent,
) -> SwapFigures:
    """Swap the pitches of pairs of held-out phrases.

    Args:
        model: A model with a sketch model.
        windows: Held-out windows.
        language: Language model of the training music.
        pairs: Pairs, at most.
        seed: Of the choice of pairs.
        progress: Called with the share that is done.

    Returns:
        Means over the pairs.
    """
    chosen = windows.draw(pairs, seed)
    phrases = model.codec.to_phrases(chosen.ids)
    results = []
    for number, phrase in enumerate(phrases):
        (result,) = model.swap(phrase, phrases[number - 1], steps=1)
        results.append(result)
        progress("swaps", (number + 1) / len(phrases))
    ids = model.codec.to_ids(results)
    found = wanted = 0
    for new, other in zip(ids.numpy(), np.roll(chosen.ids.numpy(), 1, axis=0), strict=True):
        for bar, source in zip(new, other, strict=True):
            played, pitches = bar[bar >= EVENT], source[source >= EVENT]
            found += in_order(played, pitches)
            wanted += min(len(played), len(pitches))
    return SwapFigures(
        pairs=len(phrases),
        seed=seed,
        rhythm=(pattern_of(ids) == pattern_of(chosen.ids)).float().mean().item(),
        in_order=found / max(wanted, 1),
        nats=float(language.nats_per_token(ids.numpy()).mean()),
        real_nats=float(language.nats_per_token(chosen.ids.numpy()).mean()),
    )


def in_order(one: Int[np.ndarray, " note"], other: Int[np.ndarray, " other_note"]) -> int:
    """Length of the longest common subsequence."""
    best = np.zeros(len(other) + 1, np.int64)
    for note in one:
        longer = np.where(other == note, best[:-1] + 1, best[1:])
        best[1:] = np.maximum.accumulate(np.maximum(longer, best[1:]))
    return int(best[-1])


def tables(part: dict[str, Any]) -> str:
    """Table of `SwapFigures` as stored in metrics.json."""
    cost = part["nats"] / part["real_nats"] - 1
    return section(
        "Swaps",
        f"The rhythm of {part['pairs']} held-out phrases with the pitches of others. The cost is that of a"
        " token under the language model of the training music, beside real phrases.",
        table(
            ["rhythm", "pitches in order", "cost"],
            [[share(part["rhythm"]), share(part["in_order"]), f"{100 * cost:+.1f} %"]],
        ),
    )

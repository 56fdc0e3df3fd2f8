"""Searched paths between held-out arrangements: are all steps on the way, and is each one music?

    curve     mean distance between the path and the straight line from end to end, over the inner steps:
              tokens that differ from the first arrangement, as a share of those in which the last one does;
              an absent part counts as silence
    by_part   the same, each part by itself
    nats      cost of the middle steps under the language model over the mean cost of the ends; 1 is even

Both ends are exact by construction (`symvae.system.part_morph`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.parts import made_by_rule
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, table
from symvae.music.arrangement import as_arrangement
from symvae.system.part_morph import morph_parts, played_ids
from symvae.system.symvae import SymVAE
from symvae.tokens.ngram import NGram
from symvae.tokens.parts import PartTokenizer

STEPS = 7


@dataclass(frozen=True)
class PartMorphs:
    """Figures of searched paths."""

    pairs: int
    seed: int
    curve: float
    by_part: dict[str, float]
    nats: float


def part_morphs(
    model: SymVAE,
    windows: HeldOut,
    language: NGram,
    *,
    pairs: int = 30,
    seed: int = 0,
    progress: Progress = silent,
) -> PartMorphs:
    """Search paths between random pairs of real songs, or of all music where no song is real.

    Args:
        model: A model of arrangements.
        windows: Held-out windows.
        language: Language model of the training music.
        pairs: Number of paths.
        seed: Of the pairs and candidates.
        progress: Called with the share that is done.

    Returns:
        Means over all paths.
    """
    tokenizer = model.tokenizer
    assert isinstance(tokenizer, PartTokenizer), "a model of arrangements"
    real = np.flatnonzero(~made_by_rule(windows))
    chosen = windows.take(real) if len(real) > 1 else windows
    chance = np.random.default_rng(seed)
    line = np.linspace(0, 1, STEPS)[1:-1]
    curves, nats, by_part = [], [], {name: [] for name in tokenizer.part_names}  # type: ignore[var-annotated]
    for number in range(pairs):
        drawn = model.to_phrases(chosen.ids[torch.from_numpy(chance.permutation(len(chosen.ids))[:2])])
        a, b = map(as_arrangement, drawn)
        generator = torch.Generator().manual_seed(seed + number)
        found = morph_parts(model.codec, language, a, b, STEPS, generator=generator)
        curves.append(np.abs(np.array(found.distance)[1:-1] - line).mean())
        cost = np.array(found.nats_per_token)
        nats.append(cost[1:-1].mean() / max((cost[0] + cost[-1]) / 2, 1e-9))
        ids = np.stack([tokenizer.encode_phrase(each) for each in found.phrases])
        rows = played_ids(tokenizer, ids)
        for place, name in enumerate(tokenizer.part_names):
            differ = (rows[:, :, place] != rows[0, :, place]).sum((1, 2))
            if differ[-1]:
                by_part[name].append(np.abs(differ[1:-1] / differ[-1] - line).mean())
        progress("part morphs", (number + 1) / pairs)
    return PartMorphs(
        pairs=pairs,
        seed=seed,
        curve=float(np.mean(curves)),
        by_part={name: float(np.mean(values)) for name, values in by_part.items() if values},
        nats=float(np.mean(nats)),
    )


def tables(part: dict[str, Any]) -> str:
    """Table of `PartMorphs` as stored in metrics.json."""
    names = list(part["by_part"])
    return section(
        "Morphs of arrangements",
        f"{part['pairs']} searched paths of {STEPS} steps between held-out songs; mean distance from the "
        "straight line.",
        table(
            ["all parts", *names, "cost of inner steps over ends"],
            [
                [
                    f"{part['curve']:.3f}",
                    *(f"{part['by_part'][name]:.3f}" for name in names),
                    f"{part['nats']:.2f}",
                ]
            ],
        ),
    )

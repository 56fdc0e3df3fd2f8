"""Reconstruction of drum tracks, hit by hit.

Each held-out window is encoded once and decoded greedily from the posterior mean and from a sample.
Compared are

    cells        share of cells (sixteenths, or thirds of a quarter in triplet bars) with exactly the same set
                 of drum classes, rests included
    hit_f1       F1 of hits: 2 · found / (hits in + hits out), of all classes together and of each
    exact_bars   share of bars with all their cells right

A bar in sixteenths where the music has triplets, or the other way, has no cell right, and of its hits those
on the beats at most.

with three baselines that need no model: a rest everywhere, the most common bar of the training music, and
for each bar the training bar that differs in the fewest hits, which says how much of the music a collection
of bars holds.

All held-out windows are scored. Those that also occur in the training set are scored again without:
quantized drums repeat the same few beats everywhere, so that the share of such windows is itself a fact
about the music.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float32, Integer

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.music.drum_kit import DRUM_CLASSES, NUM_CLASSES
from symvae.system.symvae import SymVAE
from symvae.tokens.hits import as_decoded, placed_hits, used_positions

#: Bars compared with all training bars at a time.
_BARS_AT_ONCE = 1024


class HitMatch(NamedTuple):
    """Agreement of two sets of drum tracks."""

    cells: float
    hit_f1: float
    exact_bars: float
    by_class: dict[str, float]
    """F1 of the hits of each class; 1 for a class that neither has."""


class HitScores(NamedTuple):
    """Agreement over a set of windows, by way of decoding and by baseline."""

    windows: int
    tunes: int
    kl_nats_per_bar: float
    mean: HitMatch
    sample: HitMatch
    always_rest: HitMatch
    common_bar: HitMatch
    nearest_bar: HitMatch


@dataclass(frozen=True)
class HitReconstruction:
    """Reconstruction of a drum model: all windows, each collection, and those not in the training set."""

    split: str
    seed: int
    all: HitScores
    collections: dict[str, HitScores]
    unseen: dict[str, HitScores]
    """By collection, and "all", without windows that occur in the training set; sets of none are left out."""


def hit_reconstruction(
    model: SymVAE,
    windows: HeldOut,
    training: Integer[np.ndarray, "window bar position"],
    *,
    seed: int = 0,
    progress: Progress = silent,
) -> HitReconstruction:
    """Reconstruct held-out drum tracks and compare their hits.

    Args:
        model: A model of drums.
        windows: Held-out windows, those of the training set among them; all are used.
        training: Training windows, for the baselines.
        seed: Of the posterior samples.
        progress: Called with the share that is done.

    Returns:
        The figures.
    """
    codec, true = model.codec, windows.ids.numpy()
    posterior = codec.encode_ids(windows.ids)
    mean = codec.decode_ids(posterior.mean).numpy()
    progress("hits", 0.4)
    sample = codec.decode_ids(posterior.sample(torch.Generator().manual_seed(seed))).numpy()
    progress("hits", 0.7)
    bars, count = np.unique(training[:, 0], axis=0, return_counts=True)
    guessed = {
        "mean": mean,
        "sample": sample,
        "always_rest": np.zeros_like(true),
        "common_bar": np.broadcast_to(bars[(count * bars.any(axis=1)).argmax()], true.shape),
        "nearest_bar": nearest_bars(true, bars),
    }
    kl_nats_per_bar = (posterior.kl_nats().sum(-1) / true.shape[1]).double().numpy()
    progress("hits", 1.0)

    def scores(chosen: Bool[np.ndarray, " window"]) -> HitScores:
        return HitScores(
            windows=int(chosen.sum()),
            tunes=len(np.unique(windows.tune[chosen])),
            kl_nats_per_bar=float(kl_nats_per_bar[chosen].mean()),
            **{name: match_hits(true[chosen], ids[chosen]) for name, ids in guessed.items()},
        )

    sets = {"all": np.ones(len(true), bool)}
    sets |= {name: windows.collection == index for index, name in enumerate(windows.collections)}
    fresh = {name: chosen & ~windows.in_training for name, chosen in sets.items()}
    return HitReconstruction(
        split=windows.split,
        seed=seed,
        all=scores(sets.pop("all")),
        collections={name: scores(chosen) for name, chosen in sets.items() if chosen.any()},
        unseen={name: scores(chosen) for name, chosen in fresh.items() if chosen.any()},
    )


def match_hits(
    true: Integer[np.ndarray, "window bar position"], guessed: Integer[np.ndarray, "window bar position"]
) -> HitMatch:
    """Compare two sets of drum tracks by their ids.

    Args:
        true: Ids of the music.
        guessed: Ids of its reconstruction.

    Returns:
        The agreement of all windows together.
    """
    before, after = (placed_hits(ids).reshape(-1, NUM_CLASSES) for ids in (true, guessed))
    right, used = as_decoded(true) == as_decoded(guessed), used_positions(true)
    found = (before & after).sum(axis=0)
    both = before.sum(axis=0) + after.sum(axis=0)
    return HitMatch(
        cells=float(right[used].mean()),
        hit_f1=_f1(found.sum(), both.sum()),
        exact_bars=float((right | ~used).all(axis=-1).mean()),
        by_class={each.name: _f1(found[row], both[row]) for row, each in enumerate(DRUM_CLASSES)},
    )


def nearest_bars(
    true: Integer[np.ndarray, "window bar position"], bars: Integer[np.ndarray, "known position"]
) -> Integer[np.ndarray, "window bar position"]:
    """Replace each bar by the known bar that differs from it in the fewest hits.

    Args:
        true: Ids of windows.
        bars: Ids of the known bars.

    Returns:
        Ids of the same shape.
    """
    rows = true.reshape(-1, true.shape[-1])
    known = _signs(bars)
    nearest = [
        (_signs(rows[first : first + _BARS_AT_ONCE]) @ known.T).argmax(axis=1)
        for first in range(0, len(rows), _BARS_AT_ONCE)
    ]
    return bars[np.concatenate(nearest)].reshape(true.shape)


def _signs(bars: Integer[np.ndarray, "row position"]) -> Float32[np.ndarray, "row hit"]:
    """1 for each hit and -1 for each that is none: a product of rows falls with the hits that differ."""
    return np.where(placed_hits(bars).reshape(len(bars), -1), np.float32(1), np.float32(-1))


def _f1(found: Any, both: Any) -> float:
    return float(2 * found / both) if both else 1.0


def tables(part: dict[str, Any]) -> str:
    """Tables of a `HitReconstruction` as stored in metrics.json."""
    pooled, names = part["all"], [each.name for each in DRUM_CLASSES]
    ways = {
        "mean": "**free-running, posterior mean**",
        "sample": "free-running, posterior sample",
        "always_rest": "baseline: always rest",
        "common_bar": "baseline: most common bar",
        "nearest_bar": "baseline: nearest training bar",
    }
    figures = ("cells", "hit_f1", "exact_bars")
    return section(
        "Hits",
        f"{pooled['windows']} windows of {pooled['tunes']} {part['split']} tunes, those that also occur in"
        f" the training set among them, greedy, KL {pooled['kl_nats_per_bar']:.1f} nats a bar.",
        table(
            ["", "cells", "hit F1", "exact bars", *names],
            [
                [
                    label,
                    *(share(pooled[way][name]) for name in figures),
                    *(share(pooled[way]["by_class"][name]) for name in names),
                ]
                for way, label in ways.items()
            ],
        ),
        table(
            ["collection", "windows", "cells", "hit F1", "exact bars", "KL nats a bar"],
            [
                [
                    label,
                    str(row["windows"]),
                    *(share(row["mean"][name]) for name in figures),
                    f"{row['kl_nats_per_bar']:.1f}",
                ]
                for label, row in [
                    *part["collections"].items(),
                    *((f"{name}, not in training", row) for name, row in part["unseen"].items()),
                ]
            ],
        ),
    )

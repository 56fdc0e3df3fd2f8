"""Reconstruction of held-out arrangements, part by part.

Each window is encoded once with all its parts and decoded free-running from the posterior mean and from a
sample, and teacher-forced. Of each part are reported

    token, onset, exact   as `symvae.objective.accuracy`, over windows in which the part plays
    always_hold           the baseline of a hold or a rest everywhere
    hits                  F1 of the hits of drums

for real songs and for accompaniments by rule apart (`RULES`), and "together" over all tokens of all parts.
Standard errors are over tunes.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Int, Int64
from torch import Tensor

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.clustered_accuracy import standard_error
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.system.symvae import SymVAE
from symvae.tokens.parts import ABSENT, PartTokenizer

#: Collections whose accompaniments were made by rule.
RULES = ("pop909_trio",)
WAYS = ("forced", "mean", "sample", "always_hold")
TOGETHER = "together"


class PartScores(NamedTuple):
    """Accuracies of one part over the windows in which it plays."""

    windows: int
    token: float
    token_se: float
    onset: float
    exact: float


@dataclass(frozen=True)
class PartReconstruction:
    """Reconstruction by kind of music, way of decoding and part."""

    split: str
    seed: int
    tunes: dict[str, int]
    """Tunes by kind: "real" songs, and those by "rule"."""
    kl_nats: dict[str, float]
    scores: dict[str, dict[str, dict[str, PartScores]]]
    """kind → way → part, "together" for all parts."""
    hits: dict[str, float]
    """F1 of the hits of drums from the posterior mean, by kind."""


def part_reconstruction(
    model: SymVAE, windows: HeldOut, *, seed: int = 0, progress: Progress = silent
) -> PartReconstruction:
    """Reconstruct held-out windows.

    Args:
        model: A model of arrangements.
        windows: Held-out windows; all of them are used.
        seed: Of the posterior samples.
        progress: Called with the share that is done.

    Returns:
        Accuracies by kind of music, way and part.
    """
    codec, tokenizer = model.codec, model.tokenizer
    assert isinstance(tokenizer, PartTokenizer), "a model of arrangements"
    posterior = codec.encode_ids(windows.ids)
    progress("parts", 0.3)
    sample = posterior.sample(torch.Generator().manual_seed(seed))
    predicted = {
        "forced": codec.decode_forced(posterior.mean, windows.ids),
        "mean": codec.decode_ids(posterior.mean),
        "sample": codec.decode_ids(sample),
        "always_hold": _rests(tokenizer).expand(windows.ids.shape),
    }
    progress("parts", 0.9)
    by_rule = made_by_rule(windows)
    kinds = {name: mask for name, mask in (("real", ~by_rule), ("rule", by_rule)) if mask.any()}
    kl_nats = posterior.kl_nats().sum(-1).double().numpy()
    scores: dict[str, dict[str, dict[str, PartScores]]] = {}
    for name, mask in kinds.items():
        rows = torch.from_numpy(np.flatnonzero(mask))
        scores[name] = {
            way: part_scores(ids[rows], windows.ids[rows], windows.tune[mask], tokenizer)
            for way, ids in predicted.items()
        }
    progress("parts", 1.0)
    return PartReconstruction(
        split=windows.split,
        seed=seed,
        tunes={name: len(np.unique(windows.tune[mask])) for name, mask in kinds.items()},
        kl_nats={name: float(kl_nats[mask].mean()) for name, mask in kinds.items()},
        scores=scores,
        hits={
            name: _hits(predicted["mean"].numpy()[mask], windows.ids.numpy()[mask], tokenizer)
            for name, mask in kinds.items()
        },
    )


def made_by_rule(windows: HeldOut) -> Bool[np.ndarray, " phrase"]:
    """Mask of the windows whose accompaniment was made by rule."""
    numbers = [windows.collections.index(name) for name in RULES if name in windows.collections]
    return np.isin(windows.collection, numbers)


def part_scores(
    predicted: Int[Tensor, "phrase bar position"],
    ids: Int[Tensor, "phrase bar position"],
    tune: Int64[np.ndarray, " phrase"],
    tokenizer: PartTokenizer,
) -> dict[str, PartScores]:
    """Accuracies of each part, and of all parts together.

    Args:
        predicted: Predicted ids.
        ids: True ids.
        tune: Number of the tune of each phrase.
        tokenizer: Their tokenizer.

    Returns:
        Scores by the name of the part; a part that plays nowhere has none.
    """
    found, steps = {}, tokenizer.steps
    places = {name: slice(row * steps, (row + 1) * steps) for row, name in enumerate(tokenizer.part_names)}
    for name, where in {**places, TOGETHER: slice(None)}.items():
        true, own = ids[:, :, where].flatten(1).numpy(), predicted[:, :, where].flatten(1).numpy()
        counts = true != ABSENT
        plays = counts.any(1)
        if not plays.any():
            continue
        true, own, counts, of = true[plays], own[plays], counts[plays], tune[plays]
        correct = (own == true) & counts
        onset = (true >= tokenizer.onset_ids[0]) & counts
        found[name] = PartScores(
            windows=int(plays.sum()),
            token=float(correct.sum() / counts.sum()),
            token_se=standard_error(correct.sum(1), counts.sum(1), of),
            onset=float(correct[onset].mean()) if onset.any() else 1.0,
            exact=float((correct | ~counts).all(1).mean()),
        )
    return found


def _rests(tokenizer: PartTokenizer) -> Int[Tensor, " position"]:
    """A hold or a rest at every position."""
    return torch.from_numpy(np.repeat([part.ids[0] for part in tokenizer.parts], tokenizer.steps))


def _hits(predicted: np.ndarray, ids: np.ndarray, tokenizer: PartTokenizer) -> float:
    """F1 of the hits of drums, over windows with drums."""
    wanted_hits = found_hits = both = 0
    for row, part in enumerate(tokenizer.parts):
        if part.bits is None:
            continue
        where = slice(row * tokenizer.steps, (row + 1) * tokenizer.steps)
        there = (ids[:, :, where] != ABSENT).all((1, 2))
        true, own = (tokenizer.own_ids[row][each[there][:, :, where]] for each in (ids, predicted))
        bits = np.arange(part.bits)
        wanted, found = ((each[..., None] >> bits & 1).astype(bool) for each in (true, own))
        wanted_hits += int(wanted.sum())
        found_hits += int(found.sum())
        both += int((wanted & found).sum())
    return 2 * both / max(1, wanted_hits + found_hits)


def tables(part: dict[str, Any]) -> str:
    """Tables of a `PartReconstruction` as stored in metrics.json."""
    words = {"real": "real songs", "rule": "accompaniments by rule"}
    rows = []
    for kind, ways in part["scores"].items():
        for name, mean in ways["mean"].items():
            rows.append(
                [
                    words[kind],
                    name,
                    str(mean["windows"]),
                    share(mean["token"], mean["token_se"]),
                    *(share(mean[figure]) for figure in ("onset", "exact")),
                    *(share(ways[way][name]["token"]) for way in ("forced", "sample", "always_hold")),
                ]
            )
    told = "; ".join(
        f"{words[kind]}: {part['tunes'][kind]} {part['split']} tunes, KL {part['kl_nats'][kind]:.1f} nats, "
        f"F1 of drum hits {part['hits'][kind]:.3f}"
        for kind in part["scores"]
    )
    head = ["music", "part", "windows", "token", "onset", "exact", "forced", "sample", "always hold"]
    return section("Parts", f"Free-running from the posterior mean, greedy. {told}.", table(head, rows))

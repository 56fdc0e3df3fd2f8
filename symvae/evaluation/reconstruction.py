"""Reconstruction of held-out phrases, token by token.

Each held-out phrase is encoded once and decoded four ways:

    forced        teacher-forced: every previous token is the true one; z is the posterior mean
    mean          free-running: the decoder's own tokens, greedy; z is the posterior mean
    sample        the same from one posterior sample: the neighborhood of the phrase
    always_hold   baseline without a model: hold at every step

Token accuracy counts holds and rests, as MusicVAE's tables do, onset accuracy only onsets, exact accuracy
whole phrases (`symvae.objective.accuracy`). Standard errors are over tunes
(`symvae.evaluation.metrics.clustered_accuracy`). Pooled figures weigh every window equally, so large
collections weigh more; the figures of each collection are reported beside them.

The protocol needs a tokenizer whose positions are time steps; for rows of events, in which one surplus note
shifts all that follow, see `symvae.evaluation.notes`.

A coordinate of z is active if the variance of its posterior mean over the data exceeds 0.01 (Burda et al.
2016, arXiv 1509.00519, section 5).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.clustered_accuracy import ClusteredAccuracy, clustered_accuracy
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.reports.markdown import section, share, table
from symvae.system.symvae import SymVAE

ACTIVE_VARIANCE = 0.01
FIGURES = ("token", "onset", "exact")
LABELS = {
    "forced": "teacher-forced, posterior mean",
    "mean": "**free-running, posterior mean**",
    "sample": "free-running, posterior sample",
    "always_hold": "baseline: always hold",
}


class WindowScores(NamedTuple):
    """Accuracies over a set of windows, by way of decoding."""

    windows: int
    tunes: int
    kl_nats: float
    """Mean divergence of the posterior from the prior, in nats a phrase."""
    forced: ClusteredAccuracy
    mean: ClusteredAccuracy
    sample: ClusteredAccuracy
    always_hold: ClusteredAccuracy


@dataclass(frozen=True)
class Reconstruction:
    """Reconstruction of a model, pooled and by collection."""

    split: str
    seed: int
    stands_in_train: dict[str, int]
    """Windows excluded because they occur in the training set: "all", and by collection."""
    dropped: dict[str, int]
    active_dimensions: int
    latent_size: int
    all: WindowScores
    collections: dict[str, WindowScores]


def reconstruction(
    model: SymVAE, windows: HeldOut, *, seed: int = 0, progress: Progress = silent
) -> Reconstruction:
    """Reconstruct held-out windows four ways.

    Args:
        model: A model whose tokenizer is on a grid.
        windows: Held-out windows; all of them are used.
        seed: Of the posterior samples.
        progress: Called with the share that is done.

    Returns:
        Accuracies of all windows together and of each collection.
    """
    codec = model.codec
    posterior = codec.encode_ids(windows.ids)
    progress("reconstruction", 0.2)
    sample = posterior.sample(torch.Generator().manual_seed(seed))
    predicted = {"forced": codec.decode_forced(posterior.mean, windows.ids)}
    progress("reconstruction", 0.4)
    predicted["mean"] = codec.decode_ids(posterior.mean)
    progress("reconstruction", 0.7)
    predicted["sample"] = codec.decode_ids(sample)
    predicted["always_hold"] = torch.zeros_like(windows.ids)
    kl_nats = posterior.kl_nats().sum(-1).double().numpy()

    def scores(chosen: np.ndarray) -> WindowScores:
        rows = torch.from_numpy(np.flatnonzero(chosen))
        true, tune = windows.ids[rows], windows.tune[chosen]
        return WindowScores(
            windows=int(chosen.sum()),
            tunes=len(np.unique(tune)),
            kl_nats=float(kl_nats[chosen].mean()),
            **{
                way: clustered_accuracy(ids[rows], true, tune, model.tokenizer)
                for way, ids in predicted.items()
            },
        )

    collections = {
        name: scores(windows.collection == index)
        for index, name in enumerate(windows.collections)
        if (windows.collection == index).any()
    }
    progress("reconstruction", 1.0)
    return Reconstruction(
        split=windows.split,
        seed=seed,
        stands_in_train={"all": sum(windows.excluded.values()), **windows.excluded},
        dropped=windows.dropped,
        active_dimensions=int((posterior.mean.var(0) > ACTIVE_VARIANCE).sum()),
        latent_size=posterior.mean.shape[1],
        all=scores(np.ones(len(windows.ids), dtype=bool)),
        collections=collections,
    )


def tables(part: dict[str, Any]) -> str:
    """Tables of a `Reconstruction` as stored in metrics.json."""
    pooled = part["all"]
    return section(
        "Reconstruction",
        f"{pooled['windows']} windows of {pooled['tunes']} {part['split']} tunes"
        f" ({part['stands_in_train']['all']} more also occur in the training set and are excluded), greedy"
        f" decoding, KL {pooled['kl_nats']:.1f} nats, {part['active_dimensions']} of {part['latent_size']}"
        " dimensions active; ± one standard error over tunes.",
        pooled_table(part),
        table(
            ["collection", "windows", "forced", "token", "onset", "exact", "posterior sample", "KL nats"],
            [
                [
                    name,
                    str(row["windows"]),
                    share(row["forced"]["token"]),
                    *(share(row["mean"][figure]) for figure in FIGURES),
                    share(row["sample"]["token"]),
                    f"{row['kl_nats']:.1f}",
                ]
                for name, row in part["collections"].items()
            ],
        ),
    )


def pooled_table(part: dict[str, Any], title: str = "", more: list[list[str]] | None = None) -> str:
    """Table of the pooled accuracies.

    Args:
        part: A `Reconstruction` as stored in metrics.json.
        title: Head of the first column.
        more: Rows of other models to set below.

    Returns:
        A row for each way of decoding.
    """
    rows = [
        [label, *(share(part["all"][way][name], part["all"][way][f"{name}_se"]) for name in FIGURES)]
        for way, label in LABELS.items()
    ]
    return table([title, "token", "onset", "exact phrase"], [*rows, *(more or [])])

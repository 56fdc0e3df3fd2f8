"""How well phrases come back through z.

Each held-out phrase is encoded once and decoded four ways:

    forced        every token before is the true one, z is the posterior's mean
    mean          free-running: the decoder's own tokens, greedy, z is the posterior's mean
    sample        the same from one posterior draw: what a place near the phrase sounds like
    always_hold   no model at all: the answer "hold" everywhere

Token accuracy counts holds and rests as MusicVAE's tables do, onset accuracy only where a note
starts, exact accuracy whole phrases (`symvae.objective.accuracy`). Standard errors are over tunes
(`symvae.evaluation.metrics.clustered_accuracy`). Pooled figures weigh every window alike, so that large collections
weigh more; the figures of each collection stand beside them.

A coordinate of z is active when its posterior mean varies over the data with a variance above 0.01
(Burda et al. 2016, arXiv 1509.00519, section 5).
"""

from typing import Any

import numpy as np
import torch

from symvae.evaluation.batching import Progress, decode_forced, encode, silent
from symvae.evaluation.held_out import HeldOut
from symvae.evaluation.metrics.clustered_accuracy import score
from symvae.system.symvae import SymVAE

ACTIVE_VARIANCE = 0.01


def reconstruction(
    model: SymVAE, windows: HeldOut, *, seed: int = 0, progress: Progress = silent
) -> dict[str, Any]:
    """The figures of the table above, for all windows and for each collection."""
    posterior = encode(model, windows.ids)
    progress("reconstruction", 0.2)
    drawn = posterior.sample(torch.Generator().manual_seed(seed))
    answers = {"forced": decode_forced(model, posterior.mean, windows.ids)}
    progress("reconstruction", 0.4)
    answers["mean"] = model.decode_ids(posterior.mean)
    progress("reconstruction", 0.7)
    answers["sample"] = model.decode_ids(drawn)
    answers["always_hold"] = torch.zeros_like(windows.ids)
    kl_nats = posterior.kl_nats().sum(-1).double().numpy()

    def figures(chosen: np.ndarray) -> dict[str, Any]:
        rows = torch.from_numpy(np.flatnonzero(chosen))
        return {
            "windows": int(chosen.sum()),
            "tunes": len(np.unique(windows.tune[chosen])),
            "kl_nats": float(kl_nats[chosen].mean()),
            **{
                way: score(ids[rows], windows.ids[rows], windows.tune[chosen], model.tokenizer)._asdict()
                for way, ids in answers.items()
            },
        }

    of_collection = {
        name: figures(windows.collection == index)
        for index, name in enumerate(windows.collections)
        if (windows.collection == index).any()
    }
    progress("reconstruction", 1.0)
    return {
        "split": windows.split,
        "seed": seed,
        "stands_in_train": {"all": sum(windows.left_out.values()), **windows.left_out},
        "dropped": windows.dropped,
        "active_dimensions": int((posterior.mean.var(0) > ACTIVE_VARIANCE).sum()),
        "latent_size": posterior.mean.shape[1],
        "all": figures(np.ones(len(windows.ids), dtype=bool)),
        "collections": of_collection,
    }

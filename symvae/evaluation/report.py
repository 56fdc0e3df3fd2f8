"""The whole evaluation of a model in one call, as numbers that can be written to JSON.

    symvae evaluate MODEL --data SHARDS [--quick] [--out DIR] [--update-model]

Every part says with how many phrases, pairs or samples, which split and which seed it was measured, so
that one command gives the same numbers again. `symvae.evaluation.reports.tables` prints them,
`symvae.evaluation.reports.card` tells them to people.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from symvae.corpus.shards import Shards
from symvae.evaluation.arousal import arousal
from symvae.evaluation.attribute_vectors import attribute_vectors
from symvae.evaluation.batching import Progress, silent
from symvae.evaluation.control import control
from symvae.evaluation.held_out import held_out
from symvae.evaluation.infilling import FEWEST_BARS, infilling
from symvae.evaluation.interpolation import interpolation
from symvae.evaluation.metrics.ngram import NGram
from symvae.evaluation.notes import note_reconstruction
from symvae.evaluation.rate import rate_curve
from symvae.evaluation.reconstruction import reconstruction
from symvae.evaluation.reports.tables import to_markdown as to_markdown
from symvae.evaluation.samples import prior_samples
from symvae.system.symvae import SymVAE
from symvae.training.data import training_windows
from symvae.training.latent_fit import LatentFit, fit_latent
from symvae.training.tasks.arousal import Piece, unlabeled_positions


@dataclass(frozen=True)
class Effort:
    """How much of everything is measured."""

    windows: int | None
    """Held-out windows for reconstruction and rate; None: all."""
    pairs: int
    samples: int
    fillings: int
    training_phrases: int
    prior_steps: int
    faded: int | None = None
    """Phrases whose faders are moved; None: as many as `symvae.evaluation.control.control` thinks right."""
    unlabeled_stride: int = 20


FULL = Effort(windows=None, pairs=1000, samples=2000, fillings=128, training_phrases=40_000, prior_steps=8000)
QUICK = Effort(
    windows=1000,
    pairs=200,
    samples=500,
    fillings=16,
    training_phrases=3000,
    prior_steps=300,
    faded=40,
    unlabeled_stride=100,
)


def evaluate(
    model: SymVAE,
    shards: Shards,
    *,
    quick: bool = False,
    split: str = "test",
    seed: int = 0,
    latent: LatentFit | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Everything that symvae measures of a model, by part; nan is written as None.

    ``latent`` is what `symvae.training.latent_fit.fit_latent` found, so that a caller who ships it
    measures the very thing; without it, it is fitted here and forgotten.
    """
    shards.check_fit(model.config.model)
    effort = QUICK if quick else FULL
    started = time.monotonic()
    latent = latent or fit(model, shards, quick=quick, seed=seed, progress=progress)
    everything = held_out(shards, model.config, split)
    windows = everything.fresh()
    chosen = windows.some(effort.windows, seed)
    training = training_windows(shards, model.config)
    language = NGram(training, vocabulary_size=model.config.model.vocabulary_size)
    metrics = {
        "model": model.name,
        "parameters": sum(p.numel() for p in model.vae.parameters()),
        "quick": quick,
        "split": split,
        "seed": seed,
        "torch": torch.__version__,
        "shards": {"sha256": shards.card["sha256"], "seed": shards.card["seed"]},
        "training_windows": len(training),
        "reconstruction": reconstruction(model, chosen, seed=seed, progress=progress),
        "rate": rate_curve(model, chosen, latent.posterior, seed=seed, progress=progress),
        "interpolation": interpolation(
            model, windows, language, pairs=effort.pairs, seed=seed, progress=progress
        ),
        "attribute_vectors": attribute_vectors(
            model, latent, samples=effort.samples // 2, seed=seed, progress=progress
        ),
        "samples": prior_samples(
            model,
            everything,
            training,
            {"learned": latent.prior},
            samples=effort.samples,
            seed=seed,
            progress=progress,
        ),
        **(
            {}
            if latent.fitted or model.grid.bars < FEWEST_BARS
            else {
                "infilling": infilling(model, windows, phrases=effort.fillings, seed=seed, progress=progress)
            }
        ),
        "latent_fit": {
            "training_phrases": len(latent.posterior.mean),
            "prior_steps": effort.prior_steps if latent.fitted else model.config.prior.steps,
            "seed": latent.seed,
        },
    }
    return {**_without_nan(metrics), "seconds": round(time.monotonic() - started, 1)}


def evaluate_control(
    model: SymVAE,
    shards: Shards,
    *,
    quick: bool = False,
    split: str = "test",
    seed: int = 0,
    pieces: Sequence[Piece] = (),
    progress: Progress = silent,
) -> dict[str, Any]:
    """How well phrases come back and how well the faders do what they say, by part.

    ``pieces`` with arousal labels are what the arousal fader is measured on. Raises `LatentError` for a
    model without faders.
    """
    shards.check_fit(model.config.model)
    effort = QUICK if quick else FULL
    windows = held_out(shards, model.config, split).fresh()
    parts: dict[str, Any] = {}
    if model.tokenizer.on_grid:
        chosen = windows.some(effort.windows, seed)
        parts["reconstruction"] = reconstruction(model, chosen, seed=seed, progress=progress)
    else:
        parts["notes"] = note_reconstruction(
            model, windows, phrases=effort.fillings * 8, seed=seed, progress=progress
        )
    parts["control"] = control(model, windows, phrases=effort.faded, seed=seed, progress=progress)
    if pieces:
        unlabeled = unlabeled_positions(model, shards, effort.unlabeled_stride)
        parts["arousal"] = arousal(model, pieces, unlabeled, progress=progress)
    return _without_nan(
        {
            "model": model.name,
            "parameters": sum(p.numel() for p in model.vae.parameters()),
            "quick": quick,
            "split": split,
            "seed": seed,
            "torch": torch.__version__,
            "shards": {"sha256": shards.card["sha256"], "seed": shards.card["seed"]},
            **parts,
        }
    )


def fit(
    model: SymVAE, shards: Shards, *, quick: bool = False, seed: int = 0, progress: Progress = silent
) -> LatentFit:
    """`fit_latent` with as many phrases as `evaluate` of the same name would take."""
    effort = QUICK if quick else FULL
    return fit_latent(
        model,
        shards,
        phrases=effort.training_phrases,
        prior_steps=effort.prior_steps,
        seed=seed,
        watch=lambda share: progress("latent fit", share),
    )


def _without_nan(value: Any) -> Any:
    """JSON knows no nan: what cannot be said (a standard error of one tune) becomes None."""
    if isinstance(value, dict):
        return {key: _without_nan(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

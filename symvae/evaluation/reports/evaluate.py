"""The whole evaluation of a model in one call, as JSON data for metrics.json.

    symvae evaluate MODEL --data SHARDS [--control] [--quick] [--out DIR] [--update-model]

Every part states the number of phrases, pairs or samples, the split and the seed, so that one command
reproduces the numbers. `to_markdown` prints the tables of all parts, `symvae.evaluation.reports.card` the
model card.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from symvae.corpus.shards import Shards
from symvae.errors import ConfigError
from symvae.evaluation import (
    accompaniments,
    arousal,
    attribute_vectors,
    continuation,
    control,
    harm,
    hits,
    infilling,
    interpolation,
    notes,
    part_morphs,
    part_samples,
    rate,
    reconstruction,
    samples,
    sketching,
    swaps,
    valence,
)
from symvae.evaluation import parts as parts_of
from symvae.evaluation.held_out import held_out
from symvae.evaluation.progress import Progress, silent
from symvae.evaluation.result import as_json
from symvae.system.symvae import SymVAE
from symvae.training.data import training_windows
from symvae.training.latent_fit import LatentFit, fit_latent
from symvae.training.tasks.arousal import Piece, unlabeled_positions

#: Tables of each part of metrics.json, in the order of a report.
TABLES: dict[str, Callable[[Any], str]] = {
    "reconstruction": reconstruction.tables,
    "notes": notes.tables,
    "hits": hits.tables,
    "parts": parts_of.tables,
    "part_samples": part_samples.tables,
    "accompaniments": accompaniments.tables,
    "part_morphs": part_morphs.tables,
    "control": control.tables,
    "arousal": arousal.tables,
    "harm": harm.tables,
    "valence": valence.tables,
    "rate": rate.tables,
    "interpolation": interpolation.tables,
    "samples": samples.tables,
    "infilling": infilling.tables,
    "sketching": sketching.tables,
    "swaps": swaps.tables,
    "continuation": continuation.tables,
    "attribute_vectors": attribute_vectors.tables,
}


def to_markdown(metrics: dict[str, Any]) -> str:
    """Tables of all parts that ``metrics`` holds, each under its heading."""
    parts = (tables(metrics[name]) for name, tables in TABLES.items() if name in metrics)
    return "\n\n".join(filter(None, parts)) + "\n"


@dataclass(frozen=True)
class Effort:
    """Sizes of an evaluation."""

    windows: int | None
    """Held-out windows for reconstruction and rate; None: all."""
    pairs: int
    samples: int
    fillings: int
    training_phrases: int
    prior_steps: int
    faded: int | None = None
    """Phrases whose faders are moved; None: the default of `symvae.evaluation.control.control`."""
    unlabeled_stride: int = 20
    """Every how many training phrases one enters the fit of arousal."""


FULL = Effort(windows=None, pairs=300, samples=2000, fillings=128, training_phrases=40_000, prior_steps=8000)
QUICK = Effort(
    windows=1000,
    pairs=50,
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
    """Measure reconstruction, rate, interpolation, samples, infilling, continuation and attribute vectors.

    Args:
        model: A model whose tokenizer is on a grid.
        shards: Prepared music on the model's grid.
        quick: Measure on fewer phrases, pairs and samples.
        split: Held-out split to measure on.
        seed: Of all draws and choices.
        latent: Prior and attribute vectors to measure, for a caller who stores them; by default `fit` finds
            them.
        progress: Called with the name of each part and the share of it that is done.

    Returns:
        JSON data by part; an undefined value is None.

    Raises:
        ConfigError: If the model's tokenizer is not on a grid, or the shards are on another grid.
        CorpusError: If the held-out music is too little to measure on.
    """
    _require_grid(model)
    shards.check_fit(model.config.model)
    effort = QUICK if quick else FULL
    started = time.monotonic()
    latent = latent or fit(model, shards, quick=quick, seed=seed, progress=progress)
    every_window = held_out(shards, model.config, split)
    unseen = every_window.unseen()
    training = training_windows(shards, model.config)
    chosen = unseen.draw(effort.windows, seed)
    common: dict[str, Any] = {"seed": seed, "progress": progress}
    if model.tokenizer.part_names:
        of_parts = {
            "parts": parts_of.part_reconstruction(model, chosen, **common),
            "part_samples": part_samples.part_samples(
                model, every_window, latent.prior, samples=effort.samples // 10, **common
            ),
            "accompaniments": accompaniments.accompaniments(
                model, every_window, latent.prior, songs=effort.pairs // 10, **common
            ),
            "part_morphs": part_morphs.part_morphs(
                model, unseen, latent.language, pairs=effort.pairs // 10, **common
            ),
        }
        return {
            **_header(model, shards, quick=quick, split=split, seed=seed),
            "training_windows": len(training),
            **as_json(of_parts),
            "seconds": round(time.monotonic() - started, 1),
        }
    parts = {
        "reconstruction": reconstruction.reconstruction(model, chosen, **common),
        "rate": rate.rate_curve(model, chosen, latent.posterior, **common),
        "interpolation": interpolation.interpolation(model, unseen, shards, pairs=effort.pairs, **common),
        "attribute_vectors": attribute_vectors.attribute_vectors(
            model, latent, samples=effort.samples // 2, **common
        ),
        "samples": samples.prior_samples(
            model, every_window, training, {"learned": latent.prior}, samples=effort.samples, **common
        ),
    }
    if model.tokenizer.drums:
        parts["hits"] = hits.hit_reconstruction(
            model, every_window.draw(effort.windows, seed), training, **common
        )
    if not latent.fitted and model.grid.bars >= infilling.MIN_BARS:
        parts["infilling"] = infilling.infilling(model, unseen, phrases=effort.fillings, **common)
        parts["continuation"] = continuation.continuation(model, unseen, phrases=effort.fillings, **common)
    if model.sketcher is not None:
        parts["sketching"] = sketching.sketching(model, unseen, phrases=effort.fillings, **common)
        parts["swaps"] = swaps.swaps(model, unseen, latent.language, pairs=effort.fillings, **common)
    return {
        **_header(model, shards, quick=quick, split=split, seed=seed),
        "training_windows": len(training),
        **as_json(parts),
        "latent_fit": {
            "training_phrases": len(latent.posterior.mean),
            "prior_steps": effort.prior_steps if latent.fitted else model.config.prior.steps,
            "seed": latent.seed,
        },
        "seconds": round(time.monotonic() - started, 1),
    }


def evaluate_control(
    model: SymVAE,
    shards: Shards,
    *,
    quick: bool = False,
    split: str = "test",
    seed: int = 0,
    pieces: Sequence[Piece] = (),
    faded: int | None = None,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Measure reconstruction and control by faders; works for every kind of music.

    Args:
        model: A model with faders, or one off the grid, of which the notes are compared in any case.
        shards: Prepared music on the model's grid.
        quick: Measure on fewer phrases.
        split: Held-out split to measure on.
        seed: Of all draws and choices.
        pieces: Labeled pieces on which the arousal fader is measured; without any it is not.
        faded: Phrases whose faders are moved; None for the default.
        progress: Called with the name of each part and the share of it that is done.

    Returns:
        JSON data by part; an undefined value is None.

    Raises:
        LatentError: If the model has no faders and its tokenizer is on a grid.
        CorpusError: If the held-out music is too little to measure on.
    """
    shards.check_fit(model.config.model)
    has_faders = bool(model.faders)
    if not has_faders and model.tokenizer.on_grid:
        model.scales  # noqa: B018 - raises before any work
    effort = QUICK if quick else FULL
    windows = held_out(shards, model.config, split).unseen()
    common: dict[str, Any] = {"seed": seed, "progress": progress}
    parts: dict[str, Any] = {}
    if model.tokenizer.on_grid:
        chosen = windows.draw(effort.windows, seed)
        parts["reconstruction"] = reconstruction.reconstruction(model, chosen, **common)
    else:
        parts["notes"] = notes.note_reconstruction(model, windows, phrases=effort.fillings * 8, **common)
    if has_faders:
        parts["control"] = control.control(model, windows, phrases=faded or effort.faded, **common)
    if has_faders and pieces:
        unlabeled = unlabeled_positions(model, shards, effort.unlabeled_stride)
        parts["arousal"] = arousal.arousal(model, pieces, unlabeled, progress=progress)
        parts["valence"] = valence.valence(pieces)
    return {**_header(model, shards, quick=quick, split=split, seed=seed), **as_json(parts)}


def fit(
    model: SymVAE, shards: Shards, *, quick: bool = False, seed: int = 0, progress: Progress = silent
) -> LatentFit:
    """Fit what `evaluate` measures beside the model itself: a prior, if it has none, and attribute vectors.

    Args:
        model: A model whose tokenizer is on a grid.
        shards: Prepared music on the model's grid.
        quick: Fit to fewer phrases.
        seed: Of the choice of phrases and of the fit.
        progress: Called with the share that is done.

    Returns:
        Prior, attribute vectors and the posteriors they were fitted to.

    Raises:
        ConfigError: If the model's tokenizer is not on a grid.
    """
    _require_grid(model)
    effort = QUICK if quick else FULL
    return fit_latent(
        model,
        shards,
        phrases=effort.training_phrases,
        prior_steps=effort.prior_steps,
        seed=seed,
        watch=lambda done: progress("latent fit", done),
    )


def _require_grid(model: SymVAE) -> None:
    if not model.tokenizer.on_grid:
        raise ConfigError(
            f"{model.name} has no fixed time step for each token, so its tokens cannot be compared one by"
            " one: evaluate it with --control, which compares notes and measures its faders."
        )


def _header(model: SymVAE, shards: Shards, **choices: Any) -> dict[str, Any]:
    """Model, music and settings of an evaluation."""
    return {
        "model": model.name,
        "parameters": sum(p.numel() for p in model.vae.parameters()),
        **choices,
        "torch": torch.__version__,
        "shards": {"sha256": shards.card["sha256"], "seed": shards.card["seed"]},
    }

"""The table of files of a model folder, and the functions that load and save each.

config.json, model.safetensors, tokenizer.json and metrics.json are written together; the files of the table
are added when they are learned. Weights are stored as `symvae.system.weight_file` describes and run in single
precision. See docs/checkpoint-format.md.
"""

import functools
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from symvae.config.run import RunConfig
from symvae.errors import CheckpointError
from symvae.models.faders.editor import FaderEditor
from symvae.models.flow.prior import FlowPrior
from symvae.models.flow.velocity import Z_MAPS, BarVelocity
from symvae.models.phrase.vae import VAE
from symvae.models.sketch.sketch_vae import SketchVAE
from symvae.storage.whole_folder import whole_folder
from symvae.system.agreement import checked_editor, checked_language, checked_prior, checked_vectors
from symvae.system.artifact import ArrayFile, JsonFile, TensorFile, loaded
from symvae.system.artifact_folder import (
    CONFIG_FILE,
    FORMAT,
    METRICS_FILE,
    WEIGHTS_FILE,
    checked_part,
    read_config,
    write_header,
    write_json,
)
from symvae.system.build import build_sketch, build_vae
from symvae.system.faders.scales import Scales
from symvae.system.strangers import built, fill
from symvae.system.weight_file import read_weights, write_weights
from symvae.tokens.ngram import NGram
from symvae.tokens.save import TOKENIZER_FILE

_REMEDY = "Restore it or export the model again."

#: Prior and attribute vectors of the latent space, by name.
LATENT = TensorFile[dict[str, Tensor]](
    "latent.safetensors", "vectors", "Restore it or run `symvae evaluate` again.", dict, checked_vectors
)
#: Learned prior over z.
PRIOR = TensorFile[FlowPrior](
    "prior.safetensors",
    "prior",
    "Restore it or run `symvae train-prior` again.",
    lambda prior: stored_prior(prior),
    checked_prior,
)
#: Scales of the faders.
SCALES = JsonFile[Scales]("faders.json", _REMEDY, Scales.to_dict, Scales.from_dict)
#: Editor of z that moves the faders.
EDITOR = TensorFile[FaderEditor](
    "faders.safetensors",
    "faders",
    "Restore it or run `symvae train-faders` again.",
    nn.Module.state_dict,
    lambda state, **facts: checked_editor(loaded(FaderEditor.like)(state), **facts),
)
#: Networks that fill in bars from a sketch.
SKETCH = TensorFile[SketchVAE](
    "sketch.safetensors",
    "sketch",
    "Restore it or run `symvae train-sketch` again.",
    nn.Module.state_dict,
    loaded(lambda state, *, config, model: build_sketch(config, model)),
)
#: Language model of the training music.
LANGUAGE = ArrayFile[NGram](
    "ngram.npz",
    ("ids", "occurrences"),
    "Restore it or run `symvae evaluate --update-model` again.",
    lambda language: {"ids": language.grams.ids, "occurrences": language.grams.occurrences.astype(np.uint32)},
    checked_language,
)

save_latent = LATENT.save
save_prior, load_prior = PRIOR.save, PRIOR.load
save_language, load_language = LANGUAGE.save, LANGUAGE.load
save_scales, load_scales = SCALES.save, SCALES.load
save_editor, load_editor = EDITOR.save, EDITOR.load
save_sketch, load_sketch = SKETCH.save, SKETCH.load


def stored_prior(prior: FlowPrior) -> dict[str, Tensor]:
    """Weights of a prior that its file holds: all but the maps that are its model's."""
    tied = isinstance(prior.velocity, BarVelocity) and prior.velocity.tied
    left_out = {f"velocity.{name}" for name in Z_MAPS} if tied else set()
    return {name: value for name, value in prior.state_dict().items() if name not in left_out}


def load_latent(folder: Path, latent: int | None = None) -> dict[str, Tensor]:
    """Read prior and vectors of ``latent`` coordinates in single precision; empty where there are none."""
    return LATENT.load(folder, latent=latent) or {}


def any_prior(folder: Path, vectors: dict[str, Tensor], **facts: Any) -> FlowPrior | None:
    """Read the prior of a model: the trained one, or the one that an evaluation stored among its vectors.

    Args:
        folder: The model's folder.
        vectors: Content of its file of vectors.
        facts: As of `checked_prior`.

    Returns:
        The prior, or None where there is neither.
    """
    fitted = {name.removeprefix("prior."): v for name, v in vectors.items() if name.startswith("prior.")}
    if (trained := load_prior(folder, **facts)) is not None or not fitted:
        return trained
    build = functools.partial(checked_prior, fitted, **facts)
    return built(build, fitted, folder / LATENT.file, PRIOR.content, LATENT.remedy)


def save_model(
    folder: Path,
    config: RunConfig,
    state: dict[str, Tensor],
    *,
    tokenizer: Path,
    metrics: dict[str, Any] | None = None,
) -> None:
    """Write a model folder; an older one of that name is replaced once the new one is whole.

    Args:
        folder: The folder to write.
        config: The config that the network was built from.
        state: The network's weights by name.
        tokenizer: The tokenizer's file, which is copied.
        metrics: Figures for metrics.json; None for no such file.
    """
    with whole_folder(folder, CheckpointError) as fresh:
        write_weights(fresh / WEIGHTS_FILE, state)
        save_config(fresh, config)
        shutil.copy(tokenizer, fresh / TOKENIZER_FILE)
        if metrics is not None:
            write_json(fresh / METRICS_FILE, metrics)


def save_config(folder: Path, config: RunConfig) -> None:
    """Write the config of a model."""
    write_header(folder, config)


def load_config(folder: Path) -> RunConfig:
    """Read the config of a model."""
    return read_config(folder, FORMAT, RunConfig)


def load_vae(folder: Path, config: RunConfig | None = None) -> VAE:
    """Build the network of a model with its weights, in single precision and evaluation mode.

    Raises:
        CheckpointError: The weights are missing, damaged or of other sizes than the config.
    """
    config = config or load_config(folder)
    path = checked_part(folder / WEIGHTS_FILE)
    state = read_weights(path, _REMEDY)
    # On the meta device no weights would be drawn, but its first use imports torch's compiler: a second.
    with torch.random.fork_rng(devices=[]):
        vae = built(lambda: build_vae(config.model), state, folder / CONFIG_FILE, "model", _REMEDY)
    fill(vae, state, path, _REMEDY, assign=True)
    return vae.eval()

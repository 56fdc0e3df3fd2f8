"""Initial weights of a phrase model: fresh, those of a model of the same sizes, or grown from one bar,
a part of which may come from a model of that part's music."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float64

from symvae.config.run import ModelConfig, RunConfig
from symvae.corpus.dataset import drawn
from symvae.errors import TrainingError
from symvae.models.phrase.vae import VAE
from symvae.system.artifacts import load_config, load_vae
from symvae.system.build import build_vae
from symvae.system.families import family
from symvae.system.part_start import start_part
from symvae.system.warm_start import warm_start
from symvae.tokens.rows import Rows
from symvae.training.data import as_tensor

#: Phrases whose bars decide how a warm start fits the codes of all bars into z.
WARM_START_PHRASES = 20_000


def initial_vae(
    config: RunConfig,
    start_from: Path | None,
    ids: Rows,
    weight: Float64[np.ndarray, " window"] | None = None,
) -> VAE:
    """Draw or load the weights that training starts from.

    Args:
        config: All choices; fresh weights follow from its seed, through torch's global generator.
        start_from: Folder of a model of the same sizes or of one bar; None for fresh weights.
        ids: Token ids of the training windows, for a warm start.
        weight: How often training draws each window, in proportion; None for all alike.

    Returns:
        The network, on the CPU.

    Raises:
        TrainingError: ``start_from`` has other sizes than the preset.
    """
    torch.manual_seed(config.training.seed)
    model = build_vae(config.model)
    if start_from is None:
        return model
    source = load_config(start_from).model
    if source.tokenizer != config.model.tokenizer:
        start_part(load_vae(start_from), model, _part(source.tokenizer, config))
        return model
    if source.bars == config.model.bars:
        try:
            model.load_state_dict(load_vae(start_from).state_dict())
        except RuntimeError as error:
            raise TrainingError(
                f"{start_from} has other sizes than the preset{_differing(source, config.model)}. "
                "Choose the sizes of the model that you start from, or train from nothing."
            ) from error
    elif source.bars == 1:
        rows = drawn(len(ids), weight, np.random.default_rng(config.training.seed))[:WARM_START_PHRASES]
        warm_start(load_vae(start_from), model, as_tensor(ids[rows]))
    else:
        raise TrainingError(
            f"{start_from} has {source.bars} bars and the preset {config.model.bars}. "
            "Start from a model with the same number of bars, or from a one-bar model."
        )
    return model


def _part(name: str, config: RunConfig) -> int:
    """Number of the part of a model that a model of other music can start."""
    parts = family(config.model.tokenizer).tokenizer(config.model.metre).part_names
    if name not in parts or config.model.bars != 1:
        what = f"a {' or '.join(parts)} model of one bar" if parts else f"a {config.model.tokenizer} model"
        raise TrainingError(f"This preset starts from {what}, and not from one of {name}. Choose another.")
    return parts.index(name)


def _differing(source: ModelConfig, wanted: ModelConfig) -> str:
    old, new = asdict(source), asdict(wanted)
    sizes = [f"model.{key} {old[key]}, not {new[key]}" for key in old if old[key] != new[key]]
    return f" ({'; '.join(sizes)})" if sizes else ""

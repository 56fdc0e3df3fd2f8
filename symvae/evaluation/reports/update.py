"""A model folder after an evaluation: metrics.json, CARD.md, and what was fitted along the way."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from symvae.corpus.shards import Shards
from symvae.errors import CheckpointError
from symvae.evaluation.reports.card import card
from symvae.evaluation.reports.training_data import TrainingData
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifacts import load_scales, save_language, save_latent, save_scales
from symvae.system.symvae import SymVAE
from symvae.training.latent_fit import LatentFit


def update_model(
    model: SymVAE, shards: Shards, metrics: dict[str, Any], latent: LatentFit | None = None
) -> list[Path]:
    """Write the results of an evaluation into the model's folder; parts measured before are kept.

    Args:
        model: The evaluated model.
        shards: The music it was evaluated on.
        metrics: What was measured.
        latent: Prior and attribute vectors to store.

    Returns:
        The files that were written.
    """
    written = ["metrics.json", "CARD.md"]
    with whole_folder(model.folder, CheckpointError, copied=True) as folder:
        if latent is not None:
            save_latent(folder, latent.tensors())
            save_language(folder, latent.language)
            written += ["latent.safetensors", "ngram.npz"]
        scales = load_scales(folder)
        if scales is not None and "control" in metrics:
            errors = tuple(metrics["control"]["faders"][name]["error"] for name in scales.names)
            save_scales(folder, replace(scales, error=errors))
            written.append("faders.json")
        before = {part: figures for part, figures in model.metrics.items() if part != "validation"}
        merged = {**before, **metrics}
        write_metrics(folder / "metrics.json", merged)
        data = TrainingData.from_shards(shards.card)
        write_text(folder / "CARD.md", card(model.config, data, merged))
    return [model.folder / name for name in written]


def write_metrics(path: Path, metrics: dict[str, Any]) -> None:
    """Write metrics.json."""
    write_text(path, json.dumps(metrics, indent=2) + "\n")

"""A model folder after an evaluation: metrics.json, CARD.md, and what was fitted along the way."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from symvae.corpus.shards import Shards
from symvae.evaluation.reports.card import card
from symvae.evaluation.reports.training_data import TrainingData
from symvae.system.artifacts import load_scales, save_latent, save_scales
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
    folder = model.folder
    written = [folder / "metrics.json", folder / "CARD.md"]
    if latent is not None:
        save_latent(folder, latent.tensors())
        written.append(folder / "latent.safetensors")
    scales = load_scales(folder)
    if scales is not None and "control" in metrics:
        errors = tuple(metrics["control"]["faders"][name]["error"] for name in scales.names)
        save_scales(folder, replace(scales, error=errors))
        written.append(folder / "faders.json")
    before = {part: figures for part, figures in model.metrics.items() if part != "validation"}
    merged = {**before, **metrics}
    write_metrics(folder / "metrics.json", merged)
    data = TrainingData.from_shards(shards.card)
    (folder / "CARD.md").write_text(card(model.config, data, merged), encoding="utf-8")
    return written


def write_metrics(path: Path, metrics: dict[str, Any]) -> None:
    """Write metrics.json."""
    path.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")

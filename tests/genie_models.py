"""A genie small enough to be trained in a second; it plays nonsense along the contour of its buttons."""

from pathlib import Path

import pytest

TINY_GENIE = (
    "name=tiny-genie",
    "model.embedding_size=8",
    "model.hidden_size=12",
    "model.encoder_size=8",
    "model.encoder_layers=1",
    "objective.notes=16",
    "training.steps=4",
    "training.batch_size=8",
    "training.evaluate_every=2",
    "training.warmup_steps=1",
    "training.precision=fp32",
)


@pytest.fixture(scope="session")
def tiny_genie(shards: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a trained genie with buttons by rule."""
    from symvae.config.genie import GenieConfig
    from symvae.config.load import load_preset, with_overrides
    from symvae.corpus.shards import open_shards
    from symvae.training.tasks.genie import train_genie

    config = with_overrides(load_preset("genie", GenieConfig), list(TINY_GENIE))
    return train_genie(config, [open_shards(shards)], tmp_path_factory.mktemp("genie") / "run")

"""JSON of a model folder and of shards: valid files in which one place has changed, and damaged bytes."""

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.fuzzing.damage import damaged, files, mutated_tree, pick, tiny_config
from symvae.config.run import RunConfig
from symvae.config.sound import SynthConfig
from symvae.corpus.shards import open_shards
from symvae.errors import SymvaeError
from symvae.system.artifact_folder import SYNTH_FORMAT, read_config, read_metrics
from symvae.system.artifacts import load_scales, load_vae
from symvae.system.build import build_vae
from symvae.system.catalog import PRETRAINED
from symvae.system.faders.request import faders_of
from symvae.system.synth_artifacts import TIMBRES
from symvae.system.weight_file import write_weights
from symvae.tokens.load import load_tokenizer

_TEXTS = ("[" * 100_000, '{"a":' * 50_000, '"' + "a" * 100_000, "1" * 5_000, "", "[1" + "0" * 4_000 + "]")
_CARD = {
    "format": "symvae-shards",
    "version": 2,
    "metre": "4/4",
    "tokenizer": "melody",
    "positions": 16,
    "vocabulary_size": 90,
    "collections": {"tunes": {"origin": "here", "license": "CC0"}},
    "sha256": {"train.ids.npy": "0" * 64},
    "seed": 0,
}


def mutated(rng: np.random.Generator) -> bytes:
    """Draw a JSON file, after its name and a line break.

    Args:
        rng: Source of the draws.

    Returns:
        Name and content.
    """
    name = pick(rng, list(_READERS))
    tree = _usual(name)
    for _ in range(pick(rng, (1, 1, 1, 2, 8))):
        tree = mutated_tree(tree, rng)
    text = json.dumps(tree, indent=pick(rng, (None, 2)))
    if rng.random() < 0.05:
        text = pick(
            rng,
            ("[" * 100_000, '{"a":' * 50_000, '"' + "a" * 100_000, "1" * 5_000, "", "[1" + "0" * 4_000 + "]"),
        )
    data = text.encode()
    return name.encode() + b"\n" + (damaged(data, rng) if rng.random() < 0.2 else data)


def check(data: bytes) -> None:
    """Read a JSON file by the reader of its name.

    Args:
        data: Name and content, with a line break between them.
    """
    name, _, content = data.partition(b"\n")
    with files() as folder:
        (folder / name.decode()).write_bytes(content)
        _READERS[name.decode()](folder)


def _model(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(_weights())
    load_vae(folder)


def _synth(folder: Path) -> None:
    (folder / "synth.json").rename(folder / "config.json")
    read_config(folder, SYNTH_FORMAT, SynthConfig)


def _faders(folder: Path) -> None:
    scales = load_scales(folder)
    assert scales is not None
    for name, fader in faders_of(scales).items():
        assert np.isfinite([fader.low, fader.high]).all(), name


def _timbres(folder: Path) -> None:
    rows = TIMBRES.load(folder, size=16)
    assert rows is not None
    for row in rows:
        torch.tensor(row["z"])


def _card(folder: Path) -> None:
    shards = open_shards(folder, verify=False)
    assert shards.collections is not None
    for split in ("train", "test"):
        try:
            shards.split(split)
        except SymvaeError:
            continue
        raise AssertionError("shards without files were read")


_READERS: dict[str, Callable[[Path], Any]] = {
    "config.json": _model,
    "synth.json": _synth,
    "tokenizer.json": load_tokenizer,
    "faders.json": _faders,
    "timbres.json": _timbres,
    "metrics.json": read_metrics,
    "card.json": _card,
}
_PLACES = {
    "synth.json": "synth-24k/config.json",
    "tokenizer.json": "melody-2bar/tokenizer.json",
    "faders.json": "piano-4bar/faders.json",
    "timbres.json": "synth-24k/timbres.json",
    "metrics.json": "melody-2bar/metrics.json",
}


@functools.cache
def _usual(name: str) -> Any:
    if name == "config.json":
        return tiny_config()
    return (
        _CARD if name == "card.json" else json.loads((PRETRAINED / _PLACES[name]).read_text(encoding="utf-8"))
    )


@functools.cache
def _weights() -> bytes:
    from symvae.config.load import from_dict

    config = from_dict(RunConfig, {k: v for k, v in tiny_config().items() if k not in ("format", "version")})
    with files() as folder:
        write_weights(folder / "w.safetensors", build_vae(config.model).state_dict())
        return (folder / "w.safetensors").read_bytes()

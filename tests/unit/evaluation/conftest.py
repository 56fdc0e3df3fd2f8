"""Models with known answers, and shards in memory.

- The perfect model encodes the ids themselves, scaled; its posterior is so narrow that a sample decodes like
  the mean.
- The holding model has the same encoder, and its decoder predicts hold for every z.
- The counting model decodes the first coordinate of z to a number of notes.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from symvae.config.run import ModelConfig, RunConfig
from symvae.corpus.shards import Shards, Split
from symvae.models.phrase.vae import VAE
from symvae.nn.gaussian import DiagonalGaussian
from symvae.system.symvae import SymVAE
from symvae.tokens.melody_grid import MelodyGrid

BARS, POSITIONS, VOCABULARY = 2, 16, 90
CENTER, UNIT = 45.0, 20.0


class WritingEncoder:
    """z is the ids, shifted and scaled to the range of a standard normal."""

    def __call__(self, ids):
        mean = (ids.flatten(1).float() - CENTER) / UNIT
        return DiagonalGaussian(mean, torch.full_like(mean, -7.0))


class ReadingDecoder:
    """Reads the ids from z, whatever the tokens before."""

    def __call__(self, z, ids, dropped=None):
        return torch.nn.functional.one_hot(self.generate(z), VOCABULARY).float()

    def generate(self, z, temperature=0.0, top_p=1.0, generator=None):
        ids = (z * UNIT + CENTER).round().clamp(0, VOCABULARY - 1).long()
        return ids.view(len(z), -1, POSITIONS)


class HoldingDecoder(ReadingDecoder):
    """Predicts hold everywhere."""

    def generate(self, z, temperature=0.0, top_p=1.0, generator=None):
        return torch.zeros((len(z), BARS, POSITIONS), dtype=torch.int64)


class CountingDecoder(ReadingDecoder):
    """Decodes the first coordinate of z to that many notes of one pitch."""

    def generate(self, z, temperature=0.0, top_p=1.0, generator=None):
        notes = z[:, :1].round().long()
        steps = torch.arange(BARS * POSITIONS)
        return torch.where(steps < notes, 41, 0).view(len(z), BARS, POSITIONS)


class MemoryShards(Shards):
    """Shards that are not on disk."""

    def __init__(self, splits: dict[str, Split], collections: list[str]) -> None:
        counts = {
            name: {
                "all": {"tunes": split.num_tunes, "bars": len(split.ids)},
                **{
                    collection: {"tunes": int((split.collection == i).sum()), "bars": 1}
                    for i, collection in enumerate(collections)
                },
            }
            for name, split in splits.items()
        }
        super().__init__(
            Path(),
            {
                "metre": "4/4",
                "tokenizer": "melody",
                "positions": POSITIONS,
                "vocabulary_size": VOCABULARY,
                "collections": collections,
                "counts": counts,
                "sources": {
                    name: {"origin": f"origin of {name}", "license": f"license of {name}"}
                    for name in collections
                },
                "sha256": {},
                "seed": 1,
            },
        )
        self.splits = splits
        self.tokenizer = MelodyGrid()

    def split(self, name: str) -> Split:
        return self.splits[name]


def model_of(decoder, bars: int = BARS) -> SymVAE:
    config = RunConfig(name="known", model=ModelConfig(bars=bars, latent_size=bars * POSITIONS))
    return SymVAE(Path(), config, VAE(WritingEncoder(), decoder), MelodyGrid())


def tune(seed: int, bars: int) -> np.ndarray:
    """Random melody in ids: steps and leaps, notes of one to four sixteenths, some rests."""
    rng = np.random.default_rng(seed)
    ids = np.zeros(bars * POSITIONS, np.uint8)
    step, degree = 0, 35
    while step < len(ids):
        degree = int(np.clip(degree + rng.integers(-4, 5), 20, 50))
        ids[step] = 2 + degree
        length = int(rng.integers(1, 5))
        if length > 2 and rng.random() < 0.3 and step + length - 1 < len(ids):
            ids[step + length - 1] = 1
        step += length
    return ids.reshape(bars, POSITIONS)


def split_of(tunes: list[np.ndarray], collection: list[int]) -> Split:
    start = np.cumsum([0] + [len(t) for t in tunes])
    return Split(
        np.concatenate(tunes),
        start.astype(np.int64),
        np.array(collection, np.int16),
        np.full(len(tunes), 120.0, np.float32),
    )


@pytest.fixture(scope="session")
def perfect() -> SymVAE:
    return model_of(ReadingDecoder())


@pytest.fixture(scope="session")
def perfect_long() -> SymVAE:
    """Six bars: three runs of four bars."""
    return model_of(ReadingDecoder(), bars=6)


@pytest.fixture(scope="session")
def holding() -> SymVAE:
    return model_of(HoldingDecoder())


@pytest.fixture(scope="session")
def counting() -> SymVAE:
    return model_of(CountingDecoder())


class Still:
    """A prior of a single point."""

    def __init__(self, z: torch.Tensor) -> None:
        self.z = z

    def sample(self, count: int, generator: torch.Generator, temperature: float = 1.0) -> torch.Tensor:
        return self.z.expand(count, -1)


@pytest.fixture(scope="session")
def still() -> type[Still]:
    return Still


@pytest.fixture(scope="session")
def memory_shards() -> MemoryShards:
    """Forty training and eight test tunes of two collections; one test tune is a transposed training tune."""
    train = [tune(seed, 12) for seed in range(40)]
    higher = np.where(train[0] >= 2, train[0] + 3, train[0])
    test = [tune(1000 + seed, 8) for seed in range(7)] + [higher]
    return MemoryShards(
        {
            "train": split_of(train, [seed % 2 for seed in range(40)]),
            "test": split_of(test, [0, 1] * 4),
        },
        ["reels", "hymns"],
    )

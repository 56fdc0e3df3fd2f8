"""Arrangements of melody, bass and drums, and songs of them, for tests."""

from pathlib import Path

import numpy as np
import torch

from symvae.config.load import load_preset, with_overrides
from symvae.music.arrangement import Arrangement
from symvae.music.drum_kit import CLASS_PITCHES
from symvae.music.grid import Grid
from symvae.music.io.midi_write import song_to_bytes, to_song
from symvae.music.phrase import Phrase
from symvae.system.artifacts import save_language, save_model, save_prior
from symvae.system.build import build_prior, build_vae
from symvae.tokens.ngram import NGram, shifts_of
from symvae.tokens.part_sequences import part_sequences
from symvae.tokens.trio import TrioGrid
from tests.conftest import TINY

SIZES = (
    *TINY,
    "name=trios",
    "model.bars=2",
    "model.code_size=12",
    "model.latent_by_part=false",
    "prior.width=32",
    "prior.layers=1",
    "prior.attributes=[]",
)


def line(chance: np.random.Generator, grid: Grid, low: int, high: int) -> Phrase:
    """A random line without overlaps, with a note in every bar."""
    onset = np.sort(chance.choice(grid.num_steps, 3 * grid.bars, replace=False))
    onset = np.unique(np.concatenate([onset, np.arange(grid.bars) * grid.steps_per_bar]))
    room = np.diff(onset, append=grid.num_steps)
    duration = np.minimum(room, chance.integers(1, 5, len(onset)))
    return Phrase(grid, onset, duration, chance.integers(low, high, len(onset)))


def beat(chance: np.random.Generator, grid: Grid) -> Phrase:
    """Random hits, one of a class on a step."""
    cells = np.sort(chance.choice(9 * grid.num_steps, 6 * grid.bars, replace=False))
    step, drum_class = np.divmod(cells, 9)
    return Phrase(grid, step, np.ones_like(step), CLASS_PITCHES[drum_class], is_drum=True)


def trio(seed: int, bars: int = 2, parts: tuple[str, ...] = ("melody", "bass", "drums")) -> Arrangement:
    """A random arrangement with some parts."""
    chance, grid = np.random.default_rng(seed), Grid(bars)
    every = {
        "melody": line(chance, grid, 60, 84),
        "bass": line(chance, grid, 30, 50),
        "drums": beat(chance, grid),
    }
    return Arrangement(grid, {name: every[name] for name in parts}, 100.0)


def write_trio(path: Path, arrangement: Arrangement) -> Path:
    """Write an arrangement as a MIDI file."""
    path.write_bytes(song_to_bytes(to_song(arrangement)))
    return path


def trio_model(home: Path, *choices: str) -> Path:
    """A tiny model of two bars that nothing was learned for, with a prior and a language model.

    ``choices`` are ``--set`` values beside those of `SIZES`.
    """
    tokens = TrioGrid()
    tokens.save(home / "tokenizer.json")
    config = with_overrides(load_preset("trio-16bar"), [*SIZES, *choices])
    torch.manual_seed(0)
    vae = build_vae(config.model)
    folder = home / "trios"
    save_model(folder, config, vae.state_dict(), tokenizer=home / "tokenizer.json")
    ids = np.stack([tokens.encode_phrase(trio(seed)) for seed in range(20)])
    language = NGram.fit(
        part_sequences(ids, tokens),
        pitch_ids=tokens.pitch_ids,
        vocabulary_size=tokens.vocabulary_size,
        shifts=shifts_of(tokens.pitch_ids),
    )
    save_language(folder, language)
    save_prior(
        folder, build_prior(config.prior, vae, torch.ones(config.model.latent_size, dtype=torch.bool), seed=0)
    )
    return folder

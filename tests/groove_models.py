"""Tiny groove models with random weights, and played beats."""

from pathlib import Path

import numpy as np
import torch

from symvae.config.groove import GrooveConfig, GrooveModelConfig
from symvae.music.drum_kit import CLASS_PITCHES
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.system.build_groove import build_groove
from symvae.system.network_folder import GROOVE

TINY = GrooveModelConfig(
    latent_size=4,
    styles=("funk", "rock"),
    condition_size=4,
    context_size=8,
    hidden_size=12,
    head_size=6,
    mixtures=2,
)


def tiny_groove(folder: Path) -> Path:
    """Write a groove model that has learned nothing."""
    torch.manual_seed(0)
    network = build_groove(TINY)
    GROOVE.save(folder, GrooveConfig(name="tiny-groove", model=TINY), network.state_dict())
    return folder


def beat(bars: int = 2, *, seed: int | None = None, density: float = 0.2) -> Phrase:
    """Kick and snare on the beats under eighths of a hi-hat, or random hits with random touch."""
    grid = Grid(bars)
    if seed is None:
        eighths, beats = np.arange(0, grid.num_steps, 2), np.arange(0, grid.num_steps, 4)
        step = np.concatenate([eighths, beats])
        pitch = np.concatenate([np.full(len(eighths), 42), np.where(beats // 4 % 2, 38, 36)])
        return Phrase(grid, step, np.ones_like(step), pitch, is_drum=True)
    chance = np.random.default_rng(seed)
    step, drum = np.nonzero(chance.random((grid.num_steps, 9)) < density)
    velocity, offset = chance.integers(1, 128, len(step)), chance.integers(-40, 41, len(step)) / 120
    ones = np.ones_like(step)
    return Phrase(grid, step, ones, CLASS_PITCHES[drum], velocity, 100.0, True, offset)

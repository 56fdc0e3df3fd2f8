"""Batches of one-shot sounds: classes and drums balanced, now and then at another speed.

All chance follows from seed and step.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float32, Int
from torch import Tensor

from symvae.audio.one_shot import ONSET
from symvae.corpus.sound_shards import Sounds, SoundShards
from symvae.errors import CorpusError

#: Fewest sounds of a split that can be learned from or measured on.
FEWEST = 2


class SoundBatch(NamedTuple):
    """Some sounds and their classes."""

    wave: Float[Tensor, "batch sample"]
    drum: Float[Tensor, "batch class"]
    """1 at the number of the class."""

    def to(self, device: str) -> "SoundBatch":
        """Copy of the batch on a device."""
        return SoundBatch(self.wave.to(device), self.drum.to(device))


class SoundBatches:
    """Endless, seeded sequence of batches of one split.

    Args:
        sounds: The split.
        classes: Number of classes.
    """

    def __init__(self, sounds: Sounds, classes: int) -> None:
        self.sounds, self.classes = sounds, classes
        drums, groups = Counter(sounds.drum.tolist()), Counter(sounds.group)
        # A class or a drum with four times as many strokes is drawn twice as often, not four times.
        weights = np.array(
            [
                1 / np.sqrt(drums[drum] * groups[group])
                for drum, group in zip(sounds.drum.tolist(), sounds.group, strict=True)
            ]
        )
        self.weights = weights / weights.sum()

    def __len__(self) -> int:
        return len(self.sounds.samples)

    def batch(self, step: int, size: int, *, seed: int, semitones: float) -> SoundBatch:
        """Draw a batch.

        Args:
            step: Number of the batch.
            size: Number of sounds.
            seed: Of all draws.
            semitones: Largest change of the playing speed.

        Returns:
            The sounds, each with a peak of 1.
        """
        chance = np.random.default_rng([seed, step])
        rows = chance.choice(len(self), size=size, p=self.weights)
        speed = 2 ** (chance.uniform(-semitones, semitones, size) / 12)
        waves = np.stack(list(map(_at_speed, self.sounds.waves(rows), speed)))
        return SoundBatch(torch.from_numpy(waves), one_hot(self.sounds.drum[rows], self.classes))

    def rows(self, rows: slice | np.ndarray) -> SoundBatch:
        """Sounds as they are."""
        drum = one_hot(self.sounds.drum[rows], self.classes)
        return SoundBatch(torch.from_numpy(self.sounds.waves(rows)), drum)


def spread(count: int, most: int) -> Int[np.ndarray, " row"]:
    """At most so many rows, evenly spread over all."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64))


def one_hot(drum: np.ndarray, classes: int) -> Float[Tensor, "batch class"]:
    """Weights of classes from their numbers."""
    return torch.eye(classes)[torch.from_numpy(np.asarray(drum, np.int64))]


def sound_batches(shards: SoundShards, split: str) -> SoundBatches:
    """Open the sounds of a split.

    Args:
        shards: Prepared sounds.
        split: "train", "validation" or "test".

    Returns:
        Its batches.

    Raises:
        CorpusError: The split has fewer than `FEWEST` sounds.
    """
    sounds = shards.split(split)
    if len(sounds.samples) < FEWEST:
        raise CorpusError(
            f"{shards.folder} has {len(sounds.samples)} sounds in the split {split}, of {FEWEST} that are "
            "needed. Prepare more sounds."
        )
    return SoundBatches(sounds, len(shards.classes))


def _at_speed(wave: Float32[np.ndarray, " sample"], speed: np.float64) -> Float32[np.ndarray, " sample"]:
    """Play faster or slower from the onset on, with linear interpolation."""
    if speed == 1:
        return wave
    time = np.arange(len(wave), dtype=np.float64)
    faster = np.interp(ONSET + (time - ONSET) * speed, time, wave, left=0.0, right=0.0)
    return (faster / max(float(np.abs(faster).max()), 1e-6)).astype(np.float32)

"""Batches of one-shot sounds: classes and drums balanced, each sound varied.

All chance follows from seed and step.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.corpus.sound_shards import Sounds, SoundShards
from symvae.errors import CorpusError
from symvae.training.sound_variation import SoundVariation, vary

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
        self.of_class = {number: np.flatnonzero(sounds.drum == number) for number in drums}

    def __len__(self) -> int:
        return len(self.sounds.samples)

    def batch(self, step: int, size: int, *, seed: int, bounds: SoundVariation) -> SoundBatch:
        """Draw a batch.

        Args:
            step: Number of the batch.
            size: Number of sounds.
            seed: Of all draws.
            bounds: Bounds of the variations.

        Returns:
            The sounds, each with a peak of 1.
        """
        chance = np.random.default_rng([seed, step])
        rows = chance.choice(len(self), size=size, p=self.weights)
        return self._varied(rows, bounds, chance)

    def variations(self, rows: slice, *, seed: int, bounds: SoundVariation) -> SoundBatch:
        """Vary some sounds.

        Args:
            rows: The sounds.
            seed: Of all draws.
            bounds: Bounds of the variations.

        Returns:
            A variation of each, with a peak of 1.
        """
        chosen = np.arange(len(self))[rows]
        return self._varied(chosen, bounds, np.random.default_rng([seed, rows.start or 0]))

    def rows(self, rows: slice | np.ndarray) -> SoundBatch:
        """Sounds as they are."""
        drum = one_hot(self.sounds.drum[rows], self.classes)
        return SoundBatch(torch.from_numpy(self.sounds.waves(rows)), drum)

    def _varied(
        self, rows: Int[np.ndarray, " row"], bounds: SoundVariation, chance: np.random.Generator
    ) -> SoundBatch:
        """A variation of each sound; the second layer is another of its class."""
        drum = self.sounds.drum
        layers = np.array([chance.choice(self.of_class[number]) for number in drum[rows].tolist()])
        waves, beneath = self.sounds.waves(rows), self.sounds.waves(layers)
        varied = [vary(wave, layer, bounds, chance) for wave, layer in zip(waves, beneath, strict=True)]
        return SoundBatch(torch.from_numpy(np.stack(varied)), one_hot(drum[rows], self.classes))


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

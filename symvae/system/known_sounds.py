"""The sounds that a drum machine was trained on, coarsely, so that a draw is none of them.

A prior over a few hundred drums comes near to single ones. Each training sound is kept as the levels of a
few bands in a few spans of time. A draw that is nearer to one of them than most recordings of drums that
were held out of training is drawn again.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import avg_pool1d

from symvae.audio.one_shot import SAMPLE_RATE
from symvae.dsp.mel import mel_filters
from symvae.models.oneshot.drum_network import FLOOR, DrumNetwork, mel_levels_of

_BANDS, _FRAMES = 10, 16
#: Log magnitude of a band from which on it is audible; bands of silence are at log(2 · `FLOOR`).
_AUDIBLE = math.log(2 * FLOOR) + 0.3
#: Share of held-out drums that are nearer to a training sound than a draw may be. Sounds of draws come nearer
#: than their decoded levels: where these keep to 8 %, 1 % of the sounds is nearer than 5 % of the drums.
_NEARER = 0.08


@dataclass(frozen=True)
class KnownSounds:
    """Training sounds of a drum machine."""

    sounds: Float[Tensor, "sound coarse"]
    """Coarse levels of each, as of `coarse_levels`."""
    least: float
    """Distance below which a draw is one of them, in nepers."""

    @classmethod
    def of(
        cls, sounds: Float[Tensor, "sound coarse"], held_out: Float[Tensor, "other coarse"]
    ) -> "KnownSounds":
        """Set the distance by other drums.

        Args:
            sounds: Coarse levels of the training sounds.
            held_out: Coarse levels of drums that were held out of training.

        Returns:
            The training sounds with the distance below which 8 % of the held-out drums are.
        """
        nearest = cls(sounds, 0.0).distance(held_out)
        return cls(sounds, float(np.quantile(nearest.numpy(), _NEARER)))

    def state(self) -> dict[str, Tensor]:
        """Tensors by name."""
        return {"sounds": self.sounds, "least": torch.tensor(self.least)}

    @classmethod
    def of_state(cls, state: dict[str, Tensor], *, coarse: int) -> "KnownSounds":
        """Rebuild from a file.

        Args:
            state: Tensors by name.
            coarse: Coarse levels of a sound of the model.

        Returns:
            The sounds; raises ValueError where they belong to another model.
        """
        sounds = state["sounds"]
        if sounds.ndim != 2 or not len(sounds) or sounds.shape[1] != coarse:
            raise ValueError("sounds of another model")
        return cls(sounds, float(state["least"]))

    def distance(self, levels: Float[Tensor, "other coarse"]) -> Float[Tensor, " other"]:
        """Distance from the nearest training sound, in nepers (`audible_distances`)."""
        return _distances(_audible(levels), self._heard).amin(1)

    @cached_property
    def _heard(self) -> "_Audible":
        return _audible(self.sounds)


def audible_distances(
    levels: Float[Tensor, "sound value"], others: Float[Tensor, "other value"]
) -> Float[Tensor, "sound other"]:
    """Compare log magnitudes of sounds where at least one of the two is audible.

    Short sounds share their silence, which would make all of them alike.

    Args:
        levels: Log magnitudes of bands over time (`symvae.models.oneshot.drum_network.mel_levels`).
        others: The same of other sounds.

    Returns:
        Mean absolute difference of each pair, in nepers.
    """
    return _distances(_audible(levels), _audible(others))


class _Audible(NamedTuple):
    """Log magnitudes of sounds, and where they are audible."""

    levels: Float[Tensor, "sound value"]
    heard: Float[Tensor, "sound value"]
    total: Float[Tensor, " sound"]


def _audible(levels: Float[Tensor, "sound value"]) -> _Audible:
    heard = levels.gt(_AUDIBLE).to(levels)
    return _Audible(levels.clamp(min=_AUDIBLE), heard, heard.sum(1))


def _distances(sounds: _Audible, others: _Audible) -> Float[Tensor, "sound other"]:
    either = sounds.total[:, None] + others.total - sounds.heard @ others.heard.T
    return torch.cdist(sounds.levels, others.levels, p=1) / either.clamp(min=1)


def coarse_size(frames: int) -> int:
    """Number of coarse levels of a sound of so many frames."""
    return _BANDS * -(-frames // _FRAMES)


def coarse_levels(
    network: DrumNetwork, levels: Float[Tensor, "batch frame bin"]
) -> Float[Tensor, "batch coarse"]:
    """Levels of a few mel bands in spans of 16 frames.

    Args:
        network: The network, which knows what is silence.
        levels: Log magnitudes of sounds, or such as it decoded.

    Returns:
        Log magnitudes in nepers, span after span of the first band, then of the others, on the CPU.
    """
    return coarse_levels_of(network.magnitudes(levels))


def coarse_levels_of(magnitudes: Float[Tensor, "batch frame bin"]) -> Float[Tensor, "batch coarse"]:
    """Compute `coarse_levels` from magnitudes."""
    bands = mel_levels_of(magnitudes.clamp(min=FLOOR), _filters(magnitudes.shape[2])).transpose(1, 2)
    return avg_pool1d(bands, _FRAMES, ceil_mode=True).flatten(1)


@lru_cache(maxsize=4)
def _filters(bins: int) -> Float[Tensor, "bin mel"]:
    with torch.inference_mode(mode=False):
        filters = mel_filters(SAMPLE_RATE, bins, _BANDS)
        return filters / filters.sum(0)

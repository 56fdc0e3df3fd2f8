"""Search in z for a sound with given attributes.

Each round tries steps along the directions of the faders, for single attributes and for all together, and
measures each candidate as a sound. The best one is kept; a step that helps no attribute is not taken. A sound
that cannot be moved there gives way to the nearest of other draws.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.one_shot import SAMPLE_RATE
from symvae.audio.sound_attributes import sound_attributes
from symvae.system.drum_faders import FADERS, DrumFaders, to_scale

ROUNDS = 6
#: Step lengths that are tried, as shares of the step that a linear fader would need.
_SHARES = (0.4, 1.0, 2.0)
#: Mean error below which the search ends, in ranges of the class.
_NEAR = 0.01
#: Mean error from which on other sounds are tried, in ranges of the class.
_STUCK = 0.015
#: Error of an attribute that a sound does not have, in ranges of the class.
_ABSENT = 2.0
#: Smallest range, on the scale of a fader.
_LEAST_RANGE = 0.1


class Found(NamedTuple):
    """A sound on the way."""

    z: Float[Tensor, " latent"]
    wave: Float[np.ndarray, " sample"]
    values: dict[str, float]
    """Its attributes that are asked for, on the scales of the faders."""
    error: float
    """Mean distance from what is asked, in ranges of the class."""


def search(
    z: Float[Tensor, " latent"],
    wave: Float[np.ndarray, " sample"],
    *,
    targets: Mapping[str, float],
    faders: DrumFaders,
    drum: int,
    synthesize: Callable[[Tensor], np.ndarray],
    others: Callable[[], Tensor] | None = None,
) -> tuple[Float[Tensor, " latent"], Float[np.ndarray, " sample"]]:
    """Move a sound to the values of some attributes.

    Args:
        z: Latent of the sound.
        wave: Its samples.
        targets: Wanted values on the scales of the faders.
        faders: Their directions and ranges.
        drum: Number of its class.
        synthesize: From latents to samples, ``(sound, sample)``.
        others: Latents of other sounds of the class, from which the search starts anew where it got stuck.

    Returns:
        Latent and samples of the nearest sound that was found, which may be the first one.
    """
    ranges = {name: _range(faders, drum, name) for name in targets}
    directions = {name: faders.directions[FADERS.index(name)] for name in targets}

    def judged(place: Tensor, made: np.ndarray) -> Found:
        values = _measured(made, targets)
        return Found(place, made, values, _error(values, targets, ranges))

    def climbed(start: Found) -> Found:
        best, reach = start, 1.0
        for _ in range(ROUNDS):
            if best.error < _NEAR:
                break
            steps = [
                directions[name] * _bounded(targets[name] - best.values[name], ranges[name])
                for name in targets
                if not abs(targets[name] - best.values[name]) <= _NEAR * ranges[name]
            ]
            if len(steps) > 1:
                steps.append(torch.stack(steps).sum(0))
            tried = torch.stack([best.z + reach * share * step for step in steps for share in _SHARES])
            nearest = min(map(judged, tried, synthesize(tried)), key=lambda found: found.error)
            if nearest.error < best.error:
                best = nearest
            else:
                # Shorter steps are left to try before the search ends.
                reach *= 0.3
        return best

    best = climbed(judged(z, wave))
    if best.error > _STUCK and others is not None:
        places = others()
        nearest = min(map(judged, places, synthesize(places)), key=lambda found: found.error)
        best = min(best, climbed(nearest), key=lambda found: found.error)
    return best.z, best.wave


def _measured(wave: Float[np.ndarray, " sample"], names: Mapping[str, float]) -> dict[str, float]:
    figures = sound_attributes(wave, SAMPLE_RATE)
    return {name: to_scale(name, figures[name]) for name in names}


def _range(faders: DrumFaders, drum: int, name: str) -> float:
    spread = faders.quantile(drum, name, 0.95) - faders.quantile(drum, name, 0.05)
    return max(spread, _LEAST_RANGE) if math.isfinite(spread) else 1.0


def _error(values: Mapping[str, float], targets: Mapping[str, float], ranges: Mapping[str, float]) -> float:
    errors = [abs(values[name] - target) / ranges[name] for name, target in targets.items()]
    return float(np.mean([_ABSENT if math.isnan(error) else error for error in errors]))


def _bounded(change: float, limit: float) -> float:
    """A change of at most the range of the class; half of it where the sound lacks the attribute."""
    return 0.5 * limit if math.isnan(change) else float(np.clip(change, -limit, limit))

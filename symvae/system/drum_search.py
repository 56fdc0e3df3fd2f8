"""Search in z for a sound with given attributes.

Each round tries steps along the directions of the faders, for single attributes and for all together, and
measures each candidate as a sound. The best one is kept; a step that helps no attribute is not taken.
"""

import math
from collections.abc import Callable, Mapping

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
#: Error of an attribute that a sound does not have, in ranges of the class.
_ABSENT = 2.0
#: Smallest range, on the scale of a fader.
_LEAST_RANGE = 0.1


def search(
    z: Float[Tensor, " latent"],
    wave: Float[np.ndarray, " sample"],
    *,
    targets: Mapping[str, float],
    faders: DrumFaders,
    drum: int,
    synthesize: Callable[[Tensor], np.ndarray],
) -> tuple[Float[Tensor, " latent"], Float[np.ndarray, " sample"]]:
    """Move a sound to the values of some attributes.

    Args:
        z: Latent of the sound.
        wave: Its samples.
        targets: Wanted values on the scales of the faders.
        faders: Their directions and ranges.
        drum: Number of its class.
        synthesize: From latents to samples, ``(sound, sample)``.

    Returns:
        Latent and samples of the nearest sound that was found, which may be the first one.
    """
    ranges = {name: _range(faders, drum, name) for name in targets}
    directions = {name: faders.directions[FADERS.index(name)] for name in targets}
    values = _measured(wave, targets)
    best = _error(values, targets, ranges)
    for _ in range(ROUNDS):
        if best < _NEAR:
            break
        steps = [
            directions[name] * _bounded(targets[name] - values[name], ranges[name])
            for name in targets
            if abs(targets[name] - values[name]) > _NEAR * ranges[name] or math.isnan(values[name])
        ]
        if len(steps) > 1:
            steps.append(torch.stack(steps).sum(0))
        tried = torch.stack([z + share * step for step in steps for share in _SHARES])
        waves = synthesize(tried)
        found = [_measured(each, targets) for each in waves]
        errors = [_error(each, targets, ranges) for each in found]
        nearest = int(np.argmin(errors))
        if errors[nearest] >= best:
            # Shorter steps are left to try before the search ends.
            directions = {name: 0.3 * way for name, way in directions.items()}
            continue
        best, values, z, wave = errors[nearest], found[nearest], tried[nearest], waves[nearest]
    return z, wave


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

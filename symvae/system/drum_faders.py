"""Faders of one-shot sounds: directions in z along which one attribute changes, and its range in each class.

Times and frequencies are on a logarithmic scale. The direction of an attribute is a row of the least-squares
map from all attributes to z over training sounds, around the mean of each class: the change of z where this
attribute changes and the others do not.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.one_shot import SAMPLE_RATE
from symvae.errors import ConfigError

#: Attributes that have a fader.
FADERS = ("attack_ms", "decay_sec", "centroid_hz", "pitch_hz", "noisiness")
LEVELS = 21
#: Faders on a linear scale.
_LINEAR = ("noisiness",)
_LEAST = {"attack_ms": 0.5, "decay_sec": 1e-3, "centroid_hz": 10.0, "pitch_hz": 10.0}
_RIDGE = 1e-2
#: Largest values that can be asked for: the length of a sound, half the rate, the highest pitch.
_MOST = {"attack_ms": 990, "decay_sec": 0.99, "centroid_hz": SAMPLE_RATE // 2, "pitch_hz": 2_000}


def to_scale(name: str, value: float) -> float:
    """Value of an attribute on the scale of its fader."""
    # nan stays nan.
    return value if name in _LINEAR else float(np.log(np.maximum(value, _LEAST[name])))


@dataclass(frozen=True)
class DrumFaders:
    """Directions and ranges of the faders."""

    directions: Float[Tensor, "fader latent"]
    """Change of z for a change of 1 on the fader's scale."""
    ranges: Float[Tensor, "class fader level"]
    """Quantiles 0, 1/20 … 1 of each attribute on its scale; nan where no sound of a class has it."""

    def state(self) -> dict[str, Tensor]:
        """Tensors by name."""
        known = ~self.ranges.isnan()
        return {
            "directions": self.directions,
            "ranges": self.ranges.nan_to_num(),
            "known": known.any(2).float(),
        }

    @classmethod
    def of_state(cls, state: dict[str, Tensor], *, latent: int, classes: int) -> "DrumFaders":
        """Rebuild faders from a file.

        Args:
            state: Tensors by name.
            latent: Coordinates of z of the model.
            classes: Number of its classes.

        Returns:
            The faders; raises ValueError where they belong to another model.
        """
        directions, ranges = state["directions"], state["ranges"]
        if directions.shape != (len(FADERS), latent) or ranges.shape != (classes, len(FADERS), LEVELS):
            raise ValueError("faders of another model")
        unknown = state["known"][:, :, None] < 0.5
        return cls(directions, ranges.masked_fill(unknown, float("nan")))

    def quantile(self, drum: int, name: str, share: float) -> float:
        """Value on the scale below which a share of a class's sounds lie.

        Args:
            drum: Number of the class.
            name: One of `FADERS`.
            share: From 0 to 1.

        Returns:
            The value; nan where no sound of the class has the attribute.
        """
        row = self.ranges[drum, FADERS.index(name)].double().numpy()
        return float(np.interp(share, np.linspace(0, 1, LEVELS), row))


def asked_values(
    faders: DrumFaders, drum: int, brightness: float | None, values: dict[str, float | None]
) -> dict[str, float]:
    """Check the values that are asked for.

    Args:
        faders: The faders, which tell the centroid of a brightness.
        drum: Number of the class.
        brightness: Rank of the centroid in the class, from 0 to 1; None where it is not asked for.
        values: Value of each of `FADERS` in its unit; None where it is not asked for.

    Returns:
        The values that are asked for, brightness as a centroid.

    Raises:
        ConfigError: A value is out of range, or brightness and centroid are both given.
    """
    if brightness is not None:
        if values["centroid_hz"] is not None:
            raise ConfigError("Brightness and centroid are the same fader. Give one of them.")
        if not 0 <= brightness <= 1:
            raise ConfigError(f"Brightness is from 0 to 1, not {brightness:g}.")
        values = {**values, "centroid_hz": math.exp(faders.quantile(drum, "centroid_hz", brightness))}
    asked = {name: value for name, value in values.items() if value is not None}
    for name, value in asked.items():
        words = name.partition("_")[0]
        if name == "noisiness" and not 0 <= value <= 1:
            raise ConfigError(f"Noisiness is from 0 to 1, not {value:g}.")
        if name != "noisiness" and not 0 < value <= _MOST[name]:
            raise ConfigError(f"The {words} is above 0 and at most {_MOST[name]:,}, not {value:g}.")
    return asked


def fit_faders(
    z: Float[Tensor, "sound latent"],
    drum: np.ndarray,
    values: Float[np.ndarray, "sound fader"],
    classes: int,
) -> DrumFaders:
    """Fit faders to measured sounds.

    Args:
        z: Posterior mean of each sound.
        drum: Number of the class of each.
        values: Attributes `FADERS` on their scales, nan where a sound has none.
        classes: Number of classes.

    Returns:
        The faders.
    """
    ranges = np.full((classes, len(FADERS), LEVELS), np.nan)
    latent, centered = z.double().numpy().copy(), np.zeros_like(values)
    for number in np.unique(drum):
        rows = drum == number
        latent[rows] -= latent[rows].mean(0)
        for column in range(len(FADERS)):
            own = values[rows, column]
            if np.isfinite(own).any():
                ranges[number, column] = np.nanquantile(own, np.linspace(0, 1, LEVELS))
                centered[rows, column] = np.nan_to_num(own - np.nanmean(own))
    scale = centered.std(0).clip(min=1e-6)
    inputs = centered / scale
    gram = inputs.T @ inputs + _RIDGE * len(inputs) * np.eye(len(FADERS))
    directions = np.linalg.solve(gram, inputs.T @ latent) / scale[:, None]
    return DrumFaders(torch.from_numpy(directions).float(), torch.from_numpy(ranges).float())

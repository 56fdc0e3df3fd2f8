"""Attacks of draws, corrected to those of training sounds.

A decoder of spectra is unsure of the first milliseconds and writes the mean of several attacks, so that
draws of some classes are slower than any drum of theirs. The attack of a draw has a rank among many draws
of its class; it is sharpened to the attack that has this rank among the training sounds.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.drum_shaping import sharpened
from symvae.audio.one_shot import SAMPLE_RATE
from symvae.audio.sound_attributes import attack_ms
from symvae.system.drum_faders import LEVELS, DrumFaders, to_scale

_NAME = "attack_ms"


@dataclass(frozen=True)
class DrumAttacks:
    """Attacks of the draws of each class."""

    drawn: Float[Tensor, "class level"]
    """Quantiles 0, 1/20 … 1 on the fader's scale."""

    def state(self) -> dict[str, Tensor]:
        """Tensors by name."""
        return {"drawn": self.drawn}

    @classmethod
    def of_state(cls, state: dict[str, Tensor], *, classes: int) -> "DrumAttacks":
        """Rebuild from a file.

        Args:
            state: Tensors by name.
            classes: Number of classes of the model.

        Returns:
            The attacks; raises ValueError where they belong to another model.
        """
        if state["drawn"].shape != (classes, LEVELS) or not state["drawn"].isfinite().all():
            raise ValueError("attacks of another model")
        return cls(state["drawn"])

    def corrected(
        self, wave: Float[np.ndarray, " sample"], drum: int, faders: DrumFaders
    ) -> Float[np.ndarray, " sample"]:
        """Sharpen the attack of a draw.

        Args:
            wave: The draw.
            drum: Number of its class.
            faders: Know the attacks of the training sounds.

        Returns:
            The sound; as it is where its attack is not slower than that of its rank.
        """
        before_ms = attack_ms(wave, SAMPLE_RATE)
        own = to_scale(_NAME, before_ms)
        drawn = self.drawn[drum].double().numpy()
        if not np.isfinite(own):
            return wave
        # Several quantiles may be one value: the rank is the middle of theirs.
        places = np.linspace(0, 1, LEVELS)
        low, high = (np.searchsorted(drawn, own, side) for side in ("left", "right"))
        rank = float(np.interp(own, drawn, places)) if low == high else float(places[low:high].mean())
        wanted = faders.quantile(drum, _NAME, rank)
        return sharpened(wave, float(np.exp(wanted)), before_ms) if wanted < own else wave


def fit_attacks(waves: Float[np.ndarray, "sound sample"], drum: np.ndarray, classes: int) -> DrumAttacks:
    """Measure the attacks of draws.

    Args:
        waves: Draws of every class.
        drum: Number of the class of each.
        classes: Number of classes.

    Returns:
        Their quantiles; a class without any has the shortest attack, which corrects nothing.
    """
    values = np.array([to_scale(_NAME, attack_ms(wave, SAMPLE_RATE)) for wave in waves])
    rows = [values[(drum == number) & np.isfinite(values)] for number in range(classes)]
    least = to_scale(_NAME, 0.0)
    levels = [
        np.quantile(row, np.linspace(0, 1, LEVELS)) if len(row) else np.full(LEVELS, least) for row in rows
    ]
    return DrumAttacks(torch.from_numpy(np.stack(levels)).float())

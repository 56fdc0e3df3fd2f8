"""A sound of a drum machine: finished, and measured once somebody asks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.audio.one_shot import SAMPLE_RATE, fade
from symvae.audio.sound_attributes import sound_attributes
from symvae.dsp.audio import Audio
from symvae.errors import ConfigError

_END_FADE = 512


@dataclass(frozen=True)
class DrumSound:
    """A one-shot sound."""

    audio: Audio
    """One channel with a peak of at most 1."""
    drum: str
    """Its class; of a morph, the nearer one."""
    asked: dict[str, float]
    """Values that were asked for, by the names of attributes."""

    @cached_property
    def attributes(self) -> dict[str, float]:
        """Attributes as measured on the sound, by their names with units; nan where it has none."""
        return sound_attributes(self.audio.samples[0], self.audio.sample_rate)


class TurnedDown(NamedTuple):
    """Samples, and what was asked for."""

    wave: Float[np.ndarray, " sample"]
    asked: dict[str, float]


def fade_end(wave: Float[np.ndarray, "batch sample"]) -> Float[np.ndarray, "batch sample"]:
    """Fade the last samples to silence, in place."""
    wave[:, -_END_FADE:] *= fade(_END_FADE)[::-1]
    return wave


def turned_down(
    wave: Float[np.ndarray, " sample"], asked: dict[str, float], loudness_lufs: float | None
) -> TurnedDown:
    """Turn a sound down to a loudness.

    Args:
        wave: Samples.
        asked: Values that were asked for.
        loudness_lufs: Integrated loudness; None leaves the sound as loud as it is.

    Returns:
        Samples, and what was asked for with the loudness.

    Raises:
        ConfigError: The loudness is not a finite number.
    """
    if loudness_lufs is None:
        return TurnedDown(wave, asked)
    if not math.isfinite(loudness_lufs):
        raise ConfigError(f"A loudness is a number of LUFS, not {loudness_lufs:g}.")
    loudness = sound_attributes(wave, SAMPLE_RATE)["loudness_lufs"]
    gain = min(10 ** ((loudness_lufs - loudness) / 20), 1.0) if math.isfinite(loudness) else 1.0
    return TurnedDown((gain * wave).astype(np.float32), {**asked, "loudness_lufs": loudness_lufs})


def class_number(drum: str, drums: Sequence[str], machine: str) -> int:
    """Look up the number of a class.

    Args:
        drum: Its name.
        drums: Names of all classes.
        machine: Name of the drum machine, for the message.

    Returns:
        The number.

    Raises:
        ConfigError: There is no such class.
    """
    if drum not in drums:
        raise ConfigError(f"There is no drum {drum!r}. {machine} knows {', '.join(drums)}.")
    return list(drums).index(drum)

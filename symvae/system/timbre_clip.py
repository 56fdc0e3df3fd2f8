"""Recordings as input of the timbre encoder: mono, no leading silence, at the level of its training data."""

import os

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.dsp.audio import Audio
from symvae.dsp.wav import SILENCE, read_audio, resample
from symvae.errors import AudioError

#: Length of a recording that the encoder sees, from its first sound on.
LONGEST_CLIP_SEC = 30.0
SHORTEST_CLIP_SEC = 0.25


def timbre_clip(
    recording: "Audio | str | os.PathLike[str]", sample_rate: int, level: float
) -> Float[Tensor, " sample"]:
    """Prepare a recording for the timbre encoder.

    Args:
        recording: Sound, or the path of a sound file.
        sample_rate: Of the encoder, in Hz.
        level: RMS level of the encoder's training data.

    Returns:
        The clip in one channel.

    Raises:
        AudioError: For a file that is no audio, for silence, and for less than a quarter of a second.
    """
    audio = recording if isinstance(recording, Audio) else read_audio(recording, LONGEST_CLIP_SEC)
    mixed = audio.samples.mean(0, keepdims=True)
    if np.abs(mixed).max(initial=0.0) <= SILENCE:  # two channels may cancel each other
        mixed = audio.samples[:1]
    # One channel is resampled: sixty-four at a low rate would fill gigabytes.
    mono = torch.from_numpy(resample(Audio(mixed, audio.sample_rate), sample_rate).samples[0])
    sounding = (mono.abs() > SILENCE).nonzero()
    if not len(sounding):
        raise AudioError("The clip is silent, and silence has no timbre. Give one in which notes sound.")
    mono = mono[int(sounding[0]) :][: round(LONGEST_CLIP_SEC * sample_rate)]
    if len(mono) < SHORTEST_CLIP_SEC * sample_rate:
        raise AudioError(
            f"The clip lasts {len(mono) / sample_rate:.2f} s; give at least {SHORTEST_CLIP_SEC:g} s."
        )
    return mono * (level / mono.square().mean().sqrt().clamp(min=1e-6))

"""Recordings as input of the timbre encoder: mono, no leading silence, at the level of its training data."""

import os

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
    channels = torch.from_numpy(resample(audio, sample_rate).samples)
    mono = channels.mean(0)
    if mono.abs().max() <= SILENCE:  # two channels may cancel each other
        mono = channels[0]
    sounding = (mono.abs() > SILENCE).nonzero()
    if not len(sounding):
        raise AudioError("The clip is silent, and silence has no timbre. Give one in which notes sound.")
    mono = mono[int(sounding[0]) :][: round(LONGEST_CLIP_SEC * sample_rate)]
    if len(mono) < SHORTEST_CLIP_SEC * sample_rate:
        raise AudioError(
            f"The clip lasts {len(mono) / sample_rate:.2f} s; give at least {SHORTEST_CLIP_SEC:g} s."
        )
    return mono * (level / mono.square().mean().sqrt().clamp(min=1e-6))

"""Held-out phrases as sound: what is played, how the reference sounds, and what the synthesizer makes of it.

Rows 2i and 2i + 1 have one timbre and different notes. The synthesizer takes each timbre from the other
row of its pair, so it is never given the sound that it is asked for.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.excitation import Excitation, excite
from symvae.audio.lanes import lane_count
from symvae.audio.notes import Notes
from symvae.corpus.clips import ClipDraws, Clips, within
from symvae.models.sound.spectrogram_vae import Blend, SpectrogramVAE

_AT_ONCE = 8


class Excerpts(NamedTuple):
    """Clips and the notes played in them."""

    clips: Clips
    notes: list[Notes]


def excerpts(draws: ClipDraws, rng: np.random.Generator, *, pairs: int = 1) -> Excerpts:
    """``pairs`` pairs of clips of every instrument of every font, on keys that sound."""
    chosen = []
    for timbre in draws.timbres:
        keys = draws.keys[timbre]
        assert keys is not None, "a timbre that its player cannot play"
        for _ in range(2 * pairs):
            notes = draws.notes(rng)
            chosen.append((*timbre, notes._replace(pitch=within(notes.pitch, *keys))))
    lanes = lanes_in([notes for _, _, notes in chosen])
    rows = [draws.clip(font, timbre, notes, lanes) for font, timbre, notes in chosen]
    clips = Clips(*(torch.stack(column) for column in zip(*rows, strict=True)))
    return Excerpts(clips, [notes for _, _, notes in chosen])


def lanes_in(clips: Sequence[Notes]) -> int:
    """How many lanes hold the notes of any of the clips."""
    return max(int(lanes_of(notes).max(initial=0)) + 1 for notes in clips)


def excitations(network: SpectrogramVAE, clips: Sequence[Notes], samples: int) -> Excitation:
    """What the network is given of the notes of each clip."""
    stft, lanes = network.stft, lanes_in(clips)
    given = [excite(n, 0, stft.frames(samples), stft.hop, network.sample_rate, lanes=lanes) for n in clips]
    return Excitation(*(torch.stack(column) for column in zip(*given, strict=True)))


def of_the_other(rows: Float[Tensor, " clip *any"]) -> Float[Tensor, " clip *any"]:
    """For each clip what stands at the other one of its pair."""
    return rows.unflatten(0, (-1, 2)).flip(1).flatten(0, 1)


@torch.inference_mode()
def timbres_in(network: SpectrogramVAE, clips: Clips) -> Float[Tensor, "clip latent"]:
    """z of each clip."""
    return torch.cat([network.encode(wave).mean for wave in clips.wave.split(_AT_ONCE)])


def played(
    network: SpectrogramVAE, given: Clips | Excitation, z: Float[Tensor, "clip latent"] | Blend
) -> Float[Tensor, "clip sample"]:
    """Each clip's notes in its timbre, or all in one blend, a few clips at a time."""
    rolls, sources = given.roll.split(_AT_ONCE), given.source.split(_AT_ONCE)
    timbres = [z] * len(rolls) if isinstance(z, Blend) else z[:, None].split(_AT_ONCE)
    return torch.cat([network.play(*part) for part in zip(rolls, sources, timbres, strict=True)])


def resynthesis(network: SpectrogramVAE, clips: Clips) -> Float[Tensor, "clip sample"]:
    """Each clip as the synthesizer plays it in the timbre of the other of its pair."""
    return played(network, clips, of_the_other(timbres_in(network, clips)))

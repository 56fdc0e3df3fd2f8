"""Excerpts of held-out phrases as sound: played by the reference and by the synthesizer.

Clips 2i and 2i + 1 have one timbre and different notes. The synthesizer takes each timbre from the other
clip of the pair, so it never gets the sound that it is to reconstruct.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.equalizer import Equalizer
from symvae.audio.excitation import Excitation, excite
from symvae.audio.keyboard import fold_into
from symvae.audio.lanes import lane_count
from symvae.audio.notes import Notes
from symvae.audio.partials import HARMONIC, Partials
from symvae.corpus.clips import ClipDraws, Clips
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrogram_vae import SpectrogramVAE

_BATCH = 8


class Excerpts(NamedTuple):
    """Clips and the notes played in them."""

    clips: Clips
    notes: list[Notes]


def excerpts(draws: ClipDraws, rng: np.random.Generator, *, pairs: int = 1) -> Excerpts:
    """Draw clips of every instrument of every font, on keys that sound.

    Args:
        draws: Phrases and fonts.
        rng: Source of the choice of phrases.
        pairs: Pairs of clips of each instrument.

    Returns:
        The clips, those of a pair in a row.
    """
    chosen = []
    for timbre in draws.timbres:
        keys = draws.keys[timbre]
        assert keys is not None, "a timbre that its player cannot play"
        for _ in range(2 * pairs):
            notes = draws.notes(rng)
            chosen.append((*timbre, notes._replace(pitch=fold_into(notes.pitch, *keys))))
    lanes = lane_count([notes for _, _, notes in chosen])
    rows = [draws.clip(font, timbre, notes, lanes) for font, timbre, notes in chosen]
    clips = Clips(*(torch.stack(column) for column in zip(*rows, strict=True)))
    return Excerpts(clips, [notes for _, _, notes in chosen])


def excitations(
    network: SpectrogramVAE,
    clips: Sequence[Notes],
    samples: int,
    partials: Partials = HARMONIC,
    equalizer: Equalizer = None,
) -> Excitation:
    """Compute the network's input for the notes of each clip.

    Args:
        network: The network whose transform and rate count.
        clips: Notes of each clip.
        samples: Length of a clip.
        partials: Where the instrument's partials lie.
        equalizer: The instrument's equalizer.

    Returns:
        Rolls, sources and gains with a clip axis in front.
    """
    stft, lanes = network.stft, lane_count(clips)
    frames, rate = stft.frames(samples), network.sample_rate
    rows = [
        excite(notes, 0, frames, stft.hop, rate, lanes=lanes, partials=partials, equalizer=equalizer)
        for notes in clips
    ]
    return Excitation(*(torch.stack(column) for column in zip(*rows, strict=True)))


def swap_pairs(rows: Float[Tensor, " clip *any"]) -> Float[Tensor, " clip *any"]:
    """Exchange the two rows of each pair."""
    return rows.unflatten(0, (-1, 2)).flip(1).flatten(0, 1)


@torch.inference_mode()
def encode_timbres(network: SpectrogramVAE, clips: Clips) -> Float[Tensor, "clip latent"]:
    """Posterior mean of each clip, on the CPU."""
    batches = clips.wave.split(_BATCH)
    return torch.cat([network.encode(wave.to(network.device)).mean.cpu() for wave in batches])


def synthesize(
    network: SpectrogramVAE, notes: Clips | Excitation, z: Float[Tensor, "clip latent"] | Blend
) -> Float[Tensor, "clip sample"]:
    """Synthesize the notes of clips in batches.

    Args:
        network: The synthesizer, on any device.
        notes: Rolls and sources of each clip.
        z: Timbre of each clip, or one blend for all.

    Returns:
        The sound of each clip, on the CPU.
    """
    rolls, sources = notes.roll.split(_BATCH), notes.source.split(_BATCH)
    timbres = [z] * len(rolls) if isinstance(z, Blend) else z[:, None].split(_BATCH)
    gains = [None] * len(rolls) if isinstance(notes, Clips) else notes.gain_db.split(_BATCH)
    place, sounds = network.device, []
    for roll, source, timbre, gain_db in zip(rolls, sources, timbres, gains, strict=True):
        gain_db = None if gain_db is None else gain_db.to(place)
        sounds.append(network.play(roll.to(place), source.to(place), timbre.to(place), gain_db=gain_db).cpu())
    return torch.cat(sounds)


def resynthesis(network: SpectrogramVAE, clips: Clips) -> Float[Tensor, "clip sample"]:
    """Synthesize each clip in the timbre of the other clip of its pair."""
    return synthesize(network, clips, swap_pairs(encode_timbres(network, clips)))

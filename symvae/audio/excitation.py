"""The network's input for a range of frames: piano-roll features and source signals of each lane."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.equalizer import Equalizer, lane_gains_db
from symvae.audio.lanes import active_lanes, split_lanes
from symvae.audio.notes import Notes
from symvae.audio.partials import HARMONIC, Partials
from symvae.audio.roll import roll
from symvae.audio.source import source


class Excitation(NamedTuple):
    """Input of the spectrogram VAE's decoder, lane by lane."""

    roll: Float[Tensor, "lane frame feature"]
    source: Float[Tensor, "lane group sample"]
    gain_db: Float[Tensor, "lane frame 2 octave"]
    """Gains of the instrument's equalizer."""


def excite(
    notes: Notes,
    first_frame: int,
    frames: int,
    hop: int,
    sample_rate: int,
    lanes: int = 1,
    partials: Partials = HARMONIC,
    equalizer: Equalizer = None,
) -> Excitation:
    """Compute roll, source and gains of the lanes that sound in a range of frames.

    Args:
        notes: All notes.
        first_frame: Number of the first frame.
        frames: Number of frames.
        hop: Samples from frame to frame.
        sample_rate: Hz.
        lanes: Least number of lanes; empty ones fill up.
        partials: Where the instrument's partials lie.
        equalizer: The instrument's equalizer.

    Returns:
        Features and gains of every frame, and samples from the first frame to the last.
    """
    rows = active_lanes(split_lanes(notes), first_frame, frames, hop / sample_rate)
    rows += [notes.select(np.zeros(len(notes.pitch), bool))] * (lanes - len(rows))
    span, frame_sec = (frames - 1) * hop, hop / sample_rate
    gains = [lane_gains_db(row, equalizer, first_frame, frames, frame_sec) for row in rows]
    return Excitation(
        torch.stack([torch.from_numpy(roll(row, first_frame, frames, frame_sec)) for row in rows]),
        torch.stack([source(row, first_frame * hop, span, sample_rate, partials) for row in rows]),
        torch.stack([torch.from_numpy(each) for each in gains]),
    )

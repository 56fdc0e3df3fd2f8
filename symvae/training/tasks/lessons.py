"""Training clips of the probe: sounds of the fonts with the notes that were played."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from symvae.audio.keyboard import fold_into
from symvae.audio.notes import Notes
from symvae.audio.soundfont import one_channel
from symvae.corpus.clips import ClipDraws

LEVEL_DB = 8.0
_NOISE_DB = (-100.0, -50.0)


class Lesson(NamedTuple):
    """Clips, their notes and their instruments."""

    wave: Float[Tensor, "clip sample"]
    notes: list[Notes]
    instrument: Int[Tensor, " clip"]


def draw_lesson(draws: ClipDraws, step: int, clips: int) -> Lesson:
    """Play a batch of clips, each in a timbre and with notes of its own.

    Args:
        draws: Fonts, instruments and notes; its seed and ``step`` decide the batch.
        step: Number of the batch.
        clips: Clips of the batch.

    Returns:
        The clips with their notes.
    """
    chance = np.random.default_rng([draws.seed, step])
    rows = []
    for _ in range(clips):
        font, instrument = draws.timbres[int(chance.integers(len(draws.timbres)))]
        notes, keys = draws.notes(chance), draws.keys[font, instrument]
        assert keys is not None, "a timbre that its player cannot play"
        notes = notes._replace(pitch=fold_into(notes.pitch, *keys))
        wave = one_channel(draws.players[font].play(notes, draws.programs[instrument], draws.samples))
        rows.append((torch.from_numpy(wave), notes, instrument))
    waves, notes_of_clips, instruments = zip(*rows, strict=True)
    return Lesson(torch.stack(waves), list(notes_of_clips), torch.tensor(instruments))


def augment(wave: Float[Tensor, "clip sample"], generator: torch.Generator) -> Float[Tensor, "clip sample"]:
    """Change the level by up to 8 dB and add white noise from -100 to -50 dB.

    Neither level nor noise can then be mistaken for an instrument.
    """
    level_db = LEVEL_DB * (2 * torch.rand(len(wave), 1, generator=generator) - 1)
    low_db, high_db = _NOISE_DB
    noise_db = low_db + (high_db - low_db) * torch.rand(len(wave), 1, generator=generator)
    noise = torch.randn(wave.shape, generator=generator)
    return wave * 10 ** (level_db / 20) + noise * 10 ** (noise_db / 20)

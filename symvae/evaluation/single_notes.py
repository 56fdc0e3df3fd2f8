"""Single notes over a timbre's keys and velocities, played by the synthesizer and by its own font."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.notes import Notes
from symvae.audio.soundfont import one_channel
from symvae.corpus.clips import ClipDraws
from symvae.evaluation.excerpts import excitations, synthesize
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.named_timbre import NamedTimbre

VELOCITIES = (48, 80, 112)
#: Velocities of the notes at the middle key whose loudness is compared.
LOUDNESS_VELOCITIES = (40, 64, 90, 110, 127)
HELD_SEC, TAIL_SEC = 1.5, 0.7
#: Silence before a note, so that sound before its onset counts.
_LEAD_SEC = 0.05


def keys_of(draws: ClipDraws, timbre: NamedTimbre, fonts: Sequence[str]) -> tuple[int, int] | None:
    """Range of the keys that sound in a timbre's own font.

    Args:
        draws: The reference's fonts.
        timbre: A timbre of the synthesizer.
        fonts: Name of each font.

    Returns:
        Lowest and highest key; None where the font is missing or cannot play the program.
    """
    if timbre.font not in fonts or timbre.program not in draws.programs:
        return None
    return draws.keys[fonts.index(timbre.font), draws.programs.index(timbre.program)]


def notes_to_play(low: int, high: int) -> list[Notes]:
    """Select the notes of a range of keys: every C at `VELOCITIES`, the middle one at `LOUDNESS_VELOCITIES`.

    Args:
        low: Lowest key.
        high: Highest key. A range with less than two C is represented by its ends.

    Returns:
        Single notes, the last of which are those of `LOUDNESS_VELOCITIES`.
    """
    keys = [key for key in range(low, high + 1) if key % 12 == 0]
    if len(keys) < 2:
        keys = sorted({low, high})
    rows = [(key, velocity) for key in keys for velocity in VELOCITIES]
    rows += [(keys[(len(keys) - 1) // 2], velocity) for velocity in LOUDNESS_VELOCITIES]
    return [
        Notes(np.array([_LEAD_SEC]), np.array([HELD_SEC]), np.array([key]), np.array([velocity]))
        for key, velocity in rows
    ]


def play_notes(
    network: SpectrogramVAE, draws: ClipDraws, timbre: NamedTimbre, font: int, notes: Sequence[Notes]
) -> tuple[Float[Tensor, "note sample"], Float[Tensor, "note sample"]]:
    """Play notes in a timbre.

    Args:
        network: The synthesizer.
        draws: The reference's fonts.
        timbre: A timbre of the synthesizer.
        font: Number of its font.
        notes: Notes that are played one by one.

    Returns:
        The synthesizer's sounds and the font's (the mean of its channels), on the CPU.
    """
    hop = network.stft.hop
    samples = round((_LEAD_SEC + HELD_SEC + TAIL_SEC) * network.sample_rate) // hop * hop
    excitation = excitations(network, notes, samples, timbre.partials, timbre.equalizer)
    made = synthesize(network, excitation, timbre.z.expand(len(notes), -1))
    player = draws.players[font]
    real = np.stack([one_channel(player.play(note, timbre.program, samples)) for note in notes])
    return made.float(), torch.from_numpy(real).float()

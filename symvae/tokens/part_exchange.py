"""Augmentation of arrangements: other drums, and lines of other phrases as the bass.

Few songs have a bass and drums, and bass lines by rule are alike. Any melody can be a bass some octaves
lower, and drums can be exchanged as in `symvae.tokens.drum_exchange`.
"""

import numpy as np
from jaxtyping import Bool, Int64, UInt

from symvae.music.arrangement import BASS, DRUMS, MELODY, PARTS
from symvae.tokens.drum_exchange import exchange_drums
from symvae.tokens.parts import ABSENT, PartIds, PartTokenizer

_OCTAVE = 12


def exchange_parts(
    tokenizer: PartTokenizer,
    share: float,
    ids: UInt[np.ndarray, "window bar position"],
    chance: np.random.Generator,
) -> UInt[np.ndarray, "window bar position"]:
    """Exchange the drums in some windows, and give others a melody as their bass.

    Args:
        tokenizer: Tokenizer of melody, bass and drums.
        share: Share of the windows whose bass becomes the melody of another window, as many octaves lower as
            bring it to the middle of the bass's range, where it fits; and of those whose drums are exchanged.
        ids: Its ids.
        chance: Source of the draws.

    Returns:
        As many windows; a part that is absent gets no drums.
    """
    rows = ids.reshape(*ids.shape[:2], len(PARTS), tokenizer.steps).copy()
    parts = {part.name: (row, part) for row, part in enumerate(tokenizer.parts)}
    (row, drums), own = parts[DRUMS], tokenizer.own_ids
    present = rows[:, :, row, :1] != ABSENT
    exchanged = exchange_drums(share, (own[row][rows[:, :, row]] << 1).astype(np.uint16), chance) >> 1
    rows[:, :, row] = np.where(present, drums.ids[exchanged], ABSENT)
    (melody_row, melody), (bass_row, bass) = parts[MELODY], parts[BASS]
    other = chance.permutation(len(ids))
    line, fits = _lowered(own[melody_row][rows[other, :, melody_row]], melody, bass)
    takes = fits & (rows[other, :, melody_row] != ABSENT).all(axis=(1, 2)) & (chance.random(len(ids)) < share)
    rows[takes, :, bass_row] = line[takes]
    return rows.reshape(ids.shape)


def _lowered(
    own: Int64[np.ndarray, "window bar step"], melody: PartIds, bass: PartIds
) -> tuple[Int64[np.ndarray, "window bar step"], Bool[np.ndarray, " window"]]:
    """Ids of melodies as bass lines, and a mask of those that fit its range."""
    first = melody.tokenizer.onset_ids[0]
    notes = own >= first
    pitch = melody.pitch[own]
    count = np.maximum(notes.sum(axis=(1, 2)), 1)
    low, high = int(bass.pitch[first]), int(bass.pitch[-1])
    mean = np.where(notes, pitch, 0).sum(axis=(1, 2)) / count
    shift = _OCTAVE * np.rint(((low + high) / 2 - mean) / _OCTAVE).astype(np.int64)
    pitch = pitch + shift[:, None, None]
    fits = (~notes | ((pitch >= low) & (pitch <= high))).all(axis=(1, 2)) & notes.any(axis=(1, 2))
    lowered = np.where(notes, first + np.clip(pitch, low, high) - low, own)
    return bass.ids[lowered], fits

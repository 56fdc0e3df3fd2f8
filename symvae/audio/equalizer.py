"""Equalizer of an instrument: gains of its tones and of its noise in octave bands, over the keyboard.

A decoder of many instruments is off by a few decibels in some bands of some keys. What it is off by is
measured on single notes beside the sound font that a timbre was learned from
(`symvae.training.equalizing`), and is kept with the timbre.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from symvae.audio.keyboard import KEYS as COUNT
from symvae.audio.keyboard import LOWEST, on_keyboard
from symvae.audio.notes import Notes
from symvae.dsp.octave_bands import BANDS_HZ

#: MIDI pitches of the keyboard. Fonts change their sample every few keys, and with it what a decoder lacks.
KEYS = tuple(range(LOWEST, LOWEST + COUNT))
#: Largest gain, up or down.
MOST_DB = 24.0
#: Time after its end in which a note dies away.
_DYING_SEC = 0.2
#: Gains of each of `KEYS`: of the tones, then of the noise, in each band.
SHAPE = (len(KEYS), 2, len(BANDS_HZ))

#: Gains in dB, of `SHAPE`; None for an instrument without.
Equalizer = Float[np.ndarray, "key 2 band"] | None


def equalizer_of(saved: Sequence[Any] | None) -> Equalizer:
    """Equalizer as a file holds it.

    Args:
        saved: Gains in dB in nested lists of `SHAPE`; None for none.

    Returns:
        The equalizer.

    Raises:
        ValueError: The gains have another shape, or one is no number within `MOST_DB`.
    """
    if saved is None:
        return None
    try:
        gains_db = np.array(saved)
    except (TypeError, ValueError) as fault:
        raise ValueError(f"its equalizer cannot be read: {fault}") from fault
    numbers = gains_db.dtype.kind in "if"
    if not numbers or gains_db.shape != SHAPE or not (np.abs(gains_db) <= MOST_DB).all():
        raise ValueError(f"its equalizer is not {math.prod(SHAPE)} gains within {MOST_DB:g} dB")
    return gains_db.astype(np.float64)


def mixed(parts: Sequence[Equalizer], shares: Sequence[float]) -> Equalizer:
    """Equalizer of a blend of instruments.

    Args:
        parts: Equalizer of each instrument.
        shares: Share of each; they sum to 1.

    Returns:
        The mean in dB by shares.
    """
    known = [share * each for each, share in zip(parts, shares, strict=True) if each is not None]
    return np.sum(known, axis=0) if known else None


def lane_gains_db(
    notes: Notes, equalizer: Equalizer, first_frame: int, frames: int, frame_sec: float
) -> Float[np.ndarray, "frame 2 band"]:
    """Compute the gains of the most recent note of a lane, frame by frame.

    What is left of the note before passes through the same gains. So each gain is the smaller one of both at
    first, and rises while that note dies away.

    Args:
        notes: Notes of one lane.
        equalizer: Gains of the keys.
        first_frame: Number of the first frame.
        frames: Number of frames.
        frame_sec: Seconds from frame to frame.

    Returns:
        Gains in dB, of a note from the frame before its onset on, of the first one from the start.
    """
    if equalizer is None or not len(notes.pitch):
        return np.zeros((frames, *SHAPE[1:]), np.float32)
    order = np.argsort(notes.onset_sec, kind="stable")
    onset_sec, end_sec = notes.onset_sec[order], notes.end_sec[order]
    following_sec = np.arange(first_frame + 1, first_frame + frames + 1) * frame_sec
    latest = np.maximum(np.searchsorted(onset_sec, following_sec, side="right") - 1, 0)
    of_note = equalizer[on_keyboard(notes.pitch[order]) - LOWEST]
    gains_db, before = of_note[latest], np.maximum(latest - 1, 0)
    alone = np.clip((following_sec - end_sec[before]) / _DYING_SEC, 0, 1)[:, None, None]
    return (alone * gains_db + (1 - alone) * np.minimum(gains_db, of_note[before])).astype(np.float32)

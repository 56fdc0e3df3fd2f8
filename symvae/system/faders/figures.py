"""Figures: notes that an arranger could add to a phrase without a model.

    figuration   tones of the chord at steps where nothing starts yet, in the range of the accompaniment, each
                 near the notes before it and none that is struck just before or after
    doublings    tones of the chord at steps where something starts, in the same range, that do not sound yet
    octaves      tones of the chord up to an octave below the bass, and above all that may move, on half bars

They are proposals: the search takes those that bring the request nearer at the least price.
"""

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.chords import Chords
from symvae.music.phrase import Phrase

#: Columns are onset and duration in steps, pitch, and velocity.
Notes = Int[np.ndarray, "_ 4"]
#: Pitches proposed at each step where nothing starts, and at each onset.
AT_A_STEP, AT_AN_ONSET = 3, 2
#: Steps before and after a new note in which its pitch is not struck.
APART_STEP = 2
OCTAVE = 12


def figures(source: Phrase, chords: Chords, free: Bool[np.ndarray, " note"]) -> Notes:
    """Propose notes.

    Args:
        source: The phrase.
        chords: Its chords.
        free: Its notes that may change; the new notes are like these.

    Returns:
        Rows of onset, duration, pitch and velocity.
    """
    like = source.select(free) if free.any() else source
    if not len(like):
        return np.empty((0, 4), np.int64)
    rows = [*_figuration(source, like, chords), *_octaves(source, like, chords)]
    return np.array(rows, np.int64).reshape(-1, 4)


def _figuration(source: Phrase, like: Phrase, chords: Chords) -> list[tuple[int, int, int, int]]:
    low, high = (int(each) for each in np.quantile(like.pitch, [0.1, 0.9]).round())
    onsets, tones = np.unique(source.onset_step), chords.tones()
    starts = set(onsets.tolist())
    rows = []
    for step in range(source.grid.num_steps):
        following = onsets[onsets > step]
        room = int(following[0] if len(following) else source.grid.num_steps) - step
        near = np.argsort(np.abs(like.onset_step - step), kind="stable")[:4]
        center, velocity = float(like.pitch[near].mean()), int(like.velocity[near].mean())
        close = (source.onset_step >= step - APART_STEP) & (source.onset_step <= step + APART_STEP)
        sounds = (source.onset_step < step) & (source.end_step >= step)
        taken = set(source.pitch[close | sounds].tolist())
        fits = [
            pitch
            for pitch in range(low, high + 1)
            if tones[step // chords.span_step, pitch % OCTAVE] and pitch not in taken
        ]
        fits.sort(key=lambda pitch: abs(pitch - center))
        if step in starts:
            lengths = source.duration_step[source.onset_step == step]
            length, most = min(room, int(lengths.min())), AT_AN_ONSET
        else:
            length, most = min(room, source.grid.steps_per_beat // 2 if step % 2 == 0 else 1), AT_A_STEP
        rows += [(step, length, pitch, velocity) for pitch in fits[:most]]
    return rows


def _octaves(source: Phrase, like: Phrase, chords: Chords) -> list[tuple[int, int, int, int]]:
    tones, rows = chords.tones(), []
    bottom, top = int(source.pitch.min()), int(like.pitch.max())
    half = source.grid.steps_per_bar // 2 or 1
    for onset, length, velocity in zip(
        like.onset_step.tolist(), like.duration_step.tolist(), like.velocity.tolist(), strict=True
    ):
        if onset % half:
            continue
        chord = tones[onset // chords.span_step]
        beyond = [*range(max(0, bottom - OCTAVE), bottom), *range(top + 1, min(127, top + OCTAVE) + 1)]
        rows += [(onset, length, pitch, velocity) for pitch in beyond if chord[pitch % OCTAVE]]
    return list(dict.fromkeys(rows))

"""Given bars and drawn bars of one phrase: take bars out, put others in, measure where they meet."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int

from symvae.music.phrase import DEFAULT_VELOCITY, Phrase
from symvae.music.pitch import PIANO_PITCHES


def only_bars(phrase: Phrase, known: Sequence[bool]) -> Phrase:
    """Keep the notes that start in known bars."""
    inside = np.array(known)[phrase.onset_step // phrase.grid.steps_per_bar]
    return phrase.select(inside)


def merge_bars(
    given: Phrase,
    drawn: Phrase,
    known: Sequence[bool],
    pitch_range: tuple[int, int] = PIANO_PITCHES,
    *,
    transpose_by: int = 0,
) -> Phrase:
    """Combine the given notes with the drawn notes that start in unknown bars.

    A drawn note ends with its run of unknown bars at the latest; a given note held into unknown bars ends
    where a drawn one starts. Drawn notes have the median velocity of the given ones, and those beyond the
    range move in by octaves.

    Args:
        given: notes of the known bars.
        drawn: a phrase on the same grid; its notes in known bars are dropped.
        known: for each bar whether it is given.
        pitch_range: lowest and highest MIDI pitch of drawn notes.
        transpose_by: semitones that drawn notes move.

    Returns:
        One phrase at the tempo of ``given``.
    """
    bars, length = len(known), given.grid.steps_per_bar
    run_end = [next((later for later in range(bar, bars) if known[later]), bars) for bar in range(bars)]
    inside = ~np.array(known)[drawn.onset_step // length]
    onset, pitch = drawn.onset_step[inside], drawn.pitch[inside] + transpose_by
    end = np.minimum(drawn.end_step[inside], np.array(run_end)[onset // length] * length)
    next_drawn = np.append(onset, given.grid.num_steps)[np.searchsorted(onset, given.onset_step)]
    velocity = int(np.median(given.velocity)) if len(given) else DEFAULT_VELOCITY
    return Phrase(
        given.grid,
        np.concatenate([given.onset_step, onset]),
        np.concatenate([np.minimum(given.end_step, next_drawn) - given.onset_step, end - onset]),
        np.concatenate([given.pitch, pitch - 12 * octaves_off(pitch, pitch_range)]),
        np.concatenate([given.velocity, np.full(len(onset), velocity)]),
        given.tempo_qpm,
        given.is_drum,
        np.concatenate([given.offset_step, drawn.offset_step[inside]]),
    )


def widest_seam(phrase: Phrase, known: Sequence[bool]) -> int:
    """Largest interval, in semitones, between neighboring notes of which one is given and one drawn."""
    is_given = np.array(known)[phrase.onset_step // phrase.grid.steps_per_bar]
    across = is_given[1:] != is_given[:-1]
    return int(abs(np.diff(phrase.pitch)[across]).max(initial=0))


def octaves_off(pitch: Int[np.ndarray, " note"], pitch_range: tuple[int, int]) -> Int[np.ndarray, " note"]:
    """Count the octaves by which each pitch lies above the range (negative: below)."""
    lowest, highest = pitch_range
    above = np.maximum(0, -((highest - pitch) // 12))
    below = np.maximum(0, -((pitch - lowest) // 12))
    return above - below

"""Continuity: how the second part of a phrase goes on from the first.

    likeness        F1 of the notes of both parts, equal if pitch and place in the part are equal: 1 where the
                    second part repeats the first, about .1 for unrelated music in one key
    shared_rhythms  share of the bars of the second part whose onsets are those of some bar of the first
    repeated_bars   share of the bars of the second part whose notes are those of some bar of the first
    register_shift  distance of their mean pitches, in semitones
    seam            interval between the last note of the first part and the first of the second, in semitones
    tonic           1 if the last note is the tonic of the first part, else 0

None says how good a continuation is: compare the means with those of real music at the same places.
Departures for music of several voices: the seam is between the highest notes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from symvae.attributes.key import key_correlation
from symvae.music.phrase import Phrase


class Continuity(NamedTuple):
    """Figures of each phrase; the module docstring defines them."""

    likeness: Float[np.ndarray, " phrase"]
    shared_rhythms: Float[np.ndarray, " phrase"]
    repeated_bars: Float[np.ndarray, " phrase"]
    register_shift: Float[np.ndarray, " phrase"]
    seam: Float[np.ndarray, " phrase"]
    tonic: Float[np.ndarray, " phrase"]


def continuity(phrases: Sequence[Phrase], given_bars: int) -> Continuity:
    """Measure phrases that go on after ``given_bars`` bars; silent parts count 0."""
    rows = [_measured(phrase, given_bars) for phrase in phrases]
    return Continuity(*np.array(rows, np.float64).reshape(-1, len(Continuity._fields)).T)


def _measured(phrase: Phrase, given_bars: int) -> tuple[float, ...]:
    first = phrase.window(0, given_bars)
    second = phrase.window(given_bars, phrase.grid.bars - given_bars)
    if not len(first) or not len(second):
        return (0.0,) * len(Continuity._fields)
    common = len(set(_notes(first)) & set(_notes(second)))
    return (
        2 * common / (len(first) + len(second)),
        _share_found(_bars(second, pitches=False), _bars(first, pitches=False)),
        _share_found(_bars(second, pitches=True), _bars(first, pitches=True)),
        abs(float(second.pitch.mean() - first.pitch.mean())),
        abs(float(second.pitch[second.onset_step == second.onset_step[0]].max() - first.pitch[-1])),
        float(second.pitch[-1] % 12 == _tonic(first)),
    )


def _notes(phrase: Phrase) -> list[tuple[int, int]]:
    return list(zip(phrase.onset_step.tolist(), phrase.pitch.tolist(), strict=True))


def _bars(phrase: Phrase, *, pitches: bool) -> list[bytes]:
    """Onsets in each bar, with the pitches or without them."""
    bar, step = np.divmod(phrase.onset_step, phrase.grid.steps_per_bar)
    notes = step * 128 + phrase.pitch if pitches else step
    return [notes[bar == number].tobytes() for number in range(phrase.grid.bars)]


def _share_found(bars: list[bytes], among: list[bytes]) -> float:
    return float(np.mean([bar in among for bar in bars]))


def _tonic(phrase: Phrase) -> int:
    """Pitch class of the tonic of the key that fits best."""
    key = int(key_correlation(phrase).argmax())
    return key if key < 12 else (key + 9) % 12

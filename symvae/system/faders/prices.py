"""Prices: what an arranger avoids, added to the cost of an edit.

    foreign notes   new notes that are no chord tones: on a beat at full price, elsewhere less in the scale;
                    and new notes above a melody that stays
    re-strikes      notes whose pitch sounds up to their onset, beyond the share that the phrase had
    clashes         notes that start a semitone or a minor ninth from a sounding one, likewise
    thickness       notes per onset: of twice the notes at most half may come by thicker chords, or go by
                    thinner ones, as far as there are onsets that may go

Prices are in positions of faders, for a whole phrase. The notes of the phrase itself cost nothing.
"""

import numpy as np
from jaxtyping import Int

from symvae.music.arranging.texture import CLASHES, texture_of
from symvae.music.diatonic import scale_of
from symvae.music.locks import Lock
from symvae.music.phrase import Phrase

PITCHES, OCTAVE = 128, 12
#: Price of a new note by what it is: off the chord on a beat; elsewhere of the scale alone, or of the chord
#: alone anywhere; any other.
ON_BEAT, PASSING, OUT_OF_KEY = 1.0, 0.3, 1.0
#: Price of a new note above a melody that stays.
ABOVE = 1.0
#: Prices of a phrase in which all notes are foreign, re-struck or clash, and of chords twice as thick.
FOREIGN_PRICE, RESTRIKE_PRICE, CLASH_PRICE, THICKNESS_PRICE = 4.0, 6.0, 8.0, 4.0
#: Share of the change of the number of notes, in octaves, that is to be one of the number of onsets.
RHYTHM_SHARE = 0.6


class Prices:
    """The prices for edits of one phrase."""

    def __init__(self, lock: Lock, rhythm_share: float = RHYTHM_SHARE) -> None:
        """
        Args:
            lock: the phrase before the edit, its chords and what of it stays.
            rhythm_share: least share of a change of the number of notes, in octaves, that the number of
                onsets has.
        """
        source, chords = lock.source, lock.chords
        steps = np.arange(source.grid.num_steps)
        tones = chords.tones()[steps // chords.span_step]
        on_beat = (steps % source.grid.steps_per_beat == 0)[:, None]
        scale = scale_of(source)
        other = np.where(on_beat, ON_BEAT, np.where(scale, PASSING, OUT_OF_KEY))
        price = np.where(tones, np.where(scale, 0.0, PASSING), other)
        self._price = np.ascontiguousarray(price[:, np.arange(PITCHES) % OCTAVE])
        self._price[np.arange(PITCHES) > _kept_top(lock)[:, None]] += ABOVE
        self._price[source.onset_step, source.pitch] = 0.0
        self._restruck, self._clashing = restruck_share(source), clashing_share(source)
        self._notes, self._onsets = _logs(source)
        self._least_rhythm = (
            float(np.log2(max(1, len(np.unique(source.onset_step[lock.kept]))))) - self._onsets
        )
        self._rhythm_share = rhythm_share

    def of(self, phrase: Phrase) -> float:
        """Price of a result, 0 or more."""
        if not len(phrase):
            return 0.0
        foreign = float(self._price[phrase.onset_step, phrase.pitch].sum()) / len(phrase)
        restruck = max(0.0, restruck_share(phrase) - self._restruck)
        clashing = max(0.0, clashing_share(phrase) - self._clashing)
        notes, onsets = _logs(phrase)
        more, rhythm = notes - self._notes, onsets - self._onsets
        share = self._rhythm_share * more
        thicker = max(0.0, share - rhythm if more > 0 else rhythm - max(share, self._least_rhythm))
        return (
            FOREIGN_PRICE * foreign
            + RESTRIKE_PRICE * restruck
            + CLASH_PRICE * clashing
            + THICKNESS_PRICE * thicker
        )


def _kept_top(lock: Lock) -> Int[np.ndarray, " step"]:
    """Pitch of the melody that stays where it sounds at a step; elsewhere the highest of all pitches."""
    source = lock.source
    top = np.full(source.grid.num_steps, PITCHES - 1)
    kept = source.select(texture_of(source).melody & lock.kept)
    for onset, end, pitch in zip(kept.onset_step, kept.end_step, kept.pitch, strict=True):
        top[onset:end] = pitch
    return top


def restruck_share(phrase: Phrase) -> float:
    """Share of notes whose pitch sounds until they start; 0 for silence."""
    if not len(phrase):
        return 0.0
    order = np.lexsort((phrase.onset_step, phrase.pitch))
    onset, end, pitch = phrase.onset_step[order], phrase.end_step[order], phrase.pitch[order]
    return float(np.count_nonzero((pitch[1:] == pitch[:-1]) & (onset[1:] <= end[:-1]))) / len(phrase)


def clashing_share(phrase: Phrase) -> float:
    """Share of notes at whose onset another sounds a semitone or a minor ninth away; 0 for silence."""
    if not len(phrase):
        return 0.0
    apart = np.abs(np.subtract.outer(phrase.pitch, phrase.pitch))
    near = (apart == CLASHES[0]) | (apart == CLASHES[1])
    first, second = np.nonzero(near)
    onset = phrase.onset_step[first]
    sounds = (phrase.onset_step[second] <= onset) & (phrase.end_step[second] > onset)
    return len(np.unique(first[sounds])) / len(phrase)


def _logs(phrase: Phrase) -> tuple[float, float]:
    """Logarithms of the numbers of notes and of onsets, 0 for silence."""
    if not len(phrase):
        return 0.0, 0.0
    return float(np.log2(len(phrase))), float(np.log2(1 + np.count_nonzero(np.diff(phrase.onset_step))))

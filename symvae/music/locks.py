"""Locks: what of a phrase stays while the rest is edited.

    notes      chosen notes stay, note for note (a melody, a bass, a track); their pitch is not struck again
               while they sound
    rhythm     a note starts wherever one started, and nowhere else
    harmony    new notes are tones of the chord at their place, and each chord keeps the tones that it had

A lock restores an edited phrase to the nearest one that keeps all this: it adds what is gone and removes what
must not be there. It knows notes, and no networks.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Int

from symvae.music.chords import Chords
from symvae.music.phrase import Phrase

PITCHES = 128


@dataclass(frozen=True, eq=False)
class Lock:
    """Parts of a phrase that stay."""

    source: Phrase
    """The phrase before the edit."""
    kept: Bool[np.ndarray, " note"]
    """Its notes that stay."""
    chords: Chords = field(repr=False)
    """Its chords, by which new notes are chosen."""
    rhythm: bool = False
    harmony: bool = False
    one_voice: bool = False
    """The edited phrase is one line: a note that has to come back replaces the one that starts with it."""

    @cached_property
    def places(self) -> Int[np.ndarray, " note"]:
        """Step and pitch of the notes that stay, as one number."""
        return _places(self.source)[self.kept]

    @cached_property
    def allowed(self) -> Bool[np.ndarray, "step pitch"]:
        """Steps and pitches at which a note may start."""
        steps = self.source.grid.num_steps
        table = np.ones((steps, PITCHES), bool)
        if self.rhythm:
            table[np.setdiff1d(np.arange(steps), self.source.onset_step)] = False
        if self.harmony:
            tones = self.chords.tones()[np.arange(steps) // self.chords.span_step]
            table &= tones[:, np.arange(PITCHES) % 12]
        table[self.source.onset_step, self.source.pitch] = True
        for onset, end, pitch in self._kept_notes():
            table[onset + 1 : end, pitch] = False
        table[self.source.onset_step[self.kept], self.source.pitch[self.kept]] = True
        return table

    def keeps(self, edited: Phrase) -> Bool[np.ndarray, " note"]:
        """Mark the notes of an edited phrase that stay."""
        return np.isin(_places(edited), self.places)

    def restore(self, edited: Phrase) -> Phrase:
        """Return the phrase nearest to ``edited`` that keeps what is locked."""
        edited = edited.select(self.allowed[edited.onset_step, edited.pitch])
        while (gone := self._gone(edited)).any():
            if self.one_voice:
                edited = edited.select(~np.isin(edited.onset_step, self.source.onset_step[gone]))
            edited = edited.with_notes(
                *(
                    np.concatenate([new, old[gone]])
                    for new, old in zip(
                        (*edited.columns, edited.offset_step),
                        (*self.source.columns, self.source.offset_step),
                        strict=True,
                    )
                )
            )
            if self.one_voice:
                edited = _as_line(edited)
        return edited

    def holds(self, edited: Phrase) -> bool:
        """True if a phrase keeps what is locked."""
        return bool(self.allowed[edited.onset_step, edited.pitch].all()) and not self._gone(edited).any()

    def _gone(self, edited: Phrase) -> Bool[np.ndarray, " note"]:
        """Notes of the source that have to come back."""
        here = np.isin(_places(self.source), _places(edited))
        needed = self.kept.copy()
        if self.rhythm:
            needed |= ~np.isin(self.source.onset_step, edited.onset_step)
        if self.harmony:
            needed |= self._missing_tones(edited)
        return needed & ~here

    def _missing_tones(self, edited: Phrase) -> Bool[np.ndarray, " note"]:
        """Notes of the source whose pitch class is a tone of their chord and is gone from it."""
        span_step = self.chords.span_step
        old, new = (each.onset_step // span_step * 12 + each.pitch % 12 for each in (self.source, edited))
        is_tone = self.chords.tones()[self.source.onset_step // span_step, self.source.pitch % 12]
        return is_tone & ~np.isin(old, new)

    def _kept_notes(self) -> list[tuple[int, int, int]]:
        rows = np.flatnonzero(self.kept)
        columns = (self.source.onset_step[rows], self.source.end_step[rows], self.source.pitch[rows])
        return list(zip(*(column.tolist() for column in columns), strict=True))


def bass_line(phrase: Phrase) -> Bool[np.ndarray, " note"]:
    """Find the notes at whose onset no lower note sounds."""
    return lowest_notes(phrase.onset_step, phrase.end_step, phrase.pitch)


def lowest_notes(
    onset_step: Int[np.ndarray, " note"], end_step: Int[np.ndarray, " note"], pitch: Int[np.ndarray, " note"]
) -> Bool[np.ndarray, " note"]:
    """Find the notes at whose onset no lower note sounds.

    Args:
        onset_step: Where each note starts.
        end_step: Where it ends.
        pitch: MIDI note number of each.

    Returns:
        Whether each note is one.
    """
    lowest = np.full(int(end_step.max(initial=0)) + 1, PITCHES)
    columns = (onset_step.tolist(), end_step.tolist(), pitch.tolist())
    for onset, end, number in zip(*columns, strict=True):
        np.minimum(lowest[onset:end], number, out=lowest[onset:end])
    return pitch <= lowest[onset_step]


def _as_line(phrase: Phrase) -> Phrase:
    """The phrase with each note ended where the next one starts."""
    onset, duration, pitch, velocity = phrase.columns
    room = np.append(onset[1:], phrase.grid.num_steps) - onset
    return phrase.with_notes(onset, np.minimum(duration, room), pitch, velocity)


def _places(phrase: Phrase) -> Int[np.ndarray, " note"]:
    return phrase.onset_step * PITCHES + phrase.pitch

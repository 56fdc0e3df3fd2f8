"""Phrases to scores: MusicXML by music21, ABC by `symvae.music.io.abc_write`.

A score has no velocities and here one tempo, that of its first phrase. Read back, notes, tempo, metre and
number of bars are the same. MusicXML holds any phrase from C0 (MIDI 12) upwards, ABC a melody.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from symvae.errors import MidiError
from symvae.music.grid import STEPS_PER_QUARTER
from symvae.music.io.abc_write import to_abc
from symvae.music.io.sniff import ABC, MXL
from symvae.music.phrase import Phrase, as_one

if TYPE_CHECKING:
    from music21 import stream

#: C0. The octave below, -1, does not exist in MusicXML, and music21 misreads it in ABC.
LOWEST_PITCH = 12


class Chord(NamedTuple):
    """Notes that start and end together."""

    onset_step: int
    duration_step: int
    pitches: list[int]


def score_bytes(phrases: Phrase | Sequence[Phrase], suffix: str, title: str = "") -> bytes:
    """Phrases in sequence as the bytes of a score.

    Args:
        phrases: One phrase, or several of one metre, written at the tempo of the first.
        suffix: Suffix of the format: .xml, .musicxml, .mxl or .abc.
        title: Title of the score.

    Returns:
        The file.

    Raises:
        MidiError: A pitch is below `LOWEST_PITCH`, or ABC gets several voices.
    """
    phrase = as_one(phrases)
    if len(phrase) and phrase.pitch.min() < LOWEST_PITCH:
        raise MidiError(
            f"A score goes down to C0, MIDI pitch {LOWEST_PITCH}, and this phrase to {phrase.pitch.min()}. "
            "Transpose it, or write MIDI."
        )
    if suffix == ABC:
        return to_abc(phrase, title).encode()
    with tempfile.TemporaryDirectory() as folder:
        written = _score(phrase, title).write(
            "mxl" if suffix == MXL else "musicxml", Path(folder) / f"score{suffix}"
        )
        return Path(written).read_bytes()


def _score(phrase: Phrase, title: str) -> Any:
    """A score with one staff a voice, since music21 loses notes when it separates voices itself."""
    from music21 import metadata, stream

    score = stream.Score([_staff(phrase, voice) for voice in _voices(phrase)])
    score.metadata = metadata.Metadata(title=title)
    return score


def _voices(phrase: Phrase) -> list[list[Chord]]:
    """The chords of a phrase in voices, each chord in the first voice that is free."""
    onset, duration, pitch, _ = phrase.without_overlaps().columns
    chords: dict[tuple[int, int], list[int]] = {}
    for start, steps, key in zip(onset.tolist(), duration.tolist(), pitch.tolist(), strict=True):
        chords.setdefault((start, steps), []).append(key)
    voices: list[list[Chord]] = [[]]
    for (start, steps), pitches in chords.items():
        free = next((v for v in voices if not v or v[-1].onset_step + v[-1].duration_step <= start), None)
        if free is None:
            free = []
            voices.append(free)
        free.append(Chord(start, steps, pitches))
    return voices


def _staff(phrase: Phrase, voice: list[Chord]) -> "stream.Part":
    from music21 import chord, meter, note, stream, tempo

    part = stream.Part()
    part.insert(0, meter.TimeSignature(phrase.grid.metre))
    part.insert(0, tempo.MetronomeMark(number=phrase.tempo_qpm, referent=note.Note(type="quarter")))
    for start, steps, pitches in voice:
        sound = note.Note(pitches[0]) if len(pitches) == 1 else chord.Chord(pitches)
        sound.quarterLength = steps / STEPS_PER_QUARTER
        part.insert(start / STEPS_PER_QUARTER, sound)
    last_step = voice[-1].onset_step + voice[-1].duration_step if voice else 0
    if last_step < phrase.grid.num_steps:
        silence = note.Rest(quarterLength=(phrase.grid.num_steps - last_step) / STEPS_PER_QUARTER)
        part.insert(last_step / STEPS_PER_QUARTER, silence)
    return part

"""`pretty_midi.PrettyMIDI` to song, and phrase to `pretty_midi.PrettyMIDI`.

A PrettyMIDI has no markers: the end of the music is a text event "end" (see `symvae.music.io.end_marker`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pretty_midi

from symvae.errors import MidiError
from symvae.music.io.end_marker import END_MARKER, is_end_marker
from symvae.music.io.midi_write import TICKS_PER_QUARTER, TICKS_PER_STEP, track_name
from symvae.music.io.programs import check_program
from symvae.music.io.validate import validated
from symvae.music.phrase import Phrase, as_one
from symvae.music.song import MetreChange, Song, TempoChange, Track


def to_pretty_midi(phrases: Phrase | Sequence[Phrase], program: int = 0) -> pretty_midi.PrettyMIDI:
    """Convert a phrase, or several in sequence at the tempo of the first, to a `pretty_midi.PrettyMIDI`."""
    phrase = as_one(phrases)
    midi = pretty_midi.PrettyMIDI(resolution=TICKS_PER_QUARTER, initial_tempo=phrase.tempo_qpm)
    midi.time_signature_changes.append(pretty_midi.TimeSignature(*phrase.grid.time_signature, 0.0))
    instrument = pretty_midi.Instrument(check_program(program), name=track_name(phrase))
    step_sec = midi.tick_to_time(TICKS_PER_STEP)
    instrument.notes = [
        pretty_midi.Note(int(velocity), int(pitch), onset * step_sec, (onset + duration) * step_sec)
        for onset, duration, pitch, velocity in zip(*phrase.without_overlaps().columns, strict=True)
    ]
    midi.instruments.append(instrument)
    midi.text_events.append(pretty_midi.Text(END_MARKER, phrase.grid.num_steps * step_sec))
    return midi


def from_pretty_midi(midi: Any) -> Song:
    """Convert a `pretty_midi.PrettyMIDI` to a song.

    Raises:
        MidiError: The argument is no PrettyMIDI, or its times contradict each other.
    """
    if not isinstance(midi, pretty_midi.PrettyMIDI):
        raise MidiError(
            f"Music cannot be read from {midi!r:.60}. Give a path, the file's bytes or a PrettyMIDI."
        )
    try:
        song = _song(midi)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError, ArithmeticError) as error:
        raise MidiError(
            f"The PrettyMIDI object contradicts itself ({error}). Check its notes' times."
        ) from error
    return validated(song, "the PrettyMIDI object", "")


def _song(midi: pretty_midi.PrettyMIDI) -> Song:
    to_tick = midi.time_to_tick
    tempo_sec, tempo_qpm = midi.get_tempo_changes()
    texts = getattr(midi, "text_events", [])
    ends = [to_tick(each.time) for each in texts if is_end_marker(each.text)]
    return Song(
        ticks_per_quarter=int(midi.resolution),
        metres=tuple(
            MetreChange(int(to_tick(m.time)), int(m.numerator), int(m.denominator))
            for m in midi.time_signature_changes
        ),
        tempos=tuple(
            TempoChange(int(to_tick(sec)), float(qpm)) for sec, qpm in zip(tempo_sec, tempo_qpm, strict=True)
        ),
        tracks=tuple(_track(part, midi) for part in midi.instruments),
        end_tick=max(ends, default=0),
    )


def _track(part: pretty_midi.Instrument, midi: pretty_midi.PrettyMIDI) -> Track:
    to_tick = midi.time_to_tick
    onset = np.array([to_tick(note.start) for note in part.notes], np.int64)
    end = np.array([to_tick(note.end) for note in part.notes], np.int64)
    pitch = np.array([note.pitch for note in part.notes], np.int64)
    velocity = np.array([note.velocity for note in part.notes], np.int64)
    controls = [(to_tick(each.time), each.number, each.value) for each in part.control_changes]
    bends = [(to_tick(each.time), each.pitch) for each in part.pitch_bends]
    return Track(
        *(part.name, int(part.program), bool(part.is_drum), onset, end - onset, pitch, velocity),
        controls=np.array(sorted(controls), np.int64).reshape(-1, 3),
        bends=np.array(sorted(bends), np.int64).reshape(-1, 2),
    )

"""`pretty_midi.PrettyMIDI` ↔ song.

A PrettyMIDI has notes, controllers, pitch bends, programs, names, tempos, metres, keys, lyrics and text. It
has no markers: these are text events, as is the end of the music, "end" (see `symvae.music.io.end_marker`).
"""

from typing import Any

import numpy as np
import pretty_midi

from symvae.errors import MidiError
from symvae.music.io.bridges.words import TEXT, Key, Word, keys_of, with_words, words_of
from symvae.music.io.end_marker import END_MARKER, is_end_marker
from symvae.music.io.events import LYRIC
from symvae.music.io.validate import validated
from symvae.music.song import MetreChange, Song, TempoChange, Track


def from_song(song: Song) -> pretty_midi.PrettyMIDI:
    """Convert a song, with its whole tempo map."""
    midi = pretty_midi.PrettyMIDI(resolution=song.ticks_per_quarter, initial_tempo=song.tempos[0].qpm)
    midi._tick_scales = [(tempo.tick, 60.0 / (tempo.qpm * song.ticks_per_quarter)) for tempo in song.tempos]
    ticks = [song.end_tick, song.tempos[-1].tick, song.metres[-1].tick]
    ticks += [word.tick for word in words_of(song)[-1:]] + [key.tick for key in keys_of(song)[-1:]]
    for track in song.tracks:
        ticks += [*track.controls[-1:, 0].tolist(), *track.bends[-1:, 0].tolist()]
    midi._update_tick_to_time(max(ticks) + 1)
    second = midi.tick_to_time
    midi.time_signature_changes = [
        pretty_midi.TimeSignature(metre.numerator, metre.denominator, second(metre.tick))
        for metre in song.metres
    ]
    midi.text_events = [pretty_midi.Text(END_MARKER, second(song.end_tick))]
    for tick, kind, text in words_of(song):
        place = (midi.lyrics, pretty_midi.Lyric) if kind == LYRIC else (midi.text_events, pretty_midi.Text)
        place[0].append(place[1](text, second(tick)))
    midi.key_signature_changes = [
        pretty_midi.KeySignature(
            pretty_midi.mode_accidentals_to_key_number(int(key.is_minor), key.sharps), second(key.tick)
        )
        for key in keys_of(song)
    ]
    for track in song.tracks:
        part = pretty_midi.Instrument(track.program, track.is_drum, track.name)
        columns = (track.velocity, track.pitch, track.onset_tick, track.end_tick)
        part.notes = [
            pretty_midi.Note(velocity, pitch, second(onset), second(end))
            for velocity, pitch, onset, end in zip(*(column.tolist() for column in columns), strict=True)
        ]
        part.control_changes = [
            pretty_midi.ControlChange(number, value, second(tick))
            for tick, number, value in track.controls.tolist()
        ]
        part.pitch_bends = [
            pretty_midi.PitchBend(value, second(tick)) for tick, value in track.bends.tolist()
        ]
        midi.instruments.append(part)
    return midi


def to_song(midi: pretty_midi.PrettyMIDI, where: str) -> Song:
    """Convert a PrettyMIDI.

    Raises:
        MidiError: Its times contradict each other.
    """
    try:
        song, words, keys = _song(midi), *_words(midi)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError, ArithmeticError) as error:
        raise MidiError(
            f"The PrettyMIDI object contradicts itself ({error}). Check its notes' times."
        ) from error
    return with_words(validated(song, where, ""), words, keys)


def _words(midi: pretty_midi.PrettyMIDI) -> tuple[list[Word], list[Key]]:
    """Lyrics, other text and keys of a PrettyMIDI."""
    tick = midi.time_to_tick
    words = [Word(int(tick(each.time)), LYRIC, each.text) for each in midi.lyrics]
    words += [Word(int(tick(each.time)), TEXT, each.text) for each in getattr(midi, "text_events", [])]
    keys = []
    for each in midi.key_signature_changes:
        mode, sharps = pretty_midi.key_number_to_mode_accidentals(each.key_number)
        keys.append(Key(int(tick(each.time)), sharps, bool(mode)))
    return words, keys


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
        end_tick=int(max(ends, default=0)),
    )


def _track(part: Any, midi: pretty_midi.PrettyMIDI) -> Track:
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

"""Phrases and songs to MIDI files, at 120 ticks a sixteenth.

Written are notes with velocities, tempo, time signature, programs and the end marker (see
`symvae.music.io.end_marker`); of a song that was read from a file everything else in that file, too.
Reading a phrase on its own grid gives the phrase back, note for note, silence included:

    windows(load(write(phrase, path)), phrase.grid).phrases == (phrase,)

for tempos from 4 to 500 quarter notes a minute. Above, MIDI's own unit (whole microseconds a quarter) is
coarser than a hundredth. MIDI cannot hold two sounding notes of equal pitch, since its note-off names only
the pitch: `Phrase.without_overlaps` shortens the earlier one.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from symvae.music.arrangement import AnyPhrase, Arrangement, as_arrangement, join_arrangements
from symvae.music.grid import STEPS_PER_QUARTER, Grid
from symvae.music.io.events import to_bytes as events_to_bytes
from symvae.music.io.file_bytes import write_bytes
from symvae.music.io.midi_build import built
from symvae.music.io.midi_patch import patched
from symvae.music.phrase import Phrase, as_one
from symvae.music.quantize import resolve_overlaps
from symvae.music.song import MetreChange, Song, TempoChange, Track

TICKS_PER_QUARTER = 480
TICKS_PER_STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER


def write(
    phrases: AnyPhrase | Sequence[AnyPhrase],
    path: str | os.PathLike[str],
    program: int = 0,
    force: bool = False,
) -> Path:
    """Write a phrase, or several in sequence, as one MIDI file.

    Args:
        phrases: One phrase, or several of one metre; each keeps its tempo.
        path: The file to write.
        program: General MIDI program, 0 to 127.
        force: Overwrite an existing file.

    Returns:
        The path.
    """
    return write_bytes(to_bytes(phrases, program), path, force)


def to_bytes(phrases: AnyPhrase | Sequence[AnyPhrase], program: int = 0) -> bytes:
    """The MIDI file that `write` writes, as bytes."""
    return song_to_bytes(to_song(phrases, program))


def to_song(phrases: AnyPhrase | Sequence[AnyPhrase], program: int = 0) -> Song:
    """A phrase, or several in sequence, each at its own tempo, as a song of one track.

    Arrangements have a track for each part, with its own program.
    """
    if arrangements := _arrangements(phrases):
        whole = join_arrangements(arrangements)
        tracks = tuple(_track(phrase, name, whole.programs[name]) for name, phrase in whole.parts.items())
        return _song(tracks, whole.grid, _tempos(arrangements))
    phrase = as_one(phrases)
    return _song((_track(phrase, track_name(phrase), program),), phrase.grid, _tempos(phrases))


def _arrangements(music: AnyPhrase | Sequence[AnyPhrase]) -> list[Arrangement]:
    """The arrangements among the music, a phrase as one of its own; none where all are phrases."""
    found = [music] if isinstance(music, Phrase | Arrangement) else list(music)
    if not any(isinstance(each, Arrangement) for each in found):
        return []
    return [as_arrangement(each) for each in found]


def _track(phrase: Phrase, name: str, program: int) -> Track:
    notes = phrase.without_overlaps()
    return Track(
        name,
        program,
        phrase.is_drum,
        *resolve_overlaps(
            np.maximum(0, np.rint((notes.onset_step + notes.offset_step) * TICKS_PER_STEP).astype(np.int64)),
            notes.duration_step * TICKS_PER_STEP,
            notes.pitch,
            notes.velocity,
        ),
    )


def _song(tracks: tuple[Track, ...], grid: Grid, tempos: tuple[TempoChange, ...]) -> Song:
    return Song(
        TICKS_PER_QUARTER,
        metres=(MetreChange(0, *grid.time_signature),),
        tempos=tempos,
        tracks=tracks,
        end_tick=grid.num_steps * TICKS_PER_STEP,
    )


def song_to_bytes(song: Song) -> bytes:
    """A song as a MIDI file.

    A song that was read from a MIDI file is that file with the changes of the song (see
    `symvae.music.io.midi_patch`); any other is written anew, with the end marker at its end.

    Raises:
        MidiError: A tempo or a program is outside the range of MIDI.
    """
    return events_to_bytes(built(song) if song.events is None else patched(song))


def track_name(phrase: Phrase) -> str:
    """The name of a phrase's track in a file: "drums", else "melody" for one voice and "notes" for more."""
    if phrase.is_drum:
        return "drums"
    return "melody" if phrase.is_monophonic else "notes"


def _tempos(phrases: AnyPhrase | Sequence[AnyPhrase]) -> tuple[TempoChange, ...]:
    """The tempo of each phrase, where it differs from the one before."""
    changes: list[TempoChange] = []
    step = 0
    for phrase in [phrases] if isinstance(phrases, Phrase | Arrangement) else phrases:
        if not changes or changes[-1].qpm != phrase.tempo_qpm:
            changes.append(TempoChange(step * TICKS_PER_STEP, phrase.tempo_qpm))
        step += phrase.grid.num_steps
    return tuple(changes)

"""`muspy.Music` ↔ song.

A Music has notes, programs, names, tempos, metres, keys, lyrics and annotations (markers and other text), and
no controllers or pitch bends. The end of the music is an annotation "end" (see
`symvae.music.io.end_marker`). muspy's own writers round times to its resolution and leave annotations out of
MIDI files; an object keeps both.
"""

from pathlib import Path
from typing import Any

import muspy
import numpy as np

from symvae.errors import MidiError
from symvae.music.io.bridges.words import TEXT, Key, Word, keys_of, with_words, words_of
from symvae.music.io.end_marker import END_MARKER, is_end_marker
from symvae.music.io.events import LYRIC, MARKER
from symvae.music.io.limits import FILE_MIB, MIB
from symvae.music.io.validate import validated
from symvae.music.phrase import DEFAULT_VELOCITY
from symvae.music.song import MetreChange, Song, TempoChange, Track


def from_song(song: Song) -> muspy.Music:
    """Convert a song at its own resolution; for muspy's metrics ``adjust_resolution`` makes it coarser."""
    return muspy.Music(
        metadata=muspy.Metadata(title=song.name or None),
        resolution=song.ticks_per_quarter,
        tempos=[muspy.Tempo(tempo.tick, tempo.qpm) for tempo in song.tempos],
        time_signatures=[
            muspy.TimeSignature(metre.tick, metre.numerator, metre.denominator) for metre in song.metres
        ],
        key_signatures=[
            muspy.KeySignature(key.tick, mode="minor" if key.is_minor else "major", fifths=key.sharps)
            for key in keys_of(song)
        ],
        lyrics=[muspy.Lyric(word.tick, word.text) for word in words_of(song) if word.kind == LYRIC],
        annotations=[
            *(
                muspy.Annotation(word.tick, word.text, "marker" if word.kind == MARKER else "text")
                for word in words_of(song)
                if word.kind != LYRIC
            ),
            muspy.Annotation(song.end_tick, END_MARKER, "marker"),
        ],
        tracks=[_from_track(track) for track in song.tracks],
    )


def _from_track(track: Track) -> muspy.Track:
    columns = (track.onset_tick, track.pitch, track.duration_tick, track.velocity)
    notes = [muspy.Note(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    return muspy.Track(track.program, track.is_drum, track.name, notes)


def load(path: Path) -> Song:
    """Read a Music that muspy saved, as JSON or YAML.

    Raises:
        MidiError: The file is damaged, or of another kind.
    """
    try:
        FILE_MIB.check(path.stat().st_size / MIB, str(path))
        music = muspy.load(path)
    except MidiError:
        raise
    except Exception as error:  # muspy's readers raise errors of any class
        raise MidiError(f"{path} is no saved Music of muspy ({error}). Save it again.") from error
    return to_song(music, str(path))


def to_song(music: muspy.Music, where: str) -> Song:
    """Convert a Music; a chord is the notes that it names.

    Raises:
        MidiError: An attribute is missing or of a wrong type.
    """
    try:
        song, words, keys = _song(music), *_words(music)
    except (ValueError, TypeError, OverflowError, AttributeError) as error:
        raise MidiError(
            f"The Music object cannot be read ({error}). Check it with its validate()."
        ) from error
    return with_words(validated(song, where, song.name), words, keys)


def _words(music: muspy.Music) -> tuple[list[Word], list[Key]]:
    """Lyrics, annotations and keys of a Music; those of its parts, too."""
    words, keys = [], []
    for holder in (music, *music.tracks):
        words += [Word(int(each.time), LYRIC, str(each.lyric)) for each in holder.lyrics]
        for each in holder.annotations:
            kind = MARKER if each.group == "marker" else TEXT
            words.append(Word(int(each.time), kind, str(each.annotation)))
    for each in music.key_signatures:
        if each.fifths is not None:
            keys.append(Key(int(each.time), int(each.fifths), each.mode == "minor"))
    return words, keys


def _song(music: muspy.Music) -> Song:
    ends = [int(each.time) for each in music.annotations if is_end_marker(str(each.annotation))]
    return Song(
        ticks_per_quarter=int(music.resolution),
        metres=tuple(
            MetreChange(int(each.time), int(each.numerator), int(each.denominator))
            for each in music.time_signatures
        ),
        tempos=tuple(TempoChange(int(each.time), float(each.qpm)) for each in music.tempos),
        tracks=tuple(_track(part) for part in music.tracks),
        end_tick=max(ends, default=0),
        name=str(music.metadata.title or ""),
    )


def _track(part: Any) -> Track:
    rows = [(note.time, note.duration, note.pitch, note.velocity) for note in part.notes]
    for chord in part.chords:
        rows += [(chord.time, chord.duration, pitch, chord.velocity) for pitch in chord.pitches]
    filled = [(*row[:3], DEFAULT_VELOCITY if row[3] is None else row[3]) for row in rows]
    columns = np.array(filled, np.int64).reshape(-1, 4).T
    return Track(part.name or "", int(part.program), bool(part.is_drum), *columns)

"""music21 streams ↔ song.

A stream is read by way of MusicXML, so that repeats, pickups, ties and transposing instruments are read as in
a file (see `symvae.music.io.score_read`); velocities are kept. A song becomes a score with a part for each
track: bars with voices, ties and rests, a tempo mark for each change, programs, velocities, keys, lyrics and
text. A score has no controllers and no pitch bends, and its pitches start at C0 (MIDI 12).
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from music21 import chord, expressions, instrument, key, metadata, meter, note, stream, tempo, tie
from music21.musicxml.m21ToXml import GeneralObjectExporter

from symvae.errors import MidiError
from symvae.music.bars import bar_lines, ticks_per_bar
from symvae.music.io.bridges.words import keys_of, words_of
from symvae.music.io.events import LYRIC
from symvae.music.io.programs import DRUM_CHANNEL
from symvae.music.io.score_read import load_score_bytes
from symvae.music.io.sniff import MUSICXML
from symvae.music.phrase import DEFAULT_VELOCITY
from symvae.music.song import Song, Track

#: C0. The octave below, -1, does not exist in MusicXML.
LOWEST_PITCH = 12


class Sound(NamedTuple):
    """Notes of a voice that start and end together, or the part of them in one bar."""

    onset_tick: int
    end_tick: int
    heads: list[tuple[int, int]]
    """Pitch and velocity of each note; empty for a rest."""
    is_tied_in: bool = False
    is_tied_on: bool = False


def to_song(music: stream.Stream, where: str) -> Song:
    """Read a Score, Part, Measure or any other stream of one piece.

    Raises:
        MidiError: It cannot be written as a score, or holds several pieces.
    """
    if isinstance(music, stream.Opus):
        if len(music.scores) != 1:
            raise MidiError(f"This Opus holds {len(music.scores)} pieces. Give one of them: opus.scores[0].")
        music = music.scores[0]
    try:
        data = GeneralObjectExporter(music).parse()
    except Exception as error:  # music21 raises errors of any class
        fault = " ".join(str(error).split())[:200]
        raise MidiError(
            f"{where} cannot be read as a score ({fault}). Look at it with its show('text')."
        ) from error
    title = music.metadata.bestTitle if music.metadata is not None else None
    song = load_score_bytes(data, MUSICXML, where, title or "")
    parts = list(music.parts) if isinstance(music, stream.Score) else [music]
    if len(parts) != len(song.tracks):
        return song
    return replace(song, tracks=tuple(map(_with_velocities, song.tracks, parts)))


def _with_velocities(track: Track, part: stream.Stream) -> Track:
    """The velocities of a part, of which MusicXML keeps one a chord; not where repeats add notes."""
    heads = [
        (sound.getOffsetInHierarchy(part), head.pitch.ps, sound.quarterLength, head.volume.velocity)
        for sound in part.recurse().notes
        if sound.quarterLength > 0 and not isinstance(sound, note.Unpitched)
        for head in (sound.notes if isinstance(sound, chord.Chord) else [sound])
        if head.tie is None or head.tie.type == "start"
    ]
    if len(heads) != len(track):
        return track
    velocity = [each[3] or DEFAULT_VELOCITY for each in sorted(heads, key=lambda each: each[:3])]
    return replace(track, velocity=np.array(velocity, np.int64))


def from_song(song: Song) -> stream.Score:
    """Convert a song.

    Raises:
        MidiError: A pitch is below `LOWEST_PITCH`.
    """
    lowest = min((int(track.pitch.min()) for track in song.tracks if len(track)), default=LOWEST_PITCH)
    if lowest < LOWEST_PITCH:
        raise MidiError(
            f"A score goes down to C0, MIDI pitch {LOWEST_PITCH}, and this music to {lowest}. Transpose it."
        )
    lines = bar_lines(song)[:-1] or [0, round(ticks_per_bar(song, song.metres[0]))]
    score = stream.Score([_part(song, track, lines) for track in song.tracks or (Track.empty(),)])
    score.metadata = metadata.Metadata(title=song.name)
    bars = list(score.parts[0].getElementsByClass(stream.Measure))
    for change in song.tempos:
        bar = max(0, min(bisect_right(lines, change.tick), len(bars)) - 1)
        mark = tempo.MetronomeMark(number=change.qpm, referent=note.Note(type="quarter"))
        bars[bar].insert(Fraction(change.tick - lines[bar], song.ticks_per_quarter), mark)
    for word in words_of(song):
        bar = max(0, min(bisect_right(lines, word.tick), len(bars)) - 1)
        offset = Fraction(word.tick - lines[bar], song.ticks_per_quarter)
        sung = [n for n in bars[bar].recurse().notes if n.getOffsetInHierarchy(bars[bar]) == offset]
        if word.kind == LYRIC and sung:
            sung[0].addLyric(word.text)
        else:
            bars[bar].insert(offset, expressions.TextExpression(word.text))
    for signature in keys_of(song):
        bar = max(0, min(bisect_right(lines, signature.tick), len(bars)) - 1)
        bars[bar].insert(0, key.KeySignature(signature.sharps))
    return score


def _part(song: Song, track: Track, lines: list[int]) -> stream.Part:
    """A track in bars, with a Voice for each voice of a bar that has several."""
    part = stream.Part()
    part.partName = track.name
    voices = _voices(track)
    metre = ""
    for number, (start, end) in enumerate(pairwise(lines), 1):
        bar = stream.Measure(number=number)
        change = next(each for each in reversed(song.metres) if each.tick <= start)
        if change.name != metre:
            metre = change.name
            bar.insert(0, meter.TimeSignature(metre))
        inside = {row: _within(voice, start, end) for row, voice in enumerate(voices, 1)}
        sounding = {row: sounds for row, sounds in inside.items() if sounds} or {1: []}
        for row, sounds in sounding.items():
            line = bar if list(sounding) == [1] else stream.Voice(id=str(row))
            for sound in _with_rests(sounds, start, end):
                offset = Fraction(sound.onset_tick - start, song.ticks_per_quarter)
                line.insert(offset, _written(sound, song.ticks_per_quarter))
            if line is not bar:
                bar.insert(0, line)
        part.append(bar)
    player = instrument.instrumentFromMidiProgram(track.program)
    player.partName = track.name
    if track.is_drum:
        player.midiChannel = DRUM_CHANNEL
    part.insert(0, player)
    return part


def _voices(track: Track) -> list[list[Sound]]:
    """The chords of a track in voices, each in the first voice that is free."""
    chords: dict[tuple[int, int], list[tuple[int, int]]] = {}
    columns = (track.onset_tick, track.end_tick, track.pitch, track.velocity)
    for start, end, pitch, velocity in zip(*(column.tolist() for column in columns), strict=True):
        chords.setdefault((start, end), []).append((pitch, velocity))
    voices: list[list[Sound]] = []
    for (start, end), heads in chords.items():
        voice = next((each for each in voices if each[-1].end_tick <= start), None)
        if voice is None:
            voices.append(voice := [])
        voice.append(Sound(start, end, heads))
    return voices


def _within(voice: list[Sound], start: int, end: int) -> list[Sound]:
    """The part of a voice between two bar lines, tied over them."""
    return [
        Sound(
            max(sound.onset_tick, start),
            min(sound.end_tick, end),
            sound.heads,
            sound.onset_tick < start,
            sound.end_tick > end,
        )
        for sound in voice
        if sound.onset_tick < end and sound.end_tick > start
    ]


def _with_rests(sounds: list[Sound], start: int, end: int) -> Iterator[Sound]:
    for sound in [*sounds, Sound(end, end, [])]:
        if sound.onset_tick > start:
            yield Sound(start, sound.onset_tick, [])
        if sound.heads:
            yield sound
        start = sound.end_tick


def _written(sound: Sound, ticks_per_quarter: int) -> note.GeneralNote:
    notes = []
    for pitch, velocity in sound.heads:
        head = note.Note(pitch)
        head.volume.velocity = velocity
        if sound.is_tied_in:
            head.tie = tie.Tie("continue" if sound.is_tied_on else "stop")
        elif sound.is_tied_on:
            head.tie = tie.Tie("start")
        notes.append(head)
    written = chord.Chord(notes) if len(notes) > 1 else notes[0] if notes else note.Rest()
    written.quarterLength = Fraction(sound.end_tick - sound.onset_tick, ticks_per_quarter)
    return written

"""Checks of a file and of the song read from it, with one sentence for each fault.

A MIDI parser accepts an end after years, a tempo of 0 or a bar of 0/4, and code that works with such a song
divides by zero or fills the memory. Every song passes here once, and all later code relies on the
invariants of `symvae.music.song`. The bytes are checked before parsing, since parsers fail at wrong lengths
in the header; the song is checked after it.

This module knows the rules of MIDI and no MIDI library.
"""

from dataclasses import replace

import numpy as np

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.song import MetreChange, Song, TempoChange, Track

EXPORT_AGAIN = "Export it again from the program that made it."
#: Note values that a time signature may count: powers of two up to the 64th note.
DENOMINATORS = (1, 2, 4, 8, 16, 32, 64)


def check_header(data: bytes, where: str) -> None:
    """Check the first 14 bytes of a MIDI file and the lengths of its chunks.

    Raises:
        MidiError: The data is no complete MIDI file with ticks per quarter note; ``where`` names it.
    """
    limits.FILE_MIB.check(len(data) / limits.MIB, where)
    if not data:
        raise MidiError(f"{where} is empty. {EXPORT_AGAIN}")
    if data[:4] != b"MThd":
        raise MidiError(f"{where} is not a MIDI file: it does not begin with MThd. Give a .mid file.")
    if len(data) < 14:
        raise MidiError(f"{where} is cut off within its first 14 bytes. {EXPORT_AGAIN}")
    division = int.from_bytes(data[12:14], "big")
    if division == 0:
        raise MidiError(f"{where} has 0 ticks per quarter note, so no note has a time. {EXPORT_AGAIN}")
    if division & 0x8000:
        raise MidiError(
            f"{where} counts time in film frames (SMPTE), not beats. Export it with ticks per quarter note."
        )
    declared_tracks, found_tracks = int.from_bytes(data[10:12], "big"), 0
    start = 8 + int.from_bytes(data[4:8], "big")
    while found_tracks < declared_tracks and start + 8 <= len(data):
        length = int.from_bytes(data[start + 4 : start + 8], "big")
        found_tracks += data[start : start + 4] == b"MTrk"
        start += 8 + length
        if start > len(data):
            raise MidiError(f"{where} is cut off: a track of {length} bytes is incomplete. {EXPORT_AGAIN}")
    if found_tracks < declared_tracks:
        raise MidiError(f"{where} declares {declared_tracks} tracks and has {found_tracks}. {EXPORT_AGAIN}")


def validated(song: Song, where: str, name: str) -> Song:
    """The song with the invariants of `symvae.music.song`.

    Notes of no length last one tick. The metre map and the tempo map start at tick 0, with 4/4 and 120
    quarter notes a minute if the file has nothing there; of several changes at one tick the last counts, as
    in a player.

    Args:
        song: A song as parsed.
        where: The file in error messages.
        name: The name of the result.

    Returns:
        A song that keeps the invariants.

    Raises:
        MidiError: The song exceeds a limit, or holds a note, metre or tempo that cannot be.
    """
    if song.ticks_per_quarter < 1:
        raise MidiError(f"{where} has {song.ticks_per_quarter} ticks per quarter note. {EXPORT_AGAIN}")
    limits.NOTES.check(song.num_notes, where)
    limits.TRACKS.check(len(song.tracks), where)
    limits.METRES.check(len(song.metres), where)
    limits.TEMPOS.check(len(song.tempos), where)
    for track in song.tracks:
        _check_notes(track, where)
    tracks = tuple(replace(track, duration_tick=np.maximum(track.duration_tick, 1)) for track in song.tracks)
    end_tick = max([song.end_tick, *(int(track.end_tick.max()) for track in tracks if len(track))])
    limits.QUARTERS.check(-(-end_tick // song.ticks_per_quarter), where)
    for change in song.metres:
        if change.tick < 0 or change.numerator < 1 or change.denominator not in DENOMINATORS:
            raise MidiError(
                f"{where} has an impossible time signature, {change.name}. Correct it in a MIDI editor."
            )
    for tempo in song.tempos:
        if tempo.tick < 0 or not (np.isfinite(tempo.qpm) and tempo.qpm > 0):
            raise MidiError(f"{where} has an impossible tempo, {tempo.qpm:g}. Correct it in a MIDI editor.")
    metres = {change.tick: change for change in sorted(song.metres, key=lambda change: change.tick)}
    tempos = {change.tick: change for change in sorted(song.tempos, key=lambda change: change.tick)}
    metres = {0: MetreChange(0, 4, 4)} | metres
    tempos = {0: TempoChange(0, 120.0)} | tempos
    return Song(
        song.ticks_per_quarter,
        metres=tuple(metres.values()),
        tempos=tuple(tempos.values()),
        tracks=tracks,
        end_tick=end_tick,
        name=name,
    )


def _check_notes(track: Track, where: str) -> None:
    if not len(track):
        return
    place = f"{where}, track {track.name!r}," if track.name else where
    if track.onset_tick.min() < 0:
        raise MidiError(f"{place} has a note before the beginning. {EXPORT_AGAIN}")
    if track.duration_tick.min() < 0:
        raise MidiError(f"{place} has a note that ends before it starts. {EXPORT_AGAIN}")
    if track.pitch.min() < 0 or track.pitch.max() > 127:
        raise MidiError(f"{place} has a pitch outside MIDI's 0 to 127. {EXPORT_AGAIN}")
    if track.velocity.min() < 1 or track.velocity.max() > 127:
        raise MidiError(f"{place} has a velocity outside MIDI's 1 to 127. {EXPORT_AGAIN}")

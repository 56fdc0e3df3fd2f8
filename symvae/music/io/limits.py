"""What a file must be before it counts as music: the limits, and a sentence for each broken one.

A MIDI parser takes what it can parse: an end after years, a tempo of 0, a bar of 0/4. Whoever works
with such a song later divides by zero or fills the memory. So every song passes here once, and
everything behind may rely on it (see `symvae.music.song` for the promises). The bytes are looked at
first, since a wrong length in the header is where parsers stumble; the song is looked at afterwards.

This module knows MIDI's limits and no MIDI library.
"""

from dataclasses import replace

import numpy as np

from symvae.errors import MidiError
from symvae.music.song import MetreChange, Song, TempoChange, Track

# Nothing that a person plays comes near these; a damaged file does at once.
MAX_FILE_BYTES = 32 * 2**20
MAX_NOTES = 200_000
MAX_QUARTERS = 40_000  # 10,000 bars of 4/4, more than five hours
MAX_TRACKS = 256
MAX_METRES = 2_000
MAX_TEMPOS = 200_000  # a performance may carry one every few milliseconds
DENOMINATORS = (1, 2, 4, 8, 16, 32, 64)

EXPORT_AGAIN = "Export it again from the program that made it."


def check_header(data: bytes, where: str) -> None:
    """The first 14 bytes and the chunk lengths, so that the parser meets no surprise in them."""
    if len(data) > MAX_FILE_BYTES:
        raise MidiError(
            f"{where} is larger than {MAX_FILE_BYTES // 2**20} MiB. Give a MIDI file, not a recording."
        )
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
            raise MidiError(f"{where} is cut off: a track of {length} bytes is not all there. {EXPORT_AGAIN}")
    if found_tracks < declared_tracks:
        raise MidiError(f"{where} promises {declared_tracks} tracks and holds {found_tracks}. {EXPORT_AGAIN}")


def checked(song: Song, where: str, name: str) -> Song:
    """The song with its promises kept (see `symvae.music.song`), or a `MidiError`."""
    if song.ticks_per_quarter < 1:
        raise MidiError(f"{where} has {song.ticks_per_quarter} ticks per quarter note. {EXPORT_AGAIN}")
    if song.num_notes > MAX_NOTES:
        raise MidiError(
            f"{where} holds {song.num_notes} notes; at most {MAX_NOTES} are read. Split it into pieces."
        )
    if len(song.tracks) > MAX_TRACKS:
        raise MidiError(f"{where} has {len(song.tracks)} tracks; at most {MAX_TRACKS} are read. Split it.")
    if len(song.metres) > MAX_METRES:
        raise MidiError(f"{where} changes metre more than {MAX_METRES} times. Split it into pieces.")
    if len(song.tempos) > MAX_TEMPOS:
        raise MidiError(f"{where} changes tempo more than {MAX_TEMPOS} times. Split it into pieces.")
    for track in song.tracks:
        _check_notes(track, where)
    tracks = tuple(replace(track, duration_tick=np.maximum(track.duration_tick, 1)) for track in song.tracks)
    end_tick = max([song.end_tick, *(int(track.end_tick.max()) for track in tracks if len(track))])
    if end_tick > MAX_QUARTERS * song.ticks_per_quarter:
        raise MidiError(
            f"{where} ends after {end_tick // song.ticks_per_quarter} quarter notes; at most {MAX_QUARTERS} "
            "are read. A wrong time in the file is likely: export it again, or cut it."
        )
    for change in song.metres:
        if change.tick < 0 or change.numerator < 1 or change.denominator not in DENOMINATORS:
            raise MidiError(
                f"{where} has an impossible time signature, {change.name}. Correct it in a MIDI editor."
            )
    for tempo in song.tempos:
        if tempo.tick < 0 or not (np.isfinite(tempo.qpm) and tempo.qpm > 0):
            raise MidiError(f"{where} has an impossible tempo, {tempo.qpm:g}. Correct it in a MIDI editor.")
    # Of several changes at one tick the last counts, as in a player; without any, MIDI means 4/4 at 120.
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
    called = f"{where}, track {track.name!r}," if track.name else f"{where}"
    if track.onset_tick.min() < 0:
        raise MidiError(f"{called} has a note before the beginning. {EXPORT_AGAIN}")
    if track.duration_tick.min() < 0:
        raise MidiError(f"{called} has a note that ends before it starts. {EXPORT_AGAIN}")
    if track.pitch.min() < 0 or track.pitch.max() > 127:
        raise MidiError(f"{called} has a pitch outside MIDI's 0 to 127. {EXPORT_AGAIN}")
    if track.velocity.min() < 1 or track.velocity.max() > 127:
        raise MidiError(f"{called} has a velocity outside MIDI's 1 to 127. {EXPORT_AGAIN}")

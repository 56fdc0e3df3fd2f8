"""Checks of a song that was read from a file, with one sentence for each fault.

A MIDI parser accepts an end after years, a tempo of 0 or a bar of 0/4, and code that works with such a song
divides by zero or fills the memory. Every song passes here once, and all later code relies on the
invariants of `symvae.music.song`.

This module knows the rules of MIDI and no MIDI library.
"""

from dataclasses import replace

import numpy as np

from symvae.errors import MidiError
from symvae.music.io import limits
from symvae.music.io.events import EXPORT_AGAIN
from symvae.music.song import MetreChange, Song, TempoChange, Track

#: Note values that a time signature may count: powers of two up to the 64th note.
DENOMINATORS = (1, 2, 4, 8, 16, 32, 64)


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
    limits.CHORDS.check(len(song.chords), where)
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
    return replace(
        song,
        metres=tuple(metres.values()),
        tempos=tuple(tempos.values()),
        tracks=tracks,
        end_tick=end_tick,
        name=name,
        title=song.title,
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

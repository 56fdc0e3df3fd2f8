"""Parts of a song for players: notes in seconds, program, stereo position.

Ticks become seconds by the song's tempo map. The sustain pedal (controller 64) holds notes; channel volume
(7) and expression (11) apply as of each note's onset, pan (10) as of the first onset. A note that begins at
volume 0 gets the largest volume while it is held.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.audio.notes import Notes
from symvae.music.song import Song, Track

VOLUME, PAN, EXPRESSION, PEDAL = 7, 10, 11, 64
_PEDAL_DOWN = 64
_DEFAULT_VOLUME = 100


class Part(NamedTuple):
    """A track with notes."""

    name: str
    program: int
    """General MIDI program, from 0."""
    is_drum: bool
    notes: Notes
    pan: float | None = None
    """From -1 (left) to 1 (right); None where the file does not set it."""
    ignored: tuple[str, ...] = ()
    """Content of the part that no player renders, in words, as "3 pitch bends"."""


def parts_of(song: Song) -> tuple[list[Part], float]:
    """Convert a song to the parts that have notes, and its duration in seconds."""
    parts = []
    for number, track in enumerate(song.tracks):
        if len(track):
            parts.append(
                Part(
                    track.name or f"track {number}",
                    track.program,
                    track.is_drum,
                    notes := _notes(song, track),
                    _pan(track),
                    tuple(_ignored(track, notes)),
                )
            )
    return parts, float(seconds_at(song, np.array([song.end_tick]))[0])


def seconds_at(song: Song, tick: Int[np.ndarray, " event"]) -> Float[np.ndarray, " event"]:
    """Convert ticks to seconds by the song's tempo map."""
    starts = np.array([change.tick for change in song.tempos], np.float64)
    sec_per_tick = 60.0 / np.array([change.qpm for change in song.tempos]) / song.ticks_per_quarter
    at_start = np.concatenate([[0.0], np.cumsum(np.diff(starts) * sec_per_tick[:-1])])
    row = np.maximum(np.searchsorted(starts, tick, side="right") - 1, 0)
    return at_start[row] + (tick - starts[row]) * sec_per_tick[row]


def _notes(song: Song, track: Track) -> Notes:
    onset_sec = seconds_at(song, track.onset_tick)
    end_sec = seconds_at(song, _release_tick(track))
    # Both controllers have the curve of velocities: 40 dB a decade.
    level = _level(track, VOLUME, _DEFAULT_VOLUME) / _DEFAULT_VOLUME * _level(track, EXPRESSION, 127) / 127
    velocity = np.where(level > 0, np.clip(np.rint(track.velocity * level), 1, 127), 0).astype(np.int64)
    notes = Notes(onset_sec, end_sec - onset_sec, track.pitch, velocity)
    return notes.select(velocity > 0)


def _release_tick(track: Track) -> Int[np.ndarray, " note"]:
    """Tick at which each note is damped: its end, or the release of a pedal that is down then.

    A key that is struck again ends its earlier note.
    """
    end = track.end_tick.copy()
    pedal = _controller(track, PEDAL)
    if len(pedal):
        row = _row_at(pedal, end)
        held = (row >= 0) & (pedal[np.maximum(row, 0), 1] >= _PEDAL_DOWN)
        ups = pedal[pedal[:, 1] < _PEDAL_DOWN, 0]
        later = np.append(ups, max(int(end.max()), int(pedal[-1, 0])))
        end[held] = later[np.searchsorted(ups, end[held], side="right")]
    for pitch in np.unique(track.pitch):
        rows = np.flatnonzero(track.pitch == pitch)  # sorted by onset
        following = track.onset_tick[rows[1:]]
        cut = np.maximum(following, track.onset_tick[rows[:-1]] + 1)
        end[rows[:-1]] = np.minimum(end[rows[:-1]], cut)
    return np.maximum(end, track.onset_tick + 1)


def _ignored(track: Track, notes: Notes) -> Iterator[str]:
    muted = len(track) - len(notes.pitch)
    bends = int(np.count_nonzero(track.bends[:, 1]))
    pans = _controller(track, PAN)
    first = max(int(_row_at(pans, track.onset_tick[:1])[0]), 0)
    moves = int(np.count_nonzero(np.diff(pans[first:, 1])))
    for count, one, more in (
        (muted, "muted note", "muted notes"),
        (bends, "pitch bend", "pitch bends"),
        (moves, "later change of pan", "later changes of pan"),
    ):
        if count:
            yield f"{count} {one if count == 1 else more}"


def _level(track: Track, number: int, default: int) -> Float[np.ndarray, " note"]:
    """Value of a controller at each onset; where that is 0, its maximum while the note is held."""
    lane = _controller(track, number)
    row = _row_at(lane, track.onset_tick)
    level = np.where(row >= 0, lane[row, 1] if len(lane) else default, default)
    last = _row_at(lane, track.end_tick - 1)
    for note in np.flatnonzero(level == 0).tolist():
        level[note] = lane[row[note] : last[note] + 1, 1].max()
    return level.astype(float)


def _pan(track: Track) -> float | None:
    lane = _controller(track, PAN)
    if not len(lane):
        return None
    row = max(int(_row_at(lane, track.onset_tick[:1])[0]), 0)
    return float(np.clip((lane[row, 1] - 64) / 63, -1, 1))


def _controller(track: Track, number: int) -> Int[np.ndarray, "event 2"]:
    """Tick and value of each event of a controller."""
    return track.controls[track.controls[:, 1] == number][:, [0, 2]]


def _row_at(events: Int[np.ndarray, "event 2"], tick: Int[np.ndarray, " note"]) -> Int[np.ndarray, " note"]:
    """Index of the event in force at each tick; -1 before the first."""
    return np.searchsorted(events[:, 0], tick, side="right") - 1

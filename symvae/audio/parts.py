"""A song as parts for players: which notes, on what, where on the stage.

Ticks become seconds by the song's tempo map, the sustain pedal (controller 64) holds notes, channel
volume (7) and expression (11) count as they stand when each note begins, and pan (10) as it stands at the
first. A note that begins at a volume of 0 and swells is as loud as it becomes.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from symvae.audio.notes import Notes
from symvae.music.song import Song, Track

VOLUME, PAN, EXPRESSION, PEDAL = 7, 10, 11, 64
_PEDAL_DOWN = 64
_USUAL_VOLUME = 100


class Part(NamedTuple):
    """One track for one player."""

    name: str
    program: int
    """General MIDI program, from 0."""
    is_drum: bool
    notes: Notes
    pan: float | None = None
    """From -1 (left) to 1 (right); None where the file says nothing."""
    unheard: tuple[str, ...] = ()
    """What the file has in this part and no player plays, in words."""


def parts_of(song: Song) -> tuple[list[Part], float]:
    """The parts that have notes, and how long the music lasts in seconds."""
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
                    tuple(_unheard(track, notes)),
                )
            )
    return parts, float(seconds_at(song, np.array([song.end_tick]))[0])


def seconds_at(song: Song, tick: Int[np.ndarray, " event"]) -> Float[np.ndarray, " event"]:
    """When each tick is, by the song's tempos."""
    starts = np.array([change.tick for change in song.tempos], np.float64)
    per_tick = 60.0 / np.array([change.qpm for change in song.tempos]) / song.ticks_per_quarter
    at_start = np.concatenate([[0.0], np.cumsum(np.diff(starts) * per_tick[:-1])])
    row = np.maximum(np.searchsorted(starts, tick, side="right") - 1, 0)
    return at_start[row] + (tick - starts[row]) * per_tick[row]


def _notes(song: Song, track: Track) -> Notes:
    onset_sec = seconds_at(song, track.onset_tick)
    end_sec = seconds_at(song, _let_go(track))
    # Both controllers follow the same law as velocities: 40 dB a decade.
    level = _level(track, VOLUME, _USUAL_VOLUME) / _USUAL_VOLUME * _level(track, EXPRESSION, 127) / 127
    velocity = np.where(level > 0, np.clip(np.rint(track.velocity * level), 1, 127), 0).astype(np.int64)
    notes = Notes(onset_sec, end_sec - onset_sec, track.pitch, velocity)
    return notes.select(velocity > 0)


def _let_go(track: Track) -> Int[np.ndarray, " note"]:
    """When each note's damper falls: at its end, or with the pedal that is down then.

    A key that is struck again takes its older note's place.
    """
    end = track.end_tick.copy()
    pedal = _lane(track, PEDAL)
    if len(pedal):
        row = _standing(pedal, end)
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


def _unheard(track: Track, notes: Notes) -> Iterator[str]:
    muted = len(track) - len(notes.pitch)
    bends = int(np.count_nonzero(track.bends[:, 1]))
    pans = _lane(track, PAN)
    first = max(int(_standing(pans, track.onset_tick[:1])[0]), 0)
    moves = int(np.count_nonzero(np.diff(pans[first:, 1])))
    for count, one, more in (
        (muted, "muted note", "muted notes"),
        (bends, "pitch bend", "pitch bends"),
        (moves, "later place on the stage", "later places on the stage"),
    ):
        if count:
            yield f"{count} {one if count == 1 else more}"


def _level(track: Track, number: int, usual: int) -> Float[np.ndarray, " note"]:
    """Of a controller at each onset; where that is 0, the most that it comes to while the note is held."""
    lane = _lane(track, number)
    row = _standing(lane, track.onset_tick)
    level = np.where(row >= 0, lane[row, 1] if len(lane) else usual, usual)
    last = _standing(lane, track.end_tick - 1)
    for note in np.flatnonzero(level == 0).tolist():
        level[note] = lane[row[note] : last[note] + 1, 1].max()
    return level.astype(float)


def _pan(track: Track) -> float | None:
    lane = _lane(track, PAN)
    if not len(lane):
        return None
    row = max(int(_standing(lane, track.onset_tick[:1])[0]), 0)
    return float(np.clip((lane[row, 1] - 64) / 63, -1, 1))


def _lane(track: Track, number: int) -> Int[np.ndarray, "event 2"]:
    """Tick and value of each movement of a controller."""
    return track.controls[track.controls[:, 1] == number][:, [0, 2]]


def _standing(lane: Int[np.ndarray, "event 2"], tick: Int[np.ndarray, " note"]) -> Int[np.ndarray, " note"]:
    """The row of a lane that holds at each tick; -1 before the first."""
    return np.searchsorted(lane[:, 0], tick, side="right") - 1

"""A song as parts for players: which notes, on what, where on the stage.

Ticks become seconds by the song's tempo map, the sustain pedal (controller 64) holds notes, channel
volume (7), expression (11) and pan (10) count as they stand when each note begins.
"""

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
    """General MIDI programme, from 0."""
    is_drum: bool
    notes: Notes
    pan: float | None = None
    """From -1 (left) to 1 (right); None where the file says nothing."""


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
                    _notes(song, track),
                    _pan(track),
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
    level = _at_onset(track, VOLUME, _USUAL_VOLUME) / _USUAL_VOLUME * _at_onset(track, EXPRESSION, 127) / 127
    velocity = np.where(level > 0, np.clip(np.rint(track.velocity * level), 1, 127), 0).astype(np.int64)
    notes = Notes(onset_sec, end_sec - onset_sec, track.pitch, velocity)
    return notes.select(velocity > 0)


def _let_go(track: Track) -> Int[np.ndarray, " note"]:
    """When each note's damper falls: at its end, or with the pedal that is down then.

    A key that is struck again takes its older note's place.
    """
    end = track.end_tick.copy()
    pedal = track.controls[track.controls[:, 1] == PEDAL]
    if len(pedal):
        row = np.searchsorted(pedal[:, 0], end, side="right") - 1
        held = (row >= 0) & (pedal[np.maximum(row, 0), 2] >= _PEDAL_DOWN)
        ups = pedal[pedal[:, 2] < _PEDAL_DOWN, 0]
        later = np.append(ups, max(int(end.max()), int(pedal[-1, 0])))
        end[held] = later[np.searchsorted(ups, end[held], side="right")]
    for pitch in np.unique(track.pitch):
        rows = np.flatnonzero(track.pitch == pitch)  # sorted by onset
        following = track.onset_tick[rows[1:]]
        cut = np.maximum(following, track.onset_tick[rows[:-1]] + 1)
        end[rows[:-1]] = np.minimum(end[rows[:-1]], cut)
    return np.maximum(end, track.onset_tick + 1)


def _at_onset(track: Track, number: int, usual: int) -> Float[np.ndarray, " note"]:
    lane = track.controls[track.controls[:, 1] == number]
    if not len(lane):
        return np.full(len(track), float(usual))
    row = np.searchsorted(lane[:, 0], track.onset_tick, side="right") - 1
    return np.where(row >= 0, lane[np.maximum(row, 0), 2], usual).astype(float)


def _pan(track: Track) -> float | None:
    lane = track.controls[track.controls[:, 1] == PAN]
    return None if not len(lane) else float(np.clip((lane[0, 2] - 64) / 63, -1, 1))

"""Controllers (pedal, volume, pan …) of a MIDI file, by channel.

In MIDI a controller acts on its channel, from whichever track it is sent. A `symvae.music.song.Track` keeps
the controllers of its own track alone, which is right for writing it again, but many files put the pedal of
both hands into one track, or the volume before a program change. For playback `with_channel_controls` gives
every part all controllers of its channel.
"""

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from symvae.music.io.events import CONTROLLER, NOTE_ON, PROGRAM, Event, read_tracks, track_name
from symvae.music.io.file_bytes import read_bytes
from symvae.music.io.programs import DRUM_CHANNEL
from symvae.music.song import Song, Track


class ControlLane(NamedTuple):
    """The movements of one controller in one channel of one track of a file, in time order."""

    track_name: str
    channel: int
    """1 to 16, as musicians count."""
    tick: Int[np.ndarray, " event"]
    value: Int[np.ndarray, " event"]
    """0 to 127."""


def control_lanes(path: str | os.PathLike[str], number: int) -> list[ControlLane]:
    """Read every lane of controller ``number`` from a MIDI file, including tracks without notes."""
    lanes = []
    for track in read_tracks(read_bytes(path), str(path)):
        rows: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for event in track:
            if event.kind == CONTROLLER and event.data[0] == number:
                rows[event.channel + 1].append((event.tick, min(event.data[1], 127)))
        for channel, events in sorted(rows.items()):
            ticks, values = np.array(events, np.int64).T
            lanes.append(ControlLane(track_name(track), channel, ticks, values))
    return lanes


def with_channel_controls(song: Song, tracks: Sequence[Sequence[Event]]) -> Song:
    """Give every part of a song all controllers of its channel.

    The channel of a part is found by its notes: the one channel that has a note-on for each of them under
    the part's program. A part whose channel is ambiguous, such as two parts in unison, keeps its controllers.

    Args:
        song: A song read from a MIDI file.
        tracks: The events of the same file, by `symvae.music.io.events.read_tracks`.

    Returns:
        The song with new `Track.controls`.
    """
    controls: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    note_ons: defaultdict[int, set[tuple[int, int, int]]] = defaultdict(set)
    programs: defaultdict[int, int] = defaultdict(int)
    # By tick, and at one tick in the file's order.
    for event in sorted((event for track in tracks for event in track), key=lambda event: event.tick):
        if event.kind == CONTROLLER:
            controls[event.channel].append((event.tick, event.data[0], min(event.data[1], 127)))
        elif event.kind == PROGRAM:
            programs[event.channel] = event.data[0]
        elif event.kind == NOTE_ON and event.data[1]:
            note_ons[event.channel].add((event.tick, event.data[0], programs[event.channel]))

    def with_controls(track: Track) -> Track:
        rows = zip(track.onset_tick.tolist(), track.pitch.tolist(), strict=True)
        notes = {(tick, pitch, track.program) for tick, pitch in rows}
        channels = [
            channel
            for channel, of_channel in note_ons.items()
            if notes and notes <= of_channel and (channel == DRUM_CHANNEL) == track.is_drum
        ]
        if len(channels) != 1:
            return track
        return replace(track, controls=np.array(controls[channels[0]], np.int64).reshape(-1, 3))

    return replace(song, tracks=tuple(with_controls(track) for track in song.tracks))

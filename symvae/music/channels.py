"""Volume, pan and pedal as MIDI has them: they hold for a channel, wherever in the file they stand.

The reading of notes keeps a controller with the part in which it stands (`symvae.music.song.Track`). Files
put the pedal of both hands into the track of one, or the volume before a change of programme: whoever plays
a song gives each part what its channel is told.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import mido
import numpy as np

from symvae.music.song import Song, Track

_DRUMS = 9


def with_channel_controls(song: Song, tracks: Sequence[mido.MidiTrack]) -> Song:
    """The song with, in every part, all movements of its channel's controllers; ``tracks`` are its file's.

    A part whose channel cannot be told, as of two that play the same notes, keeps those that it has.
    """
    controls: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    struck: defaultdict[int, set[tuple[int, int, int]]] = defaultdict(set)
    programs: defaultdict[int, int] = defaultdict(int)
    for tick, message in _in_order(tracks):
        if message.type == "control_change":
            controls[message.channel].append((tick, message.control, message.value))
        elif message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type == "note_on" and message.velocity:
            struck[message.channel].add((tick, message.note, programs[message.channel]))

    def told(track: Track) -> Track:
        places = zip(track.onset_tick.tolist(), track.pitch.tolist(), strict=True)
        notes = {(tick, pitch, track.program) for tick, pitch in places}
        channels = [
            channel
            for channel, heard in struck.items()
            if notes and notes <= heard and (channel == _DRUMS) == track.is_drum
        ]
        if len(channels) != 1:
            return track
        return replace(track, controls=np.array(controls[channels[0]], np.int64).reshape(-1, 3))

    return replace(song, tracks=tuple(told(track) for track in song.tracks))


def _in_order(tracks: Sequence[mido.MidiTrack]) -> list[tuple[int, mido.Message]]:
    """What every track says to a channel with its tick, by tick; at one tick the file's order."""
    messages = []
    for track in tracks:
        tick = 0
        for message in track:
            tick += message.time
            if isinstance(message, mido.Message):
                messages.append((tick, message))
    return sorted(messages, key=lambda row: row[0])

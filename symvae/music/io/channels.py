"""Volume, pan and pedal as MIDI has them: they hold for a channel, wherever in the file they stand.

The reading of notes keeps a controller with the part in which it stands (`symvae.music.song.Track`). Files
put the pedal of both hands into the track of one, or the volume before a change of program: whoever plays
a song gives each part what its channel is told.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from symvae.music.io.events import CONTROLLER, NOTE_ON, PROGRAM, Event
from symvae.music.song import Song, Track

_DRUMS = 9


def with_channel_controls(song: Song, tracks: Sequence[Sequence[Event]]) -> Song:
    """The song with, in every part, all movements of its channel's controllers; ``tracks`` are its file's.

    A part whose channel cannot be told, as of two that play the same notes, keeps those that it has.
    """
    controls: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    struck: defaultdict[int, set[tuple[int, int, int]]] = defaultdict(set)
    programs: defaultdict[int, int] = defaultdict(int)
    # By tick, and at one tick in the file's order.
    for event in sorted((event for track in tracks for event in track), key=lambda event: event.tick):
        if event.kind == CONTROLLER:
            controls[event.channel].append((event.tick, event.data[0], min(event.data[1], 127)))
        elif event.kind == PROGRAM:
            programs[event.channel] = event.data[0]
        elif event.kind == NOTE_ON and event.data[1]:
            struck[event.channel].add((event.tick, event.data[0], programs[event.channel]))

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

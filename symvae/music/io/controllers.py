"""Controllers (pedal, volume, pan …) of a MIDI file, a lane for each track and channel that moves them."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from symvae.music.io.events import CONTROLLER, MidiFile, track_name
from symvae.music.io.midi_notes import track_offsets
from symvae.music.io.midi_read import text_encoding
from symvae.music.io.text_encoding import decode


class ControlLane(NamedTuple):
    """The movements of one controller in one channel of one track of a file, in time order."""

    track_name: str
    channel: int
    """1 to 16, as musicians count."""
    tick: Int[np.ndarray, " event"]
    value: Int[np.ndarray, " event"]
    """0 to 127."""


def control_lanes(midi: MidiFile, number: int) -> list[ControlLane]:
    """Read every lane of controller ``number`` from a MIDI file, including tracks without notes."""
    lanes = []
    encoding = text_encoding(midi)
    for track, offset in zip(midi.tracks, track_offsets(midi), strict=True):
        rows: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for event in track:
            if event.kind == CONTROLLER and event.data[0] == number:
                rows[event.channel + 1].append((event.tick + offset, event.data[1]))
        for channel, events in sorted(rows.items()):
            ticks, values = np.array(events, np.int64).T
            lanes.append(ControlLane(decode(track_name(track), encoding), channel, ticks, values))
    return lanes

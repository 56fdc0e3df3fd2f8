"""Events of a MIDI file that a `symvae.music.song.Song` does not keep, counted by name.

A song keeps notes, tempos, metres, track names and the end marker, and those controllers and pitch bends
whose track has notes of their channel. Everything else is lost when the song is written again.
"""

import os
from collections import Counter

from symvae.music.io.end_marker import is_end_marker
from symvae.music.io.events import (
    AFTERTOUCH,
    CHANNEL_PREFIX,
    CONTROLLER,
    END_OF_TRACK,
    EXCLUSIVE,
    KEY_AFTERTOUCH,
    MARKER,
    META,
    NOTE_ON,
    PITCH_BEND,
    PORT,
    TEMPO,
    TIME_SIGNATURE,
    TRACK_NAME,
    read_tracks,
)
from symvae.music.io.file_bytes import read_bytes

_KEPT_META = (TRACK_NAME, CHANNEL_PREFIX, PORT, END_OF_TRACK, TEMPO, TIME_SIGNATURE)
_META_NAMES = {
    0x01: "text",
    0x02: "copyright notice",
    0x04: "instrument name",
    0x05: "lyric",
    MARKER: "marker",
    0x07: "cue point",
    0x59: "key signature",
}
_EVENT_NAMES = {
    KEY_AFTERTOUCH: "aftertouch event",
    AFTERTOUCH: "aftertouch event",
    EXCLUSIVE: "exclusive message",
}
_NOTELESS_NAMES = {CONTROLLER: "noteless controller", PITCH_BEND: "noteless pitch bend"}


def dropped_events(path: str | os.PathLike[str]) -> dict[str, int]:
    """Count the events of a MIDI file that a song read from it does not hold, by name ("lyric" …)."""
    counts: Counter[str] = Counter()
    for track in read_tracks(read_bytes(path), str(path)):
        with_notes = {event.channel for event in track if event.kind == NOTE_ON}
        for event in track:
            if event.kind == META:
                kind, text = event.data[0], event.data[1:].decode("latin-1")
                if kind not in _KEPT_META and not (kind == MARKER and is_end_marker(text)):
                    counts[_META_NAMES.get(kind, "other meta event")] += 1
            elif event.kind in _EVENT_NAMES:
                counts[_EVENT_NAMES[event.kind]] += 1
            elif event.kind in _NOTELESS_NAMES and event.channel not in with_notes:
                counts[_NOTELESS_NAMES[event.kind]] += 1
    return dict(counts)

"""Words and keys of a song: lyrics, markers, cue points, other text, and key signatures, with their ticks.

A song keeps them in the events of the MIDI file that it was read from. The bridges hand them to libraries
that have a place for them, and a song that is read from a library gets events to keep them in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from symvae.music.io.end_marker import is_end_marker
from symvae.music.io.events import KEY_SIGNATURE, LYRIC, MARKER, META, Event, meta
from symvae.music.io.midi_build import built, in_order
from symvae.music.io.midi_read import text_encoding, view
from symvae.music.io.text_encoding import decode
from symvae.music.song import Song

TEXT, CUE = 0x01, 0x07
#: The most sharps or flats of a key.
MOST_SHARPS = 7


class Word(NamedTuple):
    """A text at a time."""

    tick: int
    kind: int
    """`TEXT`, `LYRIC`, `MARKER` or `CUE`."""
    text: str


class Key(NamedTuple):
    """A key signature at a time."""

    tick: int
    sharps: int
    """Sharps, or flats as negative numbers: -7 to 7."""
    is_minor: bool


def words_of(song: Song) -> list[Word]:
    """The words of a song in time order, without the end marker."""
    if song.events is None:
        return []
    encoding = text_encoding(song.events)
    found = [
        Word(event.tick, event.data[0], decode(event.data[1:], encoding))
        for event in _meta_events(song)
        if event.data[0] in (TEXT, LYRIC, MARKER, CUE)
    ]
    return sorted(each for each in found if not (each.kind == MARKER and is_end_marker(each.text)))


def keys_of(song: Song) -> list[Key]:
    """The key signatures of a song in time order, without impossible ones."""
    found = [
        Key(event.tick, int.from_bytes(event.data[1:2], "big", signed=True), event.data[2] == 1)
        for event in _meta_events(song)
        if event.data[0] == KEY_SIGNATURE and len(event.data) > 2
    ]
    return sorted(each for each in found if abs(each.sharps) <= MOST_SHARPS)


def with_words(song: Song, words: Sequence[Word], keys: Sequence[Key]) -> Song:
    """A song without events as one with events that hold words and keys.

    Args:
        song: A song that was not read from a MIDI file.
        words: Its words.
        keys: Its key signatures.

    Returns:
        The song as it is read from its file; without words and keys the song itself.
    """
    texts = [each for each in words if not (each.kind in (TEXT, MARKER) and is_end_marker(each.text))]
    events = [meta(tick, kind, text.encode()) for tick, kind, text in texts]
    for tick, sharps, is_minor in keys:
        if abs(sharps) <= MOST_SHARPS:
            events.append(meta(tick, KEY_SIGNATURE, bytes([sharps % 256, is_minor])))
    if not events:
        return song
    midi = built(song)
    conductor, *parts = midi.tracks
    return view(replace(midi, tracks=(in_order([*conductor, *events]), *parts)), name=song.name).song


def _meta_events(song: Song) -> Iterator[Event]:
    for track in song.events.tracks if song.events is not None else ():
        yield from (event for event in track if event.kind == META)

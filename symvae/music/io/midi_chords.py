"""Chord symbols of a MIDI file: texts, lyrics, markers or cues that are chord names.

MIDI has no chord symbols, and lead-sheet programs write them as text. The texts of one kind in one track are
judged together: they are chords where all of them are, there are two or more, and at least one is more than a
letter. So syllables of a song, section marks A, B, A and note names C4, D4 are none. Of several such rows the
longest is taken.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from symvae.music.chord_symbols import ChordChange, ChordSymbol, changes_of, parse_symbol
from symvae.music.io.end_marker import is_end_marker
from symvae.music.io.events import CUE, LYRIC, MARKER, META, TEXT, Event, MidiFile, meta
from symvae.music.io.midi_notes import track_offsets
from symvae.music.io.text_encoding import decode

_KINDS = {TEXT: "texts", LYRIC: "lyrics", MARKER: "markers", CUE: "cues"}
_FEWEST = 2
_LETTER = re.compile(r"[A-G]")
_NOTE_NAME = re.compile(r"[A-G][#b]?-?\d")


def chords_of_file(midi: MidiFile, encoding: str) -> tuple[tuple[ChordChange, ...], str]:
    """Find the chord symbols of a file.

    Args:
        midi: The events.
        encoding: Encoding of its text.

    Returns:
        The chords by ascending tick, and their place in words; empty where there are none.
    """
    rows: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for number, (track, offset) in enumerate(zip(midi.tracks, track_offsets(midi), strict=True)):
        for tick, status, data in track:
            if status == META and data[0] in _KINDS:
                text = decode(data[1:], encoding)
                if text and not (data[0] == MARKER and is_end_marker(text)):
                    rows[number, data[0]].append((tick + offset, text))
    found = {place: chords for place, row in rows.items() if (chords := _chords(row))}
    if not found:
        return (), ""
    number, kind = max(found, key=lambda place: len(found[place]))
    return changes_of(dict(found[number, kind])), f"{_KINDS[kind]} of track {number}"


def chord_events(changes: Sequence[ChordChange]) -> list[Event]:
    """Chord symbols as text events, which `chords_of_file` reads again."""
    letters = all(_LETTER.fullmatch(str(change.symbol)) for change in changes)
    return [meta(tick, TEXT, (str(symbol) + "maj" * letters).encode()) for tick, symbol in changes]


def _chords(row: Sequence[tuple[int, str]]) -> list[tuple[int, ChordSymbol]]:
    """The chords of a row of texts; empty where it is none of chords."""
    texts = {text for _, text in row}
    if len(row) < _FEWEST or all(map(_NOTE_NAME.fullmatch, texts)) or all(map(_LETTER.fullmatch, texts)):
        return []
    chords = [(tick, symbol) for tick, text in row if (symbol := parse_symbol(text)) is not None]
    return chords if len(chords) == len(row) else []

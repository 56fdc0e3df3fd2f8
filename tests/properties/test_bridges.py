"""Bridges to other libraries: a phrase is equal after conversion to each and back, and so are songs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symvae
from symvae.errors import MidiError
from symvae.music.io.source import load_any
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.windows import windows
from tests.properties.test_midi import TEMPOS_QPM, phrases

QUICK = (symvae.to_pretty_midi, symvae.to_muspy, symvae.to_symusic, symvae.to_mido)


def reading(music, grid) -> tuple[Phrase, ...]:
    return windows(load_any(music), grid, polyphonic=True).phrases


@pytest.mark.parametrize("convert", QUICK, ids=lambda convert: convert.__name__)
@given(phrase=phrases())
@settings(max_examples=40)
def test_a_phrase_is_equal_after_conversion_and_back(convert, phrase: Phrase) -> None:
    assert reading(convert(phrase), phrase.grid) == (phrase,)


@given(phrases())
@settings(max_examples=12)
def test_a_phrase_is_equal_after_conversion_to_music21_and_back(phrase: Phrase) -> None:
    phrase = phrase.select(phrase.pitch >= 12)
    assert reading(symvae.to_music21(phrase), phrase.grid) == (phrase,)


@st.composite
def songs(draw) -> Song:
    """Two bars of each of some metres, tempo changes anywhere, and tracks of any instrument."""
    metres, tick = [], 0
    for name in draw(st.lists(st.sampled_from(list(METRES)), min_size=1, max_size=3)):
        numerator, denominator = map(int, name.split("/"))
        metres.append(MetreChange(tick, numerator, denominator))
        tick += 2 * numerator * 4 * 480 // denominator
    changes = draw(st.dictionaries(st.integers(1, tick - 1), TEMPOS_QPM, max_size=3))
    tempos = [TempoChange(at, qpm) for at, qpm in sorted({0: draw(TEMPOS_QPM), **changes}.items())]
    tracks = []
    for index in range(draw(st.integers(1, 3))):
        starts = sorted(draw(st.sets(st.integers(0, tick - 1), max_size=6)))
        ends = [*starts[1:], tick]
        columns = (np.array(starts, np.int64), np.subtract(ends[: len(starts)], starts).astype(np.int64))
        pitch, velocity = (
            np.array(
                draw(st.lists(st.integers(1, 127), min_size=len(starts), max_size=len(starts))), np.int64
            )
            for _ in range(2)
        )
        program = draw(st.integers(0, 127))
        tracks.append(Track(f"part {index}", program, index == 2, *columns, pitch, velocity))
    return Song(480, tuple(metres), tuple(tempos), tuple(tracks), tick, "a song")


def contents(song: Song) -> list:
    tracks = [
        (track.name, track.program, track.is_drum, *(column.tolist() for column in track.columns))
        for track in song.tracks
        if len(track)
    ]
    tempos = [(change.tick, pytest.approx(change.qpm, abs=0.01)) for change in song.tempos]
    return [song.end_tick, [(change.tick, change.name) for change in song.metres], tempos, tracks]


@pytest.mark.parametrize("convert", QUICK, ids=lambda convert: convert.__name__)
@given(song=songs())
@settings(max_examples=25)
def test_a_song_has_the_same_parts_tempos_and_metres_after_conversion_and_back(convert, song: Song) -> None:
    assert contents(load_any(convert(song))) == contents(song)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_in_one_sentence(data: bytes) -> None:
    for head in (b"", b"MThd", b"RIFF\0\0\0\0RMID", b"PK\3\4", b"<", b"X:1\n"):
        with pytest.raises(MidiError):
            symvae.read(head + data)

"""Chord symbols: parsed, written, placed on a song."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.errors import ConfigError
from symvae.music.chord_symbols import (
    chart_changes,
    chords_in_words,
    is_like_a_symbol,
    parse_chart,
    parse_symbol,
    quality_tones,
)
from symvae.music.chords import QUALITIES, chords_at
from symvae.music.grid import Grid

QUALITY = st.sampled_from(
    [
        "",
        "m",
        "7",
        "maj7",
        "m7",
        "m7b5",
        "dim",
        "dim7",
        "aug",
        "+7",
        "6",
        "6/9",
        "m6",
        "9",
        "maj9",
        "m9",
        "11",
        "13",
        "sus2",
        "sus4",
        "7sus4",
        "add9",
        "madd9",
        "mMaj7",
        "7b9",
        "7#9#5",
        "7alt",
        "5",
        "maj7#11",
        "7no3",
    ]
)


@given(
    st.sampled_from("CDEFGAB"), st.sampled_from(["", "b", "#"]), QUALITY, st.sampled_from(["", "/D", "/Gb"])
)
def test_a_symbol_is_written_as_it_is_parsed(letter, sign, quality, bass):
    symbol = parse_symbol(letter + sign + quality + bass)
    assert parse_symbol(str(symbol)) == symbol
    assert symbol.transposed(5).transposed(7) == symbol
    assert symbol.root in symbol.pitch_classes
    assert symbol.bass in symbol.pitch_classes


@pytest.mark.parametrize(
    ("texts", "tones"),
    [
        ("Cm7 C-7 Cmin7 Cmi7 Am7/C", {0, 3, 7, 10}),
        ("CΔ7 CΔ Cmaj7 CM7 Cma7 C^7", {0, 4, 7, 11}),
        ("Cm7b5 Cø C-7b5 Cm7(b5) Chdim7", {0, 3, 6, 10}),
        ("C7b9 C7(b9) C7-9", {0, 1, 4, 7, 10}),
        ("Caug C+ C(#5)", {0, 4, 8}),
        ("Cdim7 C°7 Co7", {0, 3, 6, 9}),
        ("C/E C Cmaj C/G", {0, 4, 7}),
        ("Bb/D Bb A# B♭", {10, 2, 5}),
        ("F#m Gbm F♯m/A F#-", {6, 9, 1}),
    ],
)
def test_spellings_of_one_chord(texts, tones):
    for text in texts.split():
        if text != "Am7/C":
            assert parse_symbol(text).pitch_classes == tones, text


def test_a_bass_is_a_tone_and_no_chord_leaves_all_free():
    assert parse_symbol("C/D").pitch_classes == {0, 2, 4, 7}
    assert str(parse_symbol("C/D")) == "C/D"
    for text in ("N.C.", "NC", "n.c."):
        assert parse_symbol(text).pitch_classes == set(range(12))


@pytest.mark.parametrize(
    "text",
    [
        "Coda",
        "Fine",
        "D.C.",
        "Bridge",
        "Chorus",
        "Do",
        "Go",
        "Fa",
        "Add",
        "Bad",
        "Am.",
        "Amen",
        "H",
        "H7",
        "a",
        "am",
        "C4",
        "A2",
        "7",
        "m",
    ],
)
def test_words_are_no_chords(text):
    assert parse_symbol(text) is None


def test_texts_that_only_look_like_chords_are_told_from_words():
    assert all(map(is_like_a_symbol, ("C7xyz", "Gmaj?", "D/H")))
    assert not any(map(is_like_a_symbol, ("Coda", "Chorus", "Amen", "Bridge", "Do")))


@pytest.mark.parametrize("name", QUALITIES)
def test_estimated_chords_have_the_tones_of_their_names(name):
    assert quality_tones(name) == tuple(sorted(QUALITIES[name]))


def test_a_chart_has_one_chord_a_bar_or_shares_it():
    words = [" ".join(map(str, bar)) for bar in parse_chart("C | Am F | % | Bb/D G7 C |")]
    assert words == ["C", "Am F", "F", "Bb/D G7 C"]
    assert [len(bar) for bar in parse_chart("C Am F G")] == [1, 1, 1, 1]


def test_a_chart_goes_on_to_the_end_of_the_song():
    changes = chart_changes(parse_chart("C | Am F"), [0, 1920, 3840, 5760, 7680])
    assert [(change.tick, str(change.symbol)) for change in changes] == [
        (0, "C"),
        (1920, "Am"),
        (2880, "F"),
        (3840, "C"),
        (5760, "Am"),
        (6720, "F"),
    ]
    assert chords_in_words(changes, 2) == "C Am …"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("C Xm F", "'Xm' in bar 2 of the chords is no chord symbol"),
        ("% C", "Bar 1 of the chords has none, and none stands before it"),
        ("  ", "There are no chords"),
    ],
)
def test_a_chart_that_cannot_be_read(text, fault):
    with pytest.raises(ConfigError, match=fault):
        parse_chart(text)


def test_chords_lie_on_the_longest_spans_that_hold_them():
    half = chords_at(chart_changes(parse_chart("C | Am F"), [0, 16, 32]), Grid(2), 0.0, 1.0)
    assert (half.span_step, half.names()) == (8, ["C", "C", "Am", "F"])
    beat = chords_at(chart_changes(parse_chart("C Am F G | C"), [0, 16, 32]), Grid(2), 0.0, 1.0)
    assert (beat.span_step, beat.names()) == (4, ["C", "Am", "F", "G", "C", "C", "C", "C"])
    assert beat.tones()[1].nonzero()[0].tolist() == [0, 4, 9]
    later = chords_at(chart_changes(parse_chart("G/B"), [64, 80]), Grid(2), 0.0, 4.0)
    assert later.names() == ["N", "N", "G", "G"]
    assert later.tones()[0].all()

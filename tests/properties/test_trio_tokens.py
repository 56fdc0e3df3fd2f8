"""Laws of the trio grid, for any arrangement that it can hold and any ids at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.errors import TokenError
from symvae.music.arrangement import PARTS, Arrangement
from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase
from symvae.music.pitch import BASS_PITCHES, PIANO_PITCHES
from symvae.tokens.load import load_tokenizer
from symvae.tokens.part_sequences import part_sequences
from symvae.tokens.trio import ABSENT, TrioGrid
from tests.trios import beat, line

LINES = {"melody": PIANO_PITCHES, "bass": BASS_PITCHES}


@st.composite
def arrangements(draw, metre: str | None = None) -> Arrangement:
    grid = Grid.of_metre(metre or draw(st.sampled_from(list(METRES))), draw(st.integers(1, 3)))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    every = {name: line(chance, grid, low, high + 1) for name, (low, high) in LINES.items()}
    every["drums"] = beat(chance, grid)
    plays = draw(st.sets(st.sampled_from(PARTS)))
    return Arrangement(grid, {name: every[name] for name in plays})


@given(arrangements())
def test_encoding_and_decoding_an_arrangement_is_the_identity(arrangement: Arrangement) -> None:
    tokens = TrioGrid(arrangement.grid.metre)
    ids = tokens.encode_phrase(arrangement)
    assert ids.dtype == np.uint16
    assert ids.shape == (arrangement.grid.bars, tokens.positions_per_bar)
    assert tokens.decode_ids(ids) == arrangement
    rows = ids.reshape(len(ids), 3, -1)
    absent = [(rows[:, part] == ABSENT).all() for part in range(3)]
    assert absent == [name not in arrangement.parts for name in PARTS]


@given(st.data())
def test_any_ids_decode_and_decode_again_to_the_same_music(data) -> None:
    tokens = TrioGrid(data.draw(st.sampled_from(list(METRES))))
    shape = (data.draw(st.integers(1, 3)), tokens.positions_per_bar)
    ids = data.draw(arrays(np.int64, shape, elements=st.integers(0, tokens.vocabulary_size - 1)))
    arrangement = tokens.decode_ids(ids)
    assert tokens.decode_ids(tokens.encode_phrase(arrangement)) == arrangement


@given(arrangements(), st.integers(-6, 6))
def test_melody_and_bass_move_together_and_drums_stay(arrangement: Arrangement, semitones: int) -> None:
    tokens = TrioGrid(arrangement.grid.metre)
    moved = tokens.decode_ids(
        tokens.transpose_ids(tokens.encode_phrase(arrangement)[None], np.array([semitones]))[0]
    )
    assert moved.part("drums") == arrangement.part("drums")
    shifts = {int(shift) for name in LINES for shift in moved.part(name).pitch - arrangement.part(name).pitch}
    assert len(shifts) <= 1
    assert all(0 <= shift * np.sign(semitones) <= abs(semitones) for shift in shifts)


@given(arrangements("4/4"))
def test_a_window_is_an_arrangement_of_its_own(arrangement: Arrangement) -> None:
    """A part that plays only elsewhere is absent, and nothing sounds into the window."""
    tokens = TrioGrid()
    ids = tokens.encode_phrase(arrangement)
    for bar in range(len(ids)):
        cut = tokens.cut_out(ids[None, bar : bar + 1])[0]
        assert tokens.decode_ids(cut) == arrangement.window(bar, 1)
        assert np.array_equal(tokens.encode_phrase(tokens.decode_ids(cut)), cut)


@given(arrangements())
def test_bars_are_silent_where_no_part_sounds(arrangement: Arrangement) -> None:
    tokens, per_bar = TrioGrid(arrangement.grid.metre), arrangement.grid.steps_per_bar
    silent = tokens.silent_bars(tokens.encode_phrase(arrangement)[None])[0]
    sounds = np.zeros(arrangement.grid.num_steps, bool)
    for phrase in arrangement.parts.values():
        for onset, end in zip(phrase.onset_step, phrase.end_step, strict=True):
            sounds[onset:end] = True
    assert silent.tolist() == (~sounds.reshape(-1, per_bar).any(1)).tolist()


@given(arrangements("4/4"))
def test_sequences_of_parts_hold_all_ids_but_those_of_absent_parts(arrangement: Arrangement) -> None:
    tokens = TrioGrid()
    ids = tokens.encode_phrase(arrangement)[None]
    rows = part_sequences(ids, tokens)
    assert len(rows) == len(arrangement.parts)
    assert sorted(rows.ravel().tolist()) == sorted(ids[ids != ABSENT].tolist())


def test_a_phrase_is_an_arrangement_of_one_part() -> None:
    chance, grid, tokens = np.random.default_rng(0), Grid(2), TrioGrid()
    melody, drums = line(chance, grid, 60, 72), beat(chance, grid)
    assert tokens.decode_ids(tokens.encode_phrase(melody)).parts == {"melody": melody}
    assert tokens.decode_ids(tokens.encode_phrase(drums)).parts == {"drums": drums}


def test_a_bass_that_is_too_high_is_named_in_the_error() -> None:
    high = Phrase(Grid(1), np.array([0]), np.array([4]), np.array([80]))
    with pytest.raises(TokenError, match=r"^The bass has no tokens\. The pitch 80 lies outside 16 to 67"):
        TrioGrid().encode_phrase(Arrangement(Grid(1), {"bass": high}))


def test_a_saved_tokenizer_is_loaded_again(tmp_path) -> None:
    TrioGrid("3/4").save(tmp_path)
    assert load_tokenizer(tmp_path) == TrioGrid("3/4")

"""Laws of the piano grid, for any phrase that it can hold and any ids at all."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.piano_grid import (
    DURATION,
    NEXT,
    NOTES_PER_BAR,
    PITCH,
    POSITIONS,
    TEMPO,
    VELOCITIES,
    VELOCITY,
    VOCABULARY_SIZE,
    PianoGrid,
)
from symvae.tokens.piano_vocabulary import MAX_DURATION_STEP, TEMPOS_QPM

TOKENS = PianoGrid()


@st.composite
def pieces(draw, max_bars: int = 4, lowest: int = 21, highest: int = 108, max_size: int = 40) -> Phrase:
    """Any notes at all: chords, unisons, crossing voices, silence."""
    grid = Grid(draw(st.integers(1, max_bars)))
    a_note = st.tuples(
        st.integers(0, grid.num_steps - 1),
        st.integers(1, grid.num_steps),
        st.integers(lowest, highest),
        st.integers(1, 127),
    )
    rows = draw(st.lists(a_note, max_size=max_size))
    onset, duration, pitch, velocity = np.array(rows, np.int64).reshape(-1, 4).T
    duration = np.minimum(duration, grid.num_steps - onset)
    return Phrase(grid, onset, duration, pitch, velocity, draw(st.floats(10, 400)))


def nearest(value: float, classes: np.ndarray) -> float:
    return min(classes.tolist(), key=lambda a_class: abs(a_class - value))


def in_classes(phrase: Phrase) -> Phrase:
    """The phrase as far as the vocabulary can say it, found note by note."""
    longest: dict[tuple[int, int], tuple[int, int]] = {}
    columns = (phrase.onset_step, phrase.pitch, phrase.duration_step, phrase.velocity)
    for onset, pitch, duration, velocity in zip(*(c.tolist() for c in columns), strict=True):
        if duration > longest.get((onset, pitch), (0, 0))[0]:
            longest[onset, pitch] = duration, int(nearest(velocity, VELOCITIES))
    rows = [(*key, min(value[0], MAX_DURATION_STEP), value[1]) for key, value in longest.items()]
    onset, pitch, duration, velocity = np.array(rows, np.int64).reshape(-1, 4).T
    tempo_qpm = float(np.exp(nearest(np.log(phrase.tempo_qpm), np.log(TEMPOS_QPM))))
    return Phrase(phrase.grid, onset, duration, pitch, velocity, tempo_qpm)


@st.composite
def any_ids(draw) -> np.ndarray:
    """Ids as a badly trained network would write them: notes, pieces of notes, anything."""
    an_id = st.integers(0, VOCABULARY_SIZE - 1)
    pitch, velocity = st.integers(PITCH, VELOCITY - 1), st.integers(VELOCITY, DURATION - 1)
    note = st.tuples(pitch, velocity, st.integers(DURATION, TEMPO - 1))
    some = note | st.tuples(st.just(NEXT)) | st.tuples(an_id) | st.tuples(pitch, velocity)
    bars = draw(st.lists(st.lists(some, max_size=60), min_size=1, max_size=3))
    ids = np.full((len(bars), POSITIONS), draw(st.sampled_from([0, NEXT, 60])))
    for row, bar in zip(ids, bars, strict=True):
        flat = [an_id for group in bar for an_id in group][:POSITIONS]
        row[: len(flat)] = flat
    return ids.astype(draw(st.sampled_from([np.uint8, np.int64])))


@given(pieces(max_bars=6))
def test_a_piece_is_decoded_up_to_its_classes(phrase: Phrase) -> None:
    ids = TOKENS.encode_phrase(phrase)
    assert ids.dtype == np.uint8
    assert ids.shape == (phrase.grid.bars, POSITIONS)
    quantized = in_classes(phrase)
    assert TOKENS.decode_ids(ids, 66.0, 1) == quantized
    assert TOKENS.decode_ids(TOKENS.encode_phrase(quantized)) == quantized


@given(pieces())
def test_a_row_is_a_tempo_and_the_steps_of_the_bar_from_low_to_high(phrase: Phrase) -> None:
    for row in TOKENS.encode_phrase(phrase).tolist():
        assert row[0] >= TEMPO
        length = row.index(0) if 0 in row else POSITIONS
        assert row[length - 1] == NEXT
        assert row[:length].count(NEXT) == 16
        last, place = -1, 1
        while place < length:
            if row[place] == NEXT:
                last, place = -1, place + 1
            else:
                assert last < row[place] < VELOCITY
                assert VELOCITY <= row[place + 1] < DURATION <= row[place + 2] < TEMPO
                last, place = row[place], place + 3


@settings(max_examples=200)
@given(any_ids())
def test_any_ids_decode_and_encode_to_canonical_ids(ids: np.ndarray) -> None:
    phrase = TOKENS.fit(TOKENS.decode_ids(ids))
    canonical = TOKENS.encode_phrase(phrase)
    quantized = TOKENS.decode_ids(canonical)
    assert quantized == in_classes(phrase)
    np.testing.assert_array_equal(TOKENS.encode_phrase(quantized), canonical)


@given(st.integers(0, 2**32), st.integers(0, 130))
def test_the_softest_notes_of_a_crowded_bar_are_dropped(seed: int, notes: int) -> None:
    chance = np.random.default_rng(seed)
    place = np.sort(chance.permutation(16 * 88)[:notes])
    velocity = 1 + chance.permutation(127)[:notes] if notes <= 127 else np.full(notes, 80)
    phrase = Phrase(Grid(1), place // 88, np.full(notes, 1), 21 + place % 88, velocity)
    fits = TOKENS.fit(phrase)
    assert len(fits) == min(notes, NOTES_PER_BAR)
    assert TOKENS.decode_ids(TOKENS.encode_phrase(fits)) == in_classes(fits)
    if NOTES_PER_BAR < notes <= 127:
        assert fits.velocity.min() == np.sort(velocity)[-NOTES_PER_BAR]
    assert TOKENS.fit(fits) == fits


@given(pieces(lowest=33, highest=96), st.integers(-12, 12))
def test_transposing_shifts_pitches_and_nothing_else(phrase: Phrase, semitones: int) -> None:
    ids = TOKENS.encode_phrase(phrase)
    moved = TOKENS.transpose_ids(ids[None], np.array([semitones]))[0]
    np.testing.assert_array_equal(moved, TOKENS.encode_phrase(phrase.transpose(semitones)))
    is_pitch = (ids >= PITCH) & (ids < VELOCITY)
    np.testing.assert_array_equal(moved.astype(int) - ids, np.where(is_pitch, semitones, 0))


@given(pieces(max_bars=8), st.data())
def test_cutting_a_window_out_of_ids_is_encoding_the_window(phrase: Phrase, data: st.DataObject) -> None:
    bars = data.draw(st.integers(1, phrase.grid.bars))
    starts = range(phrase.grid.bars - bars + 1)
    phrase = phrase.without_overlaps()
    ids = TOKENS.encode_phrase(phrase)
    cut = TOKENS.cut_out(np.stack([ids[start : start + bars] for start in starts]))
    for start, window in zip(starts, cut, strict=True):
        np.testing.assert_array_equal(window, TOKENS.encode_phrase(phrase.window(start, bars)))


@given(pieces())
def test_a_bar_is_silent_where_the_phrase_starts_no_note(phrase: Phrase) -> None:
    silent = TOKENS.silent_bars(TOKENS.encode_phrase(phrase)[None])[0]
    assert set(np.flatnonzero(~silent).tolist()) == set((phrase.onset_step // 16).tolist())

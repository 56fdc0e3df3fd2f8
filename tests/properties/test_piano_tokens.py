"""Laws of piano bars, for any phrase that they can hold and any ids at all."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.piano import PianoBars
from symvae.tokens.piano_length import thin, token_counts
from symvae.tokens.piano_vocabulary import (
    MAX_DURATION_STEP,
    PAD,
    PITCH,
    TEMPOS_QPM,
    TOKENS_PER_BAR,
    VELOCITIES,
    VELOCITY,
    VOCABULARY_SIZE,
)

TOKENS = PianoBars()
TEMPOS = st.floats(10, 400)


@st.composite
def pieces(draw, max_bars: int = 4, lowest: int = 21, highest: int = 108) -> Phrase:
    """Any notes at all: chords, unisons, crossing voices, silence."""
    grid = Grid(draw(st.integers(1, max_bars)))
    a_note = st.tuples(
        st.integers(0, grid.num_steps - 1),
        st.integers(1, grid.num_steps),
        st.integers(lowest, highest),
        st.integers(1, 127),
    )
    rows = draw(st.lists(a_note, max_size=30))
    onset, duration, pitch, velocity = np.array(rows, np.int64).reshape(-1, 4).T
    duration = np.minimum(duration, grid.num_steps - onset)
    return Phrase(grid, onset, duration, pitch, velocity, draw(TEMPOS))


@st.composite
def crowds(draw) -> Phrase:
    """Up to three bars of up to seventy notes each, more than a row can hold."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    notes = draw(st.lists(st.integers(0, 70), min_size=1, max_size=3))
    steps = draw(st.integers(1, 16))
    bar = np.repeat(np.arange(len(notes)), notes)
    return Phrase(
        Grid(len(notes)),
        16 * bar + chance.integers(0, steps, len(bar)),
        np.full(len(bar), 1),
        chance.integers(21, 109, len(bar)),
        chance.integers(1, draw(st.sampled_from([3, 128])), len(bar)),
        draw(TEMPOS),
    )


@st.composite
def any_ids(draw) -> np.ndarray:
    """Ids as a badly trained network would write them: notes, pieces of notes, anything."""
    an_id = st.integers(0, VOCABULARY_SIZE - 1)
    pitch, velocity = st.integers(PITCH, VELOCITY - 1), st.integers(90, 105)
    note = st.tuples(pitch, velocity, st.integers(106, 169))
    some = note | st.tuples(st.integers(170, 217)) | st.tuples(an_id) | st.tuples(pitch, velocity)
    bars = draw(st.lists(st.lists(some, max_size=50), min_size=1, max_size=3))
    ids = np.full((len(bars), TOKENS_PER_BAR), draw(st.sampled_from([PAD, 60])))
    for row, bar in zip(ids, bars, strict=True):
        flat = [an_id for group in bar for an_id in group][:TOKENS_PER_BAR]
        row[: len(flat)] = flat
    return ids.astype(draw(st.sampled_from([np.uint8, np.int64])))


def nearest(value: float, classes: np.ndarray) -> float:
    return min(classes.tolist(), key=lambda a_class: abs(a_class - value))


def in_classes(phrase: Phrase) -> Phrase:
    """The phrase as far as the vocabulary can say it, found note by note."""
    longest: dict[tuple[int, int], tuple[int, int]] = {}
    columns = (phrase.onset_step, phrase.pitch, phrase.duration_step, phrase.velocity)
    for onset, pitch, duration, velocity in zip(*(c.tolist() for c in columns), strict=True):
        duration = min(duration, MAX_DURATION_STEP)
        if duration > longest.get((onset, pitch), (0, 0))[0]:
            longest[onset, pitch] = duration, int(nearest(velocity, VELOCITIES))
    rows = [(*key, *value) for key, value in longest.items()]
    onset, pitch, duration, velocity = np.array(rows, np.int64).reshape(-1, 4).T
    tempo_qpm = float(np.exp(nearest(np.log(phrase.tempo_qpm), np.log(TEMPOS_QPM))))
    return Phrase(phrase.grid, onset, duration, pitch, velocity, tempo_qpm)


@given(pieces(max_bars=6))
def test_a_piece_is_decoded_up_to_its_classes(phrase: Phrase) -> None:
    ids = TOKENS.encode_phrase(phrase)
    assert ids.dtype == np.uint8
    assert ids.shape == (phrase.grid.bars, TOKENS_PER_BAR)
    quantized = in_classes(phrase)
    assert TOKENS.decode_ids(ids, 66.0, 1) == quantized
    assert TOKENS.decode_ids(TOKENS.encode_phrase(quantized)) == quantized


@given(crowds())
def test_a_thinned_piece_is_decoded_up_to_its_classes(phrase: Phrase) -> None:
    thinned = thin(phrase)
    assert TOKENS.decode_ids(TOKENS.encode_phrase(thinned)) == in_classes(thinned)


@given(crowds())
def test_thinning_drops_from_full_bars_only_and_no_more_than_necessary(phrase: Phrase) -> None:
    thinned = thin(phrase)
    assert thinned.grid == phrase.grid
    assert thinned.tempo_qpm == phrase.tempo_qpm
    assert token_counts(thinned).max() <= TOKENS_PER_BAR
    for bar, tokens in enumerate(token_counts(phrase)):
        before, after = phrase.window(bar, 1), thinned.window(bar, 1)
        if tokens <= TOKENS_PER_BAR:
            assert after == before
            continue
        gone = rows_of(before)
        for note in rows_of(after):
            gone.remove(note)  # each kept note is one of the phrase's
        loudest = max(gone, key=lambda note: note[3])
        assert loudest[3] <= after.velocity.min()
        steps = set(after.onset_step.tolist())
        costs = 3 + (loudest[0] not in steps and loudest[0] != 0)
        if [note[3] for note in gone].count(loudest[3]) == 1:
            assert token_counts(after)[0] + costs > TOKENS_PER_BAR
    assert thin(thinned) == thinned


def rows_of(phrase: Phrase) -> list[tuple[int, int, int, int]]:
    columns = (phrase.onset_step, phrase.pitch, phrase.duration_step, phrase.velocity)
    return list(zip(*(c.tolist() for c in columns), strict=True))


@settings(max_examples=200)
@given(any_ids())
def test_any_ids_decode_and_encode_to_canonical_ids(ids: np.ndarray) -> None:
    phrase = thin(TOKENS.decode_ids(ids))
    canonical = TOKENS.encode_phrase(phrase)
    quantized = TOKENS.decode_ids(canonical)
    assert quantized == in_classes(phrase)
    np.testing.assert_array_equal(TOKENS.encode_phrase(quantized), canonical)


@given(pieces() | crowds().map(thin))
def test_every_pair_of_ids_is_allowed(phrase: Phrase) -> None:
    follows = TOKENS.follows
    ids = TOKENS.encode_phrase(phrase).astype(int)
    start = np.full((len(ids), 1), VOCABULARY_SIZE)
    before = np.concatenate([start, ids[:, :-1]], axis=1)
    assert follows[before, ids].all()


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.integers(0, 20))
def test_rows_of_allowed_successors_can_always_be_encoded(seed: int, patience: int) -> None:
    """Their spelling is at most as long: `thin` has nothing to do. With patience rows end late or never."""
    chance = np.random.default_rng(seed)
    follows = TOKENS.follows.astype(float)
    follows[:, PAD] /= 1 + 100 * patience
    ids = np.zeros((2, TOKENS_PER_BAR), int)
    for row in ids:
        before = VOCABULARY_SIZE
        for place in range(TOKENS_PER_BAR):
            before = row[place] = chance.choice(VOCABULARY_SIZE, p=follows[before] / follows[before].sum())
    phrase = TOKENS.decode_ids(ids)
    assert len(phrase) or not patience
    assert thin(phrase) == phrase
    spelled = TOKENS.encode_phrase(phrase)
    assert ((spelled != PAD).sum(axis=1) <= (ids != PAD).sum(axis=1)).all()


def test_every_id_has_a_successor_and_bar_is_none() -> None:
    follows = TOKENS.follows
    assert follows.any(axis=1).all()
    assert not follows[:, 1].any()  # Bar stands in no row
    assert np.flatnonzero(follows[PAD]).tolist() == [PAD]


@given(pieces() | crowds())
def test_token_counts_equal_the_lengths_of_the_rows(phrase: Phrase) -> None:
    fits = thin(phrase)
    np.testing.assert_array_equal((TOKENS.encode_phrase(fits) != PAD).sum(axis=1), token_counts(fits))
    assert (token_counts(phrase) >= token_counts(fits)).all()


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
    ids = TOKENS.encode_phrase(phrase)
    cut = TOKENS.cut_out(np.stack([ids[start : start + bars] for start in starts]))
    for start, window in zip(starts, cut, strict=True):
        np.testing.assert_array_equal(window, TOKENS.encode_phrase(phrase.window(start, bars)))


@given(pieces())
def test_a_bar_is_silent_where_the_phrase_starts_no_note(phrase: Phrase) -> None:
    silent = TOKENS.silent_bars(TOKENS.encode_phrase(phrase)[None])[0]
    assert set(np.flatnonzero(~silent).tolist()) == set((phrase.onset_step // 16).tolist())

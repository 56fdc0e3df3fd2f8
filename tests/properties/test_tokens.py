"""Laws of the melody grid, for any phrase that it can hold and any ids at all."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase
from symvae.tokens.melody_grid import FIRST_NOTE_ON, HOLD, NOTE_OFF, MelodyGrid


@st.composite
def melodies(draw, min_pitch: int = 21, max_pitch: int = 108) -> Phrase:
    """The grid is cut at any steps; each piece is a note or a rest. Reaches every monophonic phrase."""
    grid = Grid.of_metre(draw(st.sampled_from(list(METRES))), draw(st.integers(1, 4)))
    cuts = draw(st.sets(st.integers(1, grid.num_steps - 1), max_size=24)) | {0, grid.num_steps}
    edges = np.array(sorted(cuts))
    pieces = len(edges) - 1
    a_pitch = st.none() | st.integers(min_pitch, max_pitch)
    pitches = draw(st.lists(a_pitch, min_size=pieces, max_size=pieces))
    notes = [i for i, pitch in enumerate(pitches) if pitch is not None]
    return Phrase(
        grid,
        onset_step=edges[:-1][notes],
        duration_step=np.diff(edges)[notes],
        pitch=np.array([pitches[i] for i in notes], np.int64),
    )


@st.composite
def any_ids(draw) -> tuple[MelodyGrid, np.ndarray]:
    """Ids as a badly trained network would write them."""
    tokenizer = MelodyGrid(draw(st.sampled_from(list(METRES))))
    shape = (draw(st.integers(1, 3)), tokenizer.positions_per_bar)
    an_id = st.sampled_from([HOLD, NOTE_OFF]) | st.integers(0, tokenizer.vocabulary_size - 1)
    dtype = draw(st.sampled_from([np.uint8, np.int64]))
    return tokenizer, draw(arrays(dtype, shape, elements=an_id, fill=st.just(HOLD)))


@given(melodies())
def test_encoding_and_decoding_a_melody_is_the_identity(phrase: Phrase) -> None:
    tokenizer = MelodyGrid(phrase.grid.metre)
    ids = tokenizer.encode_phrase(phrase)
    assert ids.dtype == np.uint8
    assert ids.shape == (phrase.grid.bars, tokenizer.positions_per_bar)
    assert tokenizer.decode_ids(ids) == phrase


@given(melodies(), st.floats(20, 400), st.integers(1, 127))
def test_tempo_and_velocity_are_arguments_of_decoding(
    phrase: Phrase, tempo_qpm: float, velocity: int
) -> None:
    tokenizer = MelodyGrid(phrase.grid.metre)
    played = Phrase(
        phrase.grid,
        phrase.onset_step,
        phrase.duration_step,
        phrase.pitch,
        np.full(len(phrase), velocity),
        tempo_qpm,
    )
    assert tokenizer.decode_ids(tokenizer.encode_phrase(played), tempo_qpm, velocity) == played


@given(any_ids())
def test_any_ids_decode_and_encode_to_canonical_ids(drawn: tuple[MelodyGrid, np.ndarray]) -> None:
    tokenizer, ids = drawn
    phrase = tokenizer.decode_ids(ids)
    assert phrase.is_monophonic
    assert len(phrase) == np.count_nonzero(ids >= FIRST_NOTE_ON)
    canonical = tokenizer.encode_phrase(phrase)
    assert tokenizer.decode_ids(canonical) == phrase
    np.testing.assert_array_equal(tokenizer.encode_phrase(tokenizer.decode_ids(canonical)), canonical)


@given(any_ids())
def test_a_canonical_note_off_always_ends_a_sounding_note(drawn: tuple[MelodyGrid, np.ndarray]) -> None:
    tokenizer, ids = drawn
    sounding = False
    for an_id in tokenizer.encode_phrase(tokenizer.decode_ids(ids)).reshape(-1):
        assert an_id != NOTE_OFF or sounding
        sounding = an_id >= FIRST_NOTE_ON or (sounding and an_id == HOLD)


@given(melodies(min_pitch=33, max_pitch=96), st.integers(-12, 12))
def test_transposing_shifts_note_ons_and_nothing_else(phrase: Phrase, semitones: int) -> None:
    tokenizer = MelodyGrid(phrase.grid.metre)
    ids = tokenizer.encode_phrase(phrase).astype(int)
    moved = tokenizer.encode_phrase(phrase.transpose(semitones)).astype(int)
    np.testing.assert_array_equal(moved - ids, np.where(ids >= FIRST_NOTE_ON, semitones, 0))


@given(melodies())
def test_a_bar_starts_a_note_where_the_phrase_does(phrase: Phrase) -> None:
    ids = MelodyGrid(phrase.grid.metre).encode_phrase(phrase)
    bar, position = np.nonzero(ids >= FIRST_NOTE_ON)
    np.testing.assert_array_equal(bar * phrase.grid.steps_per_bar + position, phrase.onset_step)

"""Laws of the drum grid, for any drum track that it can hold and any ids at all."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.music.drum_kit import CLASS_PITCHES, DRUM_PITCHES, cells_of, class_of, on_kit, one_hit_a_cell
from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase
from symvae.tokens.drums import VOCABULARY_SIZE, DrumGrid


@st.composite
def grids(draw) -> Grid:
    return Grid.of_metre(draw(st.sampled_from(list(METRES))), draw(st.integers(1, 3)))


@st.composite
def class_phrases(draw) -> Phrase:
    """Hits of one step on the pitches that stand for the classes, at most one of each on a step."""
    grid = draw(grids())
    cells = draw(st.sets(st.integers(0, 9 * grid.num_steps - 1), max_size=60))
    step, drum_class = np.divmod(np.array(sorted(cells), np.int64), 9)
    return Phrase(grid, step, np.ones_like(step), CLASS_PITCHES[drum_class], is_drum=True)


@st.composite
def drum_tracks(draw) -> Phrase:
    """Any hits of any pitches that are drums."""
    grid = draw(grids())
    a_hit = st.tuples(
        st.integers(0, grid.num_steps - 1),
        st.integers(1, grid.num_steps),
        st.integers(*DRUM_PITCHES),
        st.integers(1, 127),
    )
    hits = np.array(draw(st.lists(a_hit, max_size=40)), np.int64).reshape(-1, 4)
    onset, duration, pitch, velocity = hits.T
    duration = np.minimum(duration, grid.num_steps - onset)
    return Phrase(grid, onset, duration, pitch, velocity, is_drum=True).without_overlaps()


@given(class_phrases())
def test_encoding_and_decoding_a_drum_track_is_the_identity(phrase: Phrase) -> None:
    tokens = DrumGrid(phrase.grid.metre)
    ids = tokens.encode_phrase(phrase)
    assert ids.dtype == np.uint16
    assert ids.shape == (phrase.grid.bars, tokens.positions_per_bar)
    assert tokens.decode_ids(ids) == phrase


@given(st.data())
def test_any_ids_decode_and_encode_to_themselves(data) -> None:
    tokens = DrumGrid(data.draw(st.sampled_from(list(METRES))))
    shape = (data.draw(st.integers(1, 3)), tokens.positions_per_bar)
    ids = data.draw(arrays(np.int64, shape, elements=st.integers(0, VOCABULARY_SIZE - 1)))
    assert np.array_equal(tokens.encode_phrase(tokens.decode_ids(ids)), ids)


@given(drum_tracks())
def test_a_track_that_is_decoded_and_restored_is_the_track_without_second_hits(phrase: Phrase) -> None:
    """Pitches, velocities and lengths return, whatever pieces of the kit were hit."""
    tokens = DrumGrid(phrase.grid.metre)
    kept = tokens.fit(phrase)
    assert tokens.restore(tokens.decode_ids(tokens.encode_phrase(kept), phrase.tempo_qpm), kept) == kept


@given(drum_tracks())
def test_the_loudest_hit_of_a_cell_is_kept(phrase: Phrase) -> None:
    keep, cell = one_hit_a_cell(phrase), cells_of(phrase)
    for each in np.unique(cell):
        inside = cell == each
        assert keep[inside].sum() == 1
        assert phrase.velocity[inside & keep] == phrase.velocity[inside].max()


@given(class_phrases(), drum_tracks())
def test_a_kit_changes_no_class_and_no_step(phrase: Phrase, source: Phrase) -> None:
    if phrase.grid != source.grid:
        return
    played = on_kit(phrase, source)
    assert np.array_equal(np.sort(cells_of(played)), np.sort(cells_of(phrase)))
    known = np.isin(class_of(played.pitch), class_of(source.pitch))
    assert np.isin(played.pitch[known], source.pitch).all()


@given(drum_tracks(), st.integers(-12, 12))
def test_drums_are_not_transposed(phrase: Phrase, semitones: int) -> None:
    tokens = DrumGrid(phrase.grid.metre)
    ids = tokens.encode_phrase(phrase)[None]
    assert np.array_equal(tokens.transpose_ids(ids, np.array([semitones])), ids)

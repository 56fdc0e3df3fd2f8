"""Laws of the drum grid, for any drum track that it can hold and any ids at all."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.music.drum_kit import CLASS_PITCHES, DRUM_PITCHES, cells_of, class_of, on_kit, one_hit_a_cell
from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase
from symvae.music.triplet_bars import has_triplet_bars
from symvae.tokens.drum_exchange import exchange_drums
from symvae.tokens.drums import VOCABULARY_SIZE, DrumGrid
from symvae.tokens.hits import hits_of


@st.composite
def grids(draw) -> Grid:
    return Grid.of_metre(draw(st.sampled_from(list(METRES))), draw(st.integers(1, 3)))


@st.composite
def class_phrases(draw) -> Phrase:
    """Hits of one step on the pitches that stand for the classes, each bar in sixteenths or in triplets."""
    grid = draw(grids())
    place, drum_class = [], []
    for bar in range(grid.bars):
        cell = 4 if has_triplet_bars(grid) and draw(st.booleans()) else 3
        cells = grid.steps_per_bar * 3 // cell
        for number in sorted(draw(st.sets(st.integers(0, 9 * cells - 1), max_size=30))):
            place.append(bar * grid.steps_per_bar + number // 9 * cell / 3)
            drum_class.append(number % 9)
    exact = np.array(place, float)
    step = np.floor(exact + 0.5).astype(np.int64)
    pitch = CLASS_PITCHES[np.array(drum_class, np.int64)]
    return Phrase(grid, step, np.ones_like(step), pitch, is_drum=True, offset_step=exact - step)


@st.composite
def drum_tracks(draw, grid: Grid | None = None) -> Phrase:
    """Any hits of any pitches that are drums, played anywhere."""
    grid = grid or draw(grids())
    a_hit = st.tuples(
        st.integers(0, grid.num_steps - 1),
        st.integers(1, grid.num_steps),
        st.integers(*DRUM_PITCHES),
        st.integers(1, 127),
        st.integers(-60, 59),
    )
    hits = np.array(draw(st.lists(a_hit, max_size=40)), np.int64).reshape(-1, 5)
    onset, duration, pitch, velocity, offset = hits.T
    duration = np.minimum(duration, grid.num_steps - onset)
    played = Phrase(grid, onset, duration, pitch, velocity, is_drum=True, offset_step=offset / 120)
    return played.without_overlaps()


@given(class_phrases())
def test_encoding_and_decoding_a_drum_track_is_the_identity(phrase: Phrase) -> None:
    tokens = DrumGrid(phrase.grid.metre)
    ids = tokens.encode_phrase(phrase)
    assert ids.dtype == np.uint16
    assert ids.shape == (phrase.grid.bars, tokens.positions_per_bar)
    assert tokens.decode_ids(ids) == phrase


@given(st.data())
def test_any_ids_decode_and_decode_again_to_the_same_music(data) -> None:
    tokens = DrumGrid(data.draw(st.sampled_from(list(METRES))))
    shape = (data.draw(st.integers(1, 3)), tokens.positions_per_bar)
    ids = data.draw(arrays(np.int64, shape, elements=st.integers(0, VOCABULARY_SIZE - 1)))
    ids |= data.draw(arrays(np.int64, (len(ids), 1), elements=st.integers(0, 1)))  # more triplet bars
    phrase = tokens.decode_ids(ids)
    assert tokens.decode_ids(tokens.encode_phrase(phrase)) == phrase


@given(drum_tracks())
def test_a_track_that_is_decoded_and_restored_is_the_track(phrase: Phrase) -> None:
    """Pitches, velocities, lengths, timing and flams return, whatever pieces of the kit were hit."""
    tokens = DrumGrid(phrase.grid.metre)
    assert tokens.restore(tokens.decode_ids(tokens.encode_phrase(phrase), phrase.tempo_qpm), phrase) == phrase


@given(drum_tracks())
def test_the_loudest_hit_of_a_cell_is_kept(phrase: Phrase) -> None:
    keep, cell = one_hit_a_cell(phrase), cells_of(phrase)
    for each in np.unique(cell):
        inside = cell == each
        assert keep[inside].sum() == 1
        assert phrase.velocity[inside & keep] == phrase.velocity[inside].max()


@given(st.data())
def test_a_kit_changes_no_class_and_plays_each_hit_on_the_grid_or_as_the_source(data) -> None:
    phrase = data.draw(class_phrases())
    source = data.draw(drum_tracks(phrase.grid))
    played = on_kit(phrase, source)
    assert set(class_of(played.pitch).tolist()) == set(class_of(phrase.pitch).tolist())
    own = {*zip(source.onset_step.tolist(), source.offset_step.tolist(), source.pitch.tolist(), strict=True)}
    grid = {*zip(phrase.onset_step.tolist(), phrase.offset_step.tolist(), strict=True)}
    for step, offset, pitch in zip(
        played.onset_step.tolist(), played.offset_step.tolist(), played.pitch.tolist(), strict=True
    ):
        assert (step, offset) in grid or (step, offset, pitch) in own
    known = np.isin(class_of(played.pitch), class_of(source.pitch))
    assert np.isin(played.pitch[known], source.pitch).all()


@given(drum_tracks(), st.integers(-12, 12))
def test_drums_are_not_transposed(phrase: Phrase, semitones: int) -> None:
    tokens = DrumGrid(phrase.grid.metre)
    ids = tokens.encode_phrase(phrase)[None]
    assert np.array_equal(tokens.transpose_ids(ids, np.array([semitones])), ids)


@given(st.integers(0, 2**31))
def test_an_exchange_keeps_grids_and_the_number_of_hits_of_toms_and_cymbals(seed: int) -> None:
    chance = np.random.default_rng(seed)
    ids = chance.integers(0, 1024, (6, 2, 16)).astype(np.uint16)
    ids = np.where(chance.random((6, 2, 1)) < 0.5, ids | 1, ids & ~np.uint16(1)).astype(np.uint16)
    assert np.array_equal(exchange_drums(0.0, ids, np.random.default_rng(seed)), ids)
    moved = exchange_drums(1.0, ids, np.random.default_rng(seed))
    assert moved.dtype == ids.dtype
    assert np.array_equal(moved & 1, ids & 1)
    (alone,) = exchange_drums(1.0, ids[:1], np.random.default_rng(seed))
    before, after = (hits_of(each).reshape(-1, 9).sum(0) for each in (ids[0], alone))
    assert np.array_equal(before[:2], after[:2])
    for group in ([4, 5, 6], [2, 3, 7, 8]):
        assert sorted(before[group]) == sorted(after[group])

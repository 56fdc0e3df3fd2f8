"""Laws of the groove grid, for any played drum track that it can hold and any ids at all."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from symvae.music.drum_kit import CLASS_PITCHES
from symvae.music.grid import Grid
from symvae.music.metre import METRES
from symvae.music.phrase import Phrase
from symvae.tokens.groove import GrooveGrid
from symvae.tokens.groove_cells import VOCABULARY_SIZE, cells_of_ids


@st.composite
def played(draw) -> Phrase:
    """Hits on the pitches of the classes, with any velocities and offsets."""
    grid = Grid.of_metre(draw(st.sampled_from(list(METRES))), draw(st.integers(1, 2)))
    cells = draw(st.sets(st.integers(0, 9 * grid.num_steps - 1), max_size=40))
    step, drum_class = np.divmod(np.array(sorted(cells), np.int64), 9)
    touch = [(draw(st.integers(1, 127)), draw(st.integers(-60, 59))) for _ in cells]
    velocity, offset = np.array(touch, np.int64).reshape(-1, 2).T
    return Phrase(
        grid, step, np.ones_like(step), CLASS_PITCHES[drum_class], velocity, 93.0, True, offset / 120
    )


@given(played())
def test_encoding_and_decoding_a_played_drum_track_is_the_identity(phrase: Phrase) -> None:
    tokens = GrooveGrid(phrase.grid.metre)
    ids = tokens.encode_phrase(phrase)
    assert ids.dtype == np.uint16
    assert ids.shape == (phrase.grid.bars, tokens.positions_per_bar)
    assert tokens.decode_ids(ids, tempo_qpm=93.0) == phrase


@given(st.data())
def test_any_ids_decode_and_encode_to_themselves(data) -> None:
    tokens = GrooveGrid(data.draw(st.sampled_from(list(METRES))))
    shape = (data.draw(st.integers(1, 2)), tokens.positions_per_bar)
    ids = data.draw(arrays(np.int64, shape, elements=st.integers(0, VOCABULARY_SIZE - 1), fill=st.just(0)))
    assert np.array_equal(tokens.encode_phrase(tokens.decode_ids(ids)), ids)


def test_every_id_has_a_name_of_its_own_and_lies_in_the_ranges_of_midi() -> None:
    assert len(set(GrooveGrid().token_names)) == GrooveGrid().vocabulary_size == VOCABULARY_SIZE
    ids = np.arange(VOCABULARY_SIZE)
    cells = cells_of_ids(np.pad(ids, (0, -VOCABULARY_SIZE % 144)).reshape(-1, 144))
    assert cells.velocity[cells.hit].min() == 1
    assert cells.velocity.max() == 127
    assert (cells.offset_step.min(), cells.offset_step.max()) == (-0.5, 59 / 120)


def test_a_decoded_groove_is_played_on_the_pitches_of_its_source_with_its_own_touch() -> None:
    source = Phrase(Grid(1), np.array([0, 4]), np.array([1, 1]), np.array([35, 40]), is_drum=True)
    step, ones, offset = np.array([0, 4, 8]), np.ones(3, np.int64), np.array([0.1, -0.2, 0.3])
    drawn = Phrase(Grid(1), step, ones, CLASS_PITCHES[[0, 1, 0]], 50 * ones, 90.0, True, offset)
    restored = GrooveGrid().restore(drawn, source)
    assert restored.pitch.tolist() == [35, 40, 35]
    assert restored.velocity.tolist() == [50, 50, 50]
    assert np.allclose(restored.offset_step, offset)

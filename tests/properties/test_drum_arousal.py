"""Laws of the arousal of drums: what moves, and what stays."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.attributes.drum_arousal import drum_arousal
from symvae.music.arranging.drum_pattern import hit_steps, with_hit_steps
from symvae.music.drum_kit import class_of
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.music.triplet_bars import triplet_bars
from symvae.system.faders.arrange_drums import arrange_drums
from symvae.tokens.drums import DrumGrid

PIECES = (36, 40, 42, 46, 45, 51)


@st.composite
def beats(draw) -> Phrase:
    """One to three bars of a kit, each in sixteenths or in triplets."""
    grid = Grid(draw(st.integers(1, 3)))
    hits = []
    for bar in range(grid.bars):
        cell = draw(st.sampled_from((3, 4)))
        for number in draw(st.sets(st.integers(0, 48 // cell * len(PIECES) - 1), min_size=1, max_size=20)):
            exact = 16 * bar + number // len(PIECES) * cell / 3
            hits.append((exact, PIECES[number % len(PIECES)], draw(st.integers(20, 127))))
    exact, pitch, velocity = np.array(hits).T
    step = np.floor(exact + 0.5).astype(int)
    columns = step, np.ones_like(step), pitch.astype(int), velocity.astype(int)
    return Phrase(grid, *columns, is_drum=True, offset_step=exact - step)


@given(beats(), st.floats(0, 1))
@settings(max_examples=40)
def test_arousal_comes_nearer_and_kicks_and_snares_stay(phrase: Phrase, arousal: float) -> None:
    result = arrange_drums(phrase, arousal)
    assert abs(drum_arousal(result) - arousal) <= abs(drum_arousal(phrase) - arousal)
    kicks = [
        sorted(zip(each.onset_step.tolist(), each.offset_step.tolist(), strict=True))
        for each in (phrase.select(phrase.pitch == 36), result.select(result.pitch == 36))
    ]
    assert kicks[0] == kicks[1]
    assert np.isin(class_of(result.pitch), [0, 1, 2, 3, 4, 8]).all()


@given(beats(), st.integers(1, 48))
@settings(max_examples=40)
def test_a_pattern_stays_on_the_grid_of_its_bars(phrase: Phrase, count: int) -> None:
    result = with_hit_steps(phrase, count)
    present = hit_steps(phrase)
    assert abs(hit_steps(result) - count) <= abs(present - count)
    assert (hit_steps(result) - present) * (count - present) >= 0
    assert (~triplet_bars(phrase) | triplet_bars(result) | (count < present)).all()
    tokens = DrumGrid()
    assert tokens.restore(tokens.decode_ids(tokens.encode_phrase(result), result.tempo_qpm), result) == result


def test_silence_has_an_arousal_and_stays_silent() -> None:
    silence = Phrase(Grid(1), is_drum=True)
    assert 0 <= drum_arousal(silence) < 0.01
    assert arrange_drums(silence, 0.9) == silence

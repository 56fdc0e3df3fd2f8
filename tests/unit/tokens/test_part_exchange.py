"""Exchanged parts of arrangements: other drums, and melodies as bass lines."""

import numpy as np
import pytest

from symvae.music.arrangement import BASS, DRUMS, MELODY, Arrangement
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.part_exchange import exchange_parts
from symvae.tokens.trio import TrioGrid

TOKENS = TrioGrid()


def line(pitches: list[int], bars: int = 1) -> Phrase:
    step = np.arange(len(pitches)) * 2
    return Phrase(Grid(bars), step, np.full(len(pitches), 2), np.array(pitches))


def kit(pitch: int) -> Phrase:
    step = np.arange(0, 16, 4)
    return Phrase(Grid(1), step, np.ones(4, int), np.full(4, pitch), is_drum=True)


def windows(*arrangements: Arrangement) -> np.ndarray:
    return np.stack([TOKENS.encode_phrase(each) for each in arrangements])


def test_nothing_is_exchanged_for_a_share_of_none() -> None:
    ids = windows(
        Arrangement(Grid(1), {MELODY: line([60, 62, 64]), DRUMS: kit(36)}),
        Arrangement(Grid(1), {BASS: line([36, 38]), DRUMS: kit(42)}),
    )
    assert np.array_equal(exchange_parts(TOKENS, 0.0, ids, np.random.default_rng(0)), ids)


def test_a_melody_becomes_a_bass_some_octaves_lower() -> None:
    tune = [60, 62, 64, 65, 67]
    ids = windows(*[Arrangement(Grid(1), {MELODY: line(tune)})] * 4)
    for row in exchange_parts(TOKENS, 1.0, ids, np.random.default_rng(0)):
        arrangement = TOKENS.decode_ids(row)
        assert arrangement.parts[MELODY].pitch.tolist() == tune
        assert arrangement.parts[BASS].pitch.tolist() == [pitch - 24 for pitch in tune]
        assert arrangement.parts[BASS].onset_step.tolist() == arrangement.parts[MELODY].onset_step.tolist()
        assert DRUMS not in arrangement.parts


@pytest.mark.parametrize("tune", [[21, 108], [30, 100]])
def test_a_melody_that_no_bass_reaches_is_not_lent(tune: list[int]) -> None:
    ids = windows(*[Arrangement(Grid(1), {MELODY: line(tune)})] * 4)
    assert np.array_equal(exchange_parts(TOKENS, 1.0, ids, np.random.default_rng(0)), ids)


def test_drums_are_exchanged_where_there_are_drums() -> None:
    ids = windows(
        *[Arrangement(Grid(1), {BASS: line([36]), DRUMS: kit(49)})] * 8,
        *[Arrangement(Grid(1), {BASS: line([36])})] * 8,
    )
    exchanged = [TOKENS.decode_ids(row) for row in exchange_parts(TOKENS, 1.0, ids, np.random.default_rng(1))]
    assert {pitch for each in exchanged[:8] if DRUMS in each.parts for pitch in each.parts[DRUMS].pitch} > {
        49
    }
    assert all(DRUMS not in each.parts for each in exchanged[8:])
    assert all(each.parts[BASS].pitch.tolist() == [36] for each in exchanged)

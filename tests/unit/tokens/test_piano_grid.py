"""The piano grid: its recorded ids, and what it refuses."""

import json
from pathlib import Path

import numpy as np
import pytest

from symvae.errors import TokenError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.tokens.piano_grid import PianoGrid

GOLDEN = Path(__file__).parents[2] / "golden" / "piano_grid_tokens.json"
TOKENS = PianoGrid()


def test_the_ids_equal_the_recorded_ones() -> None:
    """Released weights depend on these: a change here is a new format. See tests/golden/generate.py."""
    for piece in json.loads(GOLDEN.read_text()):
        columns = (piece[key] for key in ("onset_step", "duration_step", "pitch", "velocity"))
        notes = (np.array(column, np.int64) for column in columns)
        phrase = Phrase(Grid(piece["bars"]), *notes, piece["tempo_qpm"])
        np.testing.assert_array_equal(TOKENS.encode_phrase(phrase), piece["ids"])


def test_other_metres_are_refused() -> None:
    with pytest.raises(TokenError, match=r"^The piano grid is in 4/4, not in '3/4'\.$"):
        PianoGrid("3/4")
    waltz = Phrase(Grid.of_metre("3/4", 1), np.array([0]), np.array([1]), np.array([60]))
    with pytest.raises(TokenError, match=r"^The piano grid is in 4/4, and this phrase is in 3/4\.$"):
        TOKENS.encode_phrase(waltz)


def test_pitches_beyond_the_piano_are_refused() -> None:
    low = Phrase(Grid(1), np.array([0]), np.array([1]), np.array([20]))
    with pytest.raises(TokenError, match=r"^The pitch 20 lies outside 21 to 108\. Transpose the phrase\.$"):
        TOKENS.encode_phrase(low)


def test_a_crowded_bar_is_refused_and_fit_thins_it() -> None:
    onset, pitch = np.divmod(np.arange(70), 10)
    crowd = Phrase(Grid(2), 16 + onset, np.ones(70, np.int64), 60 + pitch)
    with pytest.raises(TokenError, match=r"^Bar 2 has 70 notes, and 64 are the most\. .*fit\(phrase\)\.$"):
        TOKENS.encode_phrase(crowd)
    assert len(TOKENS.fit(crowd)) == 64


def test_ids_of_another_shape_or_vocabulary_are_refused() -> None:
    with pytest.raises(TokenError, match=r"^Ids of a piano grid are shaped \(bar, 209\), not \(2, 128\)\.$"):
        TOKENS.decode_ids(np.zeros((2, 128), int))
    with pytest.raises(TokenError, match=r"^Ids go from 0 to 217, and these from 0 to 218: "):
        TOKENS.decode_ids(np.array([[218] + [0] * 208]))

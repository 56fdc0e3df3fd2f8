"""Phrases become notes in seconds."""

import numpy as np
import pytest

from symvae.audio.notes import notes_of
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from tests.sounds import NO_NOTES


def test_phrases_in_a_row_become_notes_in_seconds() -> None:
    phrase = Phrase(Grid(1), np.array([0, 4]), np.array([4, 8]), np.array([60, 64]), tempo_qpm=120.0)
    some, seconds = notes_of([phrase, phrase.with_tempo(60.0)])
    assert seconds == pytest.approx(2.0 + 4.0)
    np.testing.assert_allclose(some.onset_sec, [0.0, 0.5, 2.0, 3.0])
    np.testing.assert_allclose(some.duration_sec, [0.5, 1.0, 1.0, 2.0])
    assert some.pitch.tolist() == [60, 64, 60, 64]
    assert some.last_sec == pytest.approx(5.0)
    assert NO_NOTES.last_sec == 0.0

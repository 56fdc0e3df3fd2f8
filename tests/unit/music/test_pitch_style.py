"""Style of a song: probabilities that sum to 1, know what followed, and leave room for other notes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.errors import MidiError
from symvae.music.io.source import load_any
from symvae.music.key_presses import LOWEST, NUM_KEYS
from symvae.music.pitch_style import PitchStyle, style_of
from tests.conftest import TUNES

PITCHES = st.lists(st.integers(LOWEST, LOWEST + NUM_KEYS - 1), min_size=1, max_size=40)


@given(PITCHES, st.lists(st.integers(0, 127), max_size=6))
def test_every_context_has_probabilities(pitches, before):
    share = PitchStyle(np.array(pitches)).next(tuple(before))
    assert share.shape == (NUM_KEYS,)
    assert share.sum() == pytest.approx(1)
    assert share.min() > 0


def test_the_note_that_followed_is_expected_and_longer_contexts_know_more():
    style = PitchStyle(np.array([60, 62, 64, 60, 62, 67] * 4))
    for before, after in (((64,), 60), ((60, 62, 64), 60), ((67, 60, 62), 64), ((64, 60, 62), 67)):
        assert LOWEST + style.next(before).argmax() == after
    both = style.next((62,))
    assert both[64 - LOWEST] == pytest.approx(both[67 - LOWEST], rel=0.2)


def test_a_strange_context_leaves_the_pitch_classes_of_the_song():
    share = PitchStyle(np.array([60, 64, 67])).next((23,))
    assert share[72 - LOWEST] > 10 * share[73 - LOWEST]


def test_the_pitched_tracks_of_a_song_count():
    song = load_any(TUNES / "ode_to_joy.mid")
    share = style_of(song).next(())
    known = np.unique(song.tracks[0].pitch) - LOWEST
    assert share[known].sum() > 0.5


def test_a_song_without_pitched_notes_is_refused(tmp_path):
    song = load_any(TUNES / "ode_to_joy.mid")
    empty = song.__class__(song.ticks_per_quarter, song.metres, song.tempos, (), 0, "empty")
    with pytest.raises(MidiError, match="has no notes to follow"):
        style_of(empty)

"""Starts of a search for fewer notes or onsets: what a phrase has to lose, and phrases that have lost it."""

import numpy as np
import pytest

from symvae.music.arranging.pattern import onsets_of
from symvae.music.chords import chords_of
from symvae.music.locks import Lock
from symvae.system.faders.prices import Prices
from symvae.system.faders.thinned import surplus, thinned
from tests.unit.music.test_thinning import alberti, melody

PHRASE = alberti()
LOCK = Lock(PHRASE, melody(PHRASE), chords_of(PHRASE))


def test_surplus_counts_notes_and_onsets():
    assert surplus(PHRASE, {"notes_per_bar": 6.0}) == {"notes_per_bar": len(PHRASE) - 24}
    assert surplus(PHRASE, {"rhythm_density": 0.25}) == {"rhythm_density": 16}
    assert surplus(PHRASE, {"notes_per_bar": 20.0, "register": 40.0}) == {}


@pytest.mark.parametrize("fewer", [{"notes_per_bar": 12}, {"rhythm_density": 12}])
def test_starts_keep_what_is_locked_and_reach_what_is_asked(fewer):
    found = thinned(LOCK, fewer)
    assert all(LOCK.holds(each) for each in found)
    if "notes_per_bar" in fewer:
        assert any(len(each) <= len(PHRASE) - 12 for each in found)
    assert any(onsets_of(each) <= onsets_of(PHRASE) - 12 for each in found)


def test_thinner_chords_cost_nothing_where_all_onsets_stay():
    """Where the melody starts with every note, the rhythm cannot follow."""
    chords = PHRASE.select(np.isin(PHRASE.onset_step, PHRASE.onset_step[melody(PHRASE)]))
    fewer = chords.select(melody(chords) | (chords.onset_step % 16 == 0))
    locked = Prices(Lock(chords, melody(chords), chords_of(chords))).of(fewer)
    free = Prices(Lock(chords, np.zeros(len(chords), bool), chords_of(chords))).of(fewer)
    assert locked == 0.0 < free


def test_a_new_note_above_a_kept_melody_costs_more_than_one_below():
    def price(pitch: int) -> float:
        columns = zip(PHRASE.columns, (9, 1, pitch, 60), strict=True)
        return Prices(LOCK).of(PHRASE.with_notes(*(np.append(column, new) for column, new in columns)))

    top = int(PHRASE.pitch.max())
    assert price(top + 9) > price(top - 3)

"""Prices, proposals and gestures of an arranger."""

import numpy as np
import pytest

from symvae.music.chords import chords_of
from symvae.music.grid import Grid
from symvae.music.locks import Lock
from symvae.music.phrase import Phrase
from symvae.system.faders.constraints import constraints_of
from symvae.system.faders.edit_transfer import notes_of, with_notes
from symvae.system.faders.gestures import gestures
from symvae.system.faders.prices import Prices, clashing_share, restruck_share
from symvae.system.faders.refine_notes import refine_notes

GRID = Grid(1)


def phrase(*notes: tuple[int, int, int]) -> Phrase:
    onset, length, pitch = np.array(notes, np.int64).reshape(-1, 3).T
    return Phrase(GRID, onset, length, pitch)


#: A tune in quarters over chords of C in halves.
SONG = phrase(
    *((beat, 4, pitch) for beat, pitch in ((0, 76), (4, 72), (8, 79), (12, 76))),
    *((half, 8, pitch) for half in (0, 8) for pitch in (48, 55, 64)),
)
LOCK = Lock(SONG, SONG.pitch >= 70, chords_of(SONG))

PROPOSALS = constraints_of(LOCK).proposals


def plus(*notes: tuple[int, int, int]) -> Phrase:
    more = np.column_stack([np.array(notes), np.full(len(notes), 80)])
    return with_notes(SONG, np.concatenate([notes_of(SONG), more]))


def price(edited: Phrase) -> float:
    return Prices(LOCK).of(edited)


def test_a_phrase_itself_costs_nothing():
    assert price(SONG) == 0.0


def test_a_chord_tone_is_cheaper_than_a_passing_tone_and_that_than_a_foreign_one():
    tone, passing, foreign = (price(plus((6, 2, pitch))) for pitch in (67, 62, 61))
    assert tone == 0.0 < passing < foreign


def test_on_a_beat_a_note_of_the_scale_is_foreign():
    assert price(plus((4, 2, 62))) > price(plus((6, 2, 62)))


def test_new_onsets_are_cheaper_than_thicker_chords():
    rhythm = price(plus((2, 2, 52), (6, 2, 60), (10, 2, 52), (14, 2, 60)))
    chords = price(plus((0, 2, 52), (0, 2, 60), (8, 2, 52), (8, 2, 60)))
    assert rhythm < chords


def test_restrikes_and_clashes():
    assert restruck_share(phrase((0, 4, 60), (4, 4, 60), (12, 4, 60))) == pytest.approx(1 / 3)
    assert clashing_share(phrase((0, 4, 60), (2, 2, 61), (6, 2, 62))) == pytest.approx(1 / 3)
    assert price(plus((8, 2, 60), (10, 2, 60))) > price(plus((6, 2, 60), (10, 2, 60)))


def test_proposals_are_tones_of_the_chord_where_nothing_starts_or_beyond_the_range():
    proposals = constraints_of(LOCK).proposals
    assert set(proposals[:, 2] % 12) <= {0, 4, 7}
    new = proposals[~np.isin(proposals[:, 0], SONG.onset_step)]
    assert len(new)
    assert set(new[:, 2]) <= set(range(48, 65))
    doubled = proposals[np.isin(proposals[:, 0], [4, 12])]
    assert len(doubled)
    sounding = {(4, 48), (4, 55), (4, 64), (4, 72), (12, 48), (12, 55), (12, 64), (12, 76)}
    assert sounding.isdisjoint(zip(doubled[:, 0].tolist(), doubled[:, 2].tolist(), strict=True))


def test_gestures_move_nothing_that_is_kept():
    tune = {(o, p) for o, p in zip(SONG.onset_step.tolist(), SONG.pitch.tolist(), strict=True) if p >= 70}
    every = gestures(notes_of(SONG), LOCK, PROPOSALS)
    assert every
    for exchange in every:
        result = exchange(notes_of(SONG))
        assert tune <= set(zip(result[:, 0].tolist(), result[:, 2].tolist(), strict=True))


def test_an_octave_fold_narrows_the_range_at_once():
    folded = [exchange(notes_of(SONG)) for exchange in gestures(notes_of(SONG), LOCK, PROPOSALS)]
    assert any(notes[:, 2].min() == 55 and len(notes) == len(SONG) for notes in folded)


def test_a_pattern_has_a_note_at_one_place_of_every_beat():
    results = [exchange(notes_of(SONG)) for exchange in gestures(notes_of(SONG), LOCK, PROPOSALS)]
    new = [set(notes[:, 0].tolist()) - set(SONG.onset_step.tolist()) for notes in results]
    assert {2, 6, 10, 14} in new
    assert {2, 10} in new


def test_refinement_keeps_the_lock():
    """The cost asks for silence."""
    result = refine_notes(
        SONG,
        [SONG, phrase((2, 2, 60))],
        lambda candidates: np.array([float(len(c)) for c in candidates]),
        lock=LOCK,
    )
    assert len(result) < len(SONG)
    assert LOCK.holds(result)

"""Locks of phrases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.chords import chords_of
from symvae.music.grid import Grid
from symvae.music.locks import Lock, bass_line
from symvae.music.phrase import Phrase

GRID = Grid(1)


def phrase(*notes: tuple[int, int, int]) -> Phrase:
    onset, length, pitch = np.array(notes, np.int64).reshape(-1, 3).T
    return Phrase(GRID, onset, length, pitch)


def places(some: Phrase) -> set[tuple[int, int]]:
    return set(zip(some.onset_step.tolist(), some.pitch.tolist(), strict=True))


#: A tune over two chords, C and G.
SONG = phrase(
    (0, 8, 48), (0, 4, 76), (4, 4, 64), (4, 4, 72), (8, 8, 43), (8, 4, 74), (12, 4, 59), (12, 4, 79)
)
TUNE = np.array([pitch >= 70 for pitch in SONG.pitch])


def lock(kept=TUNE, **options) -> Lock:
    return Lock(SONG, np.asarray(kept), chords_of(SONG), **options)


@st.composite
def edits(draw):
    rows = draw(st.lists(st.tuples(st.integers(0, 15), st.integers(1, 16), st.integers(40, 80)), max_size=12))
    rows = list(
        {(onset, pitch): (onset, min(length, 16 - onset), pitch) for onset, length, pitch in rows}.values()
    )
    mine = [
        row
        for row, stays in zip(
            zip(*SONG.columns[:3], strict=True),
            draw(st.lists(st.booleans(), min_size=8, max_size=8)),
            strict=True,
        )
        if stays
    ]
    found = {(int(o), int(p)): (int(o), int(d), int(p)) for o, d, p in [*rows, *mine]}
    return phrase(*found.values())


@given(edits(), st.booleans(), st.booleans(), st.booleans())
def test_a_restored_phrase_holds_and_stays(edited, melody, rhythm, harmony):
    some = lock(TUNE if melody else np.zeros(8, bool), rhythm=rhythm, harmony=harmony)
    restored = some.restore(edited)
    assert some.holds(restored)
    assert some.restore(restored) == restored
    if melody:
        assert {(o, p) for o, p in places(SONG) if p >= 70} <= places(restored)
    if rhythm:
        assert set(restored.onset_step.tolist()) == set(SONG.onset_step.tolist())


def test_source_holds_its_own_locks():
    assert lock(rhythm=True, harmony=True).holds(SONG)
    assert lock(rhythm=True, harmony=True).restore(SONG) == SONG


def test_a_kept_pitch_is_not_struck_again_while_it_sounds():
    edited = phrase((0, 4, 76), (2, 2, 76), (2, 2, 67))
    assert (2, 76) not in places(lock().restore(edited))
    assert (2, 67) in places(lock().restore(edited))


def test_harmony_takes_chord_tones_alone_and_loses_no_tone():
    restored = lock(np.zeros(8, bool), harmony=True).restore(
        phrase((0, 8, 48), (2, 2, 66), (2, 2, 55), (8, 8, 43))
    )
    assert (2, 66) not in places(restored)
    assert (2, 55) in places(restored)
    assert {0, 4} <= {pitch % 12 for onset, pitch in places(restored) if onset < 8}


def test_rhythm_brings_back_the_notes_of_an_onset_that_is_gone():
    restored = lock(np.zeros(8, bool), rhythm=True).restore(phrase((0, 8, 50), (3, 1, 60)))
    assert places(restored) == {(0, 50), (4, 64), (4, 72), (8, 43), (8, 74), (12, 59), (12, 79)}


def test_bass_is_what_no_note_sounds_under():
    assert SONG.pitch[bass_line(SONG)].tolist() == [48, 43]
    assert bass_line(phrase((0, 4, 60), (2, 4, 62), (6, 2, 62))).tolist() == [True, False, True]


@pytest.mark.parametrize("kept", [np.zeros(8, bool), TUNE])
def test_places_are_those_of_the_notes_kept(kept):
    assert len(lock(kept).places) == kept.sum()


def test_a_line_stays_a_line_where_a_note_comes_back():
    line = phrase((0, 4, 60), (4, 4, 64), (8, 8, 67))
    some = Lock(line, np.zeros(3, bool), chords_of(line), rhythm=True, harmony=True, one_voice=True)
    restored = some.restore(phrase((0, 4, 64), (4, 4, 66), (8, 8, 60)))
    assert restored.is_monophonic
    assert some.holds(restored)

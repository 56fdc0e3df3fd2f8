"""Notes held over the ends of phrases stay whole when the phrases are edited."""

import numpy as np

from symvae.music.grid import Grid
from symvae.music.held_over import Crossing, crossings, keep_whole, moved
from symvae.music.phrase import Phrase
from symvae.music.song import MetreChange, Song, TempoChange, Track

STEP = 120
#: A note of two beats that begins on the last beat of a bar.
HELD = Crossing(-4, 4, 60)


def phrase(*notes: tuple[int, int, int]) -> Phrase:
    """One bar of (onset, duration, pitch)."""
    onset, duration, pitch = np.array(notes, np.int64).reshape(-1, 3).T
    return Phrase(Grid(1), onset, duration, pitch)


def rows(music: Phrase) -> list[tuple[int, int, int]]:
    return list(zip(*(column.tolist() for column in music.columns[:3]), strict=True))


def test_notes_cross_a_line_by_half_a_step_at_least() -> None:
    onset, end = (
        [12 * STEP, 15 * STEP, 16 * STEP - 50, 12 * STEP],
        [17 * STEP, 16 * STEP + 50, 18 * STEP, 16 * STEP],
    )
    columns = (np.array(onset), np.array(end) - onset, np.array([60, 62, 64, 65]), np.full(4, 80))
    song = Song(
        480, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), (Track("", 0, False, *columns),), 18 * STEP
    )
    assert crossings(song, [0], 16 * STEP, float(STEP)) == [Crossing(-4, 1, 60)]


def test_a_held_note_that_is_shortened_or_gone_lasts_to_the_end_again() -> None:
    before = phrase((0, 4, 64), (12, 4, 60))
    for after in (phrase((0, 4, 64), (12, 1, 60)), phrase((0, 4, 64), (4, 4, 67))):
        kept = keep_whole(before, after, [HELD], [], one_voice=False)
        assert (12, 4, 60) in rows(kept)
        assert moved(before, kept, [HELD]) == [HELD]


def test_a_held_note_that_moved_is_held_where_it_is() -> None:
    before, after = phrase((0, 4, 64), (12, 4, 60)), phrase((0, 4, 76), (12, 2, 72))
    kept = keep_whole(before, after, [HELD], [], one_voice=False)
    assert rows(kept) == [(0, 4, 76), (12, 4, 72)]
    assert moved(before, kept, [HELD]) == [HELD._replace(pitch=72)]


def test_a_held_note_that_is_gone_comes_back_in_the_octave_of_the_edit() -> None:
    before = phrase((0, 4, 64), (4, 4, 65), (8, 4, 67), (12, 4, 60))
    after = phrase((0, 4, 76), (4, 4, 77), (8, 1, 79))
    assert (12, 4, 72) in rows(keep_whole(before, after, [HELD], [], one_voice=False))


def test_no_new_note_ends_a_held_one() -> None:
    before, after = phrase((12, 4, 60)), phrase((12, 2, 60), (14, 2, 60), (14, 2, 64))
    assert rows(keep_whole(before, after, [HELD], [], one_voice=False)) == [(12, 4, 60), (14, 2, 64)]
    assert rows(keep_whole(before, after, [HELD], [], one_voice=True)) == [(12, 4, 60)]


def test_new_notes_wait_for_one_that_sounds_in_from_before() -> None:
    before = phrase((4, 4, 62))
    after = phrase((0, 2, 60), (2, 2, 64), (4, 4, 62), (4, 2, 60))
    assert rows(keep_whole(before, after, [], [HELD], one_voice=False)) == [
        (2, 2, 64),
        (4, 2, 60),
        (4, 4, 62),
    ]
    assert rows(keep_whole(before, after, [], [HELD], one_voice=True)) == [(4, 2, 60), (4, 4, 62)]


def test_shorter_notes_that_were_asked_for_end_before_the_line() -> None:
    before, after = phrase((0, 4, 64), (12, 4, 60)), phrase((0, 1, 64), (12, 1, 60))
    kept = keep_whole(before, after, [HELD], [], one_voice=False, ratio=0.25)
    assert rows(kept) == [(0, 1, 64), (12, 2, 60)]
    assert moved(before, kept, [HELD]) == []


def test_a_note_that_the_phrase_does_not_show_changes_nothing() -> None:
    before, after = phrase((0, 4, 64)), phrase((0, 4, 67), (8, 4, 60))
    assert keep_whole(before, after, [HELD], [], one_voice=False) == after
    assert moved(before, after, [HELD]) == [HELD]

"""Bars that are alike get the same edit."""

from dataclasses import replace

import numpy as np

from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.pipelines.repeated_edits import Bar, repeat_edits

#: (onset, duration, pitch) in a bar.
VERSE = [(0, 4, 60), (4, 4, 64), (8, 4, 67), (12, 4, 72)]
OTHER = [(0, 8, 62), (8, 8, 65)]


def phrase(*bars: list[tuple[int, int, int]]) -> Phrase:
    notes = [(16 * bar + onset, *rest) for bar, each in enumerate(bars) for onset, *rest in each]
    onset, duration, pitch = np.array(notes, np.int64).T
    return Phrase(Grid(len(bars)), onset, duration, pitch)


def bar(row: int, number: int) -> Bar:
    return Bar(row, 16 * number, 16 * number + 16)


ALL = [[bar(0, 0), bar(0, 1), bar(1, 0), bar(1, 1)]]


def test_equal_bars_of_two_windows_become_equal() -> None:
    edited = [(0, 4, 60), (2, 2, 64), (8, 4, 67)]
    sources = [phrase(VERSE, OTHER), phrase(OTHER, VERSE)]
    results = {0: phrase(edited, OTHER), 1: phrase([(0, 16, 62)], [(0, 16, 48)])}
    new = repeat_edits(sources, results, ALL, one_voice=False)
    assert new[0] == results[0]
    assert new[1] == phrase(OTHER, edited)


def test_bars_with_other_settings_keep_their_own_edit() -> None:
    sources = [phrase(VERSE, OTHER), phrase(OTHER, VERSE)]
    results = {0: phrase(VERSE[:3], OTHER), 1: phrase(OTHER, VERSE[1:])}
    assert repeat_edits(sources, results, [ALL[0][:2], ALL[0][2:]], one_voice=False) == results


def test_notes_that_only_the_later_bar_has_stay() -> None:
    sources = [phrase(VERSE, OTHER), phrase(OTHER, [*VERSE, (14, 2, 79)])]
    results = {0: phrase(VERSE[:3], OTHER), 1: phrase(OTHER, VERSE[1:])}
    polyphonic = repeat_edits(sources, results, ALL, one_voice=False)
    assert polyphonic[1].pitch.tolist() == [62, 65, 60, 64, 67, 79]
    assert repeat_edits(sources, results, ALL, one_voice=True) == results


def test_notes_of_a_bar_may_last_into_the_next() -> None:
    tied = [(0, 4, 60), (12, 8, 72)]
    sources = [phrase(VERSE, OTHER), phrase(VERSE, OTHER)]
    results = {0: phrase(tied, OTHER), 1: phrase(VERSE, OTHER)}
    new = repeat_edits(sources, results, ALL, one_voice=False)
    assert new[1].duration_step[new[1].pitch == 72].tolist() == [8]
    last = repeat_edits(
        [sources[0], phrase(OTHER, VERSE)], {**results, 1: phrase(OTHER, VERSE)}, ALL, one_voice=False
    )
    assert last[1].duration_step[last[1].pitch == 72].tolist() == [4]


def beat(*bars: list[tuple[int, int, int]]) -> Phrase:
    return replace(phrase(*bars), is_drum=True)


def test_a_beat_keeps_the_two_bars_of_its_edit() -> None:
    """What is asked of two bars may be done in one of them, and is done there wherever they return."""
    fill = [*VERSE, (14, 1, 60)]
    sources, later = [beat(VERSE, VERSE), beat(VERSE, VERSE)], beat(OTHER, OTHER)
    new = repeat_edits(sources, {0: beat(VERSE, fill), 1: later}, ALL, one_voice=False)
    assert new[0] == beat(VERSE, fill)
    assert new[1] == beat(VERSE, fill)


def test_drums_a_semitone_apart_do_not_clash() -> None:
    snare, hat = (4, 1, 38), (4, 1, 39)
    sources = [beat(VERSE, OTHER), beat(VERSE, OTHER)]
    results = {0: beat([*VERSE, snare, hat], OTHER), 1: beat(VERSE, OTHER)}
    assert repeat_edits(sources, results, ALL, one_voice=False)[1] == results[0]


def test_bars_of_drums_that_only_resemble_each_other_keep_their_own_edits() -> None:
    sources = [beat(VERSE, OTHER), beat([*VERSE, (14, 1, 60)], OTHER)]
    results = {0: beat(VERSE[:3], OTHER), 1: beat([*VERSE, (15, 1, 60)], OTHER)}
    assert repeat_edits(sources, results, ALL, one_voice=False) == results

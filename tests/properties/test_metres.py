"""Laws of the bars: every note stays in its bar of the file, whatever grid holds the metre."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.music.bars import bar_lines, sections
from symvae.music.grid import Grid
from symvae.music.metre import GRID_BARS
from symvae.music.reason import Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.splice import Patch, splice
from symvae.music.windows import ending, whole, windows
from symvae.pipelines.fade_versions import bars_in_song

STEP = 120
#: Bars of a window that hold a whole number of bars of every metre.
WINDOW_BARS = 12


def song_of(metre: str, first_tick: int, notes: list[tuple[int, int, int]]) -> Song:
    """A tune of (onset, duration, pitch) in sixteenths; a stretch of 5/4 before ``first_tick``."""
    metres = [MetreChange(first_tick, *map(int, metre.split("/")))]
    if first_tick:
        metres = [MetreChange(0, 5, 4), *metres]
    onset, duration, pitch = np.array(notes).T
    track = Track(
        "tune", 0, False, first_tick + onset * STEP, duration * STEP, pitch, np.full(len(onset), 90)
    )
    return Song(4 * STEP, tuple(metres), (TempoChange(0, 120.0),), (track,), int(track.end_tick.max()))


def in_a_row(onsets: set[int], pitches: list[int]) -> list[tuple[int, int, int]]:
    """Notes that last until the next one."""
    starts = [*sorted(onsets), max(onsets) + 3]
    return [(a, b - a, pitch) for a, b, pitch in zip(starts, starts[1:], pitches, strict=False)]


NOTES = st.builds(
    in_a_row,
    st.sets(st.integers(0, 399), min_size=1, max_size=60),
    st.lists(st.integers(30, 90), min_size=60, max_size=60),
)
#: A tune in any metre that a grid holds, perhaps after two bars of 5/4.
SONGS = st.tuples(st.sampled_from(sorted(GRID_BARS)), st.sampled_from([0, 40 * STEP]), NOTES)
Tune = tuple[str, int, list[tuple[int, int, int]]]


def bar_of(song: Song, tick: np.ndarray) -> np.ndarray:
    return np.searchsorted(bar_lines(song), tick, side="right") - 1


@given(SONGS)
@settings(max_examples=60)
def test_a_song_is_read_whole_into_the_grid_of_its_metre(tune: Tune) -> None:
    song = song_of(*tune)
    (phrase,) = whole(song).phrases
    section = sections(song)[-1]
    assert phrase.grid.metre == GRID_BARS[section.metre].metre
    assert (section.start_tick + phrase.onset_step * STEP).tolist() == song.tracks[0].onset_tick.tolist()
    assert phrase.pitch.tolist() == song.tracks[0].pitch.tolist()


@given(SONGS, st.integers(1, 4))
@settings(max_examples=60)
def test_every_note_of_a_window_lies_in_its_bars_of_the_file(tune: Tune, stride: int) -> None:
    song = song_of(*tune)
    section = sections(song)[-1]
    grid = Grid.of_metre(section.grid_metre or "", WINDOW_BARS)
    lines = bar_lines(song)
    reading = windows(song, grid, stride_bars=stride)
    for phrase, first, end in zip(reading.phrases, reading.start_bar, reading.end_bar, strict=True):
        bars = bar_of(song, lines[first] + phrase.onset_step * STEP)
        assert ((first <= bars) & (bars < end)).all()
        assert end - first <= section.grid_bar.in_file(WINDOW_BARS)
    last = ending(song, grid)
    assert last.end_bar == (bar_of(song, song.tracks[0].end_tick.max() - 1) + 1,) or not last.phrases


@given(SONGS, st.data())
@settings(max_examples=60)
def test_one_bar_written_back_changes_that_bar_of_the_file_only(tune: Tune, data: st.DataObject) -> None:
    song = song_of(*tune)
    section = sections(song)[-1]
    reading = windows(song, Grid.of_metre(section.grid_metre or "", WINDOW_BARS))
    if not reading.phrases:
        return
    row = data.draw(st.integers(0, len(reading.phrases) - 1))
    first, end = reading.start_bar[row], reading.end_bar[row]
    bar, lines = data.draw(st.integers(first, end - 1)), bar_lines(song)
    phrase = reading.phrases[row]
    inside = bar_of(song, song.tracks[0].onset_tick) == bar
    assert len(bars_in_song(phrase, first, [bar], song, lines)) == inside.sum()
    patch = Patch(phrase, phrase.transpose(12), lines[first], lines[bar], lines[bar + 1], lines[end])
    (track,) = splice(song, [patch], [0]).song.tracks
    assert track.onset_tick.tolist() == song.tracks[0].onset_tick.tolist()
    assert (track.pitch - song.tracks[0].pitch).tolist() == (12 * inside).tolist()


@pytest.mark.parametrize(("metre", "window"), [("12/8", 1), ("24/8", 2), ("8/4", 3)])
def test_a_window_shorter_than_a_bar_of_the_file_is_refused_with_its_reason(metre: str, window: int) -> None:
    song = song_of(metre, 0, [(16 * n, 1, 60) for n in range(8)])
    reading = windows(song, Grid.of_metre(GRID_BARS[metre].metre, window))
    (dropped,) = reading.dropped
    assert (reading.phrases, dropped.reason) == ((), Reason.METRE_NOT_SUPPORTED)
    assert f"a bar of {metre} is {GRID_BARS[metre].grid_bars} bars" in dropped.detail

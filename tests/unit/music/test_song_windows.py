"""Bars, sections, whole phrases and windows; songs are built in ticks, 480 to a quarter."""

import numpy as np
import pytest

from symvae.errors import MidiError
from symvae.music.bars import bars_in_words, sections
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import to_bytes
from symvae.music.phrase import Phrase
from symvae.music.reading import Reading
from symvae.music.reason import Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.windows import longest_rest_step, whole, windows

QUARTER = 480


def song(
    metres: list[tuple[int, str]],
    notes: list[tuple[float, float, int]],
    end_quarter: float = 0,
    tempos: list[tuple[int, float]] = [(0, 120.0)],  # noqa: B006
    is_drum: bool = False,
) -> Song:
    """Metres and tempos at a quarter, notes as (onset, duration, pitch) in quarters."""
    rows = np.array([(round(a * QUARTER), round(b * QUARTER), c, 90) for a, b, c in notes], np.int64)
    track = Track("melody", 0, is_drum, *rows.reshape(-1, 4).T)
    last = max((a + b for a, b, _ in notes), default=0)
    return Song(
        QUARTER,
        tuple(MetreChange(at * QUARTER, *map(int, metre.split("/"))) for at, metre in metres),
        tuple(TempoChange(at * QUARTER, qpm) for at, qpm in tempos),
        (track,),
        round(max(end_quarter, last) * QUARTER),
    )


def quarters(first: int, count: int) -> list[tuple[float, float, int]]:
    return [(first + i, 1.0, 60 + i % 12) for i in range(count)]


def reasons(reading: Reading) -> dict[Reason, int]:
    counts: dict[Reason, int] = {}
    for dropped in reading.dropped:
        counts[dropped.reason] = counts.get(dropped.reason, 0) + dropped.count
    return counts


@pytest.mark.parametrize(
    ("metre", "quarters_long", "grid_metre", "file_bars", "bars"),
    [
        ("4/4", 16, "4/4", 4, 4),
        ("2/2", 16, "4/4", 4, 4),
        ("2/4", 16, "4/4", 8, 4),
        ("2/4", 14, "4/4", 7, 4),
        ("3/4", 12, "3/4", 4, 4),
        ("6/8", 12, "6/8", 4, 4),
        ("4/4", 13, "4/4", 4, 4),
    ],
)
def test_bars_of_each_metre(
    metre: str, quarters_long: int, grid_metre: str, file_bars: int, bars: int
) -> None:
    (section,) = sections(song([(0, metre)], quarters(0, quarters_long)))
    assert (section.grid_metre, section.num_file_bars, section.num_bars) == (grid_metre, file_bars, bars)
    (phrase,) = whole(song([(0, metre)], quarters(0, quarters_long))).phrases
    assert phrase.grid == Grid.of_metre(grid_metre, bars)
    assert phrase.onset_step.tolist() == list(range(0, 4 * quarters_long, 4))


def test_a_metre_without_a_grid_is_dropped_with_its_reason() -> None:
    reading = whole(song([(0, "7/8")], quarters(0, 7)))
    assert reading.phrases == ()
    (dropped,) = reading.dropped
    assert str(dropped) == "section: metre_not_supported: bars 1-2: in 7/8, which no grid holds"


def test_each_section_is_a_phrase() -> None:
    reading = whole(song([(0, "4/4"), (8, "3/4"), (14, "4/4")], quarters(0, 18)))
    assert [p.grid for p in reading.phrases] == [Grid(2), Grid.of_metre("3/4", 2), Grid(1)]
    assert reading.start_bar == (0, 2, 4)
    assert reading.end_bar == (2, 4, 5)
    assert sum(map(len, reading.phrases)) == 18


def test_a_time_signature_repeated_on_a_bar_line_is_no_change() -> None:
    assert len(sections(song([(0, "4/4"), (8, "4/4")], quarters(0, 16)))) == 1
    assert len(sections(song([(0, "4/4"), (6, "4/4")], quarters(0, 16)))) == 2


def test_a_note_played_slightly_early_belongs_to_the_next_section() -> None:
    early = [(0.0, 1.0, 60), (3.97, 1.0, 72)]
    reading = whole(song([(0, "4/4"), (4, "3/4")], early))
    assert [p.pitch.tolist() for p in reading.phrases] == [[60], [72]]
    assert reading.phrases[1].onset_step.tolist() == [0]


def test_a_note_over_a_metre_change_is_shortened_and_counted() -> None:
    reading = whole(song([(0, "4/4"), (4, "3/4")], [(2.0, 4.0, 60), (6.0, 1.0, 62)]))
    assert reading.phrases[0].duration_step.tolist() == [8]
    assert reasons(reading) == {Reason.CUT_OFF: 1}


def test_a_slightly_long_last_note_opens_no_bar_and_an_early_one_its_own() -> None:
    assert whole(song([(0, "4/4")], [(0.0, 4.05, 60)])).phrases[0].grid.bars == 1
    (phrase,) = whole(song([(0, "4/4")], [(0.0, 1.0, 60), (3.95, 0.05, 62)])).phrases
    assert (phrase.grid.bars, phrase.onset_step.tolist()) == (2, [0, 16])


def test_windows_end_to_end() -> None:
    reading = windows(song([(0, "4/4")], quarters(0, 16)), Grid(2))
    assert [p.grid for p in reading.phrases] == [Grid(2), Grid(2)]
    assert reading.start_bar == (0, 2)
    assert reading.dropped == ()


def test_windows_of_2_4_count_the_bars_of_the_file() -> None:
    reading = windows(song([(0, "2/4")], quarters(0, 14)), Grid(2))
    assert reading.start_bar == (0, 4)
    assert reading.end_bar == (4, 7)


def test_overlapping_windows_start_at_each_stride_and_stop_at_the_end() -> None:
    reading = windows(song([(0, "4/4")], quarters(0, 24)), Grid(4), stride_bars=1)
    assert reading.start_bar == (0, 1, 2)
    assert reading.dropped == ()


def test_half_a_last_window_is_padded_and_less_is_too_short() -> None:
    grid = Grid(4)
    half = windows(song([(0, "4/4")], quarters(0, 24)), grid)
    assert half.start_bar == (0, 4)
    assert half.phrases[1].grid == grid
    less = windows(song([(0, "4/4")], quarters(0, 20)), grid)
    assert less.start_bar == (0,)
    assert [str(d) for d in less.dropped] == ["window: too_short: bar 5: 1 of the window's 4 bars"]


def test_a_window_cut_short_by_a_metre_change_has_its_reason() -> None:
    reading = windows(song([(0, "4/4"), (4, "3/4")], quarters(0, 16)), Grid(4))
    assert reasons(reading) == {Reason.METRE_CHANGES: 1, Reason.METRE_NOT_SUPPORTED: 1}


def test_sections_of_another_metre_are_dropped_with_their_reason() -> None:
    reading = windows(song([(0, "3/4")], quarters(0, 12)), Grid(2))
    assert [str(d) for d in reading.dropped] == [
        "section: metre_not_supported: bars 1-4: in 3/4, the window is in 4/4"
    ]


def test_silent_windows_are_dropped_and_long_rests_on_request() -> None:
    gap = song([(0, "4/4")], quarters(0, 1) + quarters(15, 1))
    reading = windows(gap, Grid(1))
    assert reading.start_bar == (0, 3)
    assert [str(d) for d in reading.dropped] == ["window: long_rest (×2): bars 2-3: silent"]
    assert windows(gap, Grid(4)).start_bar == (0,)
    strict = windows(gap, Grid(4), max_rest_bars=1)
    assert strict.phrases == ()
    assert [d.reason for d in strict.dropped] == [Reason.LONG_REST]


def test_a_window_with_only_a_held_note_is_tied_in() -> None:
    held = song([(0, "4/4")], [(0.0, 14.0, 60), *quarters(16, 4)])
    reading = windows(held, Grid(2))
    assert reading.start_bar == (0, 4)
    assert [str(d) for d in reading.dropped] == [
        "window: tied_in: bars 3-4: no note starts, and one from before sounds on",
        "notes: cut_off: it outlasts the window and ends with it",
        "notes: tied_in: it starts before the window and sounds into it",
    ]


@pytest.mark.parametrize("metre", ["4/4", "2/4"])
@pytest.mark.parametrize("bars", [1, 2, 4])
def test_a_note_rounded_past_the_last_bar_opens_one_more(metre: str, bars: int) -> None:
    late = song([(0, metre)], [*quarters(0, 15), (15.95, 0.05, 72)])
    file_bars = sum(section.num_file_bars for section in sections(late))
    assert whole(late).end_bar == (file_bars + 1,)
    reading = windows(late, Grid(bars))
    spans = list(zip(reading.start_bar, reading.end_bar, strict=True))
    assert all(start < end <= file_bars + 1 for start, end in spans)
    if bars < 4:
        assert spans[-1] == (file_bars, file_bars + 1)
    else:
        assert [str(d) for d in reading.dropped] == [
            f"window: too_short: bar {file_bars + 1}: 1 of the window's 4 bars"
        ]


def test_notes_cut_by_a_window_are_counted() -> None:
    reading = windows(song([(0, "4/4")], [(0.0, 1.0, 60), (3.0, 2.0, 62), (6.0, 1.0, 64)]), Grid(1))
    assert [len(p) for p in reading.phrases] == [2, 1]
    assert reasons(reading) == {Reason.CUT_OFF: 1, Reason.TIED_IN: 1}


def test_each_window_has_the_tempo_at_its_start() -> None:
    changing = song([(0, "4/4")], quarters(0, 12), tempos=[(0, 100.0), (2, 110.0), (4, 90.004)])
    assert [p.tempo_qpm for p in windows(changing, Grid(1)).phrases] == [100.0, 90.0, 90.0]


def test_pitches_out_of_range_are_dropped_and_counted() -> None:
    low = song([(0, "4/4")], [(0.0, 1.0, 20), (1.0, 1.0, 60), (2.0, 1.0, 109)])
    assert len(whole(low).phrases[0]) == 3
    reading = whole(low, pitch_range=(21, 108))
    assert reading.phrases[0].pitch.tolist() == [60]
    assert reasons(reading) == {Reason.OUT_OF_RANGE: 2}


def test_chord_notes_are_polyphonic_and_fast_runs_off_the_grid() -> None:
    chord = whole(song([(0, "4/4")], [(0.0, 1.0, 60), (0.0, 1.0, 64)]))
    assert reasons(chord) == {Reason.POLYPHONIC: 1}
    run = whole(song([(0, "4/4")], [(0.0, 0.1, 64), (0.1, 0.1, 62), (1.0, 1.0, 60)]))
    assert reasons(run) == {Reason.OFF_GRID: 1}
    assert run.phrases[0].pitch.tolist() == [64, 60]


def test_the_mean_shift_is_in_steps_and_milliseconds() -> None:
    late = song([(0, "4/4")], [(0.05, 0.9, 60), (1.0, 0.9, 62)], tempos=[(0, 60.0)])
    reading = whole(late)
    assert reading.timing.mean_shift_step == pytest.approx(0.1)
    assert reading.timing.mean_shift_ms == pytest.approx(25.0)
    assert reading.timing.off_grid_share == 0.5


def test_polyphonic_reading_keeps_all_voices() -> None:
    chords = song([(0, "4/4")], [(0.0, 4.0, 60), (0.0, 1.0, 64), (2.0, 1.0, 64)])
    reading = whole(chords, polyphonic=True)
    assert len(reading.phrases[0]) == 3
    assert reading.dropped == ()


def test_polyphonic_reading_merges_the_pitched_tracks() -> None:
    one, two = song([(0, "4/4")], quarters(0, 4)), song([(0, "4/4")], [(0.0, 4.0, 40)])
    both = Song(QUARTER, one.metres, one.tempos, one.tracks + two.tracks, one.end_tick)
    assert len(whole(both, polyphonic=True).phrases[0]) == 5
    assert whole(both, polyphonic=True).track is None
    assert len(whole(both, track=1, polyphonic=True).phrases[0]) == 1


def test_drums_and_empty_songs_have_their_reasons() -> None:
    drums = song([(0, "4/4")], quarters(0, 4), is_drum=True)
    assert reasons(whole(drums)) == {Reason.DRUMS: 4}
    assert reasons(whole(drums, track=0)) == {Reason.DRUMS: 4}
    assert reasons(windows(song([(0, "4/4")], []), Grid(2))) == {Reason.EMPTY: 1}


def test_silence_with_an_end_marker_is_a_phrase() -> None:
    silence = Phrase(Grid(3))
    assert whole(load(to_bytes(silence))).phrases == (silence,)
    assert windows(load(to_bytes(silence)), Grid(3)).phrases == (silence,)


def test_silent_bars_at_the_end_are_kept() -> None:
    phrase = Phrase(Grid(8), np.array([0]), np.array([4]), np.array([60]))
    assert windows(load(to_bytes(phrase)), Grid(8)).phrases == (phrase,)


def test_an_unknown_track_raises_a_midi_error() -> None:
    with pytest.raises(MidiError, match="There is no track 5"):
        whole(song([(0, "4/4")], quarters(0, 4)), track=5)


def test_the_longest_rest() -> None:
    assert longest_rest_step(Phrase(Grid(2))) == 32
    assert longest_rest_step(Phrase(Grid(1), np.array([0, 10]), np.array([4, 2]), np.array([60, 60]))) == 6


def test_bars_in_words() -> None:
    assert bars_in_words([(0, 1)]) == "bar 1"
    assert bars_in_words([(0, 2), (2, 4), (6, 7)]) == "bars 1-4, 7"

"""Splicing: patched bars are new, everything else is unchanged."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.music.bars import bar_lines
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.music.reading import Reading
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.splice import MERGED_NAME, Patch, splice, with_tempos
from symvae.music.windows import whole, windows

QUARTER = 480
STEP = QUARTER // 4
BAR = 4 * QUARTER


def track(*notes: tuple[float, float, int], name: str = "melody", is_drum: bool = False) -> Track:
    """Notes as (onset, duration, pitch) in quarters."""
    rows = np.array([(round(a * QUARTER), round(b * QUARTER), c, 90) for a, b, c in notes], np.int64)
    return Track(name, 5, is_drum, *rows.reshape(-1, 4).T)


def song(
    *tracks: Track,
    metres: tuple[tuple[float, str], ...] = ((0, "4/4"),),
    tempos: tuple[tuple[float, float], ...] = ((0, 120.0),),
) -> Song:
    end = max((int(each.end_tick.max()) for each in tracks if len(each)), default=0)
    return Song(
        QUARTER,
        tuple(MetreChange(round(at * QUARTER), *map(int, metre.split("/"))) for at, metre in metres),
        tuple(TempoChange(round(at * QUARTER), qpm) for at, qpm in tempos),
        tracks,
        end,
    )


def quarters(first: int, count: int) -> list[tuple[float, float, int]]:
    return [(first + i, 1.0, 60 + i % 12) for i in range(count)]


def patches(piece: Song, reading: Reading, phrases: tuple[Phrase, ...] | None = None) -> list[Patch]:
    """One patch a bar of the file, of the phrases read or of others in their place."""
    lines = bar_lines(piece)
    rows = zip(phrases or reading.phrases, reading.start_bar, reading.end_bar, strict=True)
    return [
        Patch(phrase, lines[start], lines[bar], lines[bar + 1], lines[end])
        for phrase, start, end in rows
        for bar in range(start, end)
    ]


def rows(part: Track) -> list[list[int]]:
    return np.column_stack(part.columns).tolist()


def test_there_is_one_more_bar_line_than_the_file_needs():
    piece = song(track(*quarters(0, 17)), metres=((0, "4/4"), (8, "3/4"), (14, "2/4")))
    assert [line / QUARTER for line in bar_lines(piece)] == [0, 4, 8, 11, 14, 16, 18, 20]
    assert bar_lines(song(track())) == []


def test_a_bar_cut_short_by_a_change_of_metre_ends_with_it():
    piece = song(track(*quarters(0, 12)), metres=((0, "4/4"), (6, "3/4")))
    assert [line / QUARTER for line in bar_lines(piece)] == [0, 4, 6, 9, 12, 15]


notes_on_the_grid = st.lists(
    st.tuples(st.integers(0, 6 * 16 - 1), st.integers(1, 6), st.integers(40, 80)), min_size=1, max_size=40
)


@given(notes_on_the_grid)
def test_splicing_unchanged_windows_gives_the_song_on_the_grid(notes):
    """For notes that no window cuts."""
    rows_in = []
    for onset, duration, pitch in notes:
        rows_in.append((onset / 4, min(duration, 32 - onset % 32) / 4, pitch))
    piece = song(track(*rows_in), track((0, 24, 30), name="bass"))
    reading = windows(piece, Grid(2), track=0, polyphonic=True)
    back = splice(piece, patches(piece, reading), [0])
    assert whole(back.song, 0, polyphonic=True).phrases == whole(piece, 0, polyphonic=True).phrases
    assert back.num_cut == 0
    assert back.song.tracks[1] is piece.tracks[1]
    assert (back.song.tempos, back.song.metres, back.song.end_tick) == (
        piece.tempos,
        piece.metres,
        piece.end_tick,
    )


def test_notes_outside_patches_keep_their_ticks():
    played = [(onset + 0.03, duration, pitch) for onset, duration, pitch in quarters(0, 16)]
    piece = song(track(*played), track((0, 16, 36), name="kit", is_drum=True))
    reading = windows(piece, Grid(2))
    high = tuple(phrase.transpose(12) for phrase in reading.phrases)
    back = splice(piece, patches(piece, reading, high)[1:3], [0]).song
    assert back.tracks[1] is piece.tracks[1]
    old, new = rows(piece.tracks[0]), rows(back.tracks[0])
    assert new[:4] == old[:4]
    assert new[12:] == old[12:]
    # The bars between are on the grid, an octave higher.
    assert [row[0] for row in new[4:12]] == [QUARTER * beat for beat in range(4, 12)]
    assert [row[2] for row in new[4:12]] == [row[2] + 12 for row in old[4:12]]


def test_a_note_played_slightly_early_belongs_to_the_next_bar():
    piece = song(track((0, 1, 60), (3.97, 1, 62), (8, 1, 64)))
    silence = Patch(Phrase(Grid(1)), BAR, BAR, 2 * BAR, 2 * BAR)
    assert [row[2] for row in rows(splice(piece, [silence], [0]).song.tracks[0])] == [60, 64]


def test_a_note_keeps_its_length_over_a_bar_line_up_to_the_end_of_its_phrase():
    piece = song(track(*quarters(0, 16)))
    held = Phrase(Grid(2), np.array([12]), np.array([20]), np.array([50]))
    first_bar = Patch(held, 0, 0, BAR, 2 * BAR)
    (new, *rest) = rows(splice(piece, [first_bar], [0]).song.tracks[0])
    assert new[:3] == [12 * STEP, 20 * STEP, 50]
    assert len(rest) == 12
    short = first_bar._replace(until_tick=BAR)
    assert rows(splice(piece, [short], [0]).song.tracks[0])[0][1] == 4 * STEP


def test_a_held_note_ends_where_its_pitch_or_its_voice_starts_again():
    piece = song(track((0, 8, 60), (0, 8, 64), (8, 1, 60)))
    bar = Phrase(Grid(1), np.array([4]), np.array([4]), np.array([60]))
    patch = Patch(bar, BAR, BAR, 2 * BAR, 2 * BAR)
    by_pitch = splice(piece, [patch], [0])
    assert [row[:3] for row in rows(by_pitch.song.tracks[0])[:2]] == [
        [0, BAR + 4 * STEP, 60],
        [0, 8 * QUARTER, 64],
    ]
    assert by_pitch.num_cut == 1
    one_voice = splice(piece, [patch], [0], one_voice=True)
    assert [row[1] for row in rows(one_voice.song.tracks[0])[:2]] == [BAR + 4 * STEP] * 2
    assert one_voice.num_cut == 2


def test_overlapping_notes_outside_patches_do_not_change():
    piece = song(track((0, 3, 60), (1, 3, 60), (2, 1, 72), *quarters(4, 4)))
    patch = Patch(Phrase(Grid(1)), BAR, BAR, 2 * BAR, 2 * BAR)
    back = splice(piece, [patch], [0], one_voice=True)
    assert rows(back.song.tracks[0]) == rows(piece.tracks[0])[:3]
    assert back.num_cut == 0


def test_new_notes_of_several_tracks_stand_in_one_track():
    right, left = track(*quarters(0, 8), name="right"), track((0, 4, 40), name="left")
    kit = track((0, 1, 36), name="kit", is_drum=True)
    piece = song(right, left, kit)
    reading = windows(piece, Grid(1), polyphonic=True)
    back = splice(piece, patches(piece, reading)[:1], [0, 1]).song
    assert [part.name for part in back.tracks] == [MERGED_NAME, "right", "kit"]
    assert [part.program for part in back.tracks] == [0, 5, 5]
    assert [len(part) for part in back.tracks] == [5, 4, 1]
    assert back.tracks[2] is kit
    assert splice(piece, patches(piece, reading), [0, 1], program=7).song.tracks[0].program == 7


@pytest.mark.parametrize("quarters_a_bar", [2, 4])
def test_bars_of_2_4_are_patched_one_by_one(quarters_a_bar):
    piece = song(track(*quarters(0, 8)), metres=((0, f"{quarters_a_bar}/4"),))
    reading = windows(piece, Grid(2))
    high = tuple(phrase.transpose(12) for phrase in reading.phrases)
    (second,) = patches(piece, reading, high)[1:2]
    pitch = splice(piece, [second], [0]).song.tracks[0].pitch
    moved = np.flatnonzero(pitch >= 72).tolist()
    assert moved == list(range(quarters_a_bar, 2 * quarters_a_bar))


def test_the_tempo_map_changes_only_under_patches_with_a_tempo():
    piece = song(track(*quarters(0, 16)), tempos=((0, 100.0), (6, 110.0), (7, 115.0), (13, 90.0)))
    nothing = Phrase(Grid(1))

    def patch(bar: int, qpm: float | None) -> Patch:
        return Patch(nothing, bar * BAR, bar * BAR, (bar + 1) * BAR, (bar + 1) * BAR, qpm)

    def changes(*moved: Patch) -> list[tuple[float, float]]:
        return [(change.tick / QUARTER, change.qpm) for change in with_tempos(piece, moved)]

    assert with_tempos(piece, [patch(1, None)]) is piece.tempos
    assert changes(patch(1, 60.0)) == [(0, 100), (4, 60), (8, 115), (13, 90)]
    assert changes(patch(0, 60.0), patch(1, 60.0), patch(2, 70.0)) == [(0, 60), (8, 70), (12, 115), (13, 90)]
    # Nothing follows the last bar, so no tempo returns there.
    assert changes(patch(3, 60.0)) == [(0, 100), (6, 110), (7, 115), (12, 60)]
    assert splice(piece, [patch(1, 60.0)], [0]).song.tempo_qpm_at(5 * QUARTER) == 60.0


def test_controllers_stay_and_pitch_bends_are_centered_under_patches():
    bends = np.array([[0, 50], [BAR + 10, 80], [2 * BAR + 10, 90], [4 * BAR - 10, 20]])
    controls = np.array([[0, 64, 127], [BAR + 5, 64, 0]])
    bent = replace(track(*quarters(0, 16)), bends=bends, controls=controls)
    piece = song(bent)
    silence = [Patch(Phrase(Grid(1)), bar * BAR, bar * BAR, (bar + 1) * BAR, 3 * BAR) for bar in (1, 2)]
    spliced = splice(piece, silence, [0])
    back = spliced.song.tracks[0]
    assert spliced.num_bends == 2
    assert back.bends.tolist() == [[0, 50], [BAR, 0], [3 * BAR, 90], [4 * BAR - 10, 20]]
    assert back.controls is controls
    assert splice(piece, [], [0]).song is piece


def test_bar_lines_stay_in_place_at_a_low_resolution():
    """Two ticks a quarter: a step is half a tick, and no note vanishes."""
    columns = np.array([[0, 2, 60, 90], [8, 2, 62, 90]]).T
    piece = Song(2, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), (Track("", 0, False, *columns),), 16)
    reading = windows(piece, Grid(2))
    assert rows(splice(piece, patches(piece, reading), [0]).song.tracks[0]) == rows(piece.tracks[0])

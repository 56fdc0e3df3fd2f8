"""Splicing: what an edit does not touch stays exactly; what it touches stays where and how it was played."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.music.bars import bar_lines
from symvae.music.grid import Grid
from symvae.music.patch import Patch
from symvae.music.phrase import Phrase
from symvae.music.resolution import with_whole_steps
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.splice import Spliced, splice
from symvae.music.windows import windows

QUARTER = 480
STEP = QUARTER // 4
BAR = 4 * QUARTER
Note = tuple[float, float, int]


def track(*notes: Note, name: str = "melody", program: int = 5, is_drum: bool = False) -> Track:
    """Notes as (onset, duration, pitch) in quarters."""
    rows = np.array([(round(a * QUARTER), round(b * QUARTER), c, 90) for a, b, c in notes], np.int64)
    return Track(name, program, is_drum, *rows.reshape(-1, 4).T)


def song(*tracks: Track, metres: tuple[tuple[float, str], ...] = ((0, "4/4"),)) -> Song:
    return Song(
        QUARTER,
        tuple(MetreChange(round(at * QUARTER), *map(int, metre.split("/"))) for at, metre in metres),
        (TempoChange(0, 120.0),),
        tracks,
        max((int(each.end_tick.max()) for each in tracks if len(each)), default=0),
    )


def quarters(first: int, count: int) -> list[Note]:
    return [(first + i, 1.0, 60 + i % 12) for i in range(count)]


def edited(
    piece: Song, edit, bars: range | None = None, track: int | None = 0, size: int = 2, **options
) -> Spliced:
    """The song with ``edit`` applied to its windows, in some bars or in all."""
    options = {"one_voice": False} | options
    reading = windows(piece, Grid(size), track, polyphonic=not options["one_voice"])
    lines = bar_lines(piece)
    patches = [
        Patch(phrase, edit(phrase), lines[start], lines[bar], lines[bar + 1], lines[end])
        for phrase, start, end in zip(reading.phrases, reading.start_bar, reading.end_bar, strict=True)
        for bar in range(start, end)
        if bars is None or bar in bars
    ]
    every = [index for index, each in enumerate(piece.tracks) if len(each) and not each.is_drum]
    return splice(piece, patches, every if track is None else [track], **options)


def octave_up(phrase: Phrase) -> Phrase:
    return phrase.transpose(12)


def silenced(phrase: Phrase) -> Phrase:
    return Phrase(phrase.grid)


def with_note(*notes: tuple[int, int, int]):
    """Add notes as (step, duration, pitch)."""
    more = np.array([(*note, 50) for note in notes]).T
    return lambda phrase: phrase.with_notes(
        *(np.concatenate(pair) for pair in zip(phrase.columns, more, strict=True))
    )


def rows(part: Track) -> list[list[int]]:
    return np.column_stack(part.columns).tolist()


#: By step and pitch: length in steps, offsets of start and end in ticks, velocity, number of the track.
performances = st.dictionaries(
    st.tuples(st.integers(0, 63), st.integers(40, 80)),
    st.tuples(
        st.integers(1, 9), st.integers(-59, 59), st.integers(-50, 50), st.integers(1, 127), st.integers(0, 2)
    ),
    min_size=1,
    max_size=20,
)


def performed(notes: dict[tuple[int, int], tuple[int, int, int, int, int]]) -> Song:
    """Four bars in three tracks and a drum kit, each note up to half a step off the grid."""
    parts: list[list[tuple[int, int, int, int]]] = [[], [], []]
    for (step, pitch), (length, early, late, velocity, part) in notes.items():
        onset = max(0, step * STEP + early)
        parts[part].append((onset, max(1, (step + length) * STEP + late - onset), pitch, velocity))
    columns = [np.array(each, np.int64).reshape(-1, 4).T for each in parts]
    tracks = [Track(f"part {i}", 10 + i, False, *each) for i, each in enumerate(columns)]
    return song(*tracks, track(*quarters(0, 16), name="kit", is_drum=True))


edits = st.lists(
    st.tuples(
        st.sampled_from(["remove", "louder", "longer", "pitch", "add"]),
        st.integers(0, 31),
        st.integers(-12, 12),
    ),
    max_size=8,
)


def random_edit(changes):
    """The same changes, of the notes with these numbers, for every phrase."""

    def edit(phrase: Phrase) -> Phrase:
        notes = np.stack(phrase.columns, axis=1)
        for what, number, by in changes:
            row = number % max(len(notes), 1)
            if what == "add":
                new = np.array([[number % phrase.grid.num_steps, 1 + abs(by) % 4, 60 + by, 70]])
                notes = np.concatenate([notes, new])
            elif not len(notes):
                continue
            elif what == "remove":
                notes = np.delete(notes, row, axis=0)
            elif what == "louder":
                notes[row, 3] = np.clip(notes[row, 3] + by, 1, 127)
            elif what == "longer":
                notes[row, 1] = max(1, notes[row, 1] + by)
            else:
                notes[row, 2] += by
        notes[:, 1] = np.minimum(notes[:, 1], phrase.grid.num_steps - notes[:, 0])
        return phrase.with_notes(*notes.T).without_overlaps()

    return edit


@settings(max_examples=30)
@given(performances)
def test_law_no_edit_gives_the_same_tracks(notes):
    piece = performed(notes)
    back = edited(piece, lambda phrase: phrase, track=None)
    assert all(new is old for new, old in zip(back.song.tracks, piece.tracks, strict=True))
    assert [(each.kept, each.added) for each in back.edits] == [
        (len(piece.tracks[each.track]), 0) for each in back.edits
    ]


@settings(max_examples=30)
@given(performances, edits)
def test_law_an_edit_changes_only_notes_of_its_part_that_start_in_its_bars(notes, changes):
    """Notes before it may end early: their number is in the account."""
    piece = performed(notes)
    if not len(piece.tracks[0]):
        return
    back = edited(piece, random_edit(changes), range(1, 3), size=1)
    assert all(new is old for new, old in zip(back.song.tracks[1:], piece.tracks[1:], strict=True))

    def outside(part: Track) -> np.ndarray:
        return (part.onset_tick < BAR - STEP / 2) | (part.onset_tick >= 3 * BAR - STEP / 2)

    old, new = (part.select(outside(part)) for part in (piece.tracks[0], back.song.tracks[0]))
    for name in ("onset_tick", "pitch", "velocity"):
        assert np.array_equal(getattr(old, name), getattr(new, name))
    shorter = new.duration_tick < old.duration_tick
    assert np.array_equal(new.duration_tick[~shorter], old.duration_tick[~shorter])
    assert np.count_nonzero(shorter) <= sum(each.cut for each in back.edits)


@settings(max_examples=30)
@given(performances, st.integers(-60, 60))
def test_law_a_change_of_loudness_keeps_every_tick_and_all_accents(notes, by):
    piece = performed(notes)

    def louder(phrase: Phrase) -> Phrase:
        return replace(phrase, velocity=(phrase.velocity + by).clip(1, 127))

    back = edited(piece, louder, track=None)
    for old, new in zip(piece.tracks[:3], back.song.tracks[:3], strict=True):
        assert np.array_equal(np.stack(old.columns[:3]), np.stack(new.columns[:3]))
        assert np.array_equal(new.velocity, (old.velocity + by).clip(1, 127))


@settings(max_examples=30)
@given(performances, edits)
def test_law_the_song_is_read_as_the_edited_phrases(notes, changes):
    piece = performed(notes)
    edit = random_edit(changes)
    read = windows(piece, Grid(2), polyphonic=True)
    again = windows(edited(piece, edit, track=None).song, Grid(2), polyphonic=True)
    wanted = dict(zip(read.start_bar, map(edit, read.phrases), strict=True))
    found = dict(zip(again.start_bar, again.phrases, strict=True))
    for start, phrase in wanted.items():
        now = found.get(start, Phrase(Grid(2)))
        assert np.array_equal(np.stack(now.columns)[[0, 2, 3]], np.stack(phrase.columns)[[0, 2, 3]])


@settings(max_examples=30)
@given(performances, edits)
def test_law_every_note_is_accounted_for(notes, changes):
    piece = performed(notes)
    back = edited(piece, random_edit(changes), track=None)
    for edit in back.edits:
        old, new = piece.tracks[edit.track], back.song.tracks[edit.track]
        assert edit.kept + edit.changed + edit.replaced + edit.removed == len(old)
        assert edit.kept + edit.changed + edit.replaced + edit.added == len(new)
        same = {tuple(row) for row in rows(old)} & {tuple(row) for row in rows(new)}
        assert edit.kept <= len(same)


def test_a_swung_line_stays_swung_an_octave_higher():
    """Two thirds and one third: on the grid the second eighth is three sixteenths late."""
    swung = [(beat + half * 2 / 3, 2 / 3 - half / 3, 60 + beat) for beat in range(8) for half in (0, 1)]
    piece = song(track(*swung))
    back = edited(piece, octave_up, one_voice=True)
    old, new = piece.tracks[0], back.song.tracks[0]
    assert np.array_equal(np.stack(new.columns[:2]), np.stack(old.columns[:2]))
    assert np.array_equal(new.pitch, old.pitch + 12)
    assert back.edits[0].replaced == 16


def test_a_new_note_swings_with_the_others():
    """The third beat has no second eighth; the new one starts and ends where the others do."""
    swung = [(beat + at, 1 / 3, 60) for beat in range(4) for at in (0, 2 / 3) if (beat, at) != (2, 2 / 3)]
    new = edited(song(track(*swung)), with_note((11, 1, 64)), size=1).song.tracks[0]
    assert [2 * QUARTER + 320, 160, 64, 50] in rows(new)


def test_triplets_stay_triplets():
    triplets = [(beat + third / 3, 1 / 3, 60 + third) for beat in range(4) for third in range(3)]
    piece = song(track(*triplets))
    back = edited(piece, octave_up, size=1).song.tracks[0]
    assert np.array_equal(back.onset_tick, piece.tracks[0].onset_tick)
    assert np.array_equal(back.duration_tick, piece.tracks[0].duration_tick)


def test_a_trio_stays_a_trio():
    """Each note is replaced in the track of its own voice."""
    names = ("violin", "cello", "bass")
    parts = [
        track(*((i, 1.0, base + i) for i in range(8)), name=name, program=base)
        for name, base in zip(names, (76, 55, 40), strict=True)
    ]
    back = edited(song(*parts), octave_up, track=None).song
    assert [(part.name, part.program) for part in back.tracks] == [
        ("violin", 76),
        ("cello", 55),
        ("bass", 40),
    ]
    for old, new in zip(parts, back.tracks, strict=True):
        assert np.array_equal(new.pitch, old.pitch + 12)
    assert [part.program for part in edited(song(*parts), octave_up, track=None, program=7).song.tracks] == [
        7
    ] * 3


def test_a_new_note_stands_in_the_track_of_its_neighbor():
    high, low = track(*((i, 1.0, 76) for i in range(8)), name="high"), track((0, 8, 40), name="low")
    back = edited(song(high, low), with_note((6, 2, 79), (6, 2, 43)), track=None).song
    assert [79 in part.pitch for part in back.tracks] == [True, False]
    assert [43 in part.pitch for part in back.tracks] == [False, True]


def test_players_in_unison_stay_in_unison():
    one, two = track(*quarters(0, 8), name="flute"), track(*((a, 0.5, c) for a, _, c in quarters(0, 8)))
    back = edited(song(one, two), octave_up, track=None).song
    for old, new in zip((one, two), back.tracks, strict=True):
        assert np.array_equal(new.pitch, old.pitch + 12)
        assert np.array_equal(new.duration_tick, old.duration_tick)


def test_an_emptied_track_stays_in_its_place():
    back = edited(song(track(*quarters(0, 8)), track((0, 1, 36), is_drum=True)), silenced).song
    assert [(part.name, part.program, len(part)) for part in back.tracks] == [
        ("melody", 5, 0),
        ("melody", 5, 1),
    ]


def test_notes_that_the_reading_hid_stay():
    """Chord notes below a melody, and a pitch out of the range of the piano."""
    melody = [(i, 1.0, 72 + i) for i in range(8)]
    chords = [(i, 4.0, pitch) for i in (0, 4) for pitch in (48, 52)]
    piece = song(track(*melody, *chords))
    back = edited(piece, octave_up, one_voice=True).song.tracks[0]
    low = back.select(back.pitch < 60)
    assert rows(low) == rows(piece.tracks[0].select(piece.tracks[0].pitch < 60))
    assert np.array_equal(np.sort(back.pitch[back.pitch >= 60]), np.arange(84, 92))


def test_an_end_moves_by_the_steps_that_the_note_is_longer():
    """Staccato of nine tenths of a beat stays as far from the next beat."""
    piece = song(track((0, 0.9, 60), (2, 0.9, 62)))

    def longer(phrase: Phrase) -> Phrase:
        return replace(phrase, duration_step=phrase.duration_step + 2)

    back = edited(piece, longer, size=1).song.tracks[0]
    assert back.duration_tick.tolist() == [round(1.4 * QUARTER)] * 2


def test_a_note_played_slightly_early_belongs_to_the_next_bar():
    piece = song(track((0, 1, 60), (3.97, 1, 62), (8, 1, 64)))
    assert [row[2] for row in rows(edited(piece, silenced, range(1, 2), size=1).song.tracks[0])] == [60, 64]


def test_a_new_note_ends_with_its_phrase_in_the_song():
    piece = song(track(*quarters(0, 8)))
    held = Phrase(Grid(2), np.array([12]), np.array([20]), np.array([100]))
    patch = Patch(Phrase(Grid(2)), held, 0, 0, BAR, 2 * BAR)
    ends = [splice(piece, [patch._replace(until_tick=until)], [0]).song.tracks[0] for until in (2 * BAR, BAR)]
    assert [int(part.duration_tick[part.pitch == 100][0]) for part in ends] == [20 * STEP, 4 * STEP]


def test_a_held_note_ends_where_its_pitch_or_its_voice_starts_again():
    piece = song(track((0, 8, 60), (0, 8, 64), (8, 1, 60)))
    bar = Phrase(Grid(1), np.array([4]), np.array([4]), np.array([60]))
    patch = Patch(Phrase(Grid(1)), bar, BAR, BAR, 2 * BAR, 2 * BAR)
    by_pitch = splice(piece, [patch], [0])
    assert [row[:3] for row in rows(by_pitch.song.tracks[0])[:2]] == [
        [0, BAR + 4 * STEP, 60],
        [0, 8 * QUARTER, 64],
    ]
    assert by_pitch.edits[0].cut == 1
    one_voice = splice(piece, [patch], [0], one_voice=True)
    # The line is the upper note; of the lower one only its own pitch is new.
    assert [row[1] for row in rows(one_voice.song.tracks[0])[:2]] == [BAR + 4 * STEP] * 2
    assert one_voice.edits[0].cut == 2


def test_a_lower_note_held_under_the_line_is_not_cut_by_it():
    piece = song(track((0, 8, 40), (0, 4, 64), (4, 4, 65)))
    back = edited(piece, with_note((8, 2, 70)), range(1, 2), size=1, one_voice=True)
    assert [row[:3] for row in rows(back.song.tracks[0])] == [
        [0, 8 * QUARTER, 40],
        [0, 4 * QUARTER, 64],
        [4 * QUARTER, 2 * QUARTER, 65],
        [6 * QUARTER, 2 * STEP, 70],
    ]
    assert back.edits[0].cut == 1


def test_overlapping_notes_outside_patches_do_not_change():
    piece = song(track((0, 3, 60), (1, 3, 60), (2, 1, 72), *quarters(4, 4)))
    back = edited(piece, silenced, range(1, 2), size=1, one_voice=True)
    assert rows(back.song.tracks[0]) == rows(piece.tracks[0])[:3]
    assert back.edits[0].cut == 0


@pytest.mark.parametrize("quarters_a_bar", [2, 4])
def test_bars_of_2_4_are_patched_one_by_one(quarters_a_bar):
    piece = song(track(*quarters(0, 8)), metres=((0, f"{quarters_a_bar}/4"),))
    pitch = edited(piece, octave_up, range(1, 2)).song.tracks[0].pitch
    assert np.flatnonzero(pitch >= 72).tolist() == list(range(quarters_a_bar, 2 * quarters_a_bar))


def test_a_silent_song_takes_new_notes():
    back = edited(replace(song(track()), end_tick=2 * BAR), with_note((0, 4, 60)))
    assert rows(back.song.tracks[0]) == [[0, QUARTER, 60, 50]]


def test_no_patch_gives_the_same_song():
    piece = song(track(*quarters(0, 8)))
    assert splice(piece, [], [0]).song is piece


def test_sixteenths_fit_into_a_file_of_one_tick_a_quarter():
    columns = np.array([[i, 1, 60, 90] for i in range(4)]).T
    coarse = Song(1, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), (Track("", 0, False, *columns),), 4)
    piece = with_whole_steps(coarse)
    back = edited(piece, with_note((1, 1, 62), (2, 1, 64), (3, 1, 65)), size=1).song
    assert back.ticks_per_quarter == 4
    assert back.tracks[0].onset_tick.tolist() == [0, 1, 2, 3, 4, 8, 12]


def test_a_pedal_held_from_old_notes_into_new_ones_is_pressed_again():
    controls = np.array([[0, 64, 127], [3 * BAR, 64, 0]])
    piece = song(replace(track(*quarters(0, 16)), controls=controls))
    back = edited(piece, octave_up, range(1, 2), size=1)
    assert back.num_pedals == 2
    assert back.song.tracks[0].controls.tolist() == [
        [0, 64, 127],
        [BAR - 1, 64, 0],
        [BAR, 64, 127],
        [2 * BAR - 1, 64, 0],
        [2 * BAR, 64, 127],
        [3 * BAR, 64, 0],
    ]
    louder = edited(piece, lambda phrase: replace(phrase, velocity=phrase.velocity + 5), range(1, 2), size=1)
    assert louder.song.tracks[0].controls is controls


def test_bends_go_with_their_notes():
    bends = np.array([[0, 50], [BAR + 10, 80], [2 * BAR + 10, 90], [4 * BAR - 10, 20]])
    controls = np.array([[0, 7, 100], [BAR + 5, 11, 80]])
    piece = song(replace(track(*quarters(0, 16)), bends=bends, controls=controls))
    back = edited(piece, silenced, range(1, 3), size=1)
    assert back.num_bends == 2
    assert back.song.tracks[0].bends.tolist() == [[0, 50], [BAR, 0], [3 * BAR, 90], [4 * BAR - 10, 20]]
    assert back.song.tracks[0].controls is controls
    kept = edited(piece, with_note((0, 1, 90)), size=1)
    assert (kept.num_bends, kept.song.tracks[0].bends.tolist()) == (0, bends.tolist())


def test_bends_of_another_part_on_the_channel_stay():
    bends = np.array([[10, 50], [BAR + 10, 80]])
    one = replace(track(*quarters(0, 4)), bends=bends, channels=(1,))
    other = replace(track((4, 4, 40), name="bass"), bends=bends, channels=(1, 2))
    back = edited(song(one, other), silenced, size=1)
    assert back.num_bends == 1
    assert back.song.tracks[0].bends.tolist() == [[BAR, 50], [BAR + 10, 80]]
    assert back.song.tracks[1] is other

"""Parts of a song: tempo map, pedal, volume, expression and pan."""

import io
from dataclasses import replace

import mido
import numpy as np
import pretty_midi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.audio.parts import EXPRESSION, PAN, PEDAL, VOLUME, parts_of, seconds_at
from symvae.music.io.midi_read import load
from symvae.music.song import MetreChange, Song, TempoChange, Track

#: Ticks a quarter; at 60 quarters a minute, so that 100 ticks are a second.
TICKS = 100
STEADY = (TempoChange(0, 60.0),)


def track(*notes: tuple[int, ...], controls=(), name="part", program=0, is_drum=False) -> Track:
    """Notes are onset, duration, pitch and, if given, velocity; controls are tick, number and value."""
    rows = np.array([(*note, 100)[:4] for note in notes], np.int64).reshape(-1, 4)
    lanes = np.array(sorted(controls, key=lambda row: row[0]), np.int64).reshape(-1, 3)
    return Track(name, program, is_drum, *rows.T, controls=lanes)


def song(*tracks: Track, tempos=STEADY, end_tick=1000) -> Song:
    return Song(TICKS, (MetreChange(0, 4, 4),), tuple(tempos), tracks, end_tick)


def part(*notes: tuple[int, ...], controls=()):
    ((only,), _) = parts_of(song(track(*notes, controls=controls)))
    return only


def ends(*notes: tuple[int, ...], controls) -> list[float]:
    return part(*notes, controls=controls).notes.end_sec.round(9).tolist()


def test_ticks_become_seconds() -> None:
    (only,), seconds = parts_of(song(track((50, 25, 60, 90), (200, 100, 64))))
    np.testing.assert_allclose(only.notes.onset_sec, [0.5, 2.0])
    np.testing.assert_allclose(only.notes.duration_sec, [0.25, 1.0])
    assert only.notes.pitch.tolist() == [60, 64]
    assert only.notes.velocity.tolist() == [90, 100]
    assert seconds == 10.0


@given(
    st.lists(st.tuples(st.integers(1, 2000), st.integers(150_000, 2_000_000)), max_size=6),
    st.lists(st.integers(0, 20_000), min_size=1, max_size=8),
    st.sampled_from([96, 480]),
)
def test_the_tempo_map_equals_that_of_pretty_midi(changes, ticks, resolution) -> None:
    file = mido.MidiFile(ticks_per_beat=resolution)
    lane = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000, time=0)])
    lane += [mido.MetaMessage("set_tempo", tempo=tempo, time=gap) for gap, tempo in changes]
    lane += [
        mido.Message("note_on", note=60, velocity=90, time=20_000),
        mido.Message("note_off", note=60, time=9),
    ]
    file.tracks.append(lane)
    opened = io.BytesIO()
    file.save(file=opened)
    theirs = pretty_midi.PrettyMIDI(io.BytesIO(opened.getvalue()))
    ours = seconds_at(load(opened.getvalue()), np.array(ticks, np.int64))
    np.testing.assert_allclose(ours, [theirs.tick_to_time(tick) for tick in ticks], rtol=1e-5, atol=1e-5)


def test_a_note_across_a_tempo_change_has_both_tempos() -> None:
    slower = (TempoChange(0, 120.0), TempoChange(100, 30.0))
    (only,), seconds = parts_of(song(track((50, 100, 60)), tempos=slower, end_tick=200))
    assert only.notes.onset_sec.tolist() == [0.25]
    assert only.notes.end_sec.tolist() == [1.5]
    assert seconds == 2.5


def test_the_pedal_holds_notes_that_end_while_it_is_down() -> None:
    pedal = [(100, PEDAL, 127), (400, PEDAL, 0)]
    assert ends((0, 150, 60), (50, 20, 62), (350, 100, 64), controls=pedal) == [4.0, 0.7, 4.5]


def test_the_pedal_goes_down_at_64() -> None:
    assert ends((0, 100, 60), controls=[(0, PEDAL, 63), (500, PEDAL, 0)]) == [1.0]
    assert ends((0, 100, 60), controls=[(0, PEDAL, 64), (500, PEDAL, 63)]) == [5.0]


def test_a_pedal_released_with_the_key_holds_nothing() -> None:
    assert ends((0, 100, 60), controls=[(0, PEDAL, 127), (100, PEDAL, 0)]) == [1.0]


def test_a_pedal_pressed_again_holds_again() -> None:
    pedal = [(0, PEDAL, 127), (150, PEDAL, 0), (160, PEDAL, 127), (300, PEDAL, 0)]
    assert ends((0, 100, 60), (155, 45, 62), controls=pedal) == [1.5, 3.0]


def test_a_pedal_that_is_never_released_holds_to_the_end() -> None:
    assert ends((0, 100, 60), (200, 300, 62), controls=[(50, PEDAL, 127)]) == [5.0, 5.0]
    assert ends((0, 100, 60), controls=[(50, PEDAL, 127), (800, PEDAL, 100)]) == [8.0]


def test_a_key_struck_again_ends_its_earlier_note() -> None:
    assert ends(
        (0, 100, 60), (200, 100, 60), (200, 50, 62), controls=[(50, PEDAL, 127), (700, PEDAL, 0)]
    ) == [
        2.0,
        7.0,
        7.0,
    ]
    assert part((0, 300, 60), (100, 50, 60)).notes.end_sec.tolist() == [1.0, 1.5]


def test_every_note_lasts_a_tick() -> None:
    """Also the first of two at once on one key."""
    notes = part((0, 100, 60), (0, 100, 60)).notes
    assert sorted(notes.duration_sec.tolist()) == [0.01, 1.0]


def test_volume_and_expression_at_the_onset_scale_the_velocity() -> None:
    lanes = [(100, VOLUME, 50), (200, EXPRESSION, 64), (250, VOLUME, 127)]
    notes = part((0, 10, 60), (100, 10, 60), (200, 10, 60), (300, 10, 60), controls=lanes).notes
    assert notes.velocity.tolist() == [100, 50, 25, 64]


def test_a_change_within_a_note_does_not_affect_it() -> None:
    assert part((0, 100, 60), controls=[(50, VOLUME, 10)]).notes.velocity.tolist() == [100]


def test_scaled_velocities_stay_in_range() -> None:
    notes = part((0, 10, 60, 127), (100, 10, 60, 1), controls=[(0, VOLUME, 127), (100, VOLUME, 1)]).notes
    assert notes.velocity.tolist() == [127, 1]


@pytest.mark.parametrize("number", [VOLUME, EXPRESSION])
def test_notes_at_volume_0_are_dropped(number: int) -> None:
    notes = part((0, 10, 60), (100, 10, 62), controls=[(50, number, 0)]).notes
    assert notes.pitch.tolist() == [60]
    assert len(part((0, 10, 60), controls=[(0, number, 0)]).notes.pitch) == 0


@pytest.mark.parametrize("number", [VOLUME, EXPRESSION])
def test_a_note_that_swells_from_volume_0_gets_its_largest_volume(number: int) -> None:
    swell = [(0, number, 0), (20, number, 40), (60, number, 50), (100, number, 90)]
    whole = 100 if number == VOLUME else 127
    notes = part((0, 100, 60), (100, 10, 62), controls=swell).notes
    assert notes.velocity.tolist() == [round(100 * 50 / whole), round(100 * 90 / whole)]


def test_content_that_is_not_rendered_is_counted() -> None:
    muted = track((0, 10, 60), (20, 10, 62), controls=[(0, PAN, 64), (20, VOLUME, 0), (25, PAN, 80)])
    bent = replace(muted, bends=np.array([(0, 0), (5, 100), (9, -20)]))
    (only,), _ = parts_of(song(bent))
    assert only.ignored == ("1 muted note", "2 pitch bends", "1 later change of pan")
    assert part((0, 10, 60), controls=[(0, PAN, 64), (20, PAN, 64)]).ignored == ()


def test_the_last_pan_before_the_first_note_counts() -> None:
    set_twice = part((10, 10, 60), controls=[(0, PAN, 64), (5, PAN, 0), (15, PAN, 127)])
    assert set_twice.pan == -1.0
    assert part((0, 10, 60), controls=[(5, PAN, 127)]).pan == 1.0


@pytest.mark.parametrize(("value", "pan"), [(0, -1.0), (1, -1.0), (64, 0.0), (127, 1.0)])
def test_pan_is_a_position_from_minus_1_to_1(value: int, pan: float) -> None:
    assert part((0, 10, 60), controls=[(0, PAN, value), (50, PAN, 30)]).pan == pan


def test_without_a_pan_event_the_pan_is_none() -> None:
    assert part((0, 10, 60)).pan is None


def test_parts_are_the_tracks_with_notes() -> None:
    parts, _ = parts_of(
        song(
            track((0, 10, 60), name="flute", program=73),
            track(name="words"),
            track((0, 10, 38), name="", is_drum=True),
        )
    )
    assert [(each.name, each.program, each.is_drum) for each in parts] == [
        ("flute", 73, False),
        ("track 2", 0, True),
    ]


def test_a_song_without_notes_has_no_parts_but_a_duration() -> None:
    assert parts_of(song(track(), end_tick=250)) == ([], 2.5)

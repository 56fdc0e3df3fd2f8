"""Notes, channels and parts of MIDI files made by hand."""

import pytest

from symvae.music.io.events import read_events
from symvae.music.io.midi_read import for_playback, load
from symvae.music.io.repairs import Repair
from tests.midi_bytes import bend, control, midi, named, note, program, strike


def rows_of(data: bytes, part: int = 0) -> list[tuple[int, int, int]]:
    """Onset, end and pitch of the notes of a part."""
    track = load(data).tracks[part]
    return list(zip(track.onset_tick.tolist(), track.end_tick.tolist(), track.pitch.tolist(), strict=True))


def open_notes(data: bytes) -> int:
    return {each.kind: each.count for each in load(data).repairs}.get(Repair.NO_NOTE_OFF, 0)


def test_a_note_without_note_off_ends_at_the_next_strike_of_its_pitch():
    data = midi([strike(0, 60), *note(480, 700, 60), *note(960, 1200, 60)])
    assert rows_of(data) == [(0, 480, 60), (480, 700, 60), (960, 1200, 60)]
    assert open_notes(data) == 1


def test_a_last_note_without_note_off_ends_with_the_file():
    data = midi([*note(0, 240, 60), strike(480, 64), *note(480, 1920, 72)])
    assert rows_of(data) == [(0, 240, 60), (480, 1920, 64), (480, 1920, 72)]


def test_a_tune_without_any_note_off_keeps_all_notes():
    data = midi([strike(beat * 480, 60 + beat % 2) for beat in range(16)])
    rows = rows_of(data)
    assert [onset for onset, _, _ in rows] == [beat * 480 for beat in range(16)]
    assert all(end > onset for onset, end, _ in rows)
    assert rows[0] == (0, 960, 60)
    assert open_notes(data) == 16


def test_overlapping_notes_of_one_pitch_end_in_their_order():
    data = midi([*note(0, 960, 60), *note(480, 1440, 60)])
    assert rows_of(data) == [(0, 960, 60), (480, 1440, 60)]
    assert open_notes(data) == 0


def test_note_ons_of_velocity_0_and_second_note_offs_end_notes_once():
    data = midi([*note(0, 480, 60), (480, b"\x90\x3c\x00"), strike(960, 60), (1200, b"\x90\x3c\x00")])
    assert rows_of(data) == [(0, 480, 60), (960, 1200, 60)]
    assert open_notes(data) == 0


def test_note_offs_in_another_track_and_all_notes_off_end_notes():
    offs = [(480, b"\x80\x3c\x00")]
    assert rows_of(midi([strike(0, 60), *note(0, 1920, 72)], offs)) == [(0, 480, 60), (0, 1920, 72)]
    silenced = midi([strike(0, 60), control(700, 123, 0), *note(960, 1920, 72)])
    assert rows_of(silenced) == [(0, 700, 60), (960, 1920, 72)]


def test_the_state_of_a_channel_may_be_set_in_any_track():
    setup = [program(0, 73), program(0, 32, 1), program(0, 25, 9), control(0, 7, 40, 1)]
    parts = load(
        midi(setup, [named("flute"), *note(0, 480, 72)], note(0, 480, 40, 1), note(0, 480, 38, 9))
    ).tracks
    assert [(part.program, part.is_drum, part.channels) for part in parts] == [
        (73, False, (1,)),
        (32, False, (2,)),
        (25, True, (10,)),
    ]
    assert parts[1].controls.tolist() == [[0, 7, 40]]


def test_a_program_change_inside_a_track_does_not_split_it():
    data = midi(
        [program(0, 40), *note(0, 480, 60), *note(480, 900, 62), program(960, 45), *note(960, 1400, 64)]
    )
    (part,) = load(data).tracks
    assert (part.program, part.programs, len(part)) == (40, (40, 45), 3)
    voices = for_playback(read_events(data, "it")).tracks
    assert [(voice.program, len(voice)) for voice in voices] == [(40, 2), (45, 1)]


def test_notes_that_rotate_through_channels_are_one_part():
    tune = [each for i in range(10) for each in note(i * 480, i * 480 + 480, 60 + i, i % 5)]
    (part,) = load(midi(tune)).tracks
    assert part.pitch.tolist() == list(range(60, 70))
    (part,) = load(midi(tune, kind=0)).tracks
    assert len(part) == 10


def test_overlapping_notes_that_rotate_are_one_part():
    tune = [each for i in range(20) for each in note(i * 240, i * 240 + 700, 60 + i, 1 + i % 6)]
    (part,) = load(midi(tune, kind=0)).tracks
    assert len(part) == 20
    assert part.channels == (2, 3, 4, 5, 6, 7)


def test_the_zone_of_an_mpe_file_is_one_part():
    setup = [control(0, 101, 0), control(0, 100, 6), control(0, 6, 5)]
    chord = [each for i in range(4) for each in [bend(0, 200 * i, 1 + i), *note(0, 960, 60 + 4 * i, 1 + i)]]
    (part,) = load(midi([*setup, *chord], kind=0)).tracks
    assert len(part) == 4
    assert len(part.bends) == 4


@pytest.mark.parametrize("kind", [0, 1])
def test_channels_of_a_single_track_are_parts(kind):
    both = [named("Song"), program(0, 73), program(0, 32, 1), *note(0, 480, 72), *note(0, 480, 40, 1)]
    parts = load(midi([*both, *note(0, 480, 38, 9)], kind=kind)).tracks
    assert [(part.name, part.program, part.is_drum) for part in parts] == [
        ("Song, channel 1", 73, False),
        ("Song, channel 2", 32, False),
        ("Song", 0, True),
    ]


def test_two_hands_of_one_program_in_a_single_track_stay_two_parts():
    hands = [each for i in range(8) for each in note(i * 480, i * 480 + 480, 72 + i, 0)]
    hands += [each for i in range(4) for each in note(i * 960, i * 960 + 960, 48 + i, 1)]
    assert [len(part) for part in load(midi(hands, kind=0)).tracks] == [8, 4]


def test_drums_in_a_pitched_track_are_a_part_of_their_own():
    mixed = [*note(0, 480, 60), *note(0, 480, 38, 9)]
    parts = load(midi(mixed, note(0, 480, 40, 1))).tracks
    assert [(part.is_drum, part.pitch.tolist()) for part in parts] == [
        (False, [60]),
        (True, [38]),
        (False, [40]),
    ]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Mélodie", "utf-8"),
        ("Mélodie", "latin-1"),
        ("Größe", "latin-1"),
        ("Día", "cp1252"),
        ("“Solo” – été", "cp1252"),
        ("メロディ", "shift_jis"),
        ("旋律", "shift_jis"),
        ("ﾒﾛﾃﾞｨ", "shift_jis"),
        ("主旋律", "gbk"),
        ("钢琴", "gbk"),
    ],
)
def test_track_names_are_shown_in_their_encoding(name, encoding):
    assert load(midi([named(name, encoding), *note(0, 480, 60)])).tracks[0].name == name

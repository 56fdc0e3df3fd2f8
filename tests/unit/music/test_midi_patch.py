"""Changed songs as their files with a patch, counted by mido."""

import io
from collections import Counter
from dataclasses import replace

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symvae.errors import MidiError
from symvae.music.io.events import read_events
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.io.source import load_for_playback
from symvae.music.song import Song, TempoChange, Track
from tests.conftest import TUNES
from tests.midi_bytes import bend, control, meta, midi, named, note, program, strike, tempo


def line(pitches, length: int, channel: int) -> list[tuple[int, bytes]]:
    """Notes in a row."""
    return [
        each
        for i, pitch in enumerate(pitches)
        for each in note(i * length, (i + 1) * length - 60, pitch, channel)
    ]


#: A song with everything that a reader of notes alone would lose.
BAND = midi(
    [tempo(0, 96), meta(0, 0x58, b"\x04\x02\x18\x08"), meta(0, 0x59, b"\x02\x00"), meta(9, 0x06, b"A")],
    [named("Mélodie", "latin-1"), program(0, 73), *line(range(60, 76), 480, 0)],
    [control(0, 64, 127), control(1900, 64, 0), (5, b"\xf0\x03\x7e\x09\xf7")],
    [named("bass"), program(0, 33, 1), control(0, 7, 80, 1), *line(range(36, 44), 960, 1)],
    [named("words"), *[meta(i * 480, 0x05, f"la{i}".encode()) for i in range(16)], bend(700, 300, 2)],
    [named("kit"), program(0, 25, 9), *line([36, 37, 38] * 10, 240, 9)],
)


def messages(data: bytes) -> list[Counter]:
    """Messages of each track with their ticks, as mido reads them."""
    found = []
    for track in mido.MidiFile(file=io.BytesIO(data)).tracks:
        tick, rows = 0, Counter()
        for message in track:
            tick += message.time
            rows[tick, str(message.copy(time=0))] += 1
        found.append(rows)
    return found


def changed_tracks(before: bytes, after: bytes) -> dict[int, tuple[Counter, Counter]]:
    """Messages that are gone and that are new, for each track that differs."""
    pairs = enumerate(zip(messages(before), messages(after), strict=True))
    return {number: (old - new, new - old) for number, (old, new) in pairs if old != new}


def with_part(song: Song, number: int, part: Track) -> Song:
    return replace(song, tracks=(*song.tracks[:number], part, *song.tracks[number + 1 :]))


def moved(track: Track, rows: np.ndarray, semitones: int) -> Track:
    return track.with_notes(*track.columns[:2], track.pitch + np.where(rows, semitones, 0), track.velocity)


@pytest.mark.parametrize("path", sorted(TUNES.glob("*.mid")), ids=lambda path: path.stem)
def test_a_song_without_a_change_has_the_same_events(path):
    data = path.read_bytes()
    assert read_events(song_to_bytes(load(path)), "it").tracks == read_events(data, "it").tracks


def test_a_band_without_a_change_has_the_same_events():
    assert changed_tracks(BAND, song_to_bytes(load(BAND))) == {}


def test_moved_notes_of_one_part_change_its_note_events_alone():
    song = load(BAND)
    melody = song.tracks[0]
    rows = (melody.onset_tick >= 1920) & (melody.onset_tick < 3840)
    changes = changed_tracks(BAND, song_to_bytes(with_part(song, 0, moved(melody, rows, 12))))
    assert list(changes) == [1]
    gone, new = changes[1]
    assert sum(gone.values()) == sum(new.values()) == 2 * int(rows.sum())
    assert all(1920 <= tick <= 3840 and "note_o" in text for tick, text in gone + new)


def test_another_velocity_keeps_ticks_lengths_and_release_velocities():
    song = load(BAND)
    louder = song.tracks[1].with_notes(*song.tracks[1].columns[:3], song.tracks[1].velocity + 5)
    gone, new = changed_tracks(BAND, song_to_bytes(with_part(song, 1, louder)))[3]
    assert {tick for tick, _ in gone} == {tick for tick, _ in new} == set(range(0, 7680, 960))
    assert all("note_on" in text and "velocity=95" in text for _, text in new)


def test_a_tempo_changes_one_event():
    song = load(BAND)
    faster = replace(song, tempos=(TempoChange(0, 120.0),))
    changes = changed_tracks(BAND, song_to_bytes(faster))
    assert list(changes) == [0]
    assert [str(text) for _, text in changes[0][1]] == ["MetaMessage('set_tempo', tempo=500000, time=0)"]


def test_new_notes_stand_on_the_channel_of_their_neighbors():
    track = [*note(0, 480, 60, 2), *note(960, 1440, 62, 3)]
    song = load(midi(track, note(0, 480, 40, 1)))
    part = song.tracks[0]
    columns = [
        np.append(column, more) for column, more in zip(part.columns, (1200, 100, 70, 90), strict=True)
    ]
    _, new = changed_tracks(
        midi(track, note(0, 480, 40, 1)), song_to_bytes(with_part(song, 0, part.with_notes(*columns)))
    )[0]
    assert sorted(tick for tick, _ in new) == [1200, 1300]
    assert all("channel=3" in text for _, text in new)


def test_notes_without_note_off_get_one_when_their_neighbors_change():
    data = midi([strike(0, 60), strike(480, 60), *note(480, 960, 72)])
    song = load(data)
    part = song.tracks[0]
    first = part.select(part.onset_tick == 0)
    again = load(song_to_bytes(with_part(song, 0, first)))
    assert again.tracks[0].columns[1].tolist() == [480]
    assert again.repairs == ()


def test_controllers_and_bends_of_a_part_are_exchanged():
    data = midi([control(0, 64, 127), bend(10, 500), *note(0, 480, 60)])
    song = load(data)
    part = replace(
        song.tracks[0], controls=np.array([[0, 64, 127], [240, 64, 0]]), bends=np.empty((0, 2), int)
    )
    gone, new = changed_tracks(data, song_to_bytes(with_part(song, 0, part)))[0]
    assert [tick for tick, _ in gone] == [10]
    assert [tick for tick, _ in new] == [240]


def test_another_program_replaces_that_of_the_channel():
    song = load(BAND)
    gone, new = changed_tracks(BAND, song_to_bytes(with_part(song, 0, replace(song.tracks[0], program=40))))[
        1
    ]
    assert "program=73" in str(gone)
    assert "program=40" in str(new)


def test_another_program_on_a_shared_channel_takes_a_free_channel():
    data = midi([program(0, 6), control(0, 7, 50), *note(0, 480, 72)], note(0, 480, 48))
    song = load(data)
    again = load(song_to_bytes(with_part(song, 1, replace(song.tracks[1], program=40))))
    assert [(part.program, part.channels) for part in again.tracks] == [(6, (1,)), (40, (2,))]
    assert again.tracks[1].controls.tolist() == [[0, 7, 50]]
    full = load(midi(*[note(0, 480, 60, channel) for channel in range(16)], note(0, 480, 70, 3)))
    with pytest.raises(MidiError, match="All 15 channels"):
        song_to_bytes(with_part(full, 16, replace(full.tracks[16], program=40)))


def test_parts_may_be_taken_out_and_added():
    song = load(BAND)
    without = load(song_to_bytes(replace(song, tracks=song.tracks[1:])))
    assert [part.name for part in without.tracks] == ["bass", "kit"]
    new = Track("strings", 48, False, *(np.array([value]) for value in (480, 960, 67, 80)))
    more = load(song_to_bytes(replace(song, tracks=(*song.tracks, new))))
    assert [(part.name, part.program) for part in more.tracks][-1] == ("strings", 48)
    assert more.tracks[-1].channels not in [part.channels for part in song.tracks]


def test_a_finer_resolution_moves_every_event():
    song = load(BAND)
    finer = replace(
        song,
        ticks_per_quarter=960,
        tempos=tuple(replace(change, tick=2 * change.tick) for change in song.tempos),
        metres=tuple(replace(change, tick=2 * change.tick) for change in song.metres),
        tracks=tuple(
            replace(
                track.with_notes(2 * track.onset_tick, 2 * track.duration_tick, track.pitch, track.velocity),
                controls=track.controls * [2, 1, 1],
                bends=track.bends * [2, 1],
            )
            for track in song.tracks
        ),
        end_tick=2 * song.end_tick,
    )
    doubled = [
        Counter({(2 * tick, text): count for (tick, text), count in rows.items()}) for rows in messages(BAND)
    ]
    assert messages(song_to_bytes(finer)) == doubled
    with pytest.raises(MidiError, match="Use a multiple"):
        song_to_bytes(replace(song, ticks_per_quarter=100))


@given(
    part=st.integers(0, 2),
    keep=st.lists(st.booleans(), min_size=8, max_size=32),
    shift=st.integers(-2, 2),
    louder=st.integers(-20, 20),
    longer=st.integers(-50, 50),
)
def test_whatever_changes_in_a_part_is_read_again_and_nothing_else_changes(part, keep, shift, louder, longer):
    song = load(BAND)
    track = song.tracks[part]
    rows = np.resize(np.array(keep), len(track))
    onset, duration, pitch, velocity = (column[rows] for column in track.columns)
    new = track.with_notes(onset, duration + longer, pitch + shift, velocity + louder)
    data = song_to_bytes(with_part(song, part, new))
    again = load(data).tracks
    assert len(again) == 3 - (not rows.any())
    if rows.any():
        assert all(map(np.array_equal, again[part].columns, new.columns))
    for number, (gone, added) in changed_tracks(BAND, data).items():
        assert number == [1, 3, 5][part]
        assert all("note_o" in text or "end_of_track" in text for _, text in gone + added)


def test_a_changed_song_is_played_as_it_is_now():
    song = load(BAND)
    moved_up = with_part(song, 0, moved(song.tracks[0], np.ones(16, bool), 12))
    played = load_for_playback(moved_up)
    assert played.tracks[0].pitch.tolist() == list(range(72, 88))
    assert played.tracks[1].controls.tolist() == [[0, 7, 80]]

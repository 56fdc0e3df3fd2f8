"""The tracks of a trio, told by names, by programs and by the notes."""

import numpy as np

from symvae.music.grid import Grid
from symvae.music.reason import Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.music.trio_reading import trio_tune, trio_windows, whole_trio
from symvae.music.trio_tracks import trio_tracks


def track(
    name: str, pitch: int, notes: int = 8, program: int = 0, voices: int = 1, drums: bool = False
) -> Track:
    onset = np.repeat(np.arange(notes) * 480, voices)
    pitches = np.tile(pitch + 4 * np.arange(voices), notes)
    return Track(name, program, drums, onset, np.full(len(onset), 400), pitches, np.full(len(onset), 80))


def song(*tracks: Track) -> Song:
    return Song(480, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), tracks, 480 * 16)


def indices(*tracks: Track) -> dict[str, int]:
    return {name: each.index for name, each in trio_tracks(song(*tracks)).choice.items()}


KIT = track("", 36, drums=True)


def test_programs_and_fullness_tell_bass_and_melody() -> None:
    """The fullest line above the bass wins over a thinner one, chords are no melody."""
    found = indices(
        track("", 60, 30, voices=3), track("", 72, 5), track("", 67, 12), track("", 36, 9, program=34), KIT
    )
    assert found == {"melody": 2, "bass": 3, "drums": 4}


def test_a_name_has_priority() -> None:
    found = indices(
        track("Lead", 72, 5), track("", 67, 12), track("E-Bass", 36, 4), track("", 34, 9, 33), KIT
    )
    assert found == {"melody": 0, "bass": 2, "drums": 4}


def test_without_a_bass_program_the_lowest_line_is_the_bass() -> None:
    assert indices(track("", 72), track("", 40), track("", 45), KIT)["bass"] == 1


def test_a_bass_program_that_plays_high_is_no_bass() -> None:
    found = indices(track("", 72, 9), track("", 73, 12, program=32), track("", 40, 5), KIT)
    assert found["bass"] == 2


def test_what_is_missing_has_a_reason() -> None:
    assert trio_tracks(song(track("", 72))).missing == (Reason.NO_BASS, Reason.NO_DRUMS)
    assert trio_tracks(song(track("", 60, voices=3), track("", 36, program=33), KIT)).missing == (
        Reason.NO_MELODY,
    )
    assert trio_tracks(song(track("", 72), track("", 36), KIT)).missing == ()


def test_a_song_without_any_part_says_which_are_missing() -> None:
    chords = song(track("", 60, 30, voices=4))
    missing = {Reason.NO_MELODY, Reason.NO_BASS, Reason.NO_DRUMS}
    for found in (whole_trio(chords), trio_windows(chords, Grid(2)), trio_tune(chords, "4/4")):
        assert {dropped.reason for dropped in found.reading.dropped} == missing
    assert not whole_trio(song()).reading.dropped
    assert whole_trio(song(track("", 72), KIT)).reading.phrases

"""Choice of the melody track, and the notes that the skyline keeps."""

import numpy as np
import pytest

from symvae.errors import MidiError
from symvae.music.melody_line import alone_share, choose_track, skyline
from symvae.music.song import MetreChange, Song, TempoChange, Track


def track(
    name: str = "", pitches: list[int] = [60] * 8, is_drum: bool = False, chords: bool = False
) -> Track:
    onset = np.arange(len(pitches)) * 480 // (3 if chords else 1)
    onset = onset // 480 * 480
    return Track(
        name, 0, is_drum, onset, np.full(len(pitches), 480), np.array(pitches, int), np.full(len(pitches), 90)
    )


def song(*tracks: Track) -> Song:
    return Song(480, (MetreChange(0, 4, 4),), (TempoChange(0, 120.0),), tracks, 480 * 64, "song")


def line(*rows: tuple[int, int, int]) -> list[tuple[int, int, int]]:
    onset, duration, pitch = np.array(rows, np.int64).T
    found = skyline(onset, duration, pitch)
    assert len(found.kept) + len(found.hidden) == len(rows)
    kept = found.kept
    return list(zip(onset[kept].tolist(), found.duration_step.tolist(), pitch[kept].tolist(), strict=True))


def test_a_track_named_melody_is_chosen() -> None:
    choice = choose_track(song(track("Piano", [80] * 9), track("Lead synth"), track("MELODY")))
    assert (choice.index, choice.name) == (2, "MELODY")
    assert choice.why == 'its name says "melody"'


@pytest.mark.parametrize("name", ["Neptune Strings", "Invoice", "Leading tones", "Kissing", "Absolom"])
def test_a_melody_word_inside_another_word_does_not_count(name: str) -> None:
    choice = choose_track(song(track(name, [50] * 8), track("Piano", [70] * 8)))
    assert choice.index == 1
    assert "most melody-like" in choice.why


@pytest.mark.parametrize("name", ["melody_1", "LeadGuitar", "Voices", "1-Vocals", "Solo/Tune", "VOX2"])
def test_a_melody_word_may_be_part_of_a_compound_name(name: str) -> None:
    assert choose_track(song(track("Piano", [80] * 8), track(name, [50] * 8))).index == 1


def test_backing_vocals_are_not_the_vocals() -> None:
    assert choose_track(song(track("Backing vocals"), track("Vocals"))).index == 1


def test_without_names_the_highest_single_line_is_chosen() -> None:
    bass, tune, chords = track("a", [40] * 8), track("b", [67] * 8), track("c", [67, 71, 74] * 8, chords=True)
    choice = choose_track(song(bass, chords, tune))
    assert choice.index == 2
    assert (
        choice.why == "it is the most melody-like of 3 tracks: 100% of its notes sound alone, mean pitch 67"
    )


def test_the_right_hand_is_chosen_even_with_chords() -> None:
    left, right = track("", [38] * 12), track("", [67, 71, 76] * 8, chords=True)
    assert choose_track(song(left, right)).index == 1


def test_an_ornament_of_few_notes_is_not_the_melody() -> None:
    assert choose_track(song(track("", [90]), track("", [60] * 20))).index == 1


def test_drums_and_empty_tracks_are_never_chosen() -> None:
    assert choose_track(song(track("melody", [], False), track("lead", is_drum=True))) is None
    assert choose_track(song(track("drums", is_drum=True), track("x"))).why == (
        "it is the only pitched track with notes"
    )


def test_a_track_is_chosen_by_name_or_number() -> None:
    parts = song(track("melody"), track("Bass"))
    assert choose_track(parts, "bass").index == 1
    assert choose_track(parts, 1).index == 1
    assert choose_track(parts, "1").index == 1
    assert choose_track(song(track("9"), track("x")), "9").index == 0
    with pytest.raises(MidiError, match=r"no track 'oboe' in song\. It has: 0 'melody', 1 'Bass'\."):
        choose_track(parts, "oboe")
    with pytest.raises(MidiError, match="no track 2"):
        choose_track(parts, 2)
    with pytest.raises(MidiError, match="no track -1"):
        choose_track(parts, -1)


def test_the_highest_note_of_a_chord_is_kept() -> None:
    assert line((0, 4, 60), (0, 4, 64), (0, 2, 67), (4, 4, 62)) == [(0, 2, 67), (4, 4, 62)]


def test_a_higher_note_ends_a_sounding_lower_one() -> None:
    assert line((0, 16, 60), (4, 4, 72)) == [(0, 4, 60), (4, 4, 72)]


def test_a_lower_note_under_a_sounding_one_is_dropped() -> None:
    assert line((0, 8, 72), (4, 4, 60), (8, 4, 74)) == [(0, 8, 72), (8, 4, 74)]


def test_descending_legato_is_one_line() -> None:
    assert line((0, 5, 72), (4, 4, 71), (8, 4, 69)) == [(0, 4, 72), (4, 4, 71), (8, 4, 69)]


def test_a_repeated_pitch_starts_again() -> None:
    assert line((0, 8, 60), (4, 8, 60)) == [(0, 4, 60), (4, 8, 60)]


def test_shortened_notes_are_counted() -> None:
    found = skyline(np.array([0, 4]), np.array([16, 4]), np.array([60, 72]))
    assert found.num_cut == 1


def test_the_skyline_of_silence_is_silence() -> None:
    empty = np.empty(0, np.int64)
    assert len(skyline(empty, empty, empty).kept) == 0


def test_share_of_notes_that_sound_alone() -> None:
    assert alone_share(track("", [60, 62, 64]), 480) == 1.0
    assert alone_share(track("", [60, 64, 67] * 4, chords=True), 480) == 0.0
    assert alone_share(track("", []), 480) == 1.0
    legato = Track("", 0, False, *map(np.array, ([0, 480], [500, 480], [60, 62], [90, 90])))
    assert alone_share(legato, 480) == 1.0

"""MIDI files: what is written, and other libraries that read it."""

from dataclasses import replace
from pathlib import Path

import muspy
import numpy as np
import pretty_midi
import pytest

from symvae.errors import MidiError
from symvae.music.grid import Grid
from symvae.music.io.bridges.convert import to_pretty_midi
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import song_to_bytes, to_bytes, write
from symvae.music.io.source import load_any
from symvae.music.phrase import Phrase
from symvae.music.song import Track
from symvae.music.windows import windows
from tests.unit.music.conftest import TUNE, song_of


def test_tempo_metre_and_velocity_survive(tmp_path: Path) -> None:
    song = load(write(TUNE, tmp_path / "tune.mid", program=73))
    assert [m.name for m in song.metres] == ["6/8"]
    assert song.tempo_qpm_at(0) == 97.31
    assert song.tracks[0].velocity.tolist() == [100, 80, 64, 1]
    assert song.tracks[0].program == 73
    assert song.name == "tune"
    assert song.end_tick == 36 * 120


def test_other_libraries_read_written_files(tmp_path: Path) -> None:
    path = write(TUNE, tmp_path / "tune.mid", program=24)
    midi = pretty_midi.PrettyMIDI(str(path))
    assert [(s.numerator, s.denominator) for s in midi.time_signature_changes] == [(6, 8)]
    assert midi.get_tempo_changes()[1] == pytest.approx([97.31], abs=0.005)
    assert [n.pitch for n in midi.instruments[0].notes] == TUNE.pitch.tolist()
    assert midi.instruments[0].program == 24
    music = muspy.read_midi(path)
    assert [n.pitch for n in music.tracks[0].notes] == TUNE.pitch.tolist()
    assert [n.time for n in music.tracks[0].notes] == (TUNE.onset_step * 120).tolist()
    assert (music.time_signatures[0].numerator, music.time_signatures[0].denominator) == (6, 8)
    assert music.tempos[0].qpm == pytest.approx(97.31, abs=0.005)


def test_files_written_by_pretty_midi_are_read(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.mid"
    to_pretty_midi(TUNE).write(str(path))
    notes = windows(load(path), TUNE.grid).phrases[0]
    assert notes.onset_step.tolist() == TUNE.onset_step.tolist()
    assert notes.velocity.tolist() == TUNE.velocity.tolist()


def test_the_earlier_of_two_overlapping_notes_of_equal_pitch_is_shortened() -> None:
    tangled = Phrase(Grid(1), np.array([0, 2, 2]), np.array([8, 4, 2]), np.array([60, 60, 60]))
    (read,) = windows(load(to_bytes(tangled)), tangled.grid, polyphonic=True).phrases
    assert (read.onset_step.tolist(), read.duration_step.tolist()) == ([0, 2], [2, 4])


def test_an_existing_file_is_not_overwritten_without_force(tmp_path: Path) -> None:
    path = tmp_path / "tune.mid"
    path.write_bytes(b"mine")
    with pytest.raises(MidiError, match=r"exists\. Choose another name"):
        write(TUNE, path)
    assert path.read_bytes() == b"mine"
    assert load(write(TUNE, path, force=True)).num_notes == 4


def test_music_and_paths_that_cannot_be_written_raise_midi_errors(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match="is a folder"):
        write(TUNE, tmp_path)
    with pytest.raises(MidiError, match="Choose a folder that exists"):
        write(TUNE, tmp_path / "nowhere" / "tune.mid")
    with pytest.raises(MidiError, match="no General MIDI program 128"):
        to_bytes(TUNE, program=128)
    with pytest.raises(MidiError, match=r"cannot hold 2 quarter notes a minute"):
        to_bytes(TUNE.with_tempo(2.0))


def test_equal_phrases_give_equal_bytes() -> None:
    assert to_bytes(TUNE) == to_bytes(TUNE)


def test_a_pretty_midi_with_impossible_times_raises_a_midi_error() -> None:
    midi = pretty_midi.PrettyMIDI()
    midi.instruments.append(pretty_midi.Instrument(0))
    midi.instruments[0].notes.append(pretty_midi.Note(90, 60, float("nan"), 1.0))
    with pytest.raises(MidiError, match=r"contradicts itself|before"):
        load_any(midi)


def test_a_song_of_several_tracks_is_written_and_read() -> None:
    song = song_of(
        tracks=(song_of().tracks[0], Track("drums", 0, True, *song_of(pitch=[38]).tracks[0].columns))
    )
    read = load(song_to_bytes(song))
    assert [(t.name, t.is_drum, t.pitch.tolist()) for t in read.tracks] == [
        ("melody", False, [60]),
        ("drums", True, [38]),
    ]


def test_controllers_after_the_end_are_moved_to_the_end() -> None:
    late = replace(
        song_of().tracks[0],
        controls=np.array([[0, 64, 127], [10**6, 64, 0]]),
        bends=np.array([[0, 500], [10**6, 0]]),
    )
    song = song_of(tracks=(late,), end_tick=480)
    (read,) = load(song_to_bytes(song)).tracks
    assert read.controls.tolist() == [[0, 64, 127], [song.end_tick, 64, 0]]
    assert read.bends.tolist() == [[0, 500], [song.end_tick, 0]]

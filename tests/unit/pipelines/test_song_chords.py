"""Chords that bind the new notes of a faded song: of its file, given, or estimated."""

from dataclasses import replace

import pytest

import symvae
from symvae.errors import ConfigError
from symvae.music.chord_symbols import chart_changes, parse_chart
from symvae.music.io.source import load_any
from symvae.pipelines.inspect import inspect
from symvae.pipelines.song_chords import song_chords
from tests.fader_models import ODE

GM = parse_chart("Gm | Eb")


def with_chords() -> "symvae.music.song.Song":
    song = load_any(ODE)
    lines = range(0, song.end_tick + 1, 4 * song.ticks_per_quarter)
    return replace(song, chords=chart_changes(GM, lines), chords_from="markers of track 1")


def new_classes(song, source) -> list[tuple[int, int]]:
    """Bar and pitch class of the notes that the song has and its source has not."""
    bar = 4 * song.ticks_per_quarter
    notes = [
        {
            (int(onset), int(pitch))
            for onset, pitch in zip(each.tracks[0].onset_tick, each.tracks[0].pitch, strict=True)
        }
        for each in (song, source)
    ]
    return [(onset // bar, pitch % 12) for onset, pitch in sorted(notes[0] - notes[1])]


def test_chords_of_the_file_bind_new_notes_beside_a_lock(fader_model):
    song = with_chords()
    result = symvae.fade_song(song, {"contour": "+4"}, model=fader_model, keep="harmony")
    new = new_classes(result.song, song)
    assert new
    assert all(pitch in ({7, 10, 2}, {3, 7, 10})[bar % 2] for bar, pitch in new)
    assert result.report["chords"]["source"] == "file"
    assert any("from markers of track 1: Gm Eb Gm" in line for line in result.lines())


def test_given_chords_override_those_of_the_file(fader_model):
    song = with_chords()
    result = symvae.fade_song(song, {"contour": "+4"}, model=fader_model, keep="harmony", chords="C | F")
    assert all(pitch in ({0, 4, 7}, {5, 9, 0})[bar % 2] for bar, pitch in new_classes(result.song, song))
    assert result.report["chords"]["source"] == "given"


def test_estimated_chords_override_both_and_are_the_default_without_symbols():
    assert song_chords(with_chords(), "a song", "estimated").source == "estimated"
    assert song_chords(load_any(ODE), "a song").source == "estimated"
    assert song_chords(with_chords(), "a song").source == "file"


def test_chords_of_a_file_without_any():
    with pytest.raises(ConfigError, match=r"ode has no chord symbols. Give chords, as"):
        song_chords(load_any(ODE), "ode", "file")


def test_chords_are_in_no_report_where_they_bound_nothing(fader_model):
    result = symvae.fade_song(with_chords(), {"contour": "+4"}, model=fader_model)
    assert result.report["chords"] is None


def test_inspect_tells_the_chords_and_where_they_stand():
    report = inspect(with_chords(), [])
    assert report.chords.num_changes == len(with_chords().chords)
    assert "markers of track 1: Gm Eb" in report.to_text()
    assert report.to_dict()["chords"]["place"] == "markers of track 1"
    assert inspect(ODE, []).chords is None

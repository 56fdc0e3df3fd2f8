"""The report on a file: complete, countable by a script, readable by a person."""

import dataclasses
import json
import re
from pathlib import Path

import numpy as np

from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.reason import Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.pipelines.inspect import inspect, inspect_song
from symvae.pipelines.inspect_report import Report
from symvae.pipelines.inspect_screen import screen
from symvae.pipelines.uses import uses_of
from symvae.system.choice import ModelFacts

TUNES = Path(__file__).parents[3] / "data" / "tunes"
MODELS = [ModelFacts.of(name) for name in ("melody-2bar", "melody-16bar")]


def test_a_clean_tune_is_taken_whole() -> None:
    report = inspect(TUNES / "ode_to_joy.mid", MODELS)
    (track,) = report.tracks
    assert (report.fault, report.num_bars, report.num_notes, report.dropped) == (None, 16, 62, ())
    assert report.duration_sec == 32.0
    assert [m.metre for m in report.metres] == ["4/4"]
    assert [(t.start_sec, t.tempo_qpm) for t in report.tempos] == [(0.0, 120.0)]
    assert track.is_melody
    assert (track.monophonic_share, track.timing.off_grid_share, track.num_melody_notes) == (1.0, 0.0, 62)
    assert [(m.model, m.num_windows, m.bars[-1]) for m in track.models] == [
        ("melody-2bar", 8, (15, 16)),
        ("melody-16bar", 1, (1, 16)),
    ]


def test_a_performance_has_its_shift_reported() -> None:
    (track,) = inspect(TUNES / "ode_to_joy_performed.mid", MODELS).tracks
    assert 0.05 < track.timing.mean_shift_step < 0.12
    assert 5 < track.timing.mean_shift_ms < 15
    assert 0.1 < track.timing.off_grid_share < 0.4
    assert track.num_melody_notes == 62


def test_two_voices_in_three_four_say_why_no_model_takes_them() -> None:
    report = inspect(TUNES / "petzold_minuet.mid", MODELS)
    assert [t.is_melody for t in report.tracks] == [True, False]
    assert "most melody-like of 2 tracks" in report.tracks[0].why
    for track in report.tracks:
        for fit in track.models:
            assert fit.num_windows == 0
            assert [d.reason for d in fit.dropped] == [Reason.METRE_NOT_SUPPORTED]


def test_the_report_is_plain_json_with_codes_and_sentences() -> None:
    plain = json.loads(json.dumps(inspect(TUNES / "petzold_minuet.mid", MODELS).to_dict()))
    dropped = plain["tracks"][0]["models"][0]["dropped"][0]
    assert dropped == {
        "what": "section",
        "reason": "metre_not_supported",
        "detail": "bars 1-16: in 3/4, the window is in 4/4",
        "count": 1,
        "sentence": "its metre is not the metre of the model",
    }
    assert plain["metres"] == [{"metre": "3/4", "first_bar": 1, "num_bars": 16, "grid_metre": "3/4"}]


def test_a_file_that_cannot_be_read_has_a_report_with_its_fault(tmp_path: Path) -> None:
    path = tmp_path / "broken.mid"
    path.write_bytes(b"MThd")
    report = inspect(path, MODELS)
    assert "cut off within its first 14 bytes" in report.fault
    assert [d.reason for d in report.dropped] == [Reason.UNREADABLE]
    assert report.to_text() == f"{path}: not read\n  {report.fault}"


def song(*tracks: Track) -> Song:
    metres = (MetreChange(0, 4, 4), MetreChange(7680, 7, 8))
    tempos = (TempoChange(0, 120.0), TempoChange(1920, 60.0))
    return load(song_to_bytes(Song(480, metres, tempos, tracks, 7680 + 1680)))


def quarter_notes(name: str, pitches: list[int], is_drum: bool = False) -> Track:
    count = len(pitches)
    return Track(
        name, 9, is_drum, np.arange(count) * 480, np.full(count, 480), np.array(pitches), np.full(count, 90)
    )


def test_every_loss_is_named_in_the_text() -> None:
    drums = quarter_notes("kit", [38] * 4, is_drum=True)
    tune = quarter_notes("melody", [60, 62, 110, 64, 65])
    text = inspect_song(song(drums, tune), MODELS, file="x.mid").to_text()
    assert "x.mid: 5 bars, 9 notes" in text
    assert "metre  4/4 bars 1-4, 7/8 bars 5-5 (no grid)" in text
    assert "tempo  120 qpm from 0 s, 60 qpm from 2 s" in text
    assert "'kit': drums, 4 notes" in text
    assert "drums (×4): it is a drum track, and drums have no pitch" in text
    assert 'read as the melody: its name says "melody"' in text
    assert "out_of_range: below 21 or above 108" in text
    assert "metre_not_supported: bar 5: in 7/8, which no grid holds" in text
    assert "melody-2bar (2 bars of 4/4): 1 window, bars 1-2" in text
    assert "long_rest: bars 3-4: silent" in text
    assert "melody-16bar (16 bars of 4/4): 0 windows" in text


def test_a_file_of_drums_says_so() -> None:
    report = inspect_song(song(quarter_notes("kit", [38] * 4, is_drum=True)), MODELS)
    assert [d.reason for d in report.dropped] == [Reason.DRUMS]
    assert report.tracks[0].models == ()


def test_a_file_without_notes_says_so() -> None:
    report = inspect_song(song(), MODELS)
    assert [d.reason for d in report.dropped] == [Reason.EMPTY]
    assert report.num_bars == 5


def test_the_track_can_be_asked_for() -> None:
    report = inspect(TUNES / "petzold_minuet.mid", MODELS, track="left hand")
    assert [t.is_melody for t in report.tracks] == [False, True]
    assert report.tracks[1].why == "it was asked for by name"


def test_ten_tracks_fit_one_screen() -> None:
    names = ["Lead vocals", "Backing vocals with a long name", *(f"part {n}" for n in range(2, 9)), "kit"]
    tracks = [quarter_notes(name, [60 + row] * 16, is_drum=name == "kit") for row, name in enumerate(names)]
    lines = screen(inspect_file(song(*tracks)))
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    text = "\n".join(lines)
    assert "7/8 bars 5-5 (no grid)" in text
    assert re.search(r"0  Lead vocals +9 Glockenspiel +1 +16 +C4-C4 +the melody", text)
    assert re.search(r"1  Backing vocals … +9 Glockenspiel", text)
    assert re.search(r"9  kit +kit \d+ +10 +16 +drums", text)
    assert "continue" in text
    assert "--all lists every part" in lines[-1]


def inspect_file(piece: Song) -> Report:
    report = inspect_song(piece, MODELS, file="x.mid")
    return dataclasses.replace(report, uses=uses_of("x.mid", piece))


def test_forty_tracks_are_counted() -> None:
    lines = screen(inspect_file(song(*(quarter_notes(f"part {n}", [60] * 4) for n in range(40)))))
    assert "  and 28 more parts" in lines
    assert len(lines) <= 24


def test_models_that_cannot_read_a_file_say_why() -> None:
    report = inspect(TUNES / "petzold_minuet.mid")
    uses = {use.verb: use for use in report.uses}
    assert uses["reconstruct"].model == uses["infill"].model == "melody-16bar-3-4"
    assert uses["fade"].model == "melody-4bar-3-4"
    odd = dataclasses.replace(load(TUNES / "petzold_minuet.mid"), metres=(MetreChange(0, 5, 4),))
    report = inspect(odd)
    assert {use.model for use in report.uses} == {None}
    text = " ".join(" ".join(screen(report)).split())
    assert "is in 5/4, which no released model reads." in text


def test_each_tempo_has_its_start_in_seconds() -> None:
    song = load(TUNES / "ode_to_joy.mid")
    tick = song.ticks_per_quarter
    tempos = (TempoChange(0, 60.0), TempoChange(2 * tick, 120.0), TempoChange(4 * tick, 30.0))
    report = inspect_song(dataclasses.replace(song, tempos=tempos, end_tick=5 * tick), MODELS)
    assert [each.start_sec for each in report.tempos] == [0.0, 2.0, 3.0]
    assert report.duration_sec == 5.0

"""POP909 gives one tune a song: its melody or its whole arrangement."""

from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.sources.pop909 import pop909
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.reason import Dropped, Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track
from tests.unit.corpus.unguarded import unguarded


def track(name: str, onset_tick: list[int], pitch: int, velocity: int) -> Track:
    count = len(onset_tick)
    return Track(
        name,
        0,
        False,
        np.array(onset_tick),
        np.full(count, 240),
        np.full(count, pitch),
        np.full(count, velocity),
    )


@pytest.fixture
def aligned(tmp_path: Path) -> Path:
    melody = track("MELODY", [0, 480, 960, 1440, 1920], 72, 100)
    piano = track("PIANO", [0, 960, 1920], 48, 60)
    song = Song(480, (MetreChange(0, 4, 4),), (TempoChange(0, 90.0),), (melody, piano), 3840)
    (tmp_path / "001.mid").write_bytes(song_to_bytes(song))
    (tmp_path / "002.mid").write_bytes(b"MThd and then nothing")
    (tmp_path / "003.mid").write_bytes(
        song_to_bytes(Song(480, song.metres, song.tempos, (piano,), song.end_tick))
    )
    return tmp_path


def tunes(folder: Path, **choices: bool) -> list[Tune]:
    return [item for item in unguarded(pop909(folder, **choices)) if isinstance(item, Tune)]


def test_the_melody_track_alone_is_read(aligned: Path):
    (tune,) = tunes(aligned)
    assert (tune.name, tune.collection) == ("pop909/001", "pop909")
    assert tune.phrase.onset_step.tolist() == [0, 4, 8, 12, 16]
    assert tune.phrase.is_monophonic


def test_a_polyphonic_reading_merges_all_tracks(aligned: Path):
    whole, piano_alone = tunes(aligned, polyphonic=True)
    assert (whole.name, piano_alone.name) == ("pop909/001", "pop909/003")
    rows = zip(whole.phrase.onset_step, whole.phrase.pitch, whole.phrase.velocity, strict=True)
    assert [tuple(map(int, row)) for row in rows] == [
        (0, 48, 60),
        (0, 72, 100),
        (4, 72, 100),
        (8, 48, 60),
        (8, 72, 100),
        (12, 72, 100),
        (16, 48, 60),
        (16, 72, 100),
    ]
    assert (whole.phrase.grid.metre, whole.phrase.grid.bars, whole.phrase.tempo_qpm) == ("4/4", 2, 90.0)


def test_a_bad_file_and_a_missing_melody_are_reported(aligned: Path):
    dropped = [item for item in unguarded(pop909(aligned)) if isinstance(item, Dropped)]
    assert [(item.what, item.reason) for item in dropped] == [
        ("pop909/002", Reason.UNREADABLE),
        ("pop909/003", Reason.UNREADABLE),
    ]
    assert "MELODY" in dropped[1].detail


def test_a_folder_without_songs_is_refused(tmp_path: Path):
    with pytest.raises(CorpusError, match="holds no songs of POP909"):
        pop909(tmp_path)

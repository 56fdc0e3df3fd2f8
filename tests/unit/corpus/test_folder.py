"""A user's folder: all music at any depth, and bad files are reported."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.cluster import work_name
from symvae.corpus.prepare import prepare
from symvae.corpus.provenance import SOURCES
from symvae.corpus.sources.folder import folder
from symvae.corpus.sources.named import Named, open_sources
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.grid import Grid
from symvae.music.io.midi_write import song_to_bytes, write
from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped, Reason
from symvae.music.song import MetreChange, Song, TempoChange, Track
from tests.unit.corpus.unguarded import unguarded

ABC = "X:1\nT:one\nM:4/4\nL:1/8\nK:G\nGABc dedB|c2ec B2dB|\nX:2\nT:two\nM:3/4\nL:1/8\nK:G\nG6|A6|B6|\n"


@pytest.fixture
def music(tmp_path: Path, make_tune) -> Path:
    root = tmp_path / "music"
    (root / "deep" / "er").mkdir(parents=True)
    for i, name in enumerate(["a.mid", "deep/b.MIDI", "deep/er/c #1.mid"]):
        write(make_tune("x/1", seed=i).phrase, root / name)
    (root / "bad.mid").write_bytes(b"MThd and then nothing")
    (root / "book.abc").write_text(ABC)
    (root / "notes.txt").write_text("not music")
    return root


def test_all_music_files_are_read_and_bad_ones_reported(music: Path):
    items = unguarded(folder(music, collection="mine"))
    assert [item.name for item in items if isinstance(item, Tune)] == [
        "mine/a.mid",
        "mine/book.abc/1",
        "mine/book.abc/2",
        "mine/deep/b.MIDI",
        "mine/deep/er/c ♯1.mid",
    ]
    assert [(i.what, i.reason) for i in items if isinstance(i, Dropped)] == [
        ("mine/bad.mid", Reason.UNREADABLE)
    ]


def test_tunes_do_not_depend_on_the_number_of_workers(music: Path):
    alone = unguarded(folder(music))
    assert [list(folder(music, workers=workers)) for workers in (1, 2)] == [alone, alone]


def test_a_polyphonic_reading_keeps_whole_pieces(tmp_path: Path):
    chord = Phrase(Grid(2), np.array([0, 0, 16]), np.array([16, 8, 16]), np.array([48, 60, 62]))
    write(chord, tmp_path / "chord.mid")
    melody = unguarded(folder(tmp_path))
    whole = unguarded(folder(tmp_path, polyphonic=True))
    assert [(item.what, item.reason) for item in melody[1:]] == [
        ("folder/chord.mid#notes", Reason.POLYPHONIC)
    ]
    assert [item.phrase for item in whole] == [chord]


def test_a_folder_without_music_is_refused(tmp_path: Path):
    with pytest.raises(CorpusError, match=r"holds no music. Name a folder with .mid"):
        folder(tmp_path)


def choir(path: Path, seed: int, names: tuple[str, ...] = ("Soprano", "Alto")) -> None:
    """Eight quarters in each voice, in stretches of four, three and one; all voices differ."""
    onset = np.arange(8) * 480
    tracks = tuple(
        Track(name, 0, False, onset, np.full(8, 480), tune, np.full(8, 80))
        for name, tune in zip(names, _tunes(seed, len(names)), strict=True)
    )
    metres = (MetreChange(0, 4, 4), MetreChange(1920, 3, 4), MetreChange(3360, 4, 4))
    path.write_bytes(song_to_bytes(Song(480, metres, (TempoChange(0, 100.0),), tracks, 3840)))


def _tunes(seed: int, voices: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(50, 80, (voices, 8))


def _names(items: Sequence[Tune | Dropped]) -> list[str]:
    return [item.name for item in items if isinstance(item, Tune)]


def test_of_songs_for_voice_and_piano_the_voice_is_read(tmp_path: Path):
    choir(tmp_path / "1.mid", 1, ("Piano", "Voice"))
    [source] = open_sources([Named("lieder", tmp_path)])
    found = [item for item in unguarded(source) if isinstance(item, Tune)]
    assert {work_name(tune.name) for tune in found} == {"openscore_lieder/1.mid"}
    assert all("#Voice" in tune.name for tune in found)
    assert SOURCES[found[0].collection]["license"] == "CC0"


def test_several_tracks_are_voices_of_one_work(tmp_path: Path):
    choir(tmp_path / "1.mid", 1)
    choir(tmp_path / "2.mid", 2, ("Soprano", "Tenor"))
    voices = unguarded(folder(tmp_path, tracks=["Soprano", "Alto"]))
    works = {work_name(item.name if isinstance(item, Tune) else item.what) for item in voices}
    assert works == {"folder/1.mid", "folder/2.mid"}
    found = [item for item in voices if isinstance(item, Tune)]
    assert [tune.name for tune in found if "1.mid" in tune.name] == [
        f"folder/1.mid#{voice}#{stretch}" for voice in ("Soprano", "Alto") for stretch in (1, 2, 3)
    ]
    soprano, alto = _tunes(1, 2)
    assert found[0].phrase.pitch.tolist() == soprano[:4].tolist()
    assert found[3].phrase.pitch.tolist() == alto[:4].tolist()
    missing = [item for item in voices if isinstance(item, Dropped) and item.what == "folder/2.mid#Alto"]
    assert [(item.reason, "Tenor" in item.detail) for item in missing] == [(Reason.UNREADABLE, True)]


def test_a_track_is_read_once_under_its_own_name(tmp_path: Path):
    choir(tmp_path / "1.mid", 1, ("Horn F#", "Flute", "Flute", "7"))
    asked = ["horn f#", "0", "Horn F#", "1", "2", "3"]
    found = {name.rpartition("#")[0] for name in _names(unguarded(folder(tmp_path, tracks=asked)))}
    assert found == {f"folder/1.mid#{voice}" for voice in ("Horn F♯", "track 1", "track 2", "track 3")}


def test_voices_of_one_file_stay_in_one_split(tmp_path: Path):
    (tmp_path / "choir").mkdir()
    for number in range(12):
        choir(tmp_path / "choir" / f"{number}.mid", number)
    out = tmp_path / "shards"
    prepare([folder(tmp_path / "choir", workers=1, tracks=["Soprano", "Alto"])], out)
    rows = list(csv.DictReader((out / "tunes.csv").open(encoding="utf-8")))
    splits = defaultdict(set)
    for row in rows:
        splits[work_name(row["name"])].add(row["split"])
        assert row["name"].split("#")[1] in ("Soprano", "Alto")
    assert sum(row["name"].endswith("#1") for row in rows) == 12 * 2  # none was a duplicate
    assert all(len(of_work) == 1 for of_work in splits.values())
    assert set.union(*splits.values()) == {"train", "validation", "test"}

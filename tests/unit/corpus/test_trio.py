"""Trios of a folder, and POP909 with an accompaniment by rule."""

from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.prepare import prepare
from symvae.corpus.shards import open_shards
from symvae.corpus.sources.accompaniment import (
    ChordSpan,
    bass_of_chords,
    bass_of_piano,
    drums_of_take,
)
from symvae.corpus.sources.folder import folder
from symvae.corpus.sources.pop909_trio import pop909_trio
from symvae.corpus.sources.trio import trio as trios
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.arrangement import Arrangement
from symvae.music.grid import Grid
from symvae.music.io.files import write
from symvae.music.io.midi_write import song_to_bytes, to_song
from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped, Reason
from symvae.music.song import Song
from tests.trios import beat, line, trio, write_trio
from tests.unit.corpus.unguarded import unguarded


def test_a_song_with_three_parts_is_a_tune_and_its_title_has_the_evidence(tmp_path: Path) -> None:
    write_trio(tmp_path / "a.mid", trio(0, bars=4))
    write_trio(tmp_path / "b.mid", trio(1, bars=4, parts=("melody", "drums")))
    items = list(unguarded(trios(tmp_path, collection="mine")))
    (tune,) = [item for item in items if isinstance(item, Tune)]
    assert tune.name == "mine/a.mid"
    assert tune.phrase == trio(0, bars=4)
    assert 'bass: track 1 (bass), its name says "bass"' in tune.title
    (dropped,) = [item for item in items if isinstance(item, Dropped)]
    assert (dropped.what, dropped.reason) == ("mine/b.mid", Reason.NO_BASS)
    assert "melody: track 0" in dropped.detail


def test_a_song_off_the_grid_is_told(tmp_path: Path) -> None:
    song = to_song(trio(0, bars=4))
    moved = tuple(
        track.with_notes(track.onset_tick + 40, track.duration_tick, track.pitch, track.velocity)
        for track in song.tracks
    )
    late = Song(song.ticks_per_quarter, song.metres, song.tempos, moved, song.end_tick + 40)
    (tmp_path / "late.mid").write_bytes(song_to_bytes(late))
    (dropped,) = list(unguarded(trios(tmp_path)))
    assert isinstance(dropped, Dropped)
    assert dropped.reason == Reason.OFF_GRID


def test_shards_of_trios_take_melodies_of_other_sources_too(tmp_path: Path) -> None:
    (tmp_path / "songs").mkdir()
    (tmp_path / "tunes").mkdir()
    for seed in range(3):
        write_trio(tmp_path / "songs" / f"{seed}.mid", trio(seed, bars=4))
        melody = line(np.random.default_rng(seed + 9), Grid(4), 60, 80)
        write(melody, tmp_path / "tunes" / f"{seed}.mid")
    sources = [
        trios(tmp_path / "songs", collection="songs", workers=1),
        folder(tmp_path / "tunes", workers=1),
    ]
    card = prepare(sources, tmp_path / "shards", tokenizer="trio")
    assert (card["positions"], card["vocabulary_size"]) == (48, 657)
    shards = open_shards(tmp_path / "shards")
    ids = np.concatenate([shards.split(name).ids for name in ("train", "validation", "test")])
    playing = {
        tuple(shards.tokenizer.decode_ids(rows).parts) for rows in ids.reshape(-1, 4, 48).astype(np.int64)
    }
    assert playing == {("melody", "bass", "drums"), ("melody",)}


@pytest.fixture
def pop(tmp_path: Path) -> tuple[Path, Path]:
    """Two aligned songs of POP909 with chords, and a take of Groove."""
    songs, groove = tmp_path / "pop", tmp_path / "groove"
    songs.mkdir()
    (groove / "drummer1").mkdir(parents=True)
    for number in (1, 2):
        chance = np.random.default_rng(number)
        melody, piano = line(chance, Grid(8), 60, 80), line(chance, Grid(8), 40, 58)
        made = [to_song(melody).tracks[0], to_song(piano).tracks[0]]
        names = ("MELODY", "PIANO")
        tracks = tuple(
            type(each)(name, 0, False, *each.columns) for name, each in zip(names, made, strict=True)
        )
        song = to_song(melody)
        whole = Song(song.ticks_per_quarter, song.metres, song.tempos, tracks, song.end_tick)
        (songs / f"00{number}.mid").write_bytes(song_to_bytes(whole))
    rows = ["song,start_beat,end_beat,chord"]
    rows += [
        f"00{n},{4 * bar},{4 * bar + 4},{'C:maj' if bar % 2 else 'N'}" for n in (1, 2) for bar in range(8)
    ]
    (songs / "chords.csv").write_text("\n".join(rows) + "\n")
    write(beat(np.random.default_rng(5), Grid(6)), groove / "drummer1" / "1.mid")
    head = "id,style,bpm,beat_type,time_signature,midi_filename,duration,split"
    row = "drummer1/1,rock/indie,120,beat,4-4,drummer1/1.mid,12.0,train"
    (groove / "info.csv").write_text(f"{head}\n{row}\n")
    return songs, groove


def test_melodies_of_pop909_get_bass_and_drums_by_rule_and_say_so(pop: tuple[Path, Path]) -> None:
    tunes = list(unguarded(pop909_trio(*pop)))
    assert [tune.name for tune in tunes if isinstance(tune, Tune)] == ["pop909/001", "pop909/002"]
    for tune in tunes:
        assert isinstance(tune, Tune)
        assert isinstance(tune.phrase, Arrangement)
        assert list(tune.phrase.parts) == ["melody", "bass", "drums"]
        assert "drums: drummer1/1, rock/indie, 120 qpm" in tune.title
        assert "lowest line of the piano" in tune.title or "roots at the kicks" in tune.title
        bass = tune.phrase.parts["bass"]
        assert (bass.pitch >= 28).all()
        assert (bass.pitch <= 52).all()
        assert bass.is_monophonic


def test_pop909_without_groove_is_refused_with_a_remedy(pop: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="Name its folder with --drums"):
        pop909_trio(pop[0], tmp_path)


def test_roots_are_struck_at_the_chord_and_at_its_kicks() -> None:
    kick = Phrase(Grid(2), np.array([4, 20]), np.array([1, 1]), np.array([36, 36]), is_drum=True)
    bass = bass_of_chords([ChordSpan(0, 16, 9), ChordSpan(16, 32, 4)], kick, Grid(2), 120.0)
    assert bass.onset_step.tolist() == [0, 4, 16, 20]
    assert bass.duration_step.tolist() == [4, 8, 4, 8]
    assert bass.pitch.tolist() == [33, 33, 28, 28]


def test_the_bass_of_a_piano_is_its_lowest_line_in_the_range_of_a_bass() -> None:
    piano = Phrase(Grid(1), np.array([0, 0, 8]), np.array([8, 8, 8]), np.array([55, 76, 60]))
    bass = bass_of_piano(piano)
    assert bass.pitch.tolist() == [43, 48]
    assert bass.onset_step.tolist() == [0, 8]


def test_a_take_is_played_again_when_it_ends() -> None:
    take = Phrase(Grid(1), np.array([0, 8]), np.array([1, 1]), np.array([36, 38]), is_drum=True)
    drums = drums_of_take(take, Grid(3), 90.0, first_bar=1)
    assert drums.onset_step.tolist() == [16, 24, 32, 40]
    assert drums.tempo_qpm == 90.0

"""Every verb on arrangements, with a tiny model that nothing was learned for."""

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import symvae
from symvae.models.phrase.fast_decoder import fast_decoder
from symvae.music.arrangement import Arrangement
from symvae.music.chord_symbols import parse_symbol
from symvae.music.chords import Chords, chords_of
from symvae.music.grid import Grid
from symvae.music.harmonize import chord_tone_share
from symvae.music.io.midi_read import load
from symvae.music.io.midi_write import to_song
from symvae.music.phrase import Phrase
from symvae.pipelines.accompany import accompany
from symvae.pipelines.interpolate import interpolate
from symvae.pipelines.output import Output
from symvae.pipelines.reconstruct import reconstruct
from symvae.pipelines.sample import sample
from symvae.system.symvae import SymVAE
from tests.trios import trio, trio_model, write_trio


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SymVAE:
    return SymVAE.load(trio_model(tmp_path_factory.mktemp("trios")))


def test_the_fast_decoder_writes_the_tokens_of_the_trained_one(model: SymVAE) -> None:
    """With weights that are exact in half precision."""
    decoder = copy.deepcopy(model.vae.decoder)
    for name, weight in decoder.named_parameters():
        weight.data = (16 * weight).round() / 16 if "element" in name else (3 * weight).half().float()
    z = torch.randn((6, model.latent_size), generator=torch.Generator().manual_seed(1))
    assert torch.equal(fast_decoder(decoder).generate(z), decoder.generate(z))


def test_a_duo_comes_back_as_a_duo_with_its_programs(model: SymVAE) -> None:
    duo = trio(3, parts=("melody", "bass"))
    duo = Arrangement(duo.grid, duo.parts, 90.0, {"melody": 73, "bass": 32})
    (result,) = model.reconstruct(duo)
    assert set(result.parts) <= {"melody", "bass"}
    assert result.tempo_qpm == 90.0
    assert all(result.programs[name] == duo.programs[name] for name in result.parts)


def test_samples_are_arrangements_that_are_written_and_read_again(model: SymVAE, tmp_path: Path) -> None:
    drawn = sample(model, 2, prior="gaussian", output=Output(tmp_path / "out"))
    assert all(isinstance(each, Arrangement) for each in drawn.phrases)
    for number, each in enumerate(drawn.phrases, 1):
        song = load(tmp_path / "out" / f"sample-{number}.mid")
        assert [track.name for track in song.tracks] == list(each.parts)
        assert [track.is_drum for track in song.tracks] == [name == "drums" for name in each.parts]
    assert drawn.lines()


def test_a_trio_written_to_a_file_is_read_as_it_was(model: SymVAE, tmp_path: Path) -> None:
    source = trio(5)
    done = reconstruct(write_trio(tmp_path / "trio.mid", source), model)
    (read,) = done.intake.phrases
    assert read.parts == source.parts
    assert dict(read.programs) == dict(source.programs)
    assert any("drums: track 2 'drums'" in line for line in done.lines())


def test_a_searched_path_of_trios_has_exact_ends_and_even_steps(model: SymVAE) -> None:
    a, b = trio(1), trio(2)
    path = model.morph(a, b, 5)
    assert path.phrases[0].parts == a.parts
    assert path.phrases[-1].parts == b.with_tempo(path.phrases[-1].tempo_qpm).parts
    assert path.distance[0] == 0
    assert path.distance[-1] == 1
    assert path.distance == sorted(path.distance)
    assert all(isinstance(each, Arrangement) for each in path.phrases)


def test_a_path_from_a_duo_to_a_trio_lets_the_drums_in(model: SymVAE) -> None:
    path = model.interpolate(trio(1, parts=("melody", "bass")), trio(2), 4, path="search")
    assert "drums" not in path[0].parts
    assert len(path[-1].parts["drums"]) == len(trio(2).parts["drums"])


def test_files_are_interpolated(model: SymVAE, tmp_path: Path) -> None:
    files = [write_trio(tmp_path / f"{seed}.mid", trio(seed)) for seed in (1, 2)]
    done = interpolate(files, model, 3, output=Output(tmp_path / "path.mid"))
    assert done.morph is not None
    assert [track.name for track in load(tmp_path / "path.mid").tracks] == ["melody", "bass", "drums"]
    assert done.lines()


def test_bass_and_drums_are_drawn_and_the_melody_stays_note_for_note(model: SymVAE) -> None:
    melody = trio(7, parts=("melody",))
    (first,), (again,) = (model.accompany(melody, seed=4) for _ in range(2))
    assert first == again
    assert first.arrangement.parts["melody"] == melody.parts["melody"]
    assert set(first.arrangement.parts) <= {"melody", "bass", "drums"}


def test_chords_bind_the_bass(model: SymVAE) -> None:
    symbols = [parse_symbol(name) for name in ("C", "Am", "F", "G7")]
    assert all(symbols)
    melody = trio(7, parts=("melody",))
    chords = chords_of(trio(8).pitched)
    (result,) = model.accompany(melody, chords=[chords], seed=1)
    assert isinstance(chords, Chords)
    if "bass" in result.arrangement.parts:
        assert chord_tone_share(result.arrangement.parts["bass"], chords) == 1.0


def test_a_bass_follows_the_chords_of_all_tracks(model: SymVAE) -> None:
    """Without words about chords those of the song are estimated, here C major; drums ask for none."""
    grid = Grid(2)
    chords = Phrase(grid, np.array([0, 0, 0, 16, 16, 16]), np.full(6, 16), np.array([60, 64, 67] * 2))
    tune = Phrase(grid, np.array([0, 8, 16, 24]), np.full(4, 8), np.array([79, 76, 84, 79]))
    song = to_song(tune)
    song = replace(song, tracks=(*song.tracks, *to_song(chords).tracks))
    for seed in range(3):
        done = accompany(song, model, seed=seed)
        assert done.chords is not None
        assert done.chords.source == "estimated"
        bass = [track for track in done.song.tracks if track.name == "bass"]
        assert all(set((track.pitch % 12).tolist()) <= {0, 4, 7} for track in bass)
    assert accompany(song, model, parts=("drums",), seed=2).chords is None
    assert accompany(song, model, chords="free", seed=2).moved == 0


def test_a_song_of_any_length_gets_parts_in_all_its_windows(model: SymVAE, tmp_path: Path) -> None:
    """Five bars are three windows of two, the last half empty; nothing starts after the song's last bar."""
    source = trio(9, bars=5, parts=("melody",))
    path = write_trio(tmp_path / "tune.mid", source)
    done = accompany(path, model, place=tmp_path / "out" / "band.mid", seed=2, chords="C Am F G")
    assert len(done.windows) == 3
    song, before = load(tmp_path / "out" / "band.mid"), load(path)
    for old, new in zip(before.tracks, song.tracks, strict=False):
        assert np.array_equal(np.stack(old.columns), np.stack(new.columns))
    assert {track.name for track in song.tracks} <= {"melody", "bass", "drums"}
    assert max(int(track.onset_tick.max()) for track in song.tracks) < 5 * 4 * 480
    assert "all tracks of the file unchanged" in done.lines()[-1]


def test_drums_that_a_song_has_are_told(model: SymVAE, tmp_path: Path) -> None:
    path = write_trio(tmp_path / "tune.mid", trio(9, parts=("melody", "drums")))
    done = accompany(path, model, parts=("bass", "drums"))
    assert any("the file has drums of its own (track 1" in line for line in done.lines())
    assert len(done.song.tracks) == 4


def test_a_model_of_one_part_cannot_accompany(tmp_path: Path) -> None:
    path = write_trio(tmp_path / "tune.mid", trio(9, parts=("melody",)))
    with pytest.raises(symvae.LatentError, match="has music of one part"):
        accompany(path, "melody-2bar")


@pytest.mark.parametrize("parts", [("melody", "bass", "drums"), ("flute",), ()])
def test_parts_that_cannot_be_drawn_are_refused(model: SymVAE, tmp_path: Path, parts) -> None:
    path = write_trio(tmp_path / "tune.mid", trio(9, parts=("melody",)))
    with pytest.raises(symvae.ConfigError, match="one or two of melody, bass, drums"):
        accompany(path, model, parts=parts)


def test_a_song_without_music_to_accompany_is_refused(model: SymVAE, tmp_path: Path) -> None:
    path = write_trio(tmp_path / "beat.mid", trio(9, parts=("drums",)))
    with pytest.raises(symvae.MidiError, match="has no melody to accompany"):
        accompany(path, model, parts=("bass", "drums"))


def test_a_square_of_trios_has_its_corners(model: SymVAE) -> None:
    corners = [trio(seed) for seed in (1, 2, 3, 4)]
    square = model.interpolate_corners(*corners, steps=3)
    found = [square[0][0], square[0][-1], square[-1][0], square[-1][-1]]
    assert [each.parts for each in found] == [each.parts for each in corners]


def test_bars_are_not_redrawn_in_several_parts(model: SymVAE) -> None:
    with pytest.raises(symvae.LatentError, match="several parts, and bars are drawn for music of one"):
        model.infill(trio(1), [1])
    with pytest.raises(symvae.LatentError, match="several parts, and bars are drawn for music of one"):
        model.continue_(trio(1), 2)

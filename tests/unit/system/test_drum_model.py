"""Every verb on drum tracks, with a tiny model that nothing was learned for."""

import copy
from pathlib import Path

import mido
import numpy as np
import pytest
import torch

import symvae
from symvae.config.load import load_preset, with_overrides
from symvae.models.phrase.fast_decoder import fast_decoder
from symvae.music.drum_kit import cells_of, class_of
from symvae.music.grid import Grid
from symvae.music.io.midi_read import load
from symvae.music.part import DRUMS
from symvae.music.phrase import Phrase
from symvae.system.artifacts import save_language, save_model
from symvae.system.build import build_vae
from symvae.system.symvae import SymVAE
from symvae.tokens.drums import DrumGrid
from symvae.tokens.ngram import NGram, shifts_of
from tests.conftest import TINY
from tests.songs import band


def beat(seed: int, bars: int = 2) -> Phrase:
    """Random hits on a kit of Roland's pitches, of different velocities."""
    chance = np.random.default_rng(seed)
    step = np.sort(chance.choice(16 * bars, 10, replace=False))
    pitch = np.array([36, 40, 22, 26, 58])[chance.integers(0, 5, 10)]
    return Phrase(
        Grid(bars), step, np.ones(10, int), pitch, chance.integers(30, 120, 10), 100.0, is_drum=True
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SymVAE:
    home = tmp_path_factory.mktemp("drums")
    tokens = DrumGrid()
    tokens.save(home / "tokenizer.json")
    config = with_overrides(load_preset("drums-2bar"), [*TINY, "name=beats"])
    torch.manual_seed(0)
    save_model(
        home / "beats", config, build_vae(config.model).state_dict(), tokenizer=home / "tokenizer.json"
    )
    ids = np.stack([tokens.encode_phrase(beat(seed)) for seed in range(20)])
    language = NGram.fit(
        ids,
        pitch_ids=tokens.pitch_ids,
        vocabulary_size=tokens.vocabulary_size,
        shifts=shifts_of(tokens.pitch_ids),
    )
    save_language(home / "beats", language)
    return SymVAE.load(home / "beats")


def test_the_fast_decoder_writes_the_tokens_of_the_trained_one(model: SymVAE) -> None:
    """With weights that are exact in half precision, their sums over the elements of a set included."""
    decoder = copy.deepcopy(model.vae.decoder)
    for name, weight in decoder.named_parameters():
        exact = (16 * weight).round() / 16 if "element" in name else (3 * weight).half().float()
        weight.data = exact
    z = torch.randn((6, model.latent_size), generator=torch.Generator().manual_seed(1))
    assert torch.equal(fast_decoder(decoder).generate(z), decoder.generate(z))


def test_a_decode_is_played_on_the_kit_of_its_source(model: SymVAE) -> None:
    source = beat(0)
    (result,) = model.reconstruct(source)
    assert result.is_drum
    assert result.tempo_qpm == source.tempo_qpm
    same = np.isin(class_of(result.pitch), class_of(source.pitch))
    assert np.isin(result.pitch[same], source.pitch).all()
    kept, where = np.intersect1d(cells_of(source), cells_of(result), return_indices=True)[1:]
    assert np.array_equal(source.velocity[kept], result.velocity[where])
    for phrase in (*model.variations(source, count=2), model.analogy(source, beat(1), beat(2))):
        assert phrase.is_drum


def test_a_searched_path_of_drums_has_exact_ends(model: SymVAE) -> None:
    a, b = beat(1), beat(2)
    path = model.interpolate(a, b, 4, path="search")
    assert path[0] == a
    assert np.array_equal(cells_of(path[-1]), cells_of(b))
    assert all(phrase.is_drum for phrase in path)


def test_the_drum_track_of_a_song_is_read_by_the_model(model: SymVAE, tmp_path: Path) -> None:
    song = band(tmp_path / "band.mid")
    phrases = model.read(song)
    assert [len(phrase) for phrase in phrases] == [8, 8]
    assert all(phrase.is_drum for phrase in phrases)


def test_a_reconstruction_of_a_file_is_written_as_drums(model: SymVAE, tmp_path: Path) -> None:
    from symvae.pipelines.output import Output
    from symvae.pipelines.reconstruct import reconstruct

    done = reconstruct(band(tmp_path / "band.mid"), model, output=Output(tmp_path / "out.mid"))
    assert done.intake.reading.track is not None
    assert done.intake.reading.track.name == "kit"
    assert all(track.is_drum for track in load(tmp_path / "out.mid").tracks)
    assert symvae.read(tmp_path / "out.mid")[0].is_drum


def test_a_song_without_drums_is_refused_in_one_sentence(model: SymVAE, tmp_path: Path) -> None:
    tune = Phrase(Grid(2), np.array([0]), np.array([4]), np.array([60]))
    symvae.write(tune, tmp_path / "tune.mid")
    with pytest.raises(symvae.MidiError, match="it has no drum track"):
        model.read(tmp_path / "tune.mid")


def test_drums_have_no_key(model: SymVAE) -> None:
    with pytest.raises(symvae.LatentError, match="draws drums, and these have no key"):
        model.sample(1, key="D", prior="gaussian")
    (phrase,) = model.sample(1, prior="gaussian", values={"drum_density": 4.0})
    assert phrase.is_drum


def test_a_fade_of_the_drums_changes_no_other_track(model: SymVAE, tmp_path: Path) -> None:
    """Arousal needs no trained fader: it is arranged on the hits."""
    from symvae.pipelines.song_fade import fade_song

    song = band(tmp_path / "band.mid")
    result = fade_song(song, {"arousal": 1.0}, model=model, track=DRUMS)
    result.write(tmp_path / "faded.mid")
    before, after = (mido.MidiFile(tmp_path / name).tracks for name in ("band.mid", "faded.mid"))
    assert [list(old) == list(new) for old, new in zip(before, after, strict=True)] == [True, True, False]
    figures = result.report["faders"]["arousal"]
    assert figures["achieved"] > figures["before"]
    calm = fade_song(song, {"arousal": 0.0}, model=model, track=DRUMS, keep="rhythm")
    assert calm.song.tracks[2].onset_tick.tolist() == load(song).tracks[2].onset_tick.tolist()
    with pytest.raises(symvae.ConfigError, match="changes drums alone: melody stays as it is anyway"):
        fade_song(song, {"arousal": 0.0}, model=model, track=DRUMS, keep="melody")


def test_the_part_of_drums_is_all_drum_tracks(model: SymVAE, tmp_path: Path) -> None:
    from symvae.pipelines.reconstruct import reconstruct

    song = band(tmp_path / "band.mid")
    assert reconstruct(song, model, track=DRUMS).intake.phrases == tuple(model.read(song))
    assert DRUMS != "drums"
    with pytest.raises(symvae.MidiError, match="its drums are asked for, and the model reads pitched tracks"):
        reconstruct(song, "melody-2bar", track=DRUMS)
    symvae.write(Phrase(Grid(2), np.array([0]), np.array([4]), np.array([60])), tmp_path / "tune.mid")
    with pytest.raises(symvae.MidiError, match="it has no drum track"):
        reconstruct(tmp_path / "tune.mid", model, track=DRUMS)

"""The synthesizer: timbres by name and from recordings, rendering, loading, files."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import symvae
from symvae.audio.player import DrumPlayer
from symvae.audio.render import PEAK
from symvae.config.sound import PROGRAMS
from symvae.dsp.audio import Audio
from symvae.dsp.wav import resample, write_wav
from symvae.errors import AudioError, CheckpointError, ConfigError
from symvae.music.grid import Grid
from symvae.music.io.midi_write import to_song
from symvae.music.phrase import Phrase
from symvae.music.song import Song, Track
from symvae.system import catalog, synth_artifacts, timbre_clip
from symvae.system.symvae import SymVAE
from symvae.system.synth import DEFAULT_SYNTH, Synth
from symvae.system.synth_artifacts import load_synth, save_synth
from symvae.system.timbre_clip import LONGEST_CLIP_SEC
from tests.sounds import integrated_lufs

RATE = 8_000


@pytest.fixture(scope="module")
def synth(tiny_synth: Path) -> Synth:
    return Synth.load(tiny_synth)


def phrase(*pitches: int, step: int = 4) -> Phrase:
    """One note after the other, each a quarter long."""
    onset = np.arange(len(pitches)) * step
    return Phrase(Grid(1), onset, np.full(len(pitches), 4), np.array(pitches, np.int64))


TUNE = phrase(60, 64, 67, 72)


def song_of(*tracks: tuple[str, int, bool]) -> Song:
    """The same notes in each track: name, program, whether it is drums."""
    whole = to_song(TUNE)
    (line,) = whole.tracks
    made = tuple(Track(name, program, is_drum, *line.columns) for name, program, is_drum in tracks)
    return Song(whole.ticks_per_quarter, whole.metres, whole.tempos, made, whole.end_tick)


def recording(seconds: float = 1.0, rate: int = RATE, hz: float = 440.0, level: float = 0.3) -> Audio:
    """A tone with some harmonics, in one channel."""
    time_sec = np.arange(round(seconds * rate)) / rate
    wave = sum(level / k * np.sin(2 * np.pi * k * hz * time_sec) for k in range(1, 5))
    return Audio(np.asarray(wave, np.float32)[None] / 2, rate)


# Timbres in words


def test_it_knows_what_was_saved(synth: Synth, tiny_synth: Path) -> None:
    saved = json.loads((tiny_synth / "timbres.json").read_text())["timbres"]
    assert list(synth.timbres) == [each["name"] for each in saved] == list(PROGRAMS)
    assert [(t.program, t.font, t.z.tolist()) for t in synth.timbres.values()] == [
        (each["program"], each["font"], pytest.approx(each["z"])) for each in saved
    ]
    assert (synth.name, synth.sample_rate, synth.folder) == ("tiny", RATE, tiny_synth)


def test_a_timbre_by_name_and_as_itself(synth: Synth) -> None:
    piano, z = synth.timbre("piano"), synth.timbres["piano"].z
    for blend in (piano, synth.timbre(z), synth.timbre(piano)):
        assert torch.equal(blend.z, z[None])
        assert blend.share.tolist() == [[1.0]]


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_a_blend_lies_on_the_way(synth: Synth, share: float) -> None:
    z, shares = synth.timbre(f"piano:strings:{share}")
    assert torch.equal(z, torch.stack([synth.timbres[name].z for name in ("piano", "strings")]))
    torch.testing.assert_close(shares, torch.tensor([[1 - share, share]]))


@pytest.mark.parametrize("word", ["kazoo", "", "Piano", "kazoo:piano:0.5", "piano:kazoo:0.5"])
def test_an_unknown_timbre_lists_the_known(synth: Synth, word: str) -> None:
    with pytest.raises(
        AudioError, match=r"There is no timbre '.*'\. tiny knows: piano, electric-piano, .*flute\."
    ):
        synth.timbre(word)


@pytest.mark.parametrize("share", ["-0.1", "1.1", "nan", "inf", "much", ""])
def test_a_share_is_from_0_to_1(synth: Synth, share: str) -> None:
    with pytest.raises(
        AudioError, match=rf"'{share}' is no share from 0 to 1\. Write it as in piano:strings:0\.4"
    ):
        synth.timbre(f"piano:strings:{share}")


@pytest.mark.parametrize("word", ["piano:strings", "piano:", "a:b:c:d"])
def test_other_words_are_no_timbre(synth: Synth, word: str) -> None:
    with pytest.raises(AudioError, match=r"is no timbre\. Write NAME, or NAME:NAME:SHARE"):
        synth.timbre(word)


def test_numbers_of_another_model_are_refused(synth: Synth) -> None:
    with pytest.raises(AudioError, match=r"A timbre of tiny has 4 numbers, not \(5,\)"):
        synth.timbre(torch.zeros(5))


def test_every_program_has_a_timbre(synth: Synth) -> None:
    assert synth.timbre_for(56) == ("trumpet", True)
    assert synth.timbre_for(57) == ("trumpet", False)
    names = ("strings", "flute", "piano/Other", "piano/Third")
    few = Synth(
        synth.folder,
        synth.config,
        synth.network,
        [replace(synth.timbres[name.split("/")[0]], name=name) for name in names],
    )
    assert few.timbre_for(73) == ("flute", True)
    assert few.timbre_for(0) == ("piano/Other", True)
    assert few.timbre_for(56) == ("strings", False)
    assert few.render(song_of(("lead", 56, False))).samples.any()
    with pytest.raises(AudioError, match="tiny has no timbres"):
        Synth(synth.folder, synth.config, synth.network, []).timbre_for(0)


# Timbres of recordings


def test_a_recording_has_a_timbre(synth: Synth, tmp_path: Path) -> None:
    clip = recording()
    z = synth.timbre_of(clip)
    assert z.shape == (4,)
    assert z.isfinite().all()
    path = write_wav(clip.samples, RATE, tmp_path / "clip.wav")
    torch.testing.assert_close(synth.timbre_of(path), z, atol=0.02, rtol=0.01)
    torch.testing.assert_close(synth.timbre_of(str(path)), synth.timbre_of(path))
    assert not torch.allclose(synth.timbre_of(recording(hz=1500.0)), z, atol=1e-3)


def test_recordings_may_have_any_rate_and_channels(synth: Synth) -> None:
    z = synth.timbre_of(recording())
    for rate in (8_000, 16_000, 44_100):
        mono = recording(rate=rate)
        for channels in (1, 2):
            clip = Audio(np.repeat(mono.samples, channels, 0), rate)
            torch.testing.assert_close(synth.timbre_of(clip), z, atol=0.1, rtol=0.1)


def test_level_and_leading_silence_do_not_matter(synth: Synth) -> None:
    z = synth.timbre_of(recording(level=0.4))
    torch.testing.assert_close(synth.timbre_of(recording(level=0.05)), z, atol=1e-3, rtol=1e-3)
    late = Audio(np.pad(recording(level=0.4).samples, ((0, 0), (5_000, 0))), RATE)
    torch.testing.assert_close(synth.timbre_of(late), z, atol=1e-3, rtol=1e-3)


def test_the_start_of_a_long_recording_is_encoded(synth: Synth) -> None:
    start = recording(LONGEST_CLIP_SEC).samples
    more = np.concatenate([start, recording(20.0, hz=3_000.0).samples], 1)
    torch.testing.assert_close(
        synth.timbre_of(Audio(more, RATE)), synth.timbre_of(Audio(start, RATE)), atol=1e-4, rtol=1e-4
    )


def test_channels_that_cancel_each_other_are_not_silent(synth: Synth) -> None:
    (side,) = recording(level=0.4).samples
    z = synth.timbre_of(Audio(np.stack([side, -side]), RATE))
    torch.testing.assert_close(z, synth.timbre_of(Audio(side[None], RATE)))


def test_one_channel_is_resampled_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty-four channels at 4 kHz took gigabytes at the rate of the encoder."""
    seen: list[tuple[int, ...]] = []
    monkeypatch.setattr(
        timbre_clip, "resample", lambda audio, rate: seen.append(audio.samples.shape) or resample(audio, rate)
    )
    noise = np.random.default_rng(0).uniform(-1, 1, (64, 4_000)).astype(np.float32)
    assert len(timbre_clip.timbre_clip(Audio(noise, 4_000), 24_000, 0.05)) == 24_000
    assert seen == [(1, 4_000)]


def test_recordings_without_a_timbre_are_refused(synth: Synth, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="The clip is silent, and silence has no timbre"):
        synth.timbre_of(Audio(np.zeros((1, RATE), np.float32), RATE))
    with pytest.raises(AudioError, match=r"The clip lasts 0\.20 s; give at least 0\.25 s"):
        synth.timbre_of(recording(0.2))
    (tmp_path / "words.wav").write_text("no sound")
    with pytest.raises(AudioError, match=r"words\.wav cannot be read as sound"):
        synth.timbre_of(tmp_path / "words.wav")
    with pytest.raises(AudioError, match=r"nowhere\.wav cannot be read"):
        synth.timbre_of(tmp_path / "nowhere.wav")


# Rendering


@pytest.mark.parametrize("music", [TUNE, [TUNE, TUNE], to_song(TUNE)], ids=["phrase", "phrases", "song"])
def test_music_becomes_sound(synth: Synth, music) -> None:
    audio = synth.render(music)
    channels, samples = audio.samples.shape
    bars = 2 if isinstance(music, list) else 1
    assert (channels, audio.sample_rate, audio.samples.dtype) == (2, RATE, np.float32)
    assert 2.0 * bars <= samples / RATE < 2.0 * bars + 3
    assert np.isfinite(audio.samples).all()
    assert np.abs(audio.samples).max() <= PEAK + 1e-6
    assert integrated_lufs(audio) == pytest.approx(-16, abs=0.5) or np.abs(audio.samples).max() > PEAK - 1e-3


def test_rendering_is_deterministic(synth: Synth, tiny_synth: Path) -> None:
    once = synth.render(TUNE, "flute").samples
    np.testing.assert_array_equal(synth.render(TUNE, "flute").samples, once)
    np.testing.assert_array_equal(Synth.load(tiny_synth).render(TUNE, "flute").samples, once)


def test_timbres_differ_and_the_default_is_the_piano(synth: Synth) -> None:
    piano = synth.render(TUNE).samples
    np.testing.assert_array_equal(synth.render(TUNE, "piano").samples, piano)
    assert np.abs(synth.render(TUNE, "flute").samples - piano).max() > 1e-2


def test_a_moving_timbre_starts_at_one_and_ends_at_the_other(synth: Synth) -> None:
    tunes = [TUNE] * 4
    moving = synth.render(tunes, "piano", until="flute").samples
    np.testing.assert_allclose(
        synth.render(TUNE, "piano", until="piano").samples, synth.render(TUNE, "piano").samples, atol=1e-5
    )
    piano, flute = (synth.render(tunes, name).samples for name in ("piano", "flute"))

    def nearer_to_the_flute(part: slice) -> float:
        """From 0 to 1, by the shapes of their spectra."""
        a, b, x = (np.abs(np.fft.rfft(sound[0, part])) for sound in (piano, flute, moving))
        a, b, x = (spectrum / np.linalg.norm(spectrum) for spectrum in (a, b, x))
        return float(np.linalg.norm(x - a) / (np.linalg.norm(x - a) + np.linalg.norm(x - b)))

    assert nearer_to_the_flute(slice(0, 1_000)) < 0.5 < nearer_to_the_flute(slice(60_000, 62_000))


def test_the_loudness_is_reached(synth: Synth) -> None:
    assert integrated_lufs(synth.render(TUNE, loudness_lufs=-30.0)) == pytest.approx(-30, abs=0.5)


def test_parts_are_played_by_their_programs(synth: Synth) -> None:
    flute, violin = synth.timbres["flute"].z, synth.timbres["violin"].z
    song = song_of(("a", 73, False), ("b", 41, False), ("kit", 0, True))
    from symvae.audio.parts import parts_of

    parts, _ = parts_of(song)
    a, b, kit = (voice.player for voice in synth.voices(parts))
    assert torch.equal(a.timbre.z, flute[None])
    assert torch.equal(b.timbre.z, violin[None])
    assert isinstance(kit, DrumPlayer)
    one, other, _ = (voice.player for voice in synth.voices(parts, {"b": "organ"}))
    assert torch.equal(one.timbre.z, flute[None])
    assert torch.equal(other.timbre.z, synth.timbres["organ"].z[None])
    assert all(
        torch.equal(voice.player.timbre.z, synth.timbres["bass"].z[None])
        for voice in synth.voices(parts, "bass")[:2]
    )


def test_stems_sum_to_the_mix(synth: Synth) -> None:
    song = song_of(("tune", 0, False), ("high", 73, False), ("kit", 0, True))
    made = synth.perform(song, stems=True)
    assert len(made.stems) == 3
    stems = [np.concatenate(list(stem.blocks()), 1) for stem in made.stems]
    assert all(stem.any() for stem in stems)
    np.testing.assert_allclose(made.gain * sum(stems), made.audio().samples, atol=1e-5)


def test_silence_is_silence(synth: Synth) -> None:
    for music in (Phrase(Grid(1)), [Phrase(Grid(1)), Phrase(Grid(2))], [], song_of()):
        audio = synth.render(music)
        assert len(audio.samples) == 2
        assert not audio.samples.any()


def test_two_hundred_notes_at_once(synth: Synth) -> None:
    rng = np.random.default_rng(0)
    count = 200
    chord = Phrase(
        Grid(1),
        np.zeros(count, int),
        np.full(count, 8),
        rng.integers(21, 109, count),
        rng.integers(1, 128, count),
    )
    samples = synth.render(chord).samples
    assert np.isfinite(samples).all()
    assert 0.1 < np.abs(samples).max() <= PEAK + 1e-6


def test_pitches_are_folded_onto_the_keyboard(synth: Synth) -> None:
    low, high = phrase(0, 12, 20, 60), phrase(109, 120, 127, 60)
    np.testing.assert_array_equal(synth.render(low).samples, synth.render(phrase(24, 24, 32, 60)).samples)
    np.testing.assert_array_equal(synth.render(high).samples, synth.render(phrase(97, 108, 103, 60)).samples)


# Loading


def test_a_synthesizer_is_loaded_once_and_again_when_its_files_change(
    tiny_synth: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_synth, tmp_path / "synth"))
    first = symvae.load_synth(folder)
    assert isinstance(first, symvae.Synth)
    assert symvae.load_synth(str(folder)) is first
    _timbres(folder, name="only")
    os.utime(folder / "timbres.json", (0, 0))  # a clock may be coarser than two writes
    assert list(symvae.load_synth(folder).timbres) == ["only"]


def test_an_unknown_device_is_refused(tiny_synth: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is no device 'gramophone' on this computer\. Devices: cpu"):
        symvae.load_synth(tiny_synth, device="gramophone")


def test_a_model_that_renders_twice_reads_the_weights_once(
    tiny_model: Path, tiny_synth: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "PRETRAINED", tmp_path)
    shutil.copytree(tiny_synth, tmp_path / DEFAULT_SYNTH)
    reads, original = [], synth_artifacts.load_synth
    monkeypatch.setattr(
        synth_artifacts, "load_synth", lambda folder: reads.append(folder) or original(folder)
    )
    model = SymVAE.load(tiny_model)
    np.testing.assert_array_equal(model.render(TUNE).samples, model.render(TUNE).samples)
    assert len(reads) == 1


def test_a_model_renders_with_the_default_synthesizer(
    tiny_model: Path, tiny_synth: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = SymVAE.load(tiny_model)
    monkeypatch.setattr(catalog, "PRETRAINED", tmp_path)
    with pytest.raises(CheckpointError, match=rf"There is no synthesizer '{DEFAULT_SYNTH}'"):
        model.render(TUNE)
    shutil.copytree(tiny_synth, tmp_path / DEFAULT_SYNTH)
    default = Synth.load()
    np.testing.assert_array_equal(model.render(TUNE).samples, default.render(TUNE, "piano").samples)
    np.testing.assert_array_equal(
        model.render([TUNE, TUNE], timbre="organ:flute:0.5").samples,
        default.render([TUNE, TUNE], "organ:flute:0.5").samples,
    )


def test_models_and_synthesizers_are_distinguished(
    tiny_model: Path, tiny_synth: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalog, "PRETRAINED", tmp_path)
    shutil.copytree(tiny_synth, tmp_path / "a-synth")
    shutil.copytree(tiny_model, tmp_path / "a-model")
    assert (catalog.available(), catalog.available_synths()) == (["a-model"], ["a-synth"])
    assert catalog.find_synth("a-synth") == tmp_path / "a-synth"
    with pytest.raises(CheckpointError, match=r"a-model is a model of music, .* a synthesizer is needed"):
        catalog.find_synth("a-model")
    with pytest.raises(CheckpointError, match=r"a-synth is a synthesizer, .* a model of music is needed"):
        catalog.find("a-synth")
    with pytest.raises(CheckpointError, match=r"There is no model 'b'\. Models in the package: a-model; or"):
        catalog.find("b")
    with pytest.raises(CheckpointError, match=r"holds a model of music, which `symvae reconstruct` uses"):
        Synth.load(tiny_model)
    with pytest.raises(CheckpointError, match=r"holds a synthesizer, which `symvae render --synth` uses"):
        SymVAE.load(tiny_synth)


def test_a_run_folder_is_its_model(tiny_synth: Path) -> None:
    assert catalog.find_synth(tiny_synth.parent) == tiny_synth


def test_a_folder_without_a_synthesizer_says_so(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"holds no synthesizer .* that `symvae train-synth` wrote"):
        Synth.load(tmp_path)


# Files


def test_a_saved_synthesizer_loads_unchanged(tiny_synth: Path, tmp_path: Path) -> None:
    config, network, timbres = load_synth(tiny_synth)
    for _ in range(2):  # one of that name is replaced
        save_synth(tmp_path / "again", config, network.state_dict(), timbres=timbres, metrics={"steps": 3})
    same, twin, known = load_synth(tmp_path / "again")
    assert (same, known) == (config, timbres)
    assert not twin.training
    for name, weights in network.state_dict().items():
        torch.testing.assert_close(twin.state_dict()[name], weights, atol=0, rtol=0)
    assert json.loads((tmp_path / "again/metrics.json").read_text()) == {"steps": 3}
    assert [each.name for each in tmp_path.iterdir()] == ["again"]


def _timbres(folder: Path, **changed) -> None:
    path = folder / "timbres.json"
    timbres = json.loads(path.read_text())["timbres"]
    path.write_text(json.dumps({"timbres": [timbres[0] | changed]}))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "cut weights": lambda folder: (folder / "model.safetensors").write_bytes(b"\x08"),
    "no timbres": lambda folder: (folder / "timbres.json").unlink(),
    "timbres that are no JSON": lambda folder: (folder / "timbres.json").write_text("{"),
    "timbres without their list": lambda folder: (folder / "timbres.json").write_text("{}"),
    "timbres that are none": lambda folder: (folder / "timbres.json").write_text('{"timbres": [1]}'),
    "a timbre without a place": lambda folder: _timbres(folder, z=[]),
    "a timbre of another size": lambda folder: _timbres(folder, z=[0.0] * 5),
    "a timbre of no numbers": lambda folder: _timbres(folder, z=[float("nan")] * 4),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_refused(tiny_synth: Path, tmp_path: Path, damage: str) -> None:
    folder = Path(shutil.copytree(tiny_synth, tmp_path / "damaged"))
    DAMAGES[damage](folder)
    with pytest.raises(
        CheckpointError, match=r"(is damaged|has no model|is not JSON|does not fit).* Restore it or export"
    ):
        Synth.load(folder)


def test_a_format_of_the_future_is_refused(tiny_synth: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_synth, tmp_path / "future"))
    header = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(header | {"version": 3}))
    with pytest.raises(
        CheckpointError, match=r"is not in format symvae-synth version 1 or 2\. Install the symvae release"
    ):
        Synth.load(folder)

"""prepare sounds, train-oneshot, hit, kit and render --kit through the command line."""

import json

import numpy as np
import pretty_midi
import pytest

import symvae
from symvae.audio.kit import Kit, KitPlayer, read_kit
from symvae.audio.notes import Notes
from symvae.dsp.audio import Audio
from symvae.dsp.wav import read_audio, write_wav
from symvae.errors import ConfigError
from symvae.pipelines.render_song import render_song
from symvae.system.drum_strokes import strokes
from tests.drum_folders import TINY_ONESHOT, drum_folder


def test_from_a_folder_of_sounds_to_a_kit(cli, tmp_path):
    drum_folder(tmp_path / "mine", groups=4)
    result = cli("prepare", "sounds", "mine", "--analog", 12, "--seed", 2, "--out", "sounds")
    assert result.exit_code == 0, result.stderr
    assert "synthetic: 12 sounds" in result.stdout
    assert cli("prepare", "sounds", "mine", "--out", "sounds", "--force", "--json").exit_code == 0
    settings = [word for value in TINY_ONESHOT for word in ("--set", value)]
    words = ("train-oneshot", "--preset", "oneshot-44k", "--data", "sounds", "--out", "run", *settings)
    result = cli(*words)
    assert (result.exit_code, result.stdout.strip()) == (0, "run/model"), result.stderr
    again = cli(*words)
    assert again.exit_code == 1
    assert "Add --resume" in again.stderr
    result = cli("kit", "-m", "run", "--seed", 7, "--out", "kit")
    assert result.exit_code == 0, result.stderr
    assert sorted(path.name for path in (tmp_path / "kit").glob("*.wav"))[0] == "clap.wav"
    assert "sample=kick.wav key=36" in (tmp_path / "kit/kit.sfz").read_text()
    refused = cli("kit", "-m", "run", "--seed", 7, "--out", "kit")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Add --force" in refused.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--attack", 4),
        ("--decay", 0.2),
        ("--brightness", 0.8),
        ("--centroid", 3000),
        ("--pitch", 200),
        ("--noisiness", 0.2),
        ("--loudness", -30),
        ("--temperature", 0.5, "--seed", 3),
    ],
)
def test_every_fader_reports_what_was_asked_and_achieved(cli, tiny_drum_machine, tmp_path, options):
    words = ("hit", "snare", "-m", tiny_drum_machine, *options, "--count", 1, "--out", "here")
    result = cli(*words, "--json")
    assert result.exit_code == 0, result.stderr
    (sound,) = json.loads(result.stdout)["sounds"]
    assert sound["drum"] == "snare"
    assert bool(sound["asked"]) == (options[0] != "--temperature")
    assert set(sound["asked"]) <= set(sound["achieved"])
    assert np.abs(read_audio(tmp_path / "here/snare-1.wav").samples).max() <= 1
    table = cli(*words, "--force")
    assert ("→" in table.stdout) == bool(sound["asked"])


def test_variations_of_a_recording(cli, tiny_drum_machine, tmp_path):
    write_wav(np.sin(np.arange(9000) / 15)[None] * 0.5, 44_100, tmp_path / "mine.wav")
    words = ("hit", "--like", "mine.wav", "-m", tiny_drum_machine, "--amount", 0.3, "-n", 2, "--out", "near")
    result = cli(*words)
    assert result.exit_code == 0, result.stderr
    first, second = (read_audio(tmp_path / f"near/mine-{number}.wav").samples for number in (1, 2))
    assert not np.array_equal(first, second)
    named = cli("hit", "kick", "--like", "mine.wav", "-m", tiny_drum_machine, "--json")
    assert json.loads(named.stdout)["sounds"][0]["drum"] == "kick"


def test_walks_and_tails(cli, tiny_drum_machine, tmp_path):
    write_wav(np.sin(np.arange(9000) / 15)[None] * 0.5, 44_100, tmp_path / "mine.wav")
    walk = cli("hit", "snare", "--morph", "mine.wav", "-n", 3, "-m", tiny_drum_machine, "--out", "walk")
    assert walk.exit_code == 0, walk.stderr
    assert len({(tmp_path / f"walk/snare-{number}.wav").read_bytes() for number in (1, 2, 3)}) == 3
    plain = cli("hit", "snare", "-m", tiny_drum_machine, "--out", "plain")
    mixed = cli("hit", "snare", "--tail", "mine.wav", "-m", tiny_drum_machine, "--out", "mixed")
    assert (plain.exit_code, mixed.exit_code) == (0, 0)
    sounds = [(tmp_path / folder / "snare-1.wav").read_bytes() for folder in ("plain", "mixed")]
    assert sounds[0] != sounds[1]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("hit",), 2, "name a drum, or give a recording"),
        (("hit", "kick", "--amount", 0.2), 2, "give it with --like"),
        (("hit", "gong"), 1, "There is no drum 'gong'. tiny knows kick"),
        (("hit", "kick", "--decay", 0), 1, "The decay is above 0 and at most 0.99, not 0."),
        (("hit", "kick", "--brightness", 2), 1, "Brightness is from 0 to 1, not 2."),
        (("hit", "kick", "--brightness", 0.2, "--centroid", 99), 1, "the same fader"),
        (("hit", "--like", "missing.wav"), 1, "missing.wav"),
        (("hit", "kick", "--like", "x.wav", "--decay", 1), 1, "has no decay_sec to set"),
        (("hit", "kick", "--morph", "x.wav"), 1, "Ask for at least two sounds, as --count 5."),
        (("hit", "kick", "--morph", "x.wav", "--tail", "x.wav", "-n", 3), 1, "Leave out --morph or --tail."),
        (("hit", "kick", "--tail", "missing.wav"), 1, "missing.wav"),
        (("kit", "--temperature", -1), 2, "temperature"),
    ],
)
def test_bad_input_is_one_sentence(cli, tiny_drum_machine, words, status, sentence):
    result = cli(*words, "-m", tiny_drum_machine)
    assert result.exit_code == status, result.stdout
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("prepare", "sounds"), "name the folder of the sounds"),
        (("prepare", "folk", "sounds", "x"), "sounds make shards of their own"),
        (("prepare", "folk", "--analog", 3), "give it with sounds FOLDER"),
        (("prepare", "sounds", "x", "--analog", -1), "--analog"),
    ],
)
def test_wrong_use_of_prepare(cli, words, sentence):
    result = cli(*words)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_a_model_that_is_no_drum_machine(cli, tiny_model):
    result = cli("kit", "-m", tiny_model)
    assert result.exit_code == 1
    assert "a drum machine is needed here" in result.stderr
    assert cli("kit", "-m", "nothing").stderr.startswith("symvae: There is no drum machine 'nothing'.")


@pytest.fixture
def beat(tmp_path):
    """A bar of kick and snare."""
    midi = pretty_midi.PrettyMIDI()
    part = pretty_midi.Instrument(0, is_drum=True, name="drums")
    part.notes += [pretty_midi.Note(110, 36 + 2 * (n % 2), n / 2, n / 2 + 0.1) for n in range(4)]
    midi.instruments.append(part)
    midi.write(str(tmp_path / "beat.mid"))
    return tmp_path / "beat.mid"


def test_a_song_is_played_by_the_sounds_of_a_kit(cli, beat, tmp_path):
    (tmp_path / "mine").mkdir()
    for number, name in enumerate(("kick.wav", "snare.wav")):
        tone = 0.5 * np.sin(2 * np.pi * (200 + 400 * number) * np.arange(2205) / 44_100)
        write_wav(tone[None], 44_100, tmp_path / "mine" / name)
    result = cli("render", beat, "beat.wav", "--engine", "sine", "--kit", "mine", "--sample-rate", 24_000)
    assert result.exit_code == 0, result.stderr
    assert "kit mine" in result.stdout
    sound = read_audio(tmp_path / "beat.wav").samples[0]
    for stroke, hz in ((0, 200), (1, 600)):
        piece = sound[12_000 * stroke : 12_000 * stroke + 1200]
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(1200)))
        assert np.argmax(spectrum) * 24_000 / 1200 == pytest.approx(hz, abs=25)
    assert np.abs(sound[2400:11_000]).max() < 1e-3


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--kit", "missing"), "There is no folder missing."),
        (("--kit", "empty"), "holds no sound file that is named by a drum"),
        (("--kit", "empty", "--soundfont", "x.sf2"), "Give one of the two."),
    ],
)
def test_a_kit_that_cannot_play(cli, beat, tmp_path, options, sentence):
    (tmp_path / "empty").mkdir()
    result = cli("render", beat, "--engine", "sine", *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in result.stderr


def notes(*strokes):
    onset, pitch = (np.array(column) for column in zip(*strokes, strict=True))
    return Notes(onset.astype(float), np.full(len(onset), 0.1), pitch, np.full(len(onset), 127))


def test_a_closed_hat_damps_an_open_one():
    player = KitPlayer(Kit("k", {"open_hat": ((Audio(np.ones((1, 8000)), 8000),),)}, 1.0), 8000)
    (alone,) = player.blocks(notes((0.0, 46)), 8000)
    (damped,) = player.blocks(notes((0.0, 46), (0.5, 42)), 8000)
    assert alone[0, 7000] > 0
    assert damped[0, 3999] == alone[0, 3999]
    # The closed hat itself is played by the only sound there is.
    assert damped[0, 7000] == alone[0, 7000]


def test_blocks_equal_the_same_samples_of_the_whole(monkeypatch):
    kit = Kit("k", {"kick": ((Audio(np.random.default_rng(0).uniform(-1, 1, (2, 9000)), 8000),),)}, 1.2)
    strokes = notes((0.1, 36), (0.9, 36), (1.7, 60))
    whole = np.concatenate(list(KitPlayer(kit, 8000).blocks(strokes, 24_000)), 1)
    monkeypatch.setattr("symvae.audio.kit._BLOCK_SEC", 0.31)
    np.testing.assert_allclose(
        np.concatenate(list(KitPlayer(kit, 8000).blocks(strokes, 24_000)), 1), whole, atol=1e-6
    )


def test_missing_drums_are_played_by_relatives(tmp_path):
    tone = 0.5 * np.sin(np.arange(2000) / 9)[None]
    for name in ("BD.wav", "closed hat.wav"):
        write_wav(tone, 44_100, tmp_path / name)
    kit = read_kit(tmp_path)
    assert set(kit.sounds) == {"kick", "closed_hat"}
    assert [kit.drum_of(key) for key in (36, 46, 45, 70, 99)] == [
        "kick",
        "closed_hat",
        "kick",
        "closed_hat",
        "closed_hat",
    ]


def test_soft_and_hard_strokes_are_layers_whose_sounds_take_turns():
    tones = [[Audio(np.full((1, 800), value), 8000) for value in layer] for layer in ((0.1, 0.2), (0.8, 0.9))]
    player = KitPlayer(Kit("k", {"kick": tones}, 0.1), 8000)
    strokes = notes((0.0, 36), (0.5, 36), (1.0, 36), (1.5, 36))._replace(
        velocity=np.array([30, 30, 127, 127])
    )
    (block,) = player.blocks(strokes, 16_000)
    heard = block[0, [100, 4100, 8100, 12_100]] / np.array([30 / 127, 30 / 127, 1, 1]) ** 2
    np.testing.assert_allclose(heard / heard[3], np.array([0.1, 0.2, 0.8, 0.9]) / 0.9, rtol=1e-5)


def test_a_drum_has_soft_and_hard_strokes_of_its_own(tiny_drum_machine):
    machine = symvae.load_drum_machine(tiny_drum_machine)
    layers = strokes(machine, "snare", seed=3, layers=2, turns=3)
    assert [len(layer) for layer in layers] == [3, 3]
    sounds = [sound.samples for layer in layers for sound in layer]
    assert all(np.abs(sound).max() <= 1 for sound in sounds)
    assert not any(np.array_equal(sounds[0], other) for other in sounds[1:])
    again = strokes(machine, "snare", seed=3, layers=2, turns=3)
    assert np.array_equal(again[1][2].samples, layers[1][2].samples)


def test_a_song_is_played_by_drums_that_are_drawn(beat, tiny_drum_machine, monkeypatch, tmp_path):
    monkeypatch.setattr("symvae.pipelines.drum_kit.DEFAULT_DRUM_MACHINE", tiny_drum_machine)
    monkeypatch.chdir(tmp_path)
    results = [
        render_song(beat, name, engine="sine", kit=kit)
        for name, kit in (("a.wav", "neural:7"), ("b.wav", "neural:7"), ("c.wav", "neural:8"))
    ]
    assert "kit neural:7" in results[0].parts[0].plays
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.wav", "b.wav", "c.wav"))
    assert a == b
    assert a != c
    with pytest.raises(ConfigError, match=r"'neural:loud' has no seed\. Write a whole number"):
        render_song(beat, "d.wav", engine="sine", kit="neural:loud")

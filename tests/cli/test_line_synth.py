"""train-ddsp, render --engine ddsp, transfer --timbre and evaluate, with a tiny line synthesizer."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import symvae
from symvae.config.ddsp import DdspConfig
from symvae.config.load import load_preset, presets
from symvae.dsp.wav import read_audio, write_wav
from tests.line_models import TINY_DDSP, tiny_ddsp  # noqa: F401 (a fixture)
from tests.songs import band

RATE = 8_000


@pytest.fixture
def voice(tmp_path):
    """A voice that sings A3 with vibrato, rests, and sings D4, in stereo at another rate."""
    time = np.arange(2 * 16_000) / 16_000
    hz = np.where(time < 1, 220.0, 293.7) * 2 ** (0.2 / 12 * np.sin(2 * np.pi * 5 * time))
    phase = 2 * np.pi * np.cumsum(hz) / 16_000
    tone = sum(0.1 / k * np.sin(k * phase) for k in range(1, 8)) * ((time % 1) > 0.2)
    write_wav(np.stack([tone, tone]), 16_000, tmp_path / "voice.wav")
    return tmp_path / "voice.wav"


def settings():
    return [word for value in TINY_DDSP for word in ("--set", value)]


@pytest.mark.parametrize("name", presets(DdspConfig))
def test_presets_bear_their_names(name):
    assert load_preset(name, DdspConfig).name == name


def test_a_run_that_is_resumed_ends_as_one_that_never_stopped(cli, tiny_ddsp, tmp_path):  # noqa: F811
    words = ("train-ddsp", "--preset", "ddsp-24k", "--data", tiny_ddsp / "lines", "--out", "run", *settings())
    from symvae.config.load import with_overrides
    from symvae.corpus.line_shards import open_lines
    from symvae.training.tasks.ddsp import train_ddsp

    config = with_overrides(load_preset("ddsp-24k", DdspConfig), list(TINY_DDSP))
    train_ddsp(config, open_lines(tiny_ddsp / "lines"), tmp_path / "run", stop_after=2)
    result = cli(*words, "--resume")
    assert result.exit_code == 0, result.stderr
    assert "2 timbres: violin, flute" in result.stderr
    for name in ("ddsp-state.pt", "model/model.safetensors", "model/timbres.json"):
        assert (tmp_path / "run" / name).read_bytes() == (tiny_ddsp / name).read_bytes(), name
    again = cli(*words)
    assert (again.exit_code, "Add --resume" in again.stderr) == (1, True)


def test_a_song_is_rendered_and_every_part_is_told(cli, tiny_ddsp, tmp_path):  # noqa: F811
    band(tmp_path / "tune.mid")
    words = ("render", "tune.mid", "--engine", "ddsp", "--synth", tiny_ddsp)
    report = json.loads(cli(*words, "--timbre", "violin", "--json").stdout)
    assert report["parts"][0]["plays"].startswith("violin")
    audio = read_audio(tmp_path / "tune.wav")
    assert audio.sample_rate == RATE
    assert np.abs(audio.samples).max() > 0.01
    first = (tmp_path / "tune.wav").read_bytes()
    assert cli(*words, "--timbre", "violin", "--force").exit_code == 0
    assert (tmp_path / "tune.wav").read_bytes() == first
    listed = json.loads(cli("render", "--list", "--engine", "ddsp", "--synth", tiny_ddsp, "--json").stdout)
    assert [each["name"] for each in listed] == ["violin", "flute"]


def test_a_voice_is_moved_into_the_range_of_the_instrument(cli, tiny_ddsp, voice):  # noqa: F811
    words = ("transfer", voice, "--timbre", "flute", "-m", tiny_ddsp, "--out", "flute.wav")
    result = cli(*words, "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert (report["octaves"], report["out_of_range"]) == (1, 0.0)
    assert 0.7 < report["with_pitch"] < 0.95
    audio = read_audio("flute.wav")
    assert audio.duration_sec == pytest.approx(2.0, abs=0.01)
    assert len(audio.samples) == 1
    assert cli(*words).exit_code == 1  # exists
    lower = cli(*words, "--force", "--octaves", "-1", "--json")
    assert json.loads(lower.stdout)["out_of_range"] == 1.0


def test_contours_follow_the_voice(voice):
    from symvae.system.line_transfer import contours_of

    contours = contours_of(read_audio(voice), RATE, 32)
    frame = np.array([150, 400])  # 0.6 s and 1.6 s
    np.testing.assert_allclose(contours.frequency_hz[frame], [220, 293.7], rtol=0.02)
    assert contours.voiced[frame].all()
    assert not contours.voiced[[20, 275]].any()


def test_a_line_synthesizer_is_evaluated(cli, tiny_ddsp):  # noqa: F811
    shutil.copytree(tiny_ddsp / "model", "copy")
    result = cli("evaluate", "copy", "--data", tiny_ddsp / "lines", "--update-model", "--json")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout)["lines"]
    assert figures["harmonics"]["loudness_l1"] < figures["resynthesis"]["loudness_l1"]  # it follows by rule
    assert figures["harmonics"]["f0_l1_semitones"] < 0.1
    assert set(figures["from_notes"]["timbres"]) == {"violin", "flute"}
    assert json.loads(Path("copy/metrics.json").read_text())["test"] == figures


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--timbre", "kazoo"), "There is no timbre 'kazoo'. tiny-ddsp knows: violin, flute."),
        (("--timbre", "violin:flute:2"), "with a share from 0 to 1"),
        (("--timbre", "violin", "--octaves", "7"), "moves by -4 to 4 octaves, not 7."),
        (("--timbre", "violin", "--fader", "1=1"), "without --timbre"),
        (("--octaves", "1"), "give it with --timbre"),
    ],
)
def test_what_cannot_be_is_refused(cli, tiny_ddsp, voice, words, message):  # noqa: F811
    result = cli("transfer", voice, "-m", tiny_ddsp, *words)
    assert result.exit_code in (1, 2)
    assert message in " ".join(result.stderr.replace("│", " ").split())


def test_a_recording_without_a_pitch_is_refused(cli, tiny_ddsp, tmp_path):  # noqa: F811
    write_wav(np.random.default_rng(0).uniform(-0.3, 0.3, (1, RATE)), RATE, tmp_path / "noise.wav")
    result = cli("transfer", "noise.wav", "-m", tiny_ddsp, "--timbre", "violin")
    assert (result.exit_code, "has no pitch" in result.stderr) == (1, True)


def test_blends_and_chords(tiny_ddsp):  # noqa: F811
    synth = symvae.load_line_synth(tiny_ddsp)
    own, z = synth.timbre("violin:flute:1")
    assert own.name == "violin"
    assert (z == synth.timbre("flute")[1]).all()
    assert synth.timbre_for(40) == ("violin", True)
    assert synth.timbre_for(73) == ("flute", True)
    assert synth.timbre_for(0) == ("flute", False)

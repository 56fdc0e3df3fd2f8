"""A drum machine of codes through the command line: training, priors, hits, kits, evaluation, refusals."""

import json

import numpy as np
import pytest

from symvae.dsp.wav import read_audio, write_wav
from tests.drum_folders import TINY_CODES

SETTINGS = [word for value in TINY_CODES for word in ("--set", value)]
TRAIN = ("train-oneshot", "--preset", "oneshot-codes-44k")


def test_from_sounds_to_hits_and_figures(cli, drum_sounds, tmp_path):
    words = (*TRAIN, "--data", drum_sounds, *SETTINGS)
    result = cli(*words, "--out", "run")
    assert (result.exit_code, result.stdout.strip()) == (0, "run/model"), result.stderr
    again = cli(*words, "--out", "run")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "Add --resume" in again.stderr
    resumed = cli(*words, "--out", "run", "--resume")
    assert resumed.exit_code == 0, resumed.stderr
    other = ("--set", "prior.network=transformer", "--from", "run", "--out", "other")
    result = cli(*words, *other)
    assert (result.exit_code, result.stdout.strip()) == (0, "other/model"), result.stderr
    assert (tmp_path / "run/model/model.safetensors").read_bytes() == (
        tmp_path / "other/model/model.safetensors"
    ).read_bytes()
    result = cli("kit", "-m", "other", "--seed", 7, "--out", "kit")
    assert result.exit_code == 0, result.stderr
    assert "sample=kick.wav key=36" in (tmp_path / "kit/kit.sfz").read_text()
    result = cli("evaluate", "other", "--data", drum_sounds, "--quick", "--update-model")
    assert result.exit_code == 0, result.stderr
    assert "| prior, transformer | nats a code |" in result.stdout
    assert "of the entries in use" in (tmp_path / "other/model/CARD.md").read_text()
    metrics = json.loads((tmp_path / "other/model/metrics.json").read_text())
    assert metrics["test"]["codes"]["prior"]["network"] == "transformer"


def test_hits_and_variations(cli, tiny_code_machine, tmp_path):
    words = (
        "hit",
        "snare",
        "-m",
        tiny_code_machine,
        "-n",
        2,
        "--loudness",
        -30,
        "--seed",
        3,
        "--out",
        "here",
    )
    result = cli(*words, "--json")
    assert result.exit_code == 0, result.stderr
    sounds = json.loads(result.stdout)["sounds"]
    assert [sound["drum"] for sound in sounds] == ["snare", "snare"]
    assert sounds[0]["asked"] == {"loudness_lufs": -30.0}
    first, second = (read_audio(tmp_path / f"here/snare-{number}.wav").samples for number in (1, 2))
    assert not np.array_equal(first, second)
    write_wav(np.sin(np.arange(9000) / 15)[None] * 0.5, 44_100, tmp_path / "mine.wav")
    result = cli("hit", "--like", "mine.wav", "-m", tiny_code_machine, "--amount", 0.3, "--out", "near")
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "near/mine-1.wav").is_file()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("hit", "kick", "--decay", 0.2),
            "tiny-codes draws codes and has no fader for the decay. Leave it out, or",
        ),
        (("hit", "kick", "--brightness", 0.2), "has no fader for the brightness."),
        (("hit", "gong"), "There is no drum 'gong'. tiny-codes knows kick"),
        (("hit", "--like", "missing.wav"), "missing.wav"),
    ],
)
def test_bad_input_is_one_sentence(cli, tiny_code_machine, words, sentence):
    result = cli(*words, "-m", tiny_code_machine)
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--preset", "gong"), "There is no preset 'gong'. Known presets: oneshot-16k-wave, oneshot-44k, "),
        (
            ("--preset", "oneshot-44k", "--from", "x"),
            "is a drum machine with z, which trains network and prior",
        ),
        (("--preset", "oneshot-codes-44k", "--from", "x"), "There is no drum machine 'x'."),
        (("--preset", "oneshot-codes-44k", "--set", "prior.network=lstm"), "'convolutions' or 'transformer'"),
        (("--preset", "oneshot-codes-44k", "--set", "objective.beta=1"), "There is no key 'objective.beta'."),
    ],
)
def test_wrong_trainings_are_one_sentence(cli, drum_sounds, words, sentence):
    result = cli("train-oneshot", *words, "--data", drum_sounds, "--out", "run")
    assert (result.exit_code, result.stdout) == (1, "")
    assert sentence in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr

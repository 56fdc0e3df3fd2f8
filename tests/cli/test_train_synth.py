"""train-synth: the training of a tiny synthesizer, and refusals."""

import csv

import pytest
import torch

from symvae.system.synth_artifacts import load_synth
from tests.sines import TINY_SYNTH, SinePlayer


@pytest.fixture
def fonts(tmp_path, monkeypatch):
    """Two empty files; sines replace their player."""
    monkeypatch.setattr("symvae.audio.font_player.font_player", SinePlayer)
    paths = [tmp_path / "First.sf2", tmp_path / "Second.sf2"]
    for path in paths:
        path.touch()
    return paths


def words(shards, fonts, *more):
    settings = [word for value in TINY_SYNTH for word in ("--set", value)]
    named = [word for path in fonts for word in ("--font", path)]
    return ["train-synth", "--preset", "synth-24k", "--data", shards, *named, *settings, *more]


def test_training_names_the_timbres_and_starts_from_another_synthesizer(cli, shards, fonts, tmp_path):
    result = cli(*words(shards, fonts, "--out", "run"))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.strip() == "run/model"
    config, network, timbres = load_synth(tmp_path / "run/model")
    assert [(t["name"], t["font"], t["program"]) for t in timbres] == [
        ("piano", "First", 0),
        ("flute", "First", 73),
        ("piano/Second", "Second", 0),
        ("flute/Second", "Second", 73),
    ]
    assert all(len(t["z"]) == config.model.timbre_size for t in timbres)
    assert len({tuple(t["z"]) for t in timbres}) == 4
    with (tmp_path / "run/log.csv").open() as log:
        assert [row["step"] for row in csv.DictReader(log)] == ["2", "4"]

    again = cli(*words(shards, fonts, "--out", "run"))
    assert (again.exit_code, again.stdout) == (1, "")
    assert "Add --resume" in again.stderr

    more = ("--from", "run", "--out", "more", "--set", "training.steps=1", "--set", "name=more")
    result = cli(*words(shards, fonts[:1], *more))
    assert result.exit_code == 0, result.stderr
    later, second, _ = load_synth(tmp_path / "more/model")
    assert (later.name, later.start_from) == ("more", "tiny")
    torch.testing.assert_close(  # one step away, not fresh weights
        second.decoder.enter.weight, network.decoder.enter.weight, atol=5e-3, rtol=0
    )


def test_a_synthesizer_of_other_sizes_is_refused(cli, shards, fonts):
    assert cli(*words(shards, fonts[:1], "--out", "run")).exit_code == 0
    result = cli(*words(shards, fonts[:1], "--from", "run", "--out", "more", "--set", "model.width=12"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "other sizes" in result.stderr


def test_a_missing_font_is_refused(cli, shards):
    result = cli("train-synth", "--preset", "synth-24k", "--data", shards, "--font", "no.sf2", "--out", "run")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("symvae: There is no sound font no.sf2.")

"""prepare, train, evaluate: their options, results and refusals. Whole trainings are in tests/e2e."""

import json
import shutil

import numpy as np
import pytest

from symvae.cli.prepare import _plan
from symvae.corpus.dataset import windows
from symvae.corpus.shards import SPLITS, open_shards
from symvae.errors import CorpusError
from symvae.music.grid import Grid
from symvae.music.io.midi_write import song_to_bytes, write
from symvae.music.phrase import Phrase
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.pipelines.labels import read_labeled
from symvae.tokens.piano import PianoBars
from tests.conftest import TINY, TUNES


def settings(*more: str) -> list[str]:
    return [word for value in (*TINY, *more) for word in ("--set", value)]


def test_labels_without_any_readable_piece_are_refused(tmp_path):
    (tmp_path / "midi").mkdir()
    rows = "midi,series,duration_sec,arousal,valence\na.mid,One,20,0.5,0\nb.mid,Two,20,-0.5,0\n"
    (tmp_path / "labels.csv").write_text(rows)
    with pytest.raises(CorpusError, match=r"No piece of .* can be read \(left out: .*; left out: .*\)\."):
        read_labeled(tmp_path, PianoBars())


def test_prepare_a_folder(cli, tmp_path):
    result = cli("prepare", TUNES, "--out", "shards", "--workers", 1)
    assert result.exit_code == 0, result.stderr
    assert "train: " in result.stdout
    assert "left out: metre_not_supported" in result.stdout
    card = json.loads((tmp_path / "shards/card.json").read_text())
    assert card["collections"] == ["tunes"]
    refused = cli("prepare", TUNES, "--out", "shards")
    assert refused.exit_code == 1
    assert cli("prepare", TUNES, "--out", "shards", "--metre", "3/4", "--force", "--json").exit_code == 0


def test_prepare_reads_several_tracks(cli, tmp_path):
    (tmp_path / "mine").mkdir()
    onset = np.arange(16) * 480
    for seed in range(6):
        voices = np.random.default_rng(seed).integers(50, 80, (2, 16))
        tracks = tuple(
            Track(name, 0, False, onset, np.full(16, 480), pitch, np.full(16, 80))
            for name, pitch in zip(("Soprano", "Alto"), voices, strict=True)
        )
        song = Song(480, (MetreChange(0, 4, 4),), (TempoChange(0, 100.0),), tracks, 16 * 480)
        (tmp_path / f"mine/{seed}.mid").write_bytes(song_to_bytes(song))
    words = ("prepare", "mine", "--workers", 1, "--json", "--out")
    for out, tracks, tunes in (("one", ["Alto"], 6), ("two", ["Alto", "soprano"], 12)):
        result = cli(*words, out, *(word for track in tracks for word in ("--track", track)))
        assert result.exit_code == 0, result.stderr
        counts = json.loads(result.stdout)["counts"]
        assert sum(counts[split]["all"]["tunes"] for split in SPLITS) == tunes
    refused = cli(*words, "three", "--track", "Tenor")
    assert refused.exit_code == 1
    assert "The first, mine/0.mid: There is no track 'Tenor' in 0. It has: 0 'Soprano', 1 'Alto'." in (
        refused.stderr
    )


def test_prepare_piano_tokens_keeps_both_hands(cli, tmp_path):
    """As melodies the files lose one hand."""
    (tmp_path / "mine").mkdir()
    for seed in range(6):
        pitch = 48 + np.random.default_rng(seed).integers(0, 24, (32, 1)) + np.array([0, 4])
        columns = (np.repeat(np.arange(0, 64, 2), 2), np.full(64, 2), pitch.ravel())
        write(Phrase(Grid(4), *columns), tmp_path / f"mine/{seed}.mid")
    result = cli("prepare", "mine", "--out", "shards", "--tokens", "piano", "--workers", 1, "--json")
    assert result.exit_code == 0, result.stderr
    card = json.loads(result.stdout)
    assert (card["tokenizer"], card["positions"], card["vocabulary_size"]) == ("piano", 128, 218)
    assert card["dropped"] == {}
    shards = open_shards(tmp_path / "shards")
    for split in SPLITS:
        for ids in windows(shards, split, 4).ids:
            assert len(shards.tokenizer.decode_ids(ids)) == 64


def test_prepare_refuses_other_tokens_and_piano_in_other_metres(cli):
    result = cli("prepare", TUNES, "--out", "shards", "--tokens", "octuple")
    assert result.exit_code == 2
    assert "'octuple' is none of melody, piano, piano-grid" in result.stderr
    result = cli("prepare", TUNES, "--out", "shards", "--tokens", "piano", "--metre", "3/4")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "symvae: Piano bars are in 4/4, not in '3/4'.\n"


def test_prepare_reads_sources_in_a_row():
    from pathlib import Path

    plan = _plan(["folk", "pop909", "songs", "mine", "./folk"])
    assert plan == [
        ("folk", None),
        ("pop909", Path("songs")),
        ("folder", Path("mine")),
        ("folder", Path("./folk")),
    ]


@pytest.mark.parametrize("words", [(), ("pop909",)])
def test_prepare_without_a_source_is_refused(cli, words):
    assert cli("prepare", *words).exit_code == 2


@pytest.mark.parametrize("words", [("missing",), ("pop909", "missing"), (".",)])
def test_prepare_refuses_a_folder_without_music(cli, words):
    result = cli("prepare", *words, "--out", "shards")
    assert result.exit_code == 1
    assert result.stderr.startswith("symvae: ")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["--preset", "melody-9bar"], "There is no preset 'melody-9bar'"),
        (["--preset", "melody-2bar", "--set", "training.stepz=3"], "There is no key 'training.stepz'"),
        (["--preset", "melody-2bar", "--set", "training.steps"], "sets nothing"),
        (["--preset", "melody-2bar", "--set", "training.precision=fp8"], "training.precision"),
        (["--preset", "melody-2bar", "--resume"], "There is nothing to resume"),
        (["--preset", "melody-2bar", "--from", "no-such-model"], "There is no model"),
        (["--preset", "melody-2bar", "--set", "model.metre=3/4", "--set", "model.positions=12"], "metre"),
        (["--preset", "melody-2bar", "--device", "cuda"], "no CUDA device"),
    ],
)
def test_train_refuses_wrong_choices(cli, shards, monkeypatch, words, fault):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    result = cli("train", *words, "--data", shards, "--out", "run")
    assert result.exit_code == 1, result.output
    assert fault in result.stderr


def test_train_options_of_the_wrong_kind(cli, shards):
    words = ("train", "--preset", "melody-2bar", "--data", shards, "--out", "run")
    assert cli(*words, "--device", "toaster").exit_code == 2
    assert cli(*words[:-2]).exit_code == 2


def test_train_refuses_a_folder_without_shards(cli):
    result = cli("train", "--preset", "melody-2bar", "--data", ".", "--out", "run")
    assert result.exit_code == 1
    assert "symvae prepare" in result.stderr


def test_train_refuses_shards_of_other_tokens(cli, shards):
    result = cli("train", "--preset", "piano-1bar", "--data", shards, "--out", "run")
    assert result.exit_code == 1
    assert result.stderr == (
        "symvae: The model wants tokenizer piano, the shards have melody. "
        "Prepare shards for it, or choose another model or preset.\n"
    )


def test_evaluate_prints_writes_and_updates(cli, shards, tiny_model, tmp_path):
    model = tmp_path / "model"
    shutil.copytree(tiny_model, model)
    result = cli("evaluate", model, "--data", shards, "--quick", "--out", "report", "--update-model")
    assert result.exit_code == 0, result.stderr
    assert "### Reconstruction" in result.stdout
    metrics = json.loads((tmp_path / "report/metrics.json").read_text())
    assert metrics["reconstruction"]["all"]["always_hold"]["token"] > 0
    assert json.loads((model / "metrics.json").read_text()) == metrics
    assert (model / "CARD.md").read_text().startswith("# tiny")
    refused = cli("evaluate", model, "--data", shards, "--quick", "--out", "report")
    assert refused.exit_code == 1
    assert "report/metrics.json exists" in refused.stderr


def test_evaluate_refuses_missing_models_data_and_splits(cli, shards, tiny_model):
    assert cli("evaluate", "no-such-model", "--data", shards).exit_code == 1
    assert cli("evaluate", tiny_model, "--data", "missing").exit_code == 1
    assert cli("evaluate", tiny_model, "--data", shards, "--split", "exam", "--quick").exit_code == 1
    assert cli("evaluate", tiny_model).exit_code == 2


@pytest.mark.parametrize(
    ("words", "status", "fault"),
    [
        (["--set", "training.steps=5"], 2, "is not of the prior"),
        (["--set", "prior.stepz=5"], 1, "There is no key 'prior.stepz'"),
        (["--resume"], 1, "There is nothing to resume"),
    ],
)
def test_train_prior_refuses_wrong_choices(cli, tiny_model, shards, words, status, fault):
    result = cli("train-prior", tiny_model, "--data", shards, "--out", "run", *words)
    assert (result.exit_code, result.stdout) == (status, "")
    assert fault in result.stderr


def test_shards_of_another_metre_and_folders_of_other_trainings_are_refused(
    cli, tiny_model, shards, tmp_path
):
    assert cli("prepare", TUNES, "--out", "waltz", "--metre", "3/4", "--workers", 1).exit_code == 0
    for words in (("train-prior", tiny_model, "--out", "run"), ("evaluate", tiny_model, "--quick")):
        result = cli(*words, "--data", "waltz")
        assert result.exit_code == 1
        assert "The model wants metre 4/4, the shards have 3/4" in result.stderr
    (tmp_path / "run").mkdir()
    (tmp_path / "run/state.pt").touch()
    result = cli("train-prior", tiny_model, "--data", shards, "--out", "run")
    assert result.exit_code == 1
    assert "holds a training of another kind (state.pt). Choose another folder." in result.stderr

"""Trios on the command line: prepare, train, evaluate, accompany."""

import json

from symvae.evaluation.reports.evaluate import Effort
from symvae.music.io.midi_read import load
from tests.conftest import TINY
from tests.songs import report_of
from tests.trios import trio, trio_model, write_trio


def test_prepare_trio_names_the_tracks_and_what_is_missing(cli, tmp_path):
    (tmp_path / "songs").mkdir()
    for seed in range(3):
        write_trio(tmp_path / "songs" / f"{seed}.mid", trio(seed, bars=4))
    write_trio(tmp_path / "songs" / "duo.mid", trio(9, bars=4, parts=("melody", "bass")))
    result = cli("prepare", "trio", "songs", "--out", "shards", "--workers", 1)
    assert result.exit_code == 0, result.stderr
    assert "left out: no_drums ×1" in result.stdout
    card = json.loads((tmp_path / "shards/card.json").read_text())
    assert (card["tokenizer"], card["positions"]) == ("trio", 48)
    assert "bass: track 1 (bass)" in (tmp_path / "shards/tunes.csv").read_text()


def test_pop909_without_drums_is_refused_with_a_remedy(cli, tmp_path):
    (tmp_path / "pop").mkdir()
    result = cli("prepare", "trio-pop909", "pop", "--out", "shards")
    assert result.exit_code == 1
    assert "name the folder of the Groove MIDI Dataset with --drums" in result.stderr


def test_accompany_writes_the_melody_and_new_tracks(cli, tmp_path):
    folder = trio_model(tmp_path)
    write_trio(tmp_path / "tune.mid", trio(4, bars=3, parts=("melody",)))
    result = cli(
        "accompany", "tune.mid", "--model", folder, "--chords", "C Am F", "--out", "band.mid", "--json"
    )
    report = report_of(result)
    names = [track.name for track in load(tmp_path / "band.mid").tracks]
    assert names == ["melody", "bass", "drums"]
    assert report["chords"]["source"] == "given"
    assert report["parts"].keys() == {"bass", "drums"}
    assert (
        report_of(cli("accompany", "tune.mid", "--model", folder, "--json"))["chords"]["source"]
        == "estimated"
    )
    free = report_of(cli("accompany", "tune.mid", "--model", folder, "--chords", "free", "--json"))
    assert (free["chords"], free["bass_notes_moved"]) == (None, 0)
    again = cli("accompany", "tune.mid", "--model", folder, "--out", "band.mid")
    assert again.exit_code == 1
    assert "Add --force to overwrite" in again.stderr


def test_accompany_without_a_model_of_trios_says_so(cli, tmp_path):
    write_trio(tmp_path / "tune.mid", trio(4, bars=3, parts=("melody",)))
    result = cli("accompany", "tune.mid", "--model", "melody-2bar")
    assert result.exit_code == 1
    assert "has music of one part" in result.stderr


def test_a_model_of_trios_is_trained_from_bars_and_evaluated(cli, tmp_path, monkeypatch):
    """One rehearsal of all stages; the one-bar drums start a part."""
    (tmp_path / "songs").mkdir()
    for seed in range(12):
        write_trio(tmp_path / "songs" / f"{seed}.mid", trio(seed, bars=6))
    assert cli("prepare", "trio", "songs", "--out", "shards", "--workers", 1).exit_code == 0
    assert cli("prepare", "drums", "songs", "--out", "drums", "--workers", 1).exit_code == 0
    sizes = [word for each in (*TINY, "training.batch_size=4") for word in ("--set", each)]
    flat = ["--set", "model.phrase_size=0", "--set", "model.conductor_size=0"]
    drums = [*sizes, *flat, "--set", "model.latent_size=8"]
    bar = [*sizes, *flat, "--set", "model.code_size=21", "--set", "model.latent_size=21"]
    for words in (
        ("train", "--preset", "drums-1bar", "--data", "drums", "--out", "kit", *drums),
        ("train", "--preset", "trio-1bar", "--data", "shards", "--out", "bar", "--from", "kit/model", *bar),
        (
            *("train", "--preset", "trio-16bar", "--data", "shards", "--out", "two", "--from", "bar/model"),
            *(
                *sizes,
                "--set",
                "model.code_size=21",
                "--set",
                "model.bars=2",
                "--set",
                "model.latent_size=18",
            ),
        ),
    ):
        result = cli(*words)
        assert result.exit_code == 0, result.stderr
    few = Effort(windows=8, pairs=40, samples=20, fillings=4, training_phrases=20, prior_steps=2)
    monkeypatch.setattr("symvae.evaluation.reports.evaluate.QUICK", few)
    result = cli("evaluate", "two/model", "--data", "shards", "--quick", "--split", "test", "--update-model")
    assert result.exit_code == 0, result.stderr
    metrics = json.loads((tmp_path / "two/model/metrics.json").read_text())
    assert metrics["parts"]["scores"]["real"]["mean"].keys() == {"melody", "bass", "drums", "together"}
    assert metrics["part_samples"]["mean"].keys() == {"samples", "real"}
    assert 0 <= metrics["part_morphs"]["curve"] <= 1
    assert metrics["accompaniments"]["fit"].keys() == {"real", "free", "bound"}
    card = (tmp_path / "two/model/CARD.md").read_text()
    assert "trios (a melody, a bass and drums" in card

"""prepare sounds: groups stay whole, everything left out has a reason, and a seed settles the bytes."""

import csv
import json

import numpy as np
import pytest

from symvae.audio.one_shot import SAMPLE_RATE
from symvae.corpus.sound_clusters import fingerprint, sound_clusters
from symvae.corpus.sound_shards import open_sounds
from symvae.corpus.sounds import prepare_sounds
from symvae.dsp.wav import write_wav
from symvae.errors import CorpusError
from tests.drum_folders import drum_folder


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_groups_are_whole_and_analog_drums_are_in_train(tmp_path):
    card = prepare_sounds([drum_folder(tmp_path / "in")], tmp_path / "out", analog=24, seed=3)
    table = rows(tmp_path / "out/sounds.csv")
    splits = {}
    for row in table:
        splits.setdefault(row["group"], set()).add(row["split"])
    assert all(len(found) == 1 for found in splits.values())
    analog = [row for row in table if row["source"] == "analog synthesis"]
    assert len(analog) == 24
    assert {row["split"] for row in analog} == {"train"}
    shards = open_sounds(tmp_path / "out")
    for name in ("train", "validation", "test"):
        part = shards.split(name)
        assert len(part.samples) == card["counts"][name]["all"] > 0
        assert np.abs(part.waves()).max() <= 1
    assert card["analog"]["share_of_train"] == pytest.approx(24 / card["counts"]["train"]["all"], abs=1e-4)
    assert card["sources"]["test"] == {"licenses": ["CC0-1.0"], "sounds": 24}
    settings = {row["file"] for row in rows(tmp_path / "out/analog.csv")}
    assert settings == {row["file"] for row in analog}


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    folder = drum_folder(tmp_path / "in", groups=3)
    cards = [prepare_sounds([folder], tmp_path / name, analog=5, seed=1) for name in ("a", "b")]
    assert cards[0]["sha256"] == cards[1]["sha256"]


def test_everything_left_out_has_its_reason(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    tone = 0.5 * np.sin(np.arange(8000) / 20)[None]
    write_wav(tone, SAMPLE_RATE, folder / "kick 1.wav")
    write_wav(tone, SAMPLE_RATE, folder / "kick copy.wav")
    write_wav(np.zeros((1, 8000)), SAMPLE_RATE, folder / "snare.wav")
    write_wav(tone, SAMPLE_RATE, folder / "violin.wav")
    (folder / "tom.wav").write_text("I am no sound.")
    card = prepare_sounds([folder], tmp_path / "out")
    assert card["dropped"] == {"duplicate": 1, "no_class": 1, "silent": 1, "unreadable": 1}
    assert {(row["what"], row["reason"]) for row in rows(tmp_path / "out/dropped.csv")} == {
        ("kick copy.wav", "duplicate"),
        ("violin.wav", "no_class"),
        ("snare.wav", "silent"),
        ("tom.wav", "unreadable"),
    }


def test_near_duplicates_are_one_cluster():
    rng = np.random.default_rng(0)
    sound = np.sin(np.arange(43_776) / 30) * np.exp(-np.arange(43_776) / 6000)
    other = rng.standard_normal(43_776) * np.exp(-np.arange(43_776) / 3000)
    prints = np.stack([fingerprint(each) for each in (sound, other, 0.5 * sound + 1e-4 * other)])
    assert sound_clusters(["a", "b", "c"], prints).tolist() == [0, 1, 0]
    assert sound_clusters(["a", "a", "c"], prints).tolist() == [0, 0, 0]


def test_refusals(tmp_path):
    with pytest.raises(CorpusError, match="There is no folder"):
        prepare_sounds([tmp_path / "missing"], tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="Not one sound is left to prepare"):
        prepare_sounds([tmp_path / "empty"], tmp_path / "out")
    with pytest.raises(CorpusError, match="from 0 to 100000, not -1"):
        prepare_sounds([tmp_path / "empty"], tmp_path / "out", analog=-1)
    folder = drum_folder(tmp_path / "in", groups=2)
    with pytest.raises(CorpusError, match="something else"):
        prepare_sounds([folder], folder)
    prepare_sounds([folder], tmp_path / "out")
    with pytest.raises(CorpusError, match="already holds prepared sounds"):
        prepare_sounds([folder], tmp_path / "out")
    prepare_sounds([folder], tmp_path / "out", force=True)
    array = tmp_path / "out/train.npy"
    array.write_bytes(array.read_bytes()[:-2] + b"xx")
    with pytest.raises(CorpusError, match="checksum"):
        open_sounds(tmp_path / "out")
    (tmp_path / "out/card.json").write_text(json.dumps({"format": "symvae-shards", "version": 2}))
    with pytest.raises(CorpusError, match="not in format symvae-sounds"):
        open_sounds(tmp_path / "out")
    with pytest.raises(CorpusError, match="holds no prepared sounds"):
        open_sounds(tmp_path / "in")

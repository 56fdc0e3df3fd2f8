"""Opening shard folders, whole and damaged."""

import json
from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.prepare import prepare
from symvae.corpus.shards import open_shards
from symvae.errors import CorpusError


@pytest.fixture
def folder(tmp_path: Path, make_tune) -> Path:
    prepare([iter([make_tune(f"a/{i}", seed=i) for i in range(20)])], tmp_path / "shards")
    return tmp_path / "shards"


def test_what_was_written_is_read(folder: Path):
    shards = open_shards(folder)
    assert (shards.metre, shards.positions, shards.vocabulary_size) == ("4/4", 16, 90)
    assert shards.collections == ["a"]
    for name in ("train", "validation", "test"):
        split = shards.split(name)
        assert split.num_tunes == len(shards.tune_names(name)) > 0
        assert split.ids.dtype == np.uint8
        assert split.tune_start.dtype == np.int64
        assert split.collection.dtype == np.int16
        assert split.tempo_qpm.dtype == np.float32


def test_no_folder(tmp_path: Path):
    with pytest.raises(
        CorpusError, match=r"no shard folder: it has no card.json. Make one with: symvae prepare"
    ):
        open_shards(tmp_path / "none")


def test_no_such_split(folder: Path):
    with pytest.raises(CorpusError, match=r"no split 'dev'. Shards have train, validation, test"):
        open_shards(folder).split("dev")


@pytest.mark.parametrize("name", ["train.npz", "tunes.csv", "tokenizer.json"])
def test_a_missing_file(folder: Path, name: str):
    (folder / name).unlink()
    with pytest.raises(CorpusError, match=rf"{name} is damaged: it is missing. Prepare the corpus again"):
        open_shards(folder)


def test_one_flipped_byte(folder: Path):
    content = bytearray((folder / "train.npz").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "train.npz").write_bytes(content)
    with pytest.raises(CorpusError, match="its checksum is not the card's"):
        open_shards(folder)


def test_a_truncated_file_without_checksums(folder: Path):
    (folder / "train.npz").write_bytes((folder / "train.npz").read_bytes()[:100])
    with pytest.raises(CorpusError, match=r"train.npz is damaged"):
        open_shards(folder, verify=False).split("train")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ids": np.zeros((3, 12), np.uint8)}, r"bars shaped \(3, 12\) for 16 positions"),
        ({"ids": np.full((3, 16), 200, np.uint8)}, "an id of 200 in a vocabulary of 90"),
        ({"tune_start": np.array([0, 2])}, "tunes that do not fit the bars"),
        ({"tune_start": np.array([0, 0, 3])}, "tunes that do not fit the bars"),
        ({"tempo_qpm": np.zeros(2, np.float32)}, "columns of different lengths"),
    ],
)
def test_arrays_that_do_not_fit_each_other(folder: Path, change: dict[str, np.ndarray], message: str):
    arrays = {
        "ids": np.zeros((3, 16), np.uint8),
        "tune_start": np.array([0, 3]),
        "collection": np.zeros(1, np.int16),
        "tempo_qpm": np.zeros(1, np.float32),
    }
    np.savez(folder / "test.npz", **(arrays | change))
    with pytest.raises(CorpusError, match=message):
        open_shards(folder, verify=False).split("test")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "version 2, and 1 is read here"),
        ({"format": "mp3"}, "is a 'mp3', not 'symvae-shards'"),
    ],
)
def test_another_format_or_version(folder: Path, change: dict[str, object], message: str):
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | change))
    with pytest.raises(CorpusError, match=message):
        open_shards(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "symvae-shards"}'])
def test_a_damaged_card(folder: Path, text: str):
    (folder / "card.json").write_text(text)
    with pytest.raises(CorpusError, match=r"card.json is damaged"):
        open_shards(folder)

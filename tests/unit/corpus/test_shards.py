"""Shard folders open memory-mapped, in both versions of the format, and damaged ones are refused."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.prepare import prepare
from symvae.corpus.shards import SPLITS, open_shards
from symvae.errors import CorpusError


@pytest.fixture
def folder(tmp_path: Path, make_tune) -> Path:
    prepare([iter([make_tune(f"a/{i}", seed=i) for i in range(20)])], tmp_path / "shards")
    return tmp_path / "shards"


def old(folder: Path) -> Path:
    """The same shards as version 1 wrote them: one .npz a split."""
    shards = open_shards(folder)
    card = json.loads((folder / "card.json").read_text())
    for name in SPLITS:
        split = shards.split(name)
        np.savez(folder / f"{name}.npz", **{column: np.array(a) for column, a in split._asdict().items()})
        for column in split._fields:
            (folder / f"{name}.{column}.npy").unlink()
    (folder / "card.json").unlink()
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    (folder / "card.json").write_text(json.dumps(card | {"version": 1, "sha256": sums}))
    return folder


def test_shards_are_read_as_written(folder: Path):
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


def test_columns_are_memory_mapped(folder: Path):
    for column in open_shards(folder).split("train"):
        assert isinstance(column.base, np.memmap)
        assert not column.flags.writeable


def test_version_1_is_read_with_the_same_arrays(folder: Path):
    before = {name: [np.array(column) for column in open_shards(folder).split(name)] for name in SPLITS}
    shards = open_shards(old(folder))
    assert shards.card["version"] == 1
    assert shards.checksum("train") == hashlib.sha256((folder / "train.npz").read_bytes()).hexdigest()
    for name, columns in before.items():
        for expected, column in zip(columns, shards.split(name), strict=True):
            np.testing.assert_array_equal(expected, column)


def test_a_missing_folder_is_refused(tmp_path: Path):
    with pytest.raises(
        CorpusError, match=r"no shard folder: it has no card.json. Make one with: symvae prepare"
    ):
        open_shards(tmp_path / "none")


def test_an_unknown_split_is_refused(folder: Path):
    with pytest.raises(CorpusError, match=r"no split 'dev'. Shards have train, validation, test"):
        open_shards(folder).split("dev")


@pytest.mark.parametrize("name", ["train.ids.npy", "train.collection.npy", "tunes.csv", "tokenizer.json"])
def test_a_missing_file_is_refused(folder: Path, name: str):
    (folder / name).unlink()
    with pytest.raises(CorpusError, match=rf"{name} is damaged: it is missing. Prepare the corpus again"):
        open_shards(folder)


def test_a_flipped_byte_is_refused(folder: Path):
    content = bytearray((folder / "train.ids.npy").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "train.ids.npy").write_bytes(content)
    with pytest.raises(CorpusError, match="its checksum is not the card's"):
        open_shards(folder)


@pytest.mark.parametrize("length", [0, 100, 200])
def test_a_truncated_file_is_refused_without_checksums_too(folder: Path, length: int):
    file = folder / "train.ids.npy"
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(CorpusError, match=r"train.ids.npy is damaged"):
        open_shards(folder, verify=False).split("train")


def test_a_truncated_file_of_version_1_is_refused(folder: Path):
    old(folder)
    (folder / "train.npz").write_bytes((folder / "train.npz").read_bytes()[:100])
    with pytest.raises(
        CorpusError, match=r"train.npz is not an .npz file of arrays. Prepare the corpus again"
    ):
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
def test_columns_that_do_not_fit_each_other_are_refused(
    folder: Path, change: dict[str, np.ndarray], message: str
):
    arrays = {
        "ids": np.zeros((3, 16), np.uint8),
        "tune_start": np.array([0, 3]),
        "collection": np.zeros(1, np.int16),
        "tempo_qpm": np.zeros(1, np.float32),
    }
    for column, array in (arrays | change).items():
        np.save(folder / f"test.{column}.npy", array)
    with pytest.raises(CorpusError, match=message):
        open_shards(folder, verify=False).split("test")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 3}, "version 3, and versions 1 and 2 are read here. Prepare them again"),
        ({"format": "mp3"}, "is a 'mp3', not 'symvae-shards'"),
    ],
)
def test_another_format_or_version_is_refused(folder: Path, change: dict[str, object], message: str):
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | change))
    with pytest.raises(CorpusError, match=message):
        open_shards(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "symvae-shards"}'])
def test_a_damaged_card_is_refused(folder: Path, text: str):
    (folder / "card.json").write_text(text)
    with pytest.raises(CorpusError, match=r"card.json is (damaged|not JSON).*Prepare the corpus again"):
        open_shards(folder)


@pytest.mark.parametrize("wrong", [None, [], ["4/4"], {"4/4": 1}, 10**400, "x" * 20_000])
def test_any_value_in_a_card_is_one_sentence_or_harmless(folder: Path, wrong: object):
    card = json.loads((folder / "card.json").read_text())
    for key in card:
        (folder / "card.json").write_text(json.dumps({**card, key: wrong}))
        needed = key in ("format", "version", "metre", "tokenizer", "positions", "vocabulary_size")
        try:
            open_shards(folder, verify=False).split("test")
        except CorpusError as refusal:
            assert str(refusal).isprintable()  # noqa: PT017
            assert len(str(refusal)) < 1_000  # noqa: PT017
        else:
            assert not needed

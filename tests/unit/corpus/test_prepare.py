"""Preparing shards: each tune is kept or dropped with a reason, and no folder is half written."""

import csv
import json
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from symvae.corpus.prepare import prepare
from symvae.corpus.shards import open_shards
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.music.reason import Dropped, Reason
from symvae.tokens.melody_grid import MelodyGrid


@pytest.fixture
def tunes(make_tune) -> list[Tune]:
    return [make_tune(f"{c}/{i}", seed=100 * ord(c) + i, bars=3 + i % 3) for c in "ab" for i in range(20)]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_tunes_decode_note_for_note(tmp_path: Path, tunes: list[Tune]):
    prepare([iter(tunes)], tmp_path / "out")
    shards, tokenizer = open_shards(tmp_path / "out"), MelodyGrid()
    by_name = {tune.name: tune for tune in tunes}
    for name in ("train", "validation", "test"):
        split = shards.split(name)
        for row, tune_name in enumerate(shards.tune_names(name)):
            tune = by_name.pop(tune_name)
            ids = split.ids[split.tune_start[row] : split.tune_start[row + 1]]
            assert tokenizer.decode_ids(ids, float(split.tempo_qpm[row])) == tune.phrase
            assert shards.collections[split.collection[row]] == tune.collection
    assert not by_name


def test_the_card_counts_tunes_and_works(tmp_path: Path, tunes: list[Tune]):
    card = prepare([iter(tunes[:20]), iter(tunes[20:])], tmp_path / "out", seed=3)
    assert card == json.loads((tmp_path / "out" / "card.json").read_text())
    total = sum(card["counts"][s]["all"]["bars"] for s in ("train", "validation", "test"))
    assert total == sum(tune.phrase.grid.bars for tune in tunes)
    assert card["collections"] == ["a", "b"]
    assert card["seed"] == 3
    assert all(card["counts"]["test"][c]["tunes"] >= 1 for c in "ab")
    assert card["sources"]["a"]["for_released_weights"] is False
    assert card["works"] == {"whole": 40, "in_part": 0, "left_out": 0}


def test_each_drop_has_its_reason(tmp_path: Path, tunes: list[Tune], make_tune):
    items: list[Tune | Dropped] = [
        *tunes,
        make_tune("a/waltz", seed=1, metre="3/4"),
        make_tune("a/low", seed=2, lowest=5),
        Tune("a/silence", "a", "", Phrase(Grid(2))),
        Tune("a/chord", "a", "", Phrase(Grid(2), np.array([0, 0]), np.array([4, 4]), np.array([60, 64]))),
        Tune("a/copy", "a", "", tunes[0].phrase),
        Dropped("a/17#bar 3", Reason.TUPLET, "a note of 4/3 sixteenths", 2),
    ]
    card = prepare([iter(items)], tmp_path / "out")
    assert card["dropped"] == {
        "duplicate": 1,
        "empty": 1,
        "metre_not_supported": 1,
        "out_of_range": 1,
        "polyphonic": 1,
        "tuplet": 2,
    }
    rows = {row["what"]: row for row in read(tmp_path / "out", "dropped.csv")}
    assert rows["a/waltz"]["detail"] == "3/4, not 4/4"
    assert rows["a/copy"]["detail"] == "the same notes as a/0"
    assert card["works"] == {"whole": 39, "in_part": 1, "left_out": 5}


def test_equal_notes_are_a_duplicate_even_under_one_name(tmp_path: Path, tunes: list[Tune]):
    """As from two folders of one name with the same file."""
    card = prepare([iter(tunes), iter(tunes[:1])], tmp_path / "out")
    assert card["dropped"] == {"duplicate": 1}
    assert len(read(tmp_path / "out", "tunes.csv")) == len(tunes)


def test_the_same_sources_and_seed_give_the_same_bytes(tmp_path: Path, tunes: list[Tune]):
    one = prepare([iter(tunes)], tmp_path / "one", seed=5)
    two = prepare([iter(tunes)], tmp_path / "two", seed=5)
    assert one["sha256"] == two["sha256"]
    assert one["sha256"] != prepare([iter(tunes)], tmp_path / "three", seed=6)["sha256"]


def test_an_interrupted_run_leaves_no_files_and_can_be_repeated(tmp_path: Path, tunes: list[Tune]):
    def interrupted() -> Iterator[Tune]:
        yield tunes[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare([interrupted()], tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_the_remains_of_a_killed_run_are_replaced(tmp_path: Path, tunes: list[Tune]):
    (tmp_path / ".out.building").mkdir()
    (tmp_path / ".out.building" / "train.ids.npy").write_bytes(b"half")
    prepare([iter(tunes)], tmp_path / "out")
    open_shards(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_preparation_keeps_no_notes_in_memory(tmp_path: Path, make_tune):
    """Each phrase is freed before the next but one is read; ids are on disk by then."""
    phrases: list[weakref.ref[Phrase]] = []

    def source() -> Iterator[Tune]:
        for seed in range(30):
            tune = make_tune(f"a/{seed}", seed=seed)
            phrases.append(weakref.ref(tune.phrase))
            assert sum(phrase() is not None for phrase in phrases) <= 2
            yield tune
            del tune

    prepare([source()], tmp_path / "out")
    assert len(phrases) == 30


def test_shards_are_overwritten_with_force_only(tmp_path: Path, tunes: list[Tune]):
    out = tmp_path / "out"
    prepare([iter(tunes)], out)
    with pytest.raises(CorpusError, match="already holds shards"):
        prepare([iter(tunes)], out)
    assert prepare([iter(tunes[:10])], out, force=True)["works"]["whole"] == 10
    assert len(read(out, "tunes.csv")) == 10


def test_a_folder_of_something_else_is_never_overwritten(tmp_path: Path, tunes: list[Tune]):
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(CorpusError, match="holds no shards but something else"):
        prepare([iter(tunes)], tmp_path, force=True)
    with pytest.raises(CorpusError, match="is a file"):
        prepare([iter(tunes)], tmp_path / "letters.txt", force=True)


def test_an_empty_preparation_is_an_error_with_the_drop_reasons(tmp_path: Path, make_tune):
    with pytest.raises(
        CorpusError, match=r"Not one tune in 3/4 is left to prepare \(metre_not_supported 1\)"
    ):
        prepare([iter([make_tune("a/1", seed=1)])], tmp_path / "out", metre="3/4")
    assert not list(tmp_path.iterdir())


def test_bars_of_other_metres_have_their_own_length(tmp_path: Path, make_tune):
    prepare([iter([make_tune(f"a/{i}", seed=i, metre="6/8") for i in range(9)])], tmp_path / "o", metre="6/8")
    assert open_shards(tmp_path / "o").split("train").ids.shape[1] == 12
    assert np.unique(open_shards(tmp_path / "o").split("train").ids).max() < 90

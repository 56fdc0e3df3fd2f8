"""Windows of a split: which there are, and how much memory they take."""

import tracemalloc
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest

from symvae.corpus.dataset import Batches, Windows, drawn, windows
from symvae.corpus.shards import Shards
from symvae.errors import CorpusError
from symvae.music.reason import Reason
from symvae.tokens.melody_grid import MelodyGrid

BARS_A_TUNE, TUNES, POSITIONS = 40, 300, 16


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Shards:
    """A corpus of 12,000 bars with some silent ones, and two short tunes in the validation split."""
    folder = tmp_path_factory.mktemp("shards")
    chance = np.random.default_rng(0)
    ids = chance.integers(2, 90, (TUNES * BARS_A_TUNE, POSITIONS)) * (chance.random(POSITIONS) < 0.3)
    ids[chance.random(len(ids)) < 0.01] = [1] + [0] * (POSITIONS - 1)  # a note-off and silence
    for name, bars, tunes in (("train", BARS_A_TUNE, TUNES), ("validation", 3, 2)):
        np.save(folder / f"{name}.ids.npy", ids[: bars * tunes].astype(np.uint8))
        np.save(folder / f"{name}.tune_start.npy", np.arange(tunes + 1) * bars)
        np.save(folder / f"{name}.collection.npy", np.arange(tunes, dtype=np.int16) % 2)
        np.save(folder / f"{name}.tempo_qpm.npy", np.full(tunes, 120, np.float32))
    MelodyGrid().save(folder)
    card = {"version": 2, "positions": POSITIONS, "vocabulary_size": 90, "collections": {"a": {}, "b": {}}}
    return Shards(folder, card)


def all_at_once(shards: Shards, bars: int, stride: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Ids and tunes of the windows of the training split, and the number of those with a silent bar."""
    split, tokenizer = shards.split("train"), shards.tokenizer
    start = [
        (first, tune)
        for tune, (begin, end) in enumerate(zip(split.tune_start[:-1], split.tune_start[1:], strict=True))
        for first in range(begin, end - bars + 1, stride)
    ]
    ids = tokenizer.cut_out(np.stack([split.ids[first : first + bars] for first, _ in start]))
    silent = tokenizer.silent_bars(ids).any(-1)
    return ids[~silent], np.array([tune for _, tune in start])[~silent], int(silent.sum())


@pytest.mark.parametrize(("bars", "stride"), [(1, 1), (2, 1), (16, 1), (16, 5)])
def test_windows_read_in_pieces_equal_all_windows_at_once(shards: Shards, bars: int, stride: int):
    found = windows(shards, "train", bars, stride=stride)
    ids, tune, silent = all_at_once(shards, bars, stride)
    assert silent > 0
    np.testing.assert_array_equal(found.ids, ids)
    np.testing.assert_array_equal(found.tune, tune)
    np.testing.assert_array_equal(found.collection, tune % 2)
    assert found.dropped == {Reason.LONG_REST: silent}


def test_some_windows_are_those_of_all(shards: Shards):
    found = windows(shards, "train", 4)
    rows = np.random.default_rng(1).permutation(len(found))[:50]
    np.testing.assert_array_equal(found[rows], found.ids[rows])
    np.testing.assert_array_equal(found[3:9], found.ids[3:9])


def test_a_window_longer_than_all_tunes_is_an_error(shards: Shards):
    with pytest.raises(CorpusError, match="No validation tune of these shards has 4 bars"):
        windows(shards, "validation", 4)


def test_short_tunes_are_counted(shards: Shards):
    assert windows(shards, "train", BARS_A_TUNE, mid_phrase=True).dropped == {}
    assert windows(shards, "validation", 3, mid_phrase=True).tune.tolist() == [0, 1]


def peak_bytes(action: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("bars", [2, 16])
def test_reading_all_windows_takes_at_most_twice_their_memory(
    shards: Shards, bars: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("symvae.corpus.dataset.IDS_AT_ONCE", 2**12)  # the corpus is small, too
    found = windows(shards, "train", bars)
    size = found.ids.nbytes + found.start.nbytes
    assert size > 400_000
    assert peak_bytes(lambda: windows(shards, "train", bars).ids) < 2 * size


def test_training_batches_take_a_fraction_of_the_memory_of_all_windows(
    shards: Shards, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("symvae.corpus.dataset.IDS_AT_ONCE", 2**12)
    size = windows(shards, "train", 16).ids.nbytes

    def first_batches() -> None:
        batches = Batches(
            windows(shards, "train", 16), batch_size=32, transpose_by=6, tokenizer=shards.tokenizer, seed=0
        )
        for step in range(5):
            batches.batch(step)

    assert peak_bytes(first_batches) < size / 4


def test_batches_are_the_same_from_windows_and_from_their_ids(shards: Shards):
    found = windows(shards, "train", 4)
    choice = {"batch_size": 32, "transpose_by": 6, "tokenizer": shards.tokenizer, "seed": 5}
    mapped, in_memory = Batches(found, **choice), Batches(found.ids, **choice)
    for step in (0, 1, mapped.steps_per_epoch + 1):
        np.testing.assert_array_equal(mapped.batch(step), in_memory.batch(step))


def test_collections_are_drawn_by_a_power_of_their_sizes(shards: Shards):
    found = windows(shards, "train", 4)
    few = np.concatenate([np.flatnonzero(found.collection == 0), np.flatnonzero(found.collection == 1)[:500]])
    some = Windows(found.split, found.start[few], 4, found.tokenizer, False, found.dropped)
    order = drawn(len(some), some.weight(0.0), np.random.default_rng(0))
    assert len(order) == len(some)
    assert np.mean(some.collection[order] == 1) == pytest.approx(0.5, abs=0.01)
    assert some.weight(1.0) is None
    assert set(Counter(order[some.collection[order] == 0].tolist()).values()) == {1}

import numpy as np
import pytest
import torch

from symvae.config.run import DataConfig, ModelConfig, RunConfig
from symvae.errors import CorpusError
from symvae.evaluation.held_out import held_out, stands_in, without_key
from symvae.tokens.melody_grid import MelodyGrid
from symvae.training.data import training_phrases, training_windows

CONFIG = RunConfig(model=ModelConfig(bars=2))
MELODY = MelodyGrid()


def windows(*rows: list[int]) -> np.ndarray:
    return np.array(rows, np.uint8)[:, None]


def test_a_window_is_known_again_in_another_key() -> None:
    here = windows([40, 0, 44, 1])
    assert stands_in(windows([47, 0, 51, 1]), here, MELODY).tolist() == [True]


def test_other_intervals_and_other_rhythms_are_other_music() -> None:
    here = windows([40, 0, 44, 1])
    strangers = windows([40, 0, 45, 1], [40, 44, 0, 1], [40, 0, 44, 0], [0, 40, 0, 44])
    assert not stands_in(strangers, here, MELODY).any()


def test_silence_and_single_notes_have_a_key_free_form_too() -> None:
    assert without_key(windows([0, 0, 0]), MELODY).tolist() == [[0, 0, 0]]
    assert stands_in(windows([0, 9, 0]), windows([0, 80, 0]), MELODY).all()


def test_what_stands_in_train_is_left_out_and_counted(memory_shards) -> None:
    """The last test tune is a training tune moved: all its eleven windows go."""
    everything = held_out(memory_shards, CONFIG)
    assert len(everything.ids) == 7 * 7 + 11
    assert everything.known.sum() == 11
    fresh = everything.fresh()
    assert fresh.left_out == {"reels": 0, "hymns": 11}
    assert len(fresh.ids) == 7 * 7
    assert 7 not in fresh.tune
    assert fresh.collections == ("reels", "hymns")
    assert fresh.ids.dtype == torch.int64


def test_held_out_music_that_all_stands_in_train_measures_nothing(memory_shards) -> None:
    everything = held_out(memory_shards, CONFIG)
    with pytest.raises(CorpusError, match="Of 11 test windows only 0 do not also stand in train"):
        everything.take(np.flatnonzero(everything.known)).fresh()
    nothing = np.zeros((0, 2, 16), np.uint8)
    assert stands_in(nothing, training_windows(memory_shards, CONFIG), MELODY).shape == (0,)


def test_some_is_a_seeded_choice_in_order(memory_shards) -> None:
    taken = held_out(memory_shards, CONFIG)
    some = taken.some(10, seed=1)
    assert len(some.ids) == len(some.tune) == len(some.collection) == 10
    assert torch.equal(some.ids, taken.some(10, seed=1).ids)
    assert not torch.equal(some.ids, taken.some(10, seed=2).ids)
    assert (np.diff(some.tune) >= 0).all()
    assert taken.some(None, 0) is taken
    assert taken.some(10_000, 0) is taken


def test_training_phrases_are_training_windows_in_any_key(memory_shards) -> None:
    phrases = training_phrases(memory_shards, CONFIG, 100, seed=0)
    known = training_windows(memory_shards, CONFIG)
    assert phrases.shape == (100, 2, 16)
    assert stands_in(phrases.numpy().astype(np.uint8), known, MELODY).all()
    as_they_are = {row.tobytes() for row in known}
    moved = [row.tobytes() not in as_they_are for row in phrases.numpy().astype(np.uint8)]
    assert np.mean(moved) > 0.8


def test_without_transposition_they_stay_in_their_key(memory_shards) -> None:
    config = RunConfig(model=ModelConfig(bars=2), data=DataConfig(transpose=0))
    known = {row.tobytes() for row in training_windows(memory_shards, config)}
    phrases = training_phrases(memory_shards, config, 50, seed=0).numpy().astype(np.uint8)
    assert all(row.tobytes() in known for row in phrases)

"""Held-out windows: what is excluded, drawn and counted."""

import numpy as np
import pytest
import torch

from symvae.config.run import DataConfig, ModelConfig, RunConfig
from symvae.errors import CorpusError
from symvae.evaluation.held_out import held_out
from symvae.evaluation.metrics.memorization import occurs_in
from symvae.tokens.melody_grid import MelodyGrid
from symvae.training.data import training_phrases, training_windows

CONFIG = RunConfig(model=ModelConfig(bars=2))
MELODY = MelodyGrid()


def test_windows_that_occur_in_the_training_set_are_excluded_and_counted(memory_shards) -> None:
    """The last test tune is a transposed training tune: all its eleven windows are excluded."""
    everything = held_out(memory_shards, CONFIG)
    assert len(everything.ids) == 7 * 7 + 11
    assert everything.in_training.sum() == 11
    unseen = everything.unseen()
    assert unseen.excluded == {"reels": 0, "hymns": 11}
    assert len(unseen.ids) == 7 * 7
    assert 7 not in unseen.tune
    assert unseen.collections == ("reels", "hymns")
    assert unseen.ids.dtype == torch.int64


def test_a_split_that_occurs_in_the_training_set_is_refused(memory_shards) -> None:
    everything = held_out(memory_shards, CONFIG)
    with pytest.raises(CorpusError) as refused:
        everything.take(np.flatnonzero(everything.in_training)).unseen()
    assert str(refused.value) == (
        "Of 11 test windows only 0 do not also occur in the training set, too few to measure a model."
        " Prepare more music, or music that repeats less."
    )


def test_draws_are_seeded_and_keep_the_order(memory_shards) -> None:
    everything = held_out(memory_shards, CONFIG)
    few = everything.draw(10, seed=1)
    assert len(few.ids) == len(few.tune) == len(few.collection) == 10
    assert torch.equal(few.ids, everything.draw(10, seed=1).ids)
    assert not torch.equal(few.ids, everything.draw(10, seed=2).ids)
    assert (np.diff(few.tune) >= 0).all()
    assert everything.draw(None, 0) is everything
    assert everything.draw(10_000, 0) is everything


def test_training_phrases_are_training_windows_in_any_key(memory_shards) -> None:
    phrases = training_phrases(memory_shards, CONFIG, 100, seed=0)
    training = training_windows(memory_shards, CONFIG)
    assert phrases.shape == (100, 2, 16)
    assert occurs_in(phrases.numpy().astype(np.uint8), training, MELODY).all()
    rows = {row.tobytes() for row in training}
    moved = [row.tobytes() not in rows for row in phrases.numpy().astype(np.uint8)]
    assert np.mean(moved) > 0.8


def test_without_transposition_training_phrases_keep_their_key(memory_shards) -> None:
    config = RunConfig(model=ModelConfig(bars=2), data=DataConfig(transpose=0))
    rows = {row.tobytes() for row in training_windows(memory_shards, config)}
    phrases = training_phrases(memory_shards, config, 50, seed=0).numpy().astype(np.uint8)
    assert all(row.tobytes() in rows for row in phrases)

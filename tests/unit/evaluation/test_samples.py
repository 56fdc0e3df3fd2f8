import numpy as np
import pytest
import torch

from symvae.attributes.table import measure
from symvae.evaluation.batching import encode
from symvae.evaluation.held_out import held_out
from symvae.evaluation.metrics.memorization import KnownRuns
from symvae.evaluation.samples import (
    FEATURES,
    LONG_FEATURES,
    OVERLAPPED,
    LongPhrases,
    compare,
    onset_histogram,
    prior_samples,
)
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.training.data import training_windows


@pytest.fixture(scope="module")
def windows(perfect, memory_shards):
    return held_out(memory_shards, perfect.config).fresh()


@pytest.fixture(scope="module")
def training(perfect, memory_shards) -> np.ndarray:
    return training_windows(memory_shards, perfect.config)


def test_real_music_passes_for_real_music(perfect, windows, training) -> None:
    real = measure(perfect.to_phrases(windows.ids), FEATURES)
    figures = compare(perfect, windows.ids, real, training)
    assert figures["decodes"] == len(windows.ids)
    assert figures["silent"] == 0
    assert figures["stands_in_train"] == 0
    for name in FEATURES:
        feature = figures["features"][name]
        assert feature["overlapped_area"] == pytest.approx(1)
        assert feature["mean"] == pytest.approx(real[name].mean())


def test_learned_by_heart_is_noticed_in_any_key(perfect, windows, training) -> None:
    real = measure(perfect.to_phrases(windows.ids), FEATURES)
    higher = torch.from_numpy(np.where(training >= 2, training + 1, training).astype(np.int64))[:50]
    assert compare(perfect, higher, real, training)["stands_in_train"] == 1


def test_nonsense_is_told_from_music(perfect, windows, training) -> None:
    real = measure(perfect.to_phrases(windows.ids), FEATURES)
    nonsense = torch.randint(90, (200, 2, 16), generator=torch.Generator().manual_seed(0))
    figures = compare(perfect, nonsense, real, training)
    assert figures["decodes"] == 200  # any ids say something
    assert figures["canonical"] < 1
    assert figures["features"]["mean_interval"]["overlapped_area"] < 0.1
    assert figures["features"]["mean_interval"]["mean"] > 2 * real["mean_interval"].mean()


def test_ids_that_no_tokenizer_reads_are_counted_and_not_drawn_again(perfect, windows, training) -> None:
    real = measure(perfect.to_phrases(windows.ids), FEATURES)
    broken = windows.ids[:10].clone()
    broken[:4, 0, 0] = 99
    assert compare(perfect, broken, real, training)["decodes"] == 6


def test_a_prior_at_the_phrases_is_better_than_one_that_knows_nothing(
    perfect, windows, training, still
) -> None:
    """The learned prior draws exactly the first held-out phrase; the other one numbers around middle C."""
    center = encode(perfect, windows.ids[:1]).mean
    at_a_phrase = still(center)
    figures = prior_samples(perfect, windows, training, {"learned": at_a_phrase}, samples=60)
    assert figures["samples"] == 60
    assert figures["learned"]["canonical"] == 1
    first = measure(perfect.to_phrases(windows.ids[:1]), ["onset_density"])["onset_density"][0]
    assert figures["learned"]["features"]["onset_density"]["mean"] == pytest.approx(first)
    assert figures["gaussian"]["features"]["onset_density"]["mean"] > 0.9
    assert 0 < figures["real_halves"]["onset_density"] <= 1


def test_a_model_that_always_holds_is_all_silence(holding, windows, training, still) -> None:
    prior = still(torch.zeros(1, 32))
    figures = prior_samples(holding, windows, training, {"learned": prior}, samples=30)
    assert figures["learned"]["silent"] == figures["gaussian"]["silent"] == 30
    assert figures["learned"]["features"]["rest_share"]["mean"] == 1


def test_short_phrases_are_asked_nothing_more(perfect, windows, training, still) -> None:
    """What was written of them stays what is measured of them."""
    prior = still(encode(perfect, windows.ids[:1]).mean)
    figures = prior_samples(perfect, windows, training, {"learned": prior}, samples=20)
    whole = {"samples", "real_phrases", "seed", "temperature", "real", "real_halves", "learned", "gaussian"}
    assert set(figures) == whole
    assert tuple(figures["real"]) == tuple(figures["real_halves"]) == FEATURES
    assert set(figures["learned"]) == {"decodes", "silent", "canonical", "stands_in_train", "features"}
    assert tuple(figures["learned"]["features"]) == FEATURES


@pytest.fixture(scope="module")
def long_figures(perfect_long, memory_shards, still) -> dict:
    """One prior that draws a training window in another key and one that draws a held-out one."""
    training = training_windows(memory_shards, perfect_long.config)
    windows = held_out(memory_shards, perfect_long.config)
    higher = torch.from_numpy(np.where(training[:1] >= 2, training[:1] + 2, training[:1]).astype(np.int64))
    assert not windows.known[0]
    priors = {
        "by_heart": still(encode(perfect_long, higher).mean),
        "learned": still(encode(perfect_long, windows.ids[:1]).mean),
    }
    return prior_samples(perfect_long, windows, training, priors, samples=200)


def test_long_phrases_learned_by_heart_are_noticed(long_figures) -> None:
    assert long_figures["by_heart"]["runs_in_train"] == 1
    assert long_figures["learned"]["runs_in_train"] == long_figures["gaussian"]["runs_in_train"] == 0
    # Of eight test tunes one is a training tune of which seven windows are cut, of the others three each.
    assert long_figures["real_runs_in_train"] == pytest.approx(7 / (7 + 7 * 3))


def test_long_phrases_are_compared_in_where_notes_start_and_how_bars_return(long_figures) -> None:
    assert tuple(long_figures["real"]) == LONG_FEATURES
    for part in ("by_heart", "learned", "gaussian"):
        figures = long_figures[part]
        areas = {name: figures["features"][name]["overlapped_area"] for name in LONG_FEATURES}
        areas["onset_histogram"] = figures["onset_histogram"]
        assert 0 < figures["onset_histogram"] < 1
        assert figures["overlapped_area_mean"] == pytest.approx(np.mean([areas[name] for name in OVERLAPPED]))
    halves = long_figures["real_halves"]
    assert halves["onset_histogram"] > 0.8
    assert halves["overlapped_area_mean"] == pytest.approx(np.mean([halves[name] for name in OVERLAPPED]))


def test_real_long_music_passes_for_real_music(perfect_long, memory_shards) -> None:
    ids = held_out(memory_shards, perfect_long.config).ids
    phrases = perfect_long.to_phrases(ids)
    real = measure(phrases, LONG_FEATURES)
    training = training_windows(memory_shards, perfect_long.config)
    long = LongPhrases(onset_histogram(phrases), KnownRuns(training, perfect_long.tokenizer))
    figures = compare(perfect_long, ids, real, training, long)
    assert figures["onset_histogram"] == figures["overlapped_area_mean"] == pytest.approx(1)


def test_silence_starts_no_note_anywhere() -> None:
    assert onset_histogram([Phrase(Grid.of_metre("3/4", 4))]).tolist() == [0] * 12

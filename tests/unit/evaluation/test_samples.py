"""Prior samples of models with known answers."""

import numpy as np
import pytest
import torch

from symvae.attributes.table import measure
from symvae.evaluation.forms import form_figures
from symvae.evaluation.held_out import held_out
from symvae.evaluation.metrics.memorization import TrainingRuns
from symvae.evaluation.result import as_json
from symvae.evaluation.sample_set import (
    FEATURES,
    LONG_FEATURES,
    OVERLAPPED,
    LongReference,
    compare,
    onset_histogram,
)
from symvae.evaluation.samples import PriorSamples, prior_samples, tables
from symvae.music.grid import Grid
from symvae.music.phrase import Phrase
from symvae.training.data import training_windows


@pytest.fixture(scope="module")
def windows(perfect, memory_shards):
    return held_out(memory_shards, perfect.config).unseen()


@pytest.fixture(scope="module")
def training(perfect, memory_shards) -> np.ndarray:
    return training_windows(memory_shards, perfect.config)


def test_real_music_overlaps_completely_with_itself(perfect, windows, training) -> None:
    real = measure(perfect.codec.to_phrases(windows.ids), FEATURES)
    figures = compare(perfect, windows.ids, real, training)
    assert figures.decodes == len(windows.ids)
    assert figures.silent == 0
    assert figures.stands_in_train == 0
    for name in FEATURES:
        feature = figures.features[name]
        assert feature.overlapped_area == pytest.approx(1)
        assert feature.mean == pytest.approx(real[name].mean())


def test_memorized_windows_are_counted_in_any_key(perfect, windows, training) -> None:
    real = measure(perfect.codec.to_phrases(windows.ids), FEATURES)
    higher = torch.from_numpy(np.where(training >= 2, training + 1, training).astype(np.int64))[:50]
    assert compare(perfect, higher, real, training).stands_in_train == 1


def test_random_ids_differ_from_music(perfect, windows, training) -> None:
    real = measure(perfect.codec.to_phrases(windows.ids), FEATURES)
    noise = torch.randint(90, (200, 2, 16), generator=torch.Generator().manual_seed(0))
    figures = compare(perfect, noise, real, training)
    assert figures.decodes == 200  # any ids decode
    assert figures.canonical < 1
    assert figures.features["mean_interval"].overlapped_area < 0.1
    assert figures.features["mean_interval"].mean > 2 * real["mean_interval"].mean()


def test_undecodable_ids_are_counted_and_not_redrawn(perfect, windows, training) -> None:
    real = measure(perfect.codec.to_phrases(windows.ids), FEATURES)
    broken = windows.ids[:10].clone()
    broken[:4, 0, 0] = 99
    assert compare(perfect, broken, real, training).decodes == 6


def test_a_prior_at_a_real_phrase_beats_the_gaussian(perfect, windows, training, still) -> None:
    """The learned prior is a point at the first held-out phrase; the Gaussian decodes to noise."""
    center = perfect.codec.encode_ids(windows.ids[:1]).mean
    at_a_phrase = still(center)
    figures = prior_samples(perfect, windows, training, {"learned": at_a_phrase}, samples=60)
    assert figures.samples == 60
    assert figures.priors["learned"].canonical == 1
    first = measure(perfect.codec.to_phrases(windows.ids[:1]), ["onset_density"])["onset_density"][0]
    assert figures.priors["learned"].features["onset_density"].mean == pytest.approx(first)
    assert figures.priors["gaussian"].features["onset_density"].mean > 0.9
    assert 0 < figures.real_halves["onset_density"] <= 1


def test_a_model_that_always_holds_is_silent(holding, windows, training, still) -> None:
    prior = still(torch.zeros(1, 32))
    figures = prior_samples(holding, windows, training, {"learned": prior}, samples=30)
    assert figures.priors["learned"].silent == figures.priors["gaussian"].silent == 30
    assert figures.priors["learned"].features["rest_share"].mean == 1


def test_short_phrases_have_no_figures_of_long_ones(perfect, windows, training, still) -> None:
    """metrics.json of short models has these keys and no others."""
    prior = still(perfect.codec.encode_ids(windows.ids[:1]).mean)
    figures = as_json(prior_samples(perfect, windows, training, {"learned": prior}, samples=20))
    whole = {"samples", "real_phrases", "seed", "temperature", "real", "real_halves", "learned", "gaussian"}
    assert set(figures) == whole
    assert tuple(figures["real"]) == tuple(figures["real_halves"]) == FEATURES
    assert set(figures["learned"]) == {"decodes", "silent", "canonical", "stands_in_train", "features"}
    assert tuple(figures["learned"]["features"]) == FEATURES


@pytest.fixture(scope="module")
def long_figures(perfect_long, memory_shards, still) -> PriorSamples:
    """One prior draws a transposed training window, the other one a held-out window."""
    training = training_windows(memory_shards, perfect_long.config)
    windows = held_out(memory_shards, perfect_long.config)
    higher = torch.from_numpy(np.where(training[:1] >= 2, training[:1] + 2, training[:1]).astype(np.int64))
    assert not windows.in_training[0]
    priors = {
        "memorized": still(perfect_long.codec.encode_ids(higher).mean),
        "learned": still(perfect_long.codec.encode_ids(windows.ids[:1]).mean),
    }
    return prior_samples(perfect_long, windows, training, priors, samples=200)


def test_memorized_long_phrases_are_counted(long_figures) -> None:
    assert long_figures.priors["memorized"].runs_in_train == 1
    assert long_figures.priors["learned"].runs_in_train == long_figures.priors["gaussian"].runs_in_train == 0
    # Of eight test tunes one is a training tune of which seven windows are cut, of the others three each.
    assert long_figures.real_runs_in_train == pytest.approx(7 / (7 + 7 * 3))


def test_long_phrases_are_compared_by_onset_positions_and_bar_similarity(long_figures) -> None:
    assert tuple(long_figures.real) == LONG_FEATURES
    for part in ("memorized", "learned", "gaussian"):
        figures = long_figures.priors[part]
        areas = {name: figures.features[name].overlapped_area for name in LONG_FEATURES}
        areas["onset_histogram"] = figures.onset_histogram
        assert 0 < figures.onset_histogram < 1
        assert figures.overlapped_area_mean == pytest.approx(np.mean([areas[name] for name in OVERLAPPED]))
    halves = long_figures.real_halves
    assert halves["onset_histogram"] > 0.8
    assert halves["overlapped_area_mean"] == pytest.approx(np.mean([halves[name] for name in OVERLAPPED]))


def test_forms_and_endings_are_those_of_the_draws(long_figures) -> None:
    """A prior at one phrase knows one form; real endings are those of windows that end their tune."""
    assert len(long_figures.priors["learned"].forms.shares) == 1
    assert sum(long_figures.real_forms.shares.values()) == pytest.approx(1)
    assert 0 <= long_figures.priors["gaussian"].forms.total_variation <= 1
    text = tables(as_json(long_figures))
    assert "forms, total variation from real" in text
    assert "ends with a cadence" in text


def test_real_long_music_overlaps_completely_with_itself(perfect_long, memory_shards) -> None:
    ids = held_out(memory_shards, perfect_long.config).ids
    phrases = perfect_long.codec.to_phrases(ids)
    real = measure(phrases, LONG_FEATURES)
    training = training_windows(memory_shards, perfect_long.config)
    forms = form_figures(phrases)
    long = LongReference(onset_histogram(phrases), TrainingRuns(training, perfect_long.tokenizer), forms)
    figures = compare(perfect_long, ids, real, training, long)
    assert figures.onset_histogram == figures.overlapped_area_mean == pytest.approx(1)
    assert figures.forms.total_variation == 0
    assert figures.forms.shares == forms.shares


def test_the_onset_histogram_of_silence_is_empty() -> None:
    assert onset_histogram([Phrase(Grid.of_metre("3/4", 4))]).tolist() == [0] * 12

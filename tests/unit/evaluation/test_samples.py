import numpy as np
import pytest
import torch

from symvae.attributes.table import measure
from symvae.evaluation.held_out import held_out, training_windows
from symvae.evaluation.passes import encode
from symvae.evaluation.samples import FEATURES, compare, prior_samples


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
    centre = encode(perfect, windows.ids[:1]).mean
    at_a_phrase = still(centre)
    figures = prior_samples(perfect, windows, training, {"learned": at_a_phrase}, samples=60)
    assert figures["samples"] == 60
    assert figures["learned"]["canonical"] == 1
    first = measure(perfect.to_phrases(windows.ids[:1]), ["note_density"])["note_density"][0]
    assert figures["learned"]["features"]["note_density"]["mean"] == pytest.approx(first)
    assert figures["gaussian"]["features"]["note_density"]["mean"] > 0.9
    assert 0 < figures["real_halves"]["note_density"] <= 1


def test_a_model_that_always_holds_is_all_silence(holding, windows, training, still) -> None:
    prior = still(torch.zeros(1, 32))
    figures = prior_samples(holding, windows, training, {"learned": prior}, samples=30)
    assert figures["learned"]["silent"] == figures["gaussian"]["silent"] == 30
    assert figures["learned"]["features"]["rest_share"]["mean"] == 1

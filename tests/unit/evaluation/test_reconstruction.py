import math

import pytest
import torch

from symvae.evaluation.held_out import held_out
from symvae.evaluation.reconstruction import reconstruction


@pytest.fixture(scope="module")
def windows(perfect, memory_shards):
    return held_out(memory_shards, perfect.config).unseen()


def test_a_perfect_model_is_correct_everywhere(perfect, windows) -> None:
    figures = reconstruction(perfect, windows)
    for part in (figures.all, *figures.collections.values()):
        for way in ("forced", "mean", "sample"):
            scores = getattr(part, way)
            assert (scores.token, scores.onset, scores.exact, scores.token_se) == (1, 1, 1, 0)


def test_a_model_that_always_holds_equals_the_baseline(holding, windows) -> None:
    figures = reconstruction(holding, windows).all
    assert figures.mean == figures.sample == figures.forced == figures.always_hold
    assert figures.mean.token == (windows.ids == 0).float().mean().item()
    assert (figures.mean.onset, figures.mean.exact) == (0, 0)


def test_the_divergence_is_in_nats_per_phrase(perfect, windows) -> None:
    figures = reconstruction(perfect, windows)
    expected = perfect.codec.encode_ids(windows.ids).kl_nats().sum(1)
    assert math.isclose(figures.all.kl_nats, expected.mean(), rel_tol=1e-5)
    in_reels = torch.from_numpy(windows.collection == 0)
    assert math.isclose(figures.collections["reels"].kl_nats, expected[in_reels].mean(), rel_tol=1e-5)


def test_windows_are_counted_by_collection(perfect, windows) -> None:
    figures = reconstruction(perfect, windows)
    assert figures.all.windows == sum(part.windows for part in figures.collections.values()) == 49
    assert figures.all.tunes == 7
    assert figures.stands_in_train == {"all": 11, "reels": 0, "hymns": 11}


def test_a_coordinate_that_never_varies_is_not_active(perfect, windows) -> None:
    """Five positions are the same in all phrases, and so are their coordinates of z."""
    same = windows._replace(ids=windows.ids.clone())
    same.ids[:, 0, :5] = 0
    figures = reconstruction(perfect, same)
    assert figures.active_dimensions == 32 - 5
    assert figures.latent_size == 32


def test_samples_are_seeded(perfect, windows) -> None:
    first, again = (reconstruction(perfect, windows, seed=3) for _ in range(2))
    assert first == again

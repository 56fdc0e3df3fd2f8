import numpy as np
import pytest
import torch

from symvae.errors import CorpusError
from symvae.evaluation.held_out import held_out
from symvae.evaluation.interpolation import (
    PATHS,
    choose_pairs,
    hamming_share,
    interpolation,
    path_figures,
    tables,
    token_mixture,
)
from symvae.tokens.ngram import NGram
from symvae.training.data import training_windows


@pytest.fixture(scope="module")
def language(perfect, memory_shards) -> NGram:
    return NGram.fit(training_windows(memory_shards, perfect.config), pitch_ids=(2, 89), vocabulary_size=90)


A = torch.tensor([[[10, 0, 0, 20]]])
B = torch.tensor([[[11, 0, 5, 25]]])


def test_the_distance_is_relative_to_that_between_the_ends() -> None:
    """A and B differ at three positions; a token that matches neither counts as different from A."""
    path = torch.tensor([[[[10, 0, 0, 20]]], [[[11, 0, 0, 20]]], [[[11, 0, 7, 20]]], [[[11, 0, 5, 25]]]])
    assert hamming_share(path, A, B)[:, 0].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_an_even_path_is_straight(language) -> None:
    even = torch.tensor([[[[10, 0, 0, 20]]], [[[11, 0, 0, 20]]], [[[11, 0, 5, 20]]], [[[11, 0, 5, 25]]]])
    figures = path_figures(even, A, B, language)
    assert figures.curve_deviation == pytest.approx(0)
    assert figures.pair_deviation == pytest.approx(0)


def test_a_jump_is_not_straight(language) -> None:
    """Its deviations are 0, 1/4, 1/2 (the jump), 1/4 and 0."""
    jump = torch.stack([A, A, A, B, B])
    assert path_figures(jump, A, B, language).curve_deviation == pytest.approx(1 / 5)


def test_opposite_jumps_are_straight_on_average_only(language) -> None:
    early, late = torch.stack([A, B, B]), torch.stack([A, A, B])
    a, b = A.repeat(2, 1, 1), B.repeat(2, 1, 1)
    figures = path_figures(torch.cat([early, late], dim=1), a, b, language)
    assert figures.curve_deviation == pytest.approx(0)
    assert figures.pair_deviation == pytest.approx(1 / 6)


def test_a_detour_through_noise_costs_more_than_its_ends(perfect, memory_shards, language) -> None:
    ids = held_out(memory_shards, perfect.config).unseen().ids
    a, b = ids[:10], ids[10:20]
    noise = torch.randint(90, a.shape, generator=torch.Generator().manual_seed(0))
    figures = path_figures(torch.stack([a, noise, b]), a, b, language)
    assert figures.middle_over_ends > 0.5
    assert figures.highest_over_ends == figures.middle_over_ends
    flat = path_figures(torch.stack([a, a, a]), a, b, language)
    assert flat.middle_over_ends == pytest.approx(0)


def test_the_data_space_baseline_is_straight_and_has_both_ends(perfect, memory_shards) -> None:
    ids = held_out(memory_shards, perfect.config).unseen().ids
    first, second = choose_pairs(ids, 300, seed=0)
    a, b = ids[first], ids[second]
    path = token_mixture(a, b, 11, seed=0)
    assert torch.equal(path[0], a)
    assert torch.equal(path[-1], b)
    assert np.abs(hamming_share(path, a, b).mean(1) - np.linspace(0, 1, 11)).max() < 0.03


def test_pairs_differ_and_are_seeded() -> None:
    ids = torch.tensor([[[1]], [[1]], [[2]]])
    first, second = choose_pairs(ids, 50, seed=0)
    assert (ids[first] != ids[second]).all()
    assert all(torch.equal(x, y) for x, y in zip(choose_pairs(ids, 50, seed=0), (first, second), strict=True))


@pytest.mark.parametrize("phrases", [0, 1, 3])
def test_equal_phrases_make_no_pair(phrases: int) -> None:
    with pytest.raises(CorpusError, match=f"No two of these {phrases} held-out phrases differ"):
        choose_pairs(torch.ones((phrases, 1, 1), dtype=torch.int64), 50, seed=0)


@pytest.fixture(scope="module")
def measured(perfect, memory_shards):
    windows = held_out(memory_shards, perfect.config).unseen()
    return interpolation(perfect, windows, memory_shards, pairs=20, steps=5)


def test_all_paths_of_a_perfect_model_reach_both_ends(measured) -> None:
    assert measured.pairs == 20
    assert list(measured.paths) == list(PATHS)
    costs = [figures.nats_per_token for figures in measured.paths.values()]
    for figures in measured.paths.values():
        assert figures.distance_to_a[0] == 0
        assert figures.distance_to_a[-1] == 1
    assert all(cost[0] == pytest.approx(costs[0][0]) for cost in costs)


def test_the_searched_path_is_straight_and_never_stands_still(measured) -> None:
    search, slerp = measured.paths["search"], measured.paths["slerp"]
    assert search.curve_deviation < 0.1 < slerp.curve_deviation
    assert search.unchanged_steps == 0
    assert search.largest_step < slerp.largest_step


def test_pasting_one_end_into_the_other_makes_no_new_bar(language) -> None:
    a, b = torch.tensor([[[10, 0, 0, 20], [12, 0, 0, 0]]]), torch.tensor([[[11, 0, 5, 25], [14, 0, 0, 0]]])
    pasted = torch.cat([a[:, :1], b[:, 1:]], dim=1)
    assert path_figures(torch.stack([a, pasted, b]), a, b, language).new_bars == 0
    assert path_figures(torch.stack([a, b - 1, b]), a, b, language).new_bars == 1


def test_a_model_that_always_holds_does_not_move(holding, memory_shards) -> None:
    windows = held_out(memory_shards, holding.config).unseen()
    slerp = interpolation(holding, windows, memory_shards, pairs=20, steps=5).paths["slerp"]
    assert slerp.distance_to_a == pytest.approx([slerp.distance_to_a[0]] * 5)
    assert slerp.curve_deviation > 0.2


def test_figures_of_an_earlier_release_have_no_table() -> None:
    assert tables({"pairs": 3, "latent": {}, "data_space": {}}) == ""

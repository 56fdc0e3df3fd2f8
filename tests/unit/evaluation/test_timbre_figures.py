"""Figures of the latent space of timbres and of paths through it: cases with a known answer."""

import numpy as np
import pytest
import torch

from symvae.evaluation.excerpts import swap_pairs
from symvae.evaluation.morphs import POSITIONS, cross_fade
from symvae.evaluation.timbre_paths import (
    PAIRS,
    largest_step,
    mean_decay_off_db,
    pairs_among,
)
from symvae.evaluation.timbre_space import informative_dimensions, nearest, timbre_space


def test_informative_dimensions_are_those_that_vary():
    rng = np.random.default_rng(0)
    directions = np.linalg.qr(rng.normal(size=(16, 16)))[0][:5]
    latents = rng.normal(size=(500, 5)) @ directions + 7.0
    assert informative_dimensions(latents, 0.999) == 5
    assert informative_dimensions(latents, 0.5) <= 3


def test_one_strong_direction_is_one_dimension_and_a_constant_none():
    rng = np.random.default_rng(0)
    latents = rng.normal(size=(500, 4)) * [10.0, 0.1, 0.1, 0.1]
    assert informative_dimensions(latents, 0.95) == 1
    assert informative_dimensions(np.ones((10, 4)), 0.95) == 0


def test_the_nearest_timbre_gives_the_instrument():
    known = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    found = nearest(np.array([[0.5, 0.1], [3.0, 0.2], [-1.0, 9.0]]), known, np.array([2, 0, 1]))
    assert found.tolist() == [2, 0, 1]


def test_separated_instruments_are_recognized():
    rng = np.random.default_rng(0)
    instrument = np.repeat([0, 1], 50)
    latents = np.column_stack(
        [6.0 * instrument + rng.normal(size=100) * 0.1, rng.normal(size=(100, 3)) * 0.1]
    )
    kl_nats = np.tile([3.0, 0.0, 0.0, 0.01], (100, 1))
    space = timbre_space(latents, kl_nats, instrument, [(0, np.zeros(4)), (1, np.array([6.0, 0, 0, 0]))])
    assert space.nearest == 1.0
    assert space.active == 1
    assert space.kl_nats == pytest.approx(3.01)
    assert space.informative["0.95"] == 1


def test_an_even_path_has_steps_of_a_tenth_and_a_jump_a_step_of_one():
    even = torch.tensor(POSITIONS)[:, None, None, None].expand(-1, 2, 5, 3)
    assert largest_step(even) == pytest.approx(0.1, rel=1e-3)
    assert largest_step((even > 0.45).float()) == pytest.approx(1.0)
    assert largest_step(torch.zeros_like(even)) == 0.0


def test_a_cross_fade_has_the_ends_of_the_path_and_their_mean():
    path = torch.randn(len(POSITIONS), 3, 100, generator=torch.Generator().manual_seed(0))
    faded = cross_fade(path)
    torch.testing.assert_close(faded[0], path[0])
    torch.testing.assert_close(faded[-1], path[-1])
    torch.testing.assert_close(faded[5], (path[0] + path[-1]) / 2)


def test_the_pairs_cover_all_instruments():
    from symvae.config.sound import PROGRAMS

    assert len(PAIRS) == 10
    assert {name for pair in PAIRS for name in pair} == set(PROGRAMS)
    assert pairs_among(["piano", "strings", "bass"]) == [("piano", "strings")]
    assert pairs_among(["piano", "bass", "flute"]) == [
        ("piano", "bass"),
        ("piano", "flute"),
        ("bass", "flute"),
    ]


def test_pairs_are_swapped():
    assert swap_pairs(torch.arange(6.0)).tolist() == [1, 0, 3, 2, 5, 4]


def test_the_decay_deviation_is_the_mean_over_notes():
    rate, time_sec = 8000, torch.arange(16_000) / 8000
    tone = torch.sin(2 * torch.pi * 440 * time_sec)
    flat, decaying, between = (tone * torch.exp(-slope * time_sec) for slope in (0.0, 3.0, 1.5))
    start, end = torch.stack([flat, flat]), torch.stack([decaying, decaying])
    assert mean_decay_off_db(torch.stack([between, between]), start, end, rate) == pytest.approx(0, abs=0.1)
    half = mean_decay_off_db(torch.stack([between, flat]), start, end, rate)
    assert half == pytest.approx(mean_decay_off_db(start, start, end, rate) / 2, abs=0.1)

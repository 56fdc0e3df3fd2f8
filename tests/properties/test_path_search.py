"""Laws of the lattice and of the search through it, on random ids and a language model of random costs."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symvae.errors import LatentError
from symvae.latent.lattice import Lattice, Leap
from symvae.latent.path_search import Alphabet, search_path

VOCABULARY, UNIT, POSITIONS = 4, 2, 4


def language(seed: int, order: int = 2):
    """A cost for each n-gram, by chance; the vocabulary's size is the start mark."""
    table = np.random.default_rng(seed).uniform(0, 3, (VOCABULARY + 1,) * order)
    return lambda grams: table[tuple(np.asarray(grams).T)]


def alphabet(seed: int) -> Alphabet:
    """Ids 0 and 1 hold and rest, 2 and 3 start notes."""
    ids = np.arange(VOCABULARY)
    return Alphabet(ids >= 2, ids % 12, language(seed), 2, lambda rows: rows)


def rows_of(seed: int, count: int, bars: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, VOCABULARY, (count, bars, POSITIONS))


@given(seed=st.integers(0, 10**6), count=st.integers(1, 3), bars=st.integers(1, 2), order=st.integers(1, 3))
@settings(max_examples=30)
def test_the_best_sequence_is_the_cheapest_of_all(seed, count, bars, order) -> None:
    rng, rows = np.random.default_rng(seed), rows_of(seed, count, bars)
    nats = language(seed, order)
    lattice = Lattice(rows, unit=UNIT, nats=nats, order=order, start_mark=VOCABULARY)
    reference = rows_of(seed + 1, 1, bars)[0]
    weights, line, changes = rng.uniform(0, 2, 3), 1.5, rng.uniform(0, POSITIONS, bars)
    unit_cost = [rng.uniform(0, 2, (3, len(units))) for units in lattice.units]

    def cost(chosen: tuple[int, ...]) -> np.ndarray:
        parts = [units[index] for units, index in zip(lattice.units, chosen, strict=True)]
        flat = np.concatenate([np.full(order - 1, VOCABULARY), *parts])
        spoken = nats(np.lib.stride_tricks.sliding_window_view(flat, order)).sum()
        changed = (flat[order - 1 :].reshape(bars, -1) != reference).sum(1)
        single = sum(each[:, index] for each, index in zip(unit_cost, chosen, strict=True))
        return weights * spoken + single + line * np.abs(changed - changes).sum()

    every = {
        np.concatenate([u[i] for u, i in zip(lattice.units, chosen, strict=True)]).tobytes(): cost(chosen)
        for chosen in product(*(range(len(units)) for units in lattice.units))
    }
    best = lattice.best(reference, changes, unit_cost, weights, line)
    least = np.min(list(every.values()), axis=0)
    found = [every[sequence.ravel().tobytes()][variant] for variant, sequence in enumerate(best)]
    np.testing.assert_allclose(found, least)


@given(seed=st.integers(0, 10**6), count=st.integers(1, 3), bars=st.integers(1, 2))
@settings(max_examples=30)
def test_a_leap_costs_over_any_number_of_units_without_events(seed, count, bars) -> None:
    rows, nats = rows_of(seed, count, bars), language(seed)
    rows[:, :, :UNIT] = 0  # the first beat of each bar holds
    leap = Leap(np.arange(VOCABULARY) >= 2, lambda first, second: 1.7 * np.abs(first - second))
    setting = {"unit": UNIT, "nats": nats, "order": 2, "start_mark": VOCABULARY}
    plain, lattice = Lattice(rows, **setting), Lattice(rows, **setting, leap=leap)
    reference, changes, line = rows_of(seed + 1, 1, bars)[0], np.full(bars, 1.0), 1.5

    def cost(flat: np.ndarray) -> float:
        events = flat[flat >= 2]
        spoken = nats(np.lib.stride_tricks.sliding_window_view(np.append(VOCABULARY, flat), 2)).sum()
        changed = (flat.reshape(bars, -1) != reference).sum(1)
        return spoken + 1.7 * np.abs(np.diff(events)).sum() + line * np.abs(changed - changes).sum()

    free = [np.zeros((1, len(units))) for units in lattice.units]
    (best,) = lattice.best(reference, changes, free, np.ones(1), line)
    every = (np.concatenate(parts) for parts in product(*plain.units))
    assert cost(best.ravel()) == pytest.approx(min(map(cost, every)))


def test_units_that_fit_no_bar_and_long_contexts_are_refused() -> None:
    for unit, order in ((3, 2), (2, 4)):
        with pytest.raises(LatentError, match=f"A unit of {unit} tokens fits neither"):
            Lattice(rows_of(0, 2, 1), unit=unit, nats=language(0, order), order=order, start_mark=VOCABULARY)


@given(seed=st.integers(0, 10**6), steps=st.integers(2, 6), bars=st.integers(1, 2), noise=st.booleans())
@settings(max_examples=30)
def test_a_path_has_its_ends_and_no_two_equal_neighbors(seed, steps, bars, noise) -> None:
    start, end, *candidates = rows_of(seed, 6, bars)
    found = search_path(
        start,
        end,
        np.stack(candidates),
        steps,
        alphabet=alphabet(seed),
        unit=UNIT,
        noise=np.random.default_rng(seed) if noise else None,
    )
    assert (found.ids[0] == start).all()
    assert (found.ids[-1] == end).all()
    changed = (found.ids != start).sum((1, 2))
    np.testing.assert_allclose(found.distance * (start != end).sum(), changed)
    np.testing.assert_allclose(found.nats_per_token, alphabet(seed).nats_per_token(found.ids))
    # Each beat is that of a candidate or an end, or changes over between the ends within the beat.
    ends, part = np.stack([start, end]), (-1, 2 * bars, UNIT)
    known = np.concatenate([ends, candidates]).reshape(part)
    for step in found.ids.reshape(part):
        between = (step == ends.reshape(part)).any(0).all(1)
        assert ((step == known).all(2).any(0) | between).all()
    if (start != end).any():
        assert (found.ids[1:] != found.ids[:-1]).any((1, 2)).all()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_a_path_between_equal_ends_stays(seed) -> None:
    (start,) = rows_of(seed, 1, 2)
    found = search_path(start, start, rows_of(seed + 1, 3, 2), 4, alphabet=alphabet(seed), unit=UNIT)
    assert (found.ids == start).all()
    assert (found.distance == 0).all()


def test_a_path_of_one_step_is_refused() -> None:
    with pytest.raises(LatentError, match="steps must be 2 or more, not 1"):
        search_path(*rows_of(0, 2, 1), rows_of(1, 1, 1), 1, alphabet=alphabet(0), unit=UNIT)


def test_a_path_of_different_melodies_is_even() -> None:
    """Sixteen tokens that all differ, and candidates that mix them: each of nine steps changes two."""
    start, end = np.zeros((4, POSITIONS), np.int64), np.full((4, POSITIONS), 3)
    flat = Alphabet(
        np.arange(VOCABULARY) >= 2,
        np.arange(VOCABULARY),
        lambda grams: np.ones(len(grams)),
        2,
        lambda rows: rows,
    )
    mixed = np.where(np.random.default_rng(0).random((40, 4, POSITIONS)) < 0.5, start, end)
    found = search_path(start, end, mixed, 9, alphabet=flat, unit=UNIT)
    np.testing.assert_allclose(found.distance, np.linspace(0, 1, 9), atol=0.07)

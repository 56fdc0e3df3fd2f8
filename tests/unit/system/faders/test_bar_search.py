"""Search over bars: the result costs no more than the best decode."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from symvae.system.faders.bar_search import search_bars

TARGET = 12


def sums(ids: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """Distance of the sum of all ids from the request of phrase ``row``."""
    return (ids.flatten(1).sum(1) - (TARGET + rows)).abs().float()


def candidates(seed: int, count: int, phrases: int = 5, bars: int = 4) -> list[torch.Tensor]:
    chance = torch.Generator().manual_seed(seed)
    return [torch.randint(6, (phrases, bars, 2), generator=chance) for _ in range(count)]


@given(st.integers(0, 10**6), st.integers(1, 6))
def test_no_candidate_costs_less_and_every_bar_is_from_one(seed: int, count: int) -> None:
    given_ = candidates(seed, count)
    rows = torch.arange(5)
    best = search_bars(given_, sums)
    assert (sums(best, rows) <= torch.stack([sums(ids, rows) for ids in given_]).amin(0)).all()
    for phrase in range(5):
        for bar in range(4):
            assert any(torch.equal(best[phrase, bar], ids[phrase, bar]) for ids in given_)


def test_bars_of_two_candidates_meet_what_neither_meets() -> None:
    low, high = torch.full((1, 4, 1), 2), torch.full((1, 4, 1), 4)
    best = search_bars([low, high], sums)
    assert sums(best, torch.zeros(1, dtype=torch.long)).item() == 0
    assert sorted(best.flatten().tolist()) == [2, 2, 4, 4]


def test_a_phrase_ignores_the_others() -> None:
    given_ = candidates(3, 4)
    together = search_bars(given_, sums)
    for row in range(5):
        alone = search_bars(
            [ids[row : row + 1] for ids in given_], lambda ids, rows, row=row: sums(ids, rows + row)
        )
        assert torch.equal(alone[0], together[row])


def test_the_candidates_are_not_changed() -> None:
    given_ = candidates(4, 3)
    before = [ids.clone() for ids in given_]
    search_bars(given_, sums)
    assert all(torch.equal(a, b) for a, b in zip(given_, before, strict=True))

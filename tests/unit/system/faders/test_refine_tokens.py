"""Refinement of tokens: few and likely exchanges, and none beyond a met request."""

import torch

from symvae.system.faders import refine_tokens as module
from symvae.system.faders.refine_tokens import refine_tokens

VOCABULARY = 8


def missing(wanted: int):
    """A cost: distance of the number of ones from ``wanted``."""
    return lambda ids, rows: ((ids == 1).flatten(1).sum(1) - wanted).abs().float()


def likely(ids: torch.Tensor, nats: torch.Tensor) -> torch.Tensor:
    """Log probabilities of a decoder sure of ``ids``: a one is ``nats`` below at each position, others 50."""
    table = torch.full((*ids.shape, VOCABULARY), -50.0)
    table[..., 1] = -nats
    return table.scatter(-1, ids[..., None], 0.0)


def test_the_fewest_and_most_likely_exchanges_are_made() -> None:
    ids = torch.zeros(2, 4, dtype=torch.long)
    nats = torch.tensor([[9.0, 1.0, 9.0, 9.0], [9.0, 9.0, 2.0, 9.0]])
    refined = refine_tokens(ids, likely(ids, nats), 0, missing(2))
    assert refined.tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]


def test_a_met_request_changes_nothing_and_the_arguments_stay() -> None:
    ids = torch.tensor([[1, 0, 0, 1]])
    refined = refine_tokens(ids, likely(ids, torch.zeros(1, 4)), 0, missing(2))
    assert torch.equal(refined, ids)
    refine_tokens(ids, likely(ids, torch.zeros(1, 4)), 0, missing(4))
    assert ids.tolist() == [[1, 0, 0, 1]]


def test_an_exchange_gains_more_than_its_penalty(monkeypatch) -> None:
    """With a large penalty for each nat an unlikely note does not pay."""
    ids = torch.zeros(1, 4, dtype=torch.long)
    monkeypatch.setattr(module, "NAT", 1.0)
    assert torch.equal(refine_tokens(ids, likely(ids, torch.full((1, 4), 3.0)), 0, missing(1)), ids)
    assert refine_tokens(ids, likely(ids, torch.full((1, 4), 0.5)), 0, missing(1)).sum() == 1


def test_only_the_most_likely_tokens_are_tried(monkeypatch) -> None:
    ids = torch.zeros(1, 4, dtype=torch.long)
    view = likely(ids, torch.full((1, 4), 60.0))  # every other token is more likely than a one
    monkeypatch.setattr(module, "TRIED", VOCABULARY - 1)
    assert torch.equal(refine_tokens(ids, view, 0, missing(2)), ids)
    monkeypatch.setattr(module, "TRIED", VOCABULARY)
    assert refine_tokens(ids, view, 0, missing(2)).sum() == 2


def test_the_cost_receives_the_row_of_the_phrase() -> None:
    asked = []

    def cost(ids: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        asked.extend(rows.tolist())
        return missing(1)(ids, rows)

    ids = torch.zeros(1, 4, dtype=torch.long)
    refine_tokens(ids, likely(ids, torch.ones(1, 4)), 7, cost)
    assert set(asked) == {7}

"""Tokens exchanged after decoding: few, likely, and only as long as something is missed."""

import torch

from symvae.system.faders import refine_tokens as module
from symvae.system.faders.refine_tokens import refine_tokens

VOCABULARY = 8


def missing(wanted: int):
    """How far the number of ones is from ``wanted``."""
    return lambda ids, rows: ((ids == 1).flatten(1).sum(1) - wanted).abs().float()


def likely(ids: torch.Tensor, nats: torch.Tensor) -> torch.Tensor:
    """The decoder is sure of ``ids``; a one instead costs ``nats`` at each place, anything else 50."""
    table = torch.full((*ids.shape, VOCABULARY), -50.0)
    table[..., 1] = -nats
    return table.scatter(-1, ids[..., None], 0.0)


def test_the_fewest_and_likeliest_exchanges_are_made() -> None:
    ids = torch.zeros(2, 4, dtype=torch.long)
    nats = torch.tensor([[9.0, 1.0, 9.0, 9.0], [9.0, 9.0, 2.0, 9.0]])
    settled = refine_tokens(ids, likely(ids, nats), 0, missing(2))
    assert settled.tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]


def test_what_is_met_is_left_alone_and_the_given_ids_too() -> None:
    ids = torch.tensor([[1, 0, 0, 1]])
    settled = refine_tokens(ids, likely(ids, torch.zeros(1, 4)), 0, missing(2))
    assert torch.equal(settled, ids)
    refine_tokens(ids, likely(ids, torch.zeros(1, 4)), 0, missing(4))
    assert ids.tolist() == [[1, 0, 0, 1]]


def test_nothing_is_done_for_less_than_it_costs(monkeypatch) -> None:
    """Where a nat is worth as much as a whole fader, an unlikely note is not worth its gain."""
    ids = torch.zeros(1, 4, dtype=torch.long)
    monkeypatch.setattr(module, "NAT", 1.0)
    assert torch.equal(refine_tokens(ids, likely(ids, torch.full((1, 4), 3.0)), 0, missing(1)), ids)
    assert refine_tokens(ids, likely(ids, torch.full((1, 4), 0.5)), 0, missing(1)).sum() == 1


def test_only_what_the_decoder_thinks_likeliest_is_tried(monkeypatch) -> None:
    ids = torch.zeros(1, 4, dtype=torch.long)
    view = likely(ids, torch.full((1, 4), 60.0))  # every other token is likelier than a one
    monkeypatch.setattr(module, "TRIED", VOCABULARY - 1)
    assert torch.equal(refine_tokens(ids, view, 0, missing(2)), ids)
    monkeypatch.setattr(module, "TRIED", VOCABULARY)
    assert refine_tokens(ids, view, 0, missing(2)).sum() == 2


def test_the_phrase_is_told_by_its_row() -> None:
    asked = []

    def cost(ids: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        asked.extend(rows.tolist())
        return missing(1)(ids, rows)

    ids = torch.zeros(1, 4, dtype=torch.long)
    refine_tokens(ids, likely(ids, torch.ones(1, 4)), 7, cost)
    assert set(asked) == {7}

"""Ids as probabilities: certain ones are the ids themselves, and a gradient comes through the others."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from symvae.models.encoder import BidirectionalEncoder
from symvae.nn.soft import embed
from symvae.system.build import build_vae
from tests.unit.system.test_checkpoint import KINDS


def ids_of(kind: str) -> Tensor:
    """Six phrases of two bars; those of piano are real rows, of unlike lengths."""
    if kind == "melody":
        return torch.randint(90, (6, 2, 16), generator=torch.Generator().manual_seed(0))
    import numpy as np

    from symvae.music.grid import Grid
    from symvae.music.phrase import Phrase
    from symvae.tokens.piano_bars import PianoBars

    phrases = [
        Phrase(Grid(2), np.arange(0, 4 * notes, 4), np.full(notes, 3), 50 + np.arange(notes))
        for notes in range(6)
    ]
    return torch.from_numpy(np.stack([PianoBars().encode_phrase(p) for p in phrases]).astype(np.int64))


@pytest.fixture(params=["melody", "piano"])
def kind(request) -> str:
    return request.param


@pytest.fixture
def encoder(kind: str) -> BidirectionalEncoder:
    torch.manual_seed(0)
    encoder = build_vae(KINDS[kind]).encoder.eval()
    for weight in encoder.parameters():
        weight.data = 0.3 * torch.randn_like(weight)
    return encoder


@torch.no_grad()
def test_certain_ids_are_read_as_the_ids(encoder: BidirectionalEncoder, kind: str) -> None:
    ids = ids_of(kind)
    certain = one_hot(ids, KINDS[kind].vocabulary_size).float()
    for of_ids, of_probabilities in zip(encoder.bar(ids), encoder.bar(certain), strict=True):
        torch.testing.assert_close(of_probabilities, of_ids, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(encoder(certain).mean, encoder(ids).mean, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(encoder(certain).log_std, encoder(ids).log_std, atol=1e-6, rtol=1e-5)


def test_a_gradient_comes_through_what_was_chosen(encoder: BidirectionalEncoder, kind: str) -> None:
    """Straight through: forwards the ids, backwards the probabilities."""
    ids = ids_of(kind)
    score = torch.randn(*ids.shape, KINDS[kind].vocabulary_size, requires_grad=True)
    probability = score.softmax(-1)
    chosen = one_hot(ids, probability.shape[-1]) + probability - probability.detach()
    mean = encoder(chosen).mean
    torch.testing.assert_close(mean, encoder(ids).mean, atol=1e-5, rtol=1e-5)
    mean.square().sum().backward()
    reached = score.grad.abs().sum((1, 2, 3)) > 0
    assert reached.all()


@torch.no_grad()
def test_an_uncertain_id_is_embedded_between_the_two() -> None:
    table = nn.Embedding(5, 3)
    between = embed(table, torch.tensor([[0.25, 0.0, 0.75, 0.0, 0.0]]))
    torch.testing.assert_close(between[0], 0.25 * table.weight[0] + 0.75 * table.weight[2])
    assert torch.equal(embed(table, torch.tensor([[2, 4]])), table.weight[None, [2, 4]])

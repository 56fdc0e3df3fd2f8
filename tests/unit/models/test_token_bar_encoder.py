import pytest
import torch
from torch import Tensor

from symvae.models.phrase.token_bar_encoder import TokenBarEncoder

#: Full, with a tempo only, nothing at all, and others; more rows than groups.
LENGTHS = (10, 1, 4, 0, 7, 3, 9, 2)


@pytest.fixture
def encoder(toy) -> TokenBarEncoder:
    torch.manual_seed(0)
    network = TokenBarEncoder(
        vocabulary_size=toy.vocabulary_size,
        slots=toy.slots,
        padding=toy.padding,
        embedding_size=3,
        hidden_size=5,
        summary_size=7,
        code_size=4,
    )
    for weight in network.parameters():
        weight.data = torch.randn_like(weight)
    return network.eval()


def means(encoder: TokenBarEncoder, rows: Tensor) -> Tensor:
    return encoder(rows[:, None]).mean.squeeze(1)


@torch.no_grad()
def test_a_bar_ignores_other_bars(encoder: TokenBarEncoder, toy) -> None:
    rows = toy.rows(*LENGTHS)
    together = means(encoder, rows)
    for row, mean in zip(rows, together, strict=True):
        torch.testing.assert_close(means(encoder, row[None])[0], mean, atol=1e-5, rtol=1e-5)
    phrases = encoder(rows.view(4, 2, -1))
    torch.testing.assert_close(phrases.mean.flatten(0, 1), together, atol=1e-5, rtol=1e-5)
    assert phrases.mean.shape == phrases.log_std.shape == (4, 2, 4)
    assert phrases.summary.shape == (4, 2, 7)


@torch.no_grad()
def test_the_order_of_the_batch_does_not_matter(encoder: TokenBarEncoder, toy) -> None:
    rows = toy.rows(*LENGTHS)
    order = torch.tensor([5, 0, 7, 3, 1, 6, 2, 4])
    torch.testing.assert_close(means(encoder, rows[order]), means(encoder, rows)[order])


@torch.no_grad()
def test_ids_after_the_end_of_a_row_are_ignored(encoder: TokenBarEncoder, toy) -> None:
    rows = toy.rows(*LENGTHS)
    littered = rows.clone()
    for row, length in zip(littered, LENGTHS, strict=True):
        row[length + 1 :] = torch.arange(len(row[length + 1 :])) % toy.vocabulary_size
    assert not torch.equal(rows, littered)
    torch.testing.assert_close(means(encoder, rows), means(encoder, littered))


@torch.no_grad()
def test_the_code_depends_on_every_token(encoder: TokenBarEncoder, toy) -> None:
    rows = toy.rows(10, 6, 1)
    before = means(encoder, rows)
    for row, position in ((rows != toy.padding).nonzero()).tolist():
        changed = rows.clone()
        changed[row, position] = 1 + rows[row, position] % 8
        assert (means(encoder, changed)[row] != before[row]).any()


@torch.no_grad()
def test_the_code_depends_on_positions(encoder: TokenBarEncoder) -> None:
    early, late = (torch.tensor([[7, position, 1, 2, 0, 0, 0, 0, 0, 0]]) for position in (5, 6))
    assert not torch.allclose(means(encoder, early), means(encoder, late))


@torch.no_grad()
def test_an_empty_bar_has_a_code(encoder: TokenBarEncoder, toy) -> None:
    nothing = means(encoder, toy.rows(0, 0))
    assert nothing.isfinite().all()
    assert torch.equal(nothing[0], nothing[1])
    assert not torch.equal(nothing[0], means(encoder, toy.rows(1))[0])


def test_every_weight_has_a_gradient(encoder: TokenBarEncoder, toy) -> None:
    codes = encoder(toy.rows(*LENGTHS)[:, None])
    (codes.mean.square().sum() + codes.log_std.square().sum()).backward()
    for name, weight in encoder.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0, name

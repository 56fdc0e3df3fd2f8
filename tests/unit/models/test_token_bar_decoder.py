import pytest
import torch
from torch import Tensor

from symvae.models.phrase.token_bar_decoder import TokenBarDecoder
from symvae.nn.ragged import target_mask

LENGTHS = (10, 1, 4, 0, 7, 3, 9, 2)
CODE = torch.randn((len(LENGTHS), 6), generator=torch.Generator().manual_seed(1))
SEEDS = range(6)


def decoder_of(toy, seed: int = 0) -> TokenBarDecoder:
    torch.manual_seed(seed)
    network = TokenBarDecoder(
        vocabulary_size=toy.vocabulary_size,
        slots=toy.slots,
        follows=toy.follows,
        padding=toy.padding,
        positions=toy.positions,
        code_size=6,
        embedding_size=4,
        hidden_size=12,
        unfold_size=10,
        feature_size=5,
    )
    for weight in network.parameters():  # logits far enough apart that rounding does not matter
        weight.data = 3 * torch.randn_like(weight) / max(1, weight.shape[-1]) ** 0.5
    return network.eval()


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def before(ids: Tensor, first: int) -> Tensor:
    return torch.cat([torch.full_like(ids[:, :1], first), ids[:, :-1]], dim=1)


@torch.no_grad()
def test_a_row_ignores_the_rest_of_its_batch(toy) -> None:
    decoder, ids = decoder_of(toy), toy.rows(*LENGTHS)
    together, played = decoder(CODE, ids), decoder.generate(CODE)
    for index in range(len(ids)):
        row = slice(index, index + 1)
        torch.testing.assert_close(decoder(CODE[row], ids[row]), together[row], atol=1e-5, rtol=1e-5)
        assert torch.equal(decoder.generate(CODE[row]), played[row])


@torch.no_grad()
def test_logits_do_not_depend_on_their_own_token_or_later_ones(toy) -> None:
    decoder, ids = decoder_of(toy), toy.rows(10, 10)
    logits = decoder(CODE[:2], ids)
    for changed in range(toy.positions):
        other = ids.clone()
        other[:, changed:] = 1 + ids[:, changed:] % 8
        seen = slice(0, changed + 1)
        torch.testing.assert_close(decoder(CODE[:2], other)[:, seen], logits[:, seen])
        if changed + 1 < toy.positions:
            assert not torch.allclose(decoder(CODE[:2], other)[:, changed + 1], logits[:, changed + 1])


@torch.no_grad()
def test_logits_do_not_depend_on_the_length_of_the_row(toy) -> None:
    decoder, ids = decoder_of(toy), toy.rows(10)
    short = ids.clone()
    short[:, 6:] = toy.padding
    torch.testing.assert_close(decoder(CODE[:1], short)[:, :7], decoder(CODE[:1], ids)[:, :7])


@torch.no_grad()
def test_logits_after_the_end_of_a_row_are_zero(toy) -> None:
    ids = toy.rows(*LENGTHS)
    logits = decoder_of(toy)(CODE, ids)
    inside = target_mask(ids, toy.padding)
    assert inside.sum(1).tolist() == [min(length + 1, toy.positions) for length in LENGTHS]
    assert (logits[~inside] == 0).all()
    assert (logits[inside] != 0).any(-1).all()


@torch.no_grad()
def test_ids_after_the_end_of_a_row_are_ignored(toy) -> None:
    decoder, ids = decoder_of(toy), toy.rows(*LENGTHS)
    littered = ids.clone()
    for row, length in zip(littered, LENGTHS, strict=True):
        row[length + 1 :] = torch.arange(len(row[length + 1 :])) % toy.vocabulary_size
    assert not torch.equal(ids, littered)
    torch.testing.assert_close(decoder(CODE, littered), decoder(CODE, ids))


@torch.no_grad()
def test_a_dropped_token_is_hidden_and_its_slot_is_kept(toy) -> None:
    """The next token has the feature of the true slot."""
    decoder, ids = decoder_of(toy), torch.tensor([[7, 4, 1, 2, 3, 0, 0, 0, 0, 0]])
    code, dropped = CODE[:1], torch.zeros((1, 10), dtype=torch.bool)
    dropped[:, 1:3] = True
    other_note, later = ids.clone(), ids.clone()
    other_note[0, 2] = 3
    later[0, 1] = 5
    assert torch.equal(decoder(code, ids, dropped), decoder(code, other_note, dropped))
    assert not torch.equal(decoder(code, ids), decoder(code, other_note))
    assert not torch.equal(decoder(code, ids, dropped), decoder(code, later, dropped))


@pytest.mark.parametrize("seed", SEEDS)
@torch.no_grad()
def test_greedy_tokens_are_those_that_teacher_forcing_predicts(toy, seed: int) -> None:
    decoder = decoder_of(toy, seed)
    own = decoder.generate(CODE)
    allowed = toy.follows[before(own, toy.vocabulary_size)]
    logits = decoder(CODE, own).masked_fill(~allowed, -torch.inf)
    chosen = logits.gather(-1, own[..., None]).squeeze(-1)
    inside = target_mask(own, toy.padding)
    assert (logits.max(-1).values - chosen <= 1e-4)[inside].all()  # equal up to a tie within rounding
    assert (own[~inside] == toy.padding).all()


@pytest.mark.parametrize("choice", [{}, {"temperature": 5.0}, {"temperature": 2.0, "top_p": 0.5}])
@pytest.mark.parametrize("seed", SEEDS)
@torch.no_grad()
def test_generated_rows_are_valid(toy, seed: int, choice: dict[str, float]) -> None:
    ids = decoder_of(toy, seed).generate(CODE, generator=seeded(seed), **choice)
    assert ids.shape == (len(CODE), toy.positions)
    assert toy.follows[before(ids, toy.vocabulary_size), ids].all()


@torch.no_grad()
def test_rows_of_different_lengths_are_generated_in_one_batch(toy) -> None:
    lengths = {
        int(length)
        for seed in SEEDS
        for length in target_mask(decoder_of(toy, seed).generate(CODE), toy.padding).sum(1)
    }
    assert min(lengths) < 4
    assert toy.positions in lengths


@torch.no_grad()
def test_the_same_seed_draws_the_same_tokens(toy) -> None:
    decoder = decoder_of(toy)
    first, again, other = (decoder.generate(CODE, 2.0, generator=seeded(seed)) for seed in (7, 7, 8))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_every_weight_has_a_gradient(toy) -> None:
    decoder = decoder_of(toy)
    decoder(CODE, toy.rows(*LENGTHS)).square().sum().backward()
    for name, weight in decoder.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0, name

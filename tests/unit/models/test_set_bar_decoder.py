"""The decoder of sets: exact logits of rows of independent keys, and whole rows drawn at once."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from symvae.models.phrase.set_bar_decoder import SetBarDecoder
from symvae.models.phrase.set_rows import SetLayout, heads_of, members_of, rows_of
from symvae.nn.ragged import target_mask

LAYOUT = SetLayout(
    padding=0, separator=1, key=(2, 7), first=(7, 10), second=(10, 14), head=(14, 16), steps=3, positions=16
)
VOCABULARY = 16
SIZES = (0, 1, 2, 4, 3)
CODE = torch.randn((len(SIZES), 6), generator=torch.Generator().manual_seed(1))


def decoder_of(seed: int = 0) -> SetBarDecoder:
    torch.manual_seed(seed)
    network = SetBarDecoder(
        vocabulary_size=VOCABULARY, layout=LAYOUT, code_size=6, unfold_size=10, feature_size=5, hidden_size=7
    )
    for weight in network.parameters():  # logits far enough apart that rounding does not matter
        weight.data = 2 * torch.randn_like(weight) / max(1, weight.shape[-1]) ** 0.5
    return network.eval()


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def some_rows(seed: int = 3) -> Tensor:
    """Rows with as many members as `SIZES` says."""
    chance = seeded(seed)
    cells = [torch.randperm(15, generator=chance)[:size].sort().values for size in SIZES]
    row = torch.repeat_interleave(torch.arange(len(SIZES)), torch.tensor(SIZES))
    cell = torch.cat(cells)
    first = torch.randint(3, (len(row),), generator=chance)
    second = torch.randint(4, (len(row),), generator=chance)
    head = torch.randint(2, (len(SIZES),), generator=chance)
    return rows_of(head, row, cell // 5, cell % 5, first, second, LAYOUT)


def nats(logits: Tensor, ids: Tensor) -> Tensor:
    """Cost of each row, token by token."""
    each = logits.log_softmax(-1).gather(-1, ids[..., None])[..., 0]
    return -(each * target_mask(ids, LAYOUT.padding)).sum(-1)


@torch.no_grad()
def test_the_tokens_of_a_row_cost_what_its_set_costs() -> None:
    decoder, ids = decoder_of(), some_rows()
    prepared, members = decoder.prepare(CODE), members_of(ids, LAYOUT)
    present = torch.zeros_like(prepared.keys)
    present[members.row, members.step, members.key] = 1
    states = decoder.marks.states(prepared.feature, members.row, members.step, members.key)
    second = decoder.marks.second_logits(states, members.first)
    for row, cost in enumerate(nats(decoder(CODE, ids), ids)):
        own = members.row == row
        as_set = (
            binary_cross_entropy_with_logits(prepared.keys[row], present[row], reduction="sum")
            + cross_entropy(prepared.head[row], heads_of(ids, LAYOUT)[row])
            + cross_entropy(decoder.marks.first(states)[own], members.first[own], reduction="sum")
            + cross_entropy(second[own], members.second[own], reduction="sum")
        )
        torch.testing.assert_close(cost, as_set)


def test_rows_cost_what_their_tokens_cost_hidden_marks_included() -> None:
    decoder, ids = decoder_of(), some_rows()
    hidden = torch.rand(ids.shape, generator=seeded(5)) < 0.5
    for dropped in (None, hidden):
        code = CODE.clone().requires_grad_()
        by_token, directly = nats(decoder(code, ids, dropped), ids), decoder.nats(code, ids, dropped)
        torch.testing.assert_close(directly, by_token)
        gradients = [torch.autograd.grad(cost.sum(), code)[0] for cost in (by_token, directly)]
        torch.testing.assert_close(*gradients)


@torch.no_grad()
def test_a_row_ignores_the_rest_of_its_batch() -> None:
    decoder, ids = decoder_of(), some_rows()
    together, decoded = decoder(CODE, ids), decoder.generate(CODE)
    for index in range(len(ids)):
        row = slice(index, index + 1)
        torch.testing.assert_close(decoder(CODE[row], ids[row]), together[row], atol=1e-4, rtol=1e-4)
        assert torch.equal(decoder.generate(CODE[row]), decoded[row])


@torch.no_grad()
def test_logits_do_not_depend_on_their_own_token_or_later_ones() -> None:
    decoder, ids = decoder_of(), some_rows()
    logits = decoder(CODE, ids)
    for seed in range(4):
        other = some_rows(seed + 10)
        for changed in range(LAYOUT.positions):
            mixed = torch.cat([ids[:, :changed], other[:, changed:]], dim=1)
            valid = target_mask(ids, LAYOUT.padding)[:, : changed + 1]
            torch.testing.assert_close(
                decoder(CODE, mixed)[:, : changed + 1][valid], logits[:, : changed + 1][valid]
            )


@torch.no_grad()
def test_a_hidden_first_mark_changes_the_second_mark_of_its_member_alone() -> None:
    decoder, ids = decoder_of(), some_rows()
    members, logits = members_of(ids, LAYOUT), decoder(CODE, ids)
    dropped = torch.zeros_like(ids, dtype=torch.bool)
    row, place = int(members.row[0]), int(members.place[0])
    dropped[row, place + 1] = True
    same = decoder(CODE, ids, dropped) == logits
    changed = (~same.all(-1)).nonzero().tolist()
    assert changed == [[row, place + 2]]


@torch.no_grad()
@pytest.mark.parametrize("seed", range(8))
def test_every_decoded_row_is_a_set_that_the_logits_allow(seed: int) -> None:
    decoder = decoder_of(seed)
    ids = decoder.generate(CODE, 1.5, 0.95, seeded(seed))
    members = members_of(ids, LAYOUT)
    again = rows_of(heads_of(ids, LAYOUT), *(members.row, *members[2:]), LAYOUT)
    assert torch.equal(ids, again)
    assert (nats(decoder(CODE, ids), ids) < 1000).all()


@torch.no_grad()
def test_a_crowded_row_keeps_its_most_likely_members() -> None:
    decoder = decoder_of()
    decoder.keys.bias.data += 20
    ids = decoder.generate(CODE)
    members = members_of(ids, LAYOUT)
    assert LAYOUT.most_members == 4
    assert torch.bincount(members.row).tolist() == [4] * len(SIZES)
    keys = decoder.prepare(CODE).keys
    chosen = torch.zeros_like(keys, dtype=torch.bool)
    chosen[members.row, members.step, members.key] = True
    for row, kept in zip(keys, chosen, strict=True):
        assert row[kept].min() >= row[~kept].max()


@torch.no_grad()
def test_draws_follow_the_probability_of_each_key() -> None:
    decoder = decoder_of()
    decoder.keys.bias.data -= 3  # rows are seldom full
    draws = 4000
    code = CODE[:1].expand(draws, -1)
    members = members_of(decoder.generate(code, 1.0, 1.0, seeded(0)), LAYOUT)
    drawn = torch.zeros(15).index_add(0, members.step * 5 + members.key, torch.ones(len(members.row)))
    expected = decoder.prepare(CODE[:1]).keys.sigmoid().flatten()
    assert expected.sum() < 3
    # Five standard errors of a share over 15 cells: a false alarm in a hundred thousand runs.
    torch.testing.assert_close(drawn / draws, expected, atol=0.045, rtol=0)


@torch.no_grad()
def test_the_same_seed_draws_the_same_rows() -> None:
    decoder = decoder_of()
    draws = [decoder.generate(CODE, 1.0, 0.9, seeded(7)) for _ in range(2)]
    assert torch.equal(*draws)

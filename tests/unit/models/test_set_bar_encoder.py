import torch

from symvae.models.phrase.set_bar_encoder import SetBarEncoder
from symvae.models.phrase.set_rows import rows_of
from tests.unit.models.test_set_bar_decoder import LAYOUT, some_rows


def encoder_of(std: float = 0.3) -> SetBarEncoder:
    torch.manual_seed(0)
    return SetBarEncoder(
        layout=LAYOUT, embedding_size=4, hidden_size=5, summary_size=8, code_size=6, initial_std=std
    )


@torch.no_grad()
def test_a_bar_ignores_all_other_bars() -> None:
    encoder, ids = encoder_of(), some_rows()
    together = encoder(ids[None])
    for index in range(len(ids)):
        alone = encoder(ids[None, index : index + 1])
        for part, whole in zip(alone, together, strict=True):
            torch.testing.assert_close(part[0, 0], whole[0, index])


@torch.no_grad()
def test_ids_after_the_end_of_a_row_do_not_count() -> None:
    encoder, ids = encoder_of(), some_rows()
    other = ids.clone()
    inside = (ids == LAYOUT.padding).cumsum(1) <= 1
    other[~inside] = 9
    torch.testing.assert_close(encoder(other[None]).mean, encoder(ids[None]).mean)


@torch.no_grad()
def test_head_step_key_and_marks_all_count() -> None:
    encoder = encoder_of()
    member = torch.tensor([[0], [1], [2], [1], [2]])  # row, step, key and marks
    means = [encoder(rows_of(torch.tensor([0]), *member, LAYOUT)[None]).mean]
    means.append(encoder(rows_of(torch.tensor([1]), *member, LAYOUT)[None]).mean)
    for changed in range(1, 5):
        other = member.clone()
        other[changed] -= 1
        means.append(encoder(rows_of(torch.tensor([0]), *other, LAYOUT)[None]).mean)
    distance = torch.cdist(torch.cat(means).flatten(1), torch.cat(means).flatten(1))
    assert (distance + torch.eye(len(means)) > 1e-4).all()


@torch.no_grad()
def test_the_posterior_starts_as_narrow_as_it_is_told() -> None:
    codes = encoder_of(0.05)(some_rows()[None])
    torch.testing.assert_close(codes.log_std.exp(), torch.full_like(codes.log_std, 0.05))

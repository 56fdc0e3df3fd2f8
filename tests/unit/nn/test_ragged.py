import pytest
import torch

from symvae.nn.ragged import groups_by_length, lengths_of, reversed_within, target_mask

PAD = 9


def rows() -> torch.Tensor:
    """Rows: full, empty, half full, and one with ids after its padding."""
    return torch.tensor([[1, 2, 3, 4], [PAD, PAD, PAD, PAD], [1, 2, PAD, PAD], [5, PAD, 6, PAD]])


def test_the_length_of_a_row_ends_at_its_first_padding() -> None:
    assert lengths_of(rows(), PAD).tolist() == [4, 0, 2, 1]


def test_the_mask_includes_the_padding_that_ends_a_row_and_nothing_after() -> None:
    expected = [[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 0], [1, 1, 0, 0]]
    assert target_mask(rows(), PAD).long().tolist() == expected
    assert target_mask(rows()[None], PAD).long().tolist() == [expected]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 13])
def test_groups_contain_each_row_once_and_similar_lengths_together(count: int) -> None:
    lengths = torch.randint(0, 20, (count,), generator=torch.Generator().manual_seed(count))
    groups = groups_by_length(lengths)
    assert len(groups) <= 4
    assert sorted(torch.cat([some for some, _ in groups]).tolist()) == list(range(count))
    assert [longest for _, longest in groups] == [int(lengths[some].max()) for some, _ in groups]
    assert torch.equal(torch.cat([lengths[some] for some, _ in groups]), lengths.sort().values)


def test_reversal_is_within_the_length_of_a_row_and_its_own_inverse() -> None:
    lengths = lengths_of(rows(), PAD)
    place = reversed_within(lengths, 4)
    assert rows().gather(1, place).tolist() == [[4, 3, 2, 1], [PAD] * 4, [2, 1, PAD, PAD], [5, PAD, 6, PAD]]
    assert place.gather(1, place).tolist() == [[0, 1, 2, 3]] * 4

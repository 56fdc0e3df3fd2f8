"""A toy language of tokens without fixed positions, and random rows of it."""

import pytest
import torch
from torch import Tensor

PAD, NOTES, POSITIONS, TEMPOS = [0], [1, 2, 3], [4, 5, 6], [7, 8]
START = 9
LONGEST = 10


class Toy:
    """Nine ids: padding, three notes, three positions, two tempos."""

    vocabulary_size = START
    slots = (-1, -1, -1, -1, 0, 1, 2, 0, 0)
    padding = 0
    positions = LONGEST

    @property
    def follows(self) -> Tensor:
        follows = torch.zeros((START + 1, START), dtype=torch.bool)
        for before, allowed in (
            ([START], TEMPOS),
            (TEMPOS, POSITIONS + NOTES + PAD),
            (POSITIONS, NOTES),
            (NOTES, NOTES + POSITIONS + PAD),
            (PAD, PAD),
        ):
            for an_id in before:
                follows[an_id, allowed] = True
        return follows

    def rows(self, *lengths: int, seed: int = 0) -> Tensor:
        """Random valid rows, one of each length."""
        generator = torch.Generator().manual_seed(seed)
        speaking = self.follows.clone()
        speaking[1:, PAD] = False
        rows = torch.zeros((len(lengths), LONGEST), dtype=torch.int64)
        for row, length in zip(rows, lengths, strict=True):
            token = START
            for position in range(length):
                token = int(torch.multinomial(speaking[token].float(), 1, generator=generator))
                row[position] = token
        return rows


@pytest.fixture
def toy() -> Toy:
    return Toy()

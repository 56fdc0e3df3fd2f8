"""Reconstruction accuracy of single phrases, token by token."""

from collections.abc import Sequence
from typing import NamedTuple

from symvae.music.phrase import Phrase
from symvae.pipelines.words import counted
from symvae.system.symvae import SymVAE


class Match(NamedTuple):
    """Agreement of a decoded phrase with its source."""

    tokens: int
    """Equal tokens."""
    of: int
    """All tokens."""
    notes_in: int
    notes_out: int

    def __str__(self) -> str:
        share = "exact" if self.tokens == self.of else f"{self.tokens / self.of:.1%}"
        notes = f"{counted(self.notes_in, 'note')} in, {self.notes_out} out"
        return f"{share}, {self.tokens} of {self.of} tokens equal ({notes})"


def match_tokens(model: SymVAE, sources: Sequence[Phrase], decoded: Sequence[Phrase]) -> list[Match]:
    """Compare phrases with their sources by their token ids.

    Args:
        model: Model whose tokenizer encodes both.
        sources: Phrases before the latent space.
        decoded: Phrases after it, one for each source.

    Returns:
        One match for each pair.
    """
    equal = (model.to_ids(sources) == model.to_ids(decoded)).flatten(1)
    return [
        Match(int(row.sum()), len(row), len(a), len(b))
        for row, a, b in zip(equal, sources, decoded, strict=True)
    ]

"""Agreement of decoded phrases with their sources: token by token, and with the notes of the file."""

from collections.abc import Sequence
from typing import NamedTuple

from symvae.music.arrangement import AnyPhrase
from symvae.pipelines.file_notes import FileNotes
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
    file_notes: int
    """Notes of the file in these bars, with those that were dropped."""
    file_notes_in_place: int
    """Notes of the file whose pitch returns at their place, to a 128th note."""
    read_exactly: bool
    """True if the source has the notes of the file: none was moved or dropped in reading."""
    exact: bool
    """True if the decoded phrase has the notes of the file."""

    def __str__(self) -> str:
        share = "exact" if self.exact else f"{self.tokens / self.of:.1%}"
        notes = f"{counted(self.notes_in, 'note')} in, {self.notes_out} out"
        tokens = f"{self.tokens} of {self.of} tokens equal ({notes})"
        if self.exact or (self.read_exactly and self.tokens < self.of):
            return f"{share}, {tokens}"
        in_place = f"{self.file_notes_in_place} of {counted(self.file_notes, 'note')} of the file in place"
        return f"{share} on the grid, {tokens}; {in_place}"


def match_tokens(
    model: SymVAE, sources: Sequence[AnyPhrase], decoded: Sequence[AnyPhrase], files: Sequence[FileNotes]
) -> list[Match]:
    """Compare phrases with their sources by their token ids, and with the notes of the file.

    Args:
        model: Model whose tokenizer encodes both.
        sources: Phrases before the latent space.
        decoded: Phrases after it, one for each source.
        files: Notes of the file in the bars of each source.

    Returns:
        One match for each pair.
    """
    equal = (model.to_ids(sources) == model.to_ids(decoded)).flatten(1)
    return [
        Match(int(row.sum()), len(row), len(a), len(b), len(file), file.num_in(b), file.are(a), file.are(b))
        for row, a, b, file in zip(equal, sources, decoded, files, strict=True)
    ]

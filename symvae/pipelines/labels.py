"""Pieces with emotion labels from a user's folder, with a report of those that were dropped."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from symvae.errors import CorpusError

if TYPE_CHECKING:
    from symvae.tokens.tokenizer import Tokenizer
    from symvae.training.tasks.arousal import Piece

_MOST_NOTICES = 5


class LabeledPieces(NamedTuple):
    """Pieces of a folder in the layout of VGMIDI."""

    pieces: "list[Piece]"
    notices: tuple[str, ...]
    """Sentences about pieces that were dropped, with their reasons."""


def read_labeled(folder: Path, tokenizer: "Tokenizer") -> LabeledPieces:
    """Read the labeled pieces of a folder, thinned where a bar has more notes than its tokens hold.

    Args:
        folder: Folder in the layout of VGMIDI: labels.csv and MIDI files.
        tokenizer: Tokenizer of the model, whose rows the bars must fit.

    Returns:
        The pieces, and notices of those that were dropped.

    Raises:
        CorpusError: No piece can be read.
    """
    from symvae.corpus.sources.vgmidi import LabeledPiece, vgmidi
    from symvae.training.tasks.arousal import Piece

    items = list(vgmidi(folder))
    dropped = [item for item in items if not isinstance(item, LabeledPiece)]
    notices = [f"left out: {item}" for item in dropped[:_MOST_NOTICES]]
    if len(dropped) > _MOST_NOTICES:
        notices.append(f"left out: {len(dropped) - _MOST_NOTICES} more")
    if len(dropped) == len(items):
        reasons = f" ({'; '.join(notices)})" if notices else ""
        raise CorpusError(
            f"No piece of {folder} can be read{reasons}. "
            "Give a folder in the layout of VGMIDI: labels and MIDI."
        )
    pieces = [
        Piece(
            item.name,
            item.series,
            item.arousal,
            tuple(tokenizer.fit(phrase) for phrase in item.phrases),
            item.valence,
        )
        for item in items
        if isinstance(item, LabeledPiece)
    ]
    return LabeledPieces(pieces, tuple(notices))

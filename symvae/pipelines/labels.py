"""Labeled music from a user's folder, with nothing left out in silence."""

from pathlib import Path
from typing import TYPE_CHECKING

from symvae.cli.console import say
from symvae.errors import CorpusError

if TYPE_CHECKING:
    from symvae.training.tasks.arousal import Piece

_MOST_LINES = 5


def pieces_in(folder: Path) -> list["Piece"]:
    """The labeled pieces of a VGMIDI folder, no bar too full for tokens; what is left out is told."""
    from symvae.corpus.sources.vgmidi import LabelledPiece, vgmidi
    from symvae.tokens.piano import thin
    from symvae.training.tasks.arousal import Piece

    found = list(vgmidi(folder))
    left_out = [item for item in found if not isinstance(item, LabelledPiece)]
    for item in left_out[:_MOST_LINES]:
        say(f"left out: {item}")
    if len(left_out) > _MOST_LINES:
        say(f"left out: {len(left_out) - _MOST_LINES} more")
    if len(left_out) == len(found):
        raise CorpusError(f"No piece of {folder} can be read. Give a folder as VGMIDI's: labels and MIDI.")
    return [
        Piece(item.name, item.series, item.arousal, tuple(thin(phrase) for phrase in item.phrases))
        for item in found
        if isinstance(item, LabelledPiece)
    ]

"""miditok's TokSequences as music, recognized without an import of miditok, which takes seconds."""

from typing import Any

import numpy as np

from symvae.errors import TokenError
from symvae.music.io.source import load_any
from symvae.tokens.tokenizer import Tokenizer


def decoded(music: Any, tokenizer: Tokenizer) -> Any:
    """Decode a TokSequence, or a list of them, to songs; all other music stays as it is.

    Raises:
        TokenError: The ids fill no whole bars, or are of another vocabulary.
    """
    if isinstance(music, list | tuple) and music and all(map(_is_sequence, music)):
        return [decoded(each, tokenizer) for each in music]
    if not _is_sequence(music):
        return music
    ids, row = np.asarray(music.ids), tokenizer.positions_per_bar
    if not len(ids) or len(ids) % row:
        raise TokenError(
            f"A bar of {tokenizer.name} has {row} ids, and this sequence has {len(ids)}. "
            f"Make it with symvae.tokenizer({tokenizer.name!r})."
        )
    return load_any(tokenizer.decode_ids(ids.reshape(-1, row)))


def _is_sequence(music: Any) -> bool:
    kinds = [(kind.__module__.split(".")[0], kind.__name__) for kind in type(music).__mro__]
    return ("miditok", "TokSequence") in kinds

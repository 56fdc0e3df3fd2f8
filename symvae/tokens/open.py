"""The front door to all tokenizers, as miditok tokenizers."""

import os
from typing import TYPE_CHECKING

from symvae.arguments import checked
from symvae.errors import TokenError
from symvae.tokens.load import load_tokenizer
from symvae.tokens.table import TOKENIZERS

if TYPE_CHECKING:
    from symvae.tokens.phrase_tokenizer import PhraseTokenizer


@checked
def tokenizer(name: str | os.PathLike[str], metre: str = "4/4") -> "PhraseTokenizer":
    """Open a tokenizer of a kind of music, with the ids of the models, as a `miditok.MusicTokenizer`.

    Args:
        name: "melody", "piano" or another kind; or the file or folder of a saved tokenizer or a model.
        metre: Metre of the music, where ``name`` is a kind: "4/4", "3/4", "6/8" …

    Returns:
        The tokenizer: called with a Score or a path it gives TokSequences, and called with these a Score.

    Raises:
        TokenError: There is no such kind and no such file, or the kind has no such metre.
    """
    from symvae.tokens.phrase_tokenizer import PhraseTokenizer

    if name in TOKENIZERS:
        return PhraseTokenizer(TOKENIZERS[str(name)](metre))
    if os.path.exists(name):
        return PhraseTokenizer(load_tokenizer(name))
    raise TokenError(
        f"There is no tokenizer {os.fspath(name)!r}. Choose one of {', '.join(TOKENIZERS)}, or give the file "
        "of a saved one."
    )

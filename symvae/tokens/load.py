"""Saved tokenizers, read without miditok, which takes seconds to import.

`symvae.tokens.melody.MelodyTokenizer.load` reads the same file into a miditok tokenizer.
"""

import json
from os import PathLike
from pathlib import Path

from symvae.errors import TokenError
from symvae.tokens.save import TOKENIZER_FILE
from symvae.tokens.table import TOKENIZERS
from symvae.tokens.tokenizer import Tokenizer


def load_tokenizer(path: str | PathLike[str]) -> Tokenizer:
    """Load the tokenizer of a file, or of a folder with a ``tokenizer.json``.

    Raises:
        TokenError: The file is missing, damaged or of an unknown tokenizer.
    """
    path = Path(path)
    path = path / TOKENIZER_FILE if path.is_dir() else path
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        kind, settings = saved["tokenization"], saved["config"]["additional_params"]
    except OSError as fault:
        raise TokenError(
            f"There is no tokenizer at {path}: give the folder of a model or its file."
        ) from fault
    except (ValueError, KeyError, TypeError) as fault:
        raise TokenError(
            f"{path} is no saved tokenizer: write it again with the tokenizer's save()."
        ) from fault
    kinds = {each.saved_as: each for each in TOKENIZERS.values()}
    if kind not in kinds:
        raise TokenError(
            f"{path} holds a {kind}, and only {' and '.join(kinds)} are known. A newer symvae may read it."
        )
    try:
        return kinds[kind](**settings)
    except TypeError as fault:
        raise TokenError(
            f"{path} has settings that no {kind} has: {', '.join(map(str, settings))}. "
            "A newer symvae may read it."
        ) from fault

"""Saved tokenizers, read without miditok, which takes seconds to import.

`symvae.tokenizer` reads the same file into a miditok tokenizer.
"""

from os import PathLike
from pathlib import Path

from symvae.errors import TokenError
from symvae.files.json_file import read_json
from symvae.files.limit import shown
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
    if not path.is_file():
        raise TokenError(f"There is no tokenizer at {path}: give the folder of a model or its file.")
    remedy = "Write it again with the tokenizer's save()."
    saved = read_json(path, TokenError, remedy)
    try:
        kind, settings = saved["tokenization"], dict(saved["config"]["additional_params"])
    except (ValueError, KeyError, TypeError, IndexError) as fault:
        raise TokenError(f"{path} is no saved tokenizer. {remedy}") from fault
    kinds = {each.saved_as: each for each in TOKENIZERS.values()}
    if not isinstance(kind, str) or kind not in kinds:
        raise TokenError(
            f"{path} holds a {shown(kind)}, and only {' and '.join(kinds)} are known. "
            "A newer symvae may read it."
        )
    types = {name: type(value) for name, value in vars(kinds[kind]()).items()}
    if unknown := [name for name, value in settings.items() if types.get(name) is not type(value)]:
        raise TokenError(
            f"{path} has the setting {shown(unknown[0])}, and no {kind} has one of that name and kind. "
            "A newer symvae may read it."
        )
    return kinds[kind](**settings)

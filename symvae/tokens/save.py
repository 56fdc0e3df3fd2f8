"""The file of a tokenizer, in miditok's format."""

import json
from os import PathLike
from pathlib import Path
from typing import Any

from symvae.storage.whole_file import make_folder, write_text

TOKENIZER_FILE = "tokenizer.json"


def save_tokenizer(content: dict[str, Any], out_path: str | PathLike[str]) -> None:
    """Write a tokenizer's ``content`` to a file, or as ``tokenizer.json`` into a folder."""
    path = Path(out_path)
    if path.is_dir() or not path.suffix:
        path = path / TOKENIZER_FILE
    make_folder(path.parent)
    write_text(path, json.dumps(content, indent=2) + "\n")

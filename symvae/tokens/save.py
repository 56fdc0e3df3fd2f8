"""The file of a tokenizer, in miditok's format."""

import json
from os import PathLike
from pathlib import Path
from typing import Any

TOKENIZER_FILE = "tokenizer.json"


def save_tokenizer(content: dict[str, Any], out_path: str | PathLike[str]) -> None:
    """Write a tokenizer's ``content`` to a file, or as ``tokenizer.json`` into a folder."""
    path = Path(out_path)
    if path.is_dir() or not path.suffix:
        path = path / TOKENIZER_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

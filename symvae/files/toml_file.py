"""TOML from strangers: of bounded size and depth."""

import os
import tomllib
from typing import Any

from symvae.errors import SymvaeError
from symvae.files.limits import TOML_KIB
from symvae.files.plain import read_text


def read_toml(path: str | os.PathLike[str], error: type[SymvaeError]) -> dict[str, Any]:
    """Read a TOML file.

    Args:
        path: The file.
        error: Class of the error.

    Returns:
        Its values by key.

    Raises:
        SymvaeError: The file cannot be read, exceeds a limit or is not TOML.
    """
    text = read_text(path, TOML_KIB, error)
    try:
        return tomllib.loads(text)
    except RecursionError as fault:
        raise error(f"{path} nests its values too deep to be read. Give a short list of choices.") from fault
    except ValueError as fault:  # also of numbers with thousands of digits
        raise error(f"{path} is not TOML: {fault}. Correct it there.") from fault

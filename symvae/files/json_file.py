"""JSON from strangers: of bounded size and depth, without the numbers NaN and infinity.

This module knows no content; whoever reads a file compares its values with what they must be.
"""

import json
import os
import re
from itertools import accumulate
from typing import Any, NoReturn

from symvae.errors import SymvaeError
from symvae.files.limits import JSON_DEPTH, JSON_MIB
from symvae.files.plain import read_bytes

#: Without an end it reaches to that of the file: each letter is looked at once.
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}


def read_json(path: str | os.PathLike[str], error: type[SymvaeError], remedy: str) -> Any:
    """Read a JSON file.

    Args:
        path: The file.
        error: Class of the error.
        remedy: Last sentence of the error for a file that is not JSON.

    Returns:
        Its value.

    Raises:
        SymvaeError: The file cannot be read, exceeds a limit or is not JSON.
    """
    try:
        text = read_bytes(path, JSON_MIB, error).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise error(f"{path} is not JSON (it is not text in UTF-8). {remedy}") from fault
    return parse_json(text, path, error, remedy)


def parse_json(text: str, where: object, error: type[SymvaeError], remedy: str) -> Any:
    """Parse JSON.

    Args:
        text: The JSON.
        where: Name of the file in messages.
        error: Class of the error.
        remedy: Last sentence of the error for a text that is not JSON.

    Returns:
        Its value.

    Raises:
        SymvaeError: The text is nested too deeply or is not JSON.
    """
    # Few brackets cannot be too many levels; only long files pay for the count.
    if text.count("[") + text.count("{") > JSON_DEPTH.most:
        JSON_DEPTH.check(_depth(text), where, error=error)
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError as fault:
        reason = getattr(fault, "msg", fault)
        place = f", line {fault.lineno}" if isinstance(fault, json.JSONDecodeError) else ""
        raise error(f"{where} is not JSON ({reason}{place}). {remedy}") from fault


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _depth(text: str) -> int:
    """Largest number of open brackets, those inside of texts left out."""
    steps = (_STEPS[letter] for letter in re.sub(r"[^\[\]{}]+", "", _TEXT.sub("", text)))
    return max(accumulate(steps), default=0)

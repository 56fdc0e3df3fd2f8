"""Limits that the user has raised, by their names: ``SYMVAE_LIMITS="notes=500000 bars=20000"``.

The environment reaches worker processes as well. On the command line ``--limit notes=500000`` sets it.
"""

import functools
import os
from collections.abc import Mapping

from symvae.errors import ConfigError

VARIABLE = "SYMVAE_LIMITS"


def raised() -> Mapping[str, int]:
    """Limit → its new upper bound.

    Raises:
        ConfigError: The variable holds something else than names with numbers.
    """
    return parsed(os.environ.get(VARIABLE, ""))


@functools.cache
def parsed(text: str) -> Mapping[str, int]:
    """Read names with numbers, separated by blanks.

    Args:
        text: "notes=500000 bars=20000".

    Returns:
        Limit → its new upper bound.

    Raises:
        ConfigError: A word is no name with a number.
    """
    limits: dict[str, int] = {}
    for word in text.split():
        name, _, number = word.partition("=")
        try:
            limits[name] = int(number)
        except ValueError:
            limits[name] = -1
        if not name or limits[name] < 0:
            raise ConfigError(
                f"{word!r:.60} raises no limit. Give a name of docs/limits.md and a number: notes=500000."
            )
    return limits

"""Checks of config fields that name the key in the user's spelling, ``section.key``."""

import math

from symvae.errors import ConfigError


def check_choice(key: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse a word that is not among ``choices``.

    Args:
        key: Name of the field, ``section.key``.
        value: The word.
        choices: The words that are allowed.

    Raises:
        ConfigError: ``value`` is none of them.
    """
    if value not in choices:
        raise ConfigError(f"{key} is {' or '.join(map(repr, choices))}, not {value!r}.")


def check_at_least(section: str, config: object, least: int, *keys: str) -> None:
    """Refuse numbers below ``least``, infinity and nan.

    Args:
        section: Name of the section, for the message.
        config: The dataclass that holds the fields.
        least: The smallest number that is allowed.
        *keys: Names of the fields.

    Raises:
        ConfigError: A field is out of range.
    """
    for key in keys:
        value = getattr(config, key)
        if not least <= value < math.inf:
            raise ConfigError(f"{section}.{key} must be a number of at least {least}, not {value}.")


def check_above_zero(section: str, config: object, *keys: str) -> None:
    """Refuse zero, negative numbers, infinity and nan.

    Args:
        section: Name of the section, for the message.
        config: The dataclass that holds the fields.
        *keys: Names of the fields.

    Raises:
        ConfigError: A field is out of range.
    """
    for key in keys:
        value = getattr(config, key)
        if not 0 < value < math.inf:
            raise ConfigError(f"{section}.{key} must be a number above 0, not {value}.")


def check_share(section: str, config: object, *keys: str) -> None:
    """Refuse numbers outside 0 to 1.

    Args:
        section: Name of the section, for the message.
        config: The dataclass that holds the fields.
        *keys: Names of the fields.

    Raises:
        ConfigError: A field is out of range.
    """
    for key in keys:
        value = getattr(config, key)
        if not 0 <= value <= 1:
            raise ConfigError(f"{section}.{key} is a share from 0 to 1, not {value}.")

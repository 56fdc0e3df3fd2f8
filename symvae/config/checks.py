"""Checks of config fields that name the key in the user's spelling, ``section.key``."""

from symvae.errors import ConfigError
from symvae.files.limit import Limit, shown

#: Numbers stay below this bound, which generators and arrays have.
LARGEST = 2**63


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
        raise ConfigError(f"{key} is {' or '.join(map(repr, choices))}, not {shown(value)}.")


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
        if not least <= value < LARGEST:
            raise ConfigError(f"{section}.{key} must be a number of at least {least}, not {shown(value)}.")


def check_size(section: str, config: object, limit: Limit, least: int, *keys: str) -> None:
    """Refuse sizes of a network out of range.

    Args:
        section: Name of the section, for the message.
        config: The dataclass that holds the fields.
        limit: The largest size.
        least: The smallest size.
        *keys: Names of the fields.

    Raises:
        ConfigError: A field is out of range.
    """
    for key in keys:
        limit._replace(least=least).check(getattr(config, key), f"{section}.{key}")


def check_distinct(key: str, names: tuple[str, ...]) -> None:
    """Refuse a name that stands twice.

    Args:
        key: Name of the field, ``section.key``.
        names: The names.

    Raises:
        ConfigError: One of them is there twice.
    """
    if twice := next((name for row, name in enumerate(names) if name in names[:row]), None):
        raise ConfigError(f"{key} names {shown(twice)} twice. Name each once.")


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
        if not 0 < value < LARGEST:
            raise ConfigError(f"{section}.{key} must be a number above 0, not {shown(value)}.")


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
            raise ConfigError(f"{section}.{key} is a share from 0 to 1, not {shown(value)}.")

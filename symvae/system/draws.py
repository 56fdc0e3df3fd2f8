"""Settings of random draws, checked: seeds, counts and temperatures as users give them."""

import torch

from symvae.errors import LatentError

#: From ten on draws are noise; beyond millions numbers are no longer finite.
MOST_TEMPERATURE = 100.0


def seeded(seed: int) -> torch.Generator:
    """Return a generator on the CPU that draws the same for the same seed.

    Raises:
        LatentError: the seed is beyond what torch takes.
    """
    if not -(2**63) <= seed < 2**64:
        raise LatentError(f"A seed is a whole number from -2**63 to 2**64 - 1, not {seed}.")
    return torch.Generator().manual_seed(seed)


def check_count(count: int) -> None:
    """Refuse fewer than one draw.

    Raises:
        LatentError: ``count`` is below 1.
    """
    if count < 1:
        raise LatentError(f"The number of draws is 1 or more, not {count}.")


def check_temperature(name: str, value: float) -> None:
    """Refuse temperatures that are negative, above `MOST_TEMPERATURE` or no number.

    Args:
        name: The user's word for it.
        value: The temperature.

    Raises:
        LatentError: ``value`` is out of range.
    """
    if not 0 <= value <= MOST_TEMPERATURE:
        raise LatentError(f"{name} is a number from 0 to {MOST_TEMPERATURE:g}, not {value:g}.")


def check_top_p(top_p: float) -> None:
    """Refuse shares outside (0, 1].

    Raises:
        LatentError: ``top_p`` is out of range.
    """
    if not 0 < top_p <= 1:
        raise LatentError(f"top_p is a probability above 0 and up to 1 (all tokens), not {top_p}.")

"""Linear maps between z and the codes of all bars: of the encoder to z, of the conductor from z.

Both are dense, unless each part of the music has coordinates of z of its own. Then these are equal shares of
z in the order of the parts, and both maps have a block for each part, over its codes in all bars.

It handles codes and knows no pitch or rhythm.
"""

from collections.abc import Sequence
from typing import TypeAlias

from torch import nn

from symvae.nn.block_linear import BlockLinear

CodeMap: TypeAlias = nn.Linear | BlockLinear


def codes_to_latent(
    *, bars: int, code_size: int, latent_size: int, part_sizes: Sequence[int] = ()
) -> CodeMap:
    """Build the map of the codes of all bars, bar after bar, to z; orthogonal at initialization.

    Args:
        bars: bars in a phrase.
        code_size: width of a bar's code.
        latent_size: coordinates of z.
        part_sizes: width of each part's share of a bar's code, where each part has coordinates of z of its
            own; else empty.

    Returns:
        A dense layer, or one with a block for each part.
    """
    if part_sizes:
        return BlockLinear(_parts_of_codes(bars, part_sizes), _parts_of_latent(latent_size, len(part_sizes)))
    return _dense(bars * code_size, latent_size)


def latent_to_codes(
    *, bars: int, code_size: int, latent_size: int, part_sizes: Sequence[int] = ()
) -> CodeMap:
    """Build the map of z to the codes of all bars, bar after bar; orthogonal at initialization.

    Args:
        bars: bars in a phrase.
        code_size: width of a bar's code.
        latent_size: coordinates of z.
        part_sizes: as of `codes_to_latent`.

    Returns:
        A dense layer, or one with a block for each part.
    """
    if part_sizes:
        return BlockLinear(_parts_of_latent(latent_size, len(part_sizes)), _parts_of_codes(bars, part_sizes))
    return _dense(latent_size, bars * code_size)


def _dense(inputs: int, outputs: int) -> nn.Linear:
    layer = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def _parts_of_codes(bars: int, part_sizes: Sequence[int]) -> list[int]:
    """Part of each coordinate of the codes of all bars."""
    return bars * [part for part, size in enumerate(part_sizes) for _ in range(size)]


def _parts_of_latent(latent_size: int, parts: int) -> list[int]:
    """Part of each coordinate of z."""
    return [part for part in range(parts) for _ in range(latent_size // parts)]

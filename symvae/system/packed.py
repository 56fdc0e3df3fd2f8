"""Six-bit integers packed four to three bytes, the first in the highest bits."""

import torch
from jaxtyping import Int8, UInt8
from torch import Tensor

#: Largest magnitude of a signed integer of six bits, used symmetrically.
LEVELS = 31
_ZERO, _GROUP, _BYTES = 32, 4, 3


def packed_width(columns: int) -> int:
    """Bytes of a row of ``columns`` integers."""
    return -(-columns // _GROUP) * _BYTES


def pack(levels: Int8[Tensor, "row column"]) -> UInt8[Tensor, "row byte"]:
    """Pack the integers of each row; the last group is filled with zeros.

    Args:
        levels: Integers from -31 to 31.

    Returns:
        `packed_width` bytes a row.
    """
    filled = torch.nn.functional.pad(levels.int(), (0, -levels.shape[1] % _GROUP)) + _ZERO
    groups = filled.view(len(levels), -1, _GROUP)
    word = (groups << torch.tensor([18, 12, 6, 0])).sum(-1)
    parts = word[..., None] >> torch.tensor([16, 8, 0]) & 255
    return parts.flatten(1).to(torch.uint8)


def unpack(data: UInt8[Tensor, "row byte"], columns: int) -> Int8[Tensor, "row column"]:
    """Unpack rows of ``columns`` integers.

    Args:
        data: Packed rows of `packed_width` bytes.
        columns: Integers of a row.

    Returns:
        The integers.
    """
    parts = data.int().view(len(data), -1, _BYTES)
    word = parts[..., 0] << 16 | parts[..., 1] << 8 | parts[..., 2]
    groups = word[..., None] >> torch.tensor([18, 12, 6, 0]) & 63
    return (groups.flatten(1)[:, :columns] - _ZERO).to(torch.int8)

"""Codes of missing bars from those of the others: a transformer over bars.

Each bar has two codes, of its pitches and of its rhythm, and either may be unknown. The network predicts
the unknown ones; known ones stay. Music repeats itself, so a predicted code is a mixture of a new one and of
the known codes of other bars, as in a pointer network (See et al. 2017, arXiv 1704.04368, section 2.2): a
bar is copied by one weight of attention. It takes the place of SketchNet's InpaintRNN and SketchConnector
(Chen et al. 2020, arXiv 2008.01291, sections 3.2 and 3.3), with attention to all bars in both directions.

It handles codes and knows no ids.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

_HEAD_SIZE = 32
#: Size of what bars are matched by.
_COPY_SIZE = 64
#: Bars between which places are told apart.
_MOST_BARS = 64


class Codes(NamedTuple):
    """The two codes of bars."""

    pitch: Float[Tensor, "batch bar pitch"]
    rhythm: Float[Tensor, "batch bar rhythm"]


class Known(NamedTuple):
    """Masks of the codes that are known."""

    pitch: Bool[Tensor, "batch bar"]
    rhythm: Bool[Tensor, "batch bar"]


class Block(nn.Module):
    """Transformer block over bars, with a learned bias of attention for each distance of two bars.

    Args:
        width: width of a bar; a multiple of 32.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = width // _HEAD_SIZE
        self.before_attention = nn.LayerNorm(width)
        self.attend = nn.Linear(width, 3 * width)
        self.distance = nn.Parameter(torch.zeros(self.heads, 2 * _MOST_BARS + 1))
        self.gather = nn.Linear(width, width)
        self.before_mlp = nn.LayerNorm(width)
        self.widen = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def forward(self, x: Float[Tensor, "batch bar width"]) -> Float[Tensor, "batch bar width"]:
        batch, bars, _ = x.shape
        place = torch.arange(bars, device=x.device)
        apart = (place[None] - place[:, None]).clamp(-_MOST_BARS, _MOST_BARS) + _MOST_BARS
        parts = self.attend(self.before_attention(x)).view(batch, bars, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        bias = self.distance[:, apart].to(query.dtype)
        attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        x = x + self.gather(attended.transpose(1, 2).flatten(2))
        return x + self.narrow(functional.gelu(self.widen(self.before_mlp(x))))


class Copy(nn.Module):
    """Attention of each bar over the known codes of the others, and its share of a new code.

    Args:
        width: width of a bar.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query, self.key = nn.Linear(width, _COPY_SIZE), nn.Linear(width, _COPY_SIZE)
        self.new = nn.Linear(width, 1)
        self.distance = nn.Parameter(torch.zeros(2 * _MOST_BARS + 1))

    def forward(
        self,
        x: Float[Tensor, "batch bar width"],
        new: Float[Tensor, "batch bar code"],
        code: Float[Tensor, "batch bar code"],
        known: Bool[Tensor, "batch bar"],
    ) -> Float[Tensor, "batch bar code"]:
        """Mix the new codes with those that are known.

        Args:
            x: what the transformer found of each bar.
            new: its new codes.
            code: codes; unknown ones are ignored.
            known: mask of the known codes.

        Returns:
            A code for each bar.
        """
        place = torch.arange(x.shape[1], device=x.device)
        apart = (place[None] - place[:, None]).clamp(-_MOST_BARS, _MOST_BARS) + _MOST_BARS
        match = self.query(x) @ self.key(x).transpose(1, 2) / _COPY_SIZE**0.5 + self.distance[apart]
        match = match.masked_fill(~known[:, None], float("-inf"))
        weight = torch.cat([match, self.new(x)], dim=-1).float().softmax(dim=-1).to(code.dtype)
        copied = weight[..., :-1] @ torch.where(known[..., None], code, 0.0)
        return copied + weight[..., -1:] * new


class Inpainter(nn.Module):
    """Codes of some bars → codes of all bars.

    Args:
        pitch_size: width of the code of a bar's pitches.
        rhythm_size: width of the code of a bar's rhythm.
        width: width of a bar in the transformer; a multiple of 32.
        layers: number of blocks.
    """

    def __init__(self, *, pitch_size: int, rhythm_size: int, width: int, layers: int) -> None:
        super().__init__()
        self.sizes = (pitch_size, rhythm_size)
        self.start = nn.ModuleList(nn.Linear(size, width) for size in self.sizes)
        self.unknown = nn.Parameter(0.02 * torch.randn(2, width))
        self.blocks = nn.ModuleList(Block(width) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.end = nn.ModuleList(nn.Linear(width, size) for size in self.sizes)
        self.copy = nn.ModuleList(Copy(width) for _ in self.sizes)

    def forward(self, codes: Codes, known: Known) -> Codes:
        """Predict the codes that are not known.

        Args:
            codes: codes of all bars; unknown ones are ignored.
            known: masks of the known ones.

        Returns:
            Codes of all bars, the known ones unchanged.
        """
        x = torch.zeros((), device=self.unknown.device)
        for layer, unknown, code, mask in zip(self.start, self.unknown, codes, known, strict=True):
            x = x + torch.where(mask[..., None], layer(code), unknown)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        predicted = (
            torch.where(mask[..., None], code, copy(x, layer(x).to(code.dtype), code, mask))
            for layer, copy, code, mask in zip(self.end, self.copy, codes, known, strict=True)
        )
        return Codes(*predicted)

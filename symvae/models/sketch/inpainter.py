"""Codes of missing bars from those of the others: a transformer over bars.

Each bar has two codes, of its pitches and of its rhythm, and either may be unknown. The network predicts
the unknown ones; known ones stay. It takes the place of SketchNet's InpaintRNN and SketchConnector (Chen et
al. 2020, arXiv 2008.01291, sections 3.2 and 3.3), with attention to all bars in both directions.

Music repeats itself, and a mean of codes is no bar. So each unknown code is chosen: a pointer decides between
a new code and the known codes of the other bars (pointer networks: Vinyals et al. 2015, arXiv 1506.03134).

It handles codes and knows no ids.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from symvae.nn.sampling import choose

_HEAD_SIZE = 32
#: Size of what bars are matched by.
_MATCH_SIZE = 64
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


class Pointer(nn.Module):
    """Choice of each bar among the known codes of the others and a new one.

    Args:
        width: width of a bar.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query, self.key = nn.Linear(width, _MATCH_SIZE), nn.Linear(width, _MATCH_SIZE)
        self.new = nn.Linear(width, 1)
        self.distance = nn.Linear(_MATCH_SIZE, 2 * _MOST_BARS + 1)

    def forward(
        self, x: Float[Tensor, "batch bar width"], known: Bool[Tensor, "batch bar"]
    ) -> Float[Tensor, "batch bar choice"]:
        """Score the choices: the code of each bar, minus infinity where it is unknown, then a new one."""
        place = torch.arange(x.shape[1], device=x.device)
        apart = (place[None] - place[:, None]).clamp(-_MOST_BARS, _MOST_BARS) + _MOST_BARS
        query = self.query(x)
        match = query @ self.key(x).transpose(1, 2) / _MATCH_SIZE**0.5
        match = match + self.distance(query).gather(-1, apart.expand(len(x), -1, -1))
        return torch.cat([match.masked_fill(~known[:, None], float("-inf")), self.new(x)], dim=-1).float()


class Predicted(NamedTuple):
    """Predictions of all bars."""

    new: Codes
    """New codes; known ones as they are."""
    choices: tuple[Float[Tensor, "batch bar choice"], Float[Tensor, "batch bar choice"]]
    """Scores of the choices of each bar's two codes, as of `Pointer`."""


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
        self.pointers = nn.ModuleList(Pointer(width) for _ in self.sizes)

    def predict(self, codes: Codes, known: Known) -> Predicted:
        """Predict new codes in the place of the unknown ones, and score them against copies.

        Args:
            codes: codes of all bars; unknown ones are ignored.
            known: masks of the known ones.

        Returns:
            New codes and scores.
        """
        x = torch.zeros((), device=self.unknown.device)
        for layer, unknown, code, mask in zip(self.start, self.unknown, codes, known, strict=True):
            x = x + torch.where(mask[..., None], layer(code), unknown)
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        new = (
            torch.where(mask[..., None], code, layer(x).to(code.dtype))
            for layer, code, mask in zip(self.end, codes, known, strict=True)
        )
        pitch, rhythm = (pointer(x, mask) for pointer, mask in zip(self.pointers, known, strict=True))
        return Predicted(Codes(*new), (pitch, rhythm))

    def forward(
        self,
        codes: Codes,
        known: Known,
        temperature: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> Codes:
        """Fill in the codes that are not known, each new or a copy.

        Args:
            codes: codes of all bars; unknown ones are ignored.
            known: masks of the known ones.
            temperature: of the choice; 0 takes the likeliest.
            generator: source of the draws; not used at temperature 0.

        Returns:
            Codes of all bars, the known ones unchanged.
        """
        predicted = self.predict(codes, known)
        filled = []
        for new, code, mask, scores in zip(predicted.new, codes, known, predicted.choices, strict=True):
            choice = choose(scores.flatten(0, 1), temperature, generator=generator).view(mask.shape)
            place = choice.clamp(max=code.shape[1] - 1)[..., None].expand_as(code)
            copied = ~mask & (choice < code.shape[1])
            filled.append(torch.where(copied[..., None], code.gather(1, place), new))
        return Codes(*filled)

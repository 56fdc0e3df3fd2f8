"""Residual vector quantizer: each codebook quantizes what those before it have left.

A vector becomes a code a level, and the sum of their entries stands for it (van den Oord et al. 2017, arXiv
1711.00937; Zeghidour et al. 2021, SoundStream, arXiv 2107.03312, section III-C). Entries are running means of
the vectors assigned to them (van den Oord et al., appendix A.1). They start from k-means on the first batch;
an entry that is hardly used is moved to a vector of the batch, the likelier the worse that is quantized (the
seeding of k-means++, Arthur and Vassilvitskii 2007, which the first batch has, too).

All that is learned without a gradient is in the buffers, and chance comes from a generator that is passed.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

#: Iterations of k-means on the first batch.
_FIRST_ITERATIONS = 10
#: Least running count of an entry, against division by 0.
_LEAST = 1e-6


class Quantized(NamedTuple):
    """Quantized vectors."""

    vectors: Float[Tensor, "batch position width"]
    """Sums of entries, with a straight-through gradient to the input."""
    codes: Int[Tensor, "batch position level"]
    commitment: Float[Tensor, " batch"]
    """Mean squared distance of the input from its entries, summed over the levels."""


class ResidualVQ(nn.Module):
    """Codebooks over residuals.

    Args:
        width: Coordinates of a vector.
        levels: Number of codebooks.
        entries: Entries of each codebook.
        decay: Share of an entry's running mean that a step keeps.
        dead: Use below which an entry is moved, as a share of that of equally used entries.
    """

    entries: Tensor
    """All entries, those of the first level first, ``(level · entry, width)``."""
    uses: Tensor
    """Running mean of the number of vectors that a step assigns to each entry, ``(level, entry)``."""

    def __init__(
        self, width: int, *, levels: int, entries: int, decay: float = 0.97, dead: float = 0.1
    ) -> None:
        super().__init__()
        self.levels, self.size, self.decay, self.dead = levels, entries, decay, dead
        self.register_buffer("entries", torch.zeros(levels * entries, width))
        self.register_buffer("uses", torch.zeros(levels, entries))

    def forward(
        self, x: Float[Tensor, "batch position width"], generator: torch.Generator | None = None
    ) -> Quantized:
        """Quantize vectors.

        Args:
            x: The vectors.
            generator: Source of moved entries, on the device of ``x``; given, the codebooks learn from ``x``.

        Returns:
            The quantized vectors, as the codebooks were before they learned.
        """
        with torch.autocast(x.device.type, enabled=False):
            x = x.float()
            if generator is not None and not self.uses.any():
                self._start(x.detach().flatten(0, 1), generator)
            residual, total, codes, commitment = x, torch.zeros_like(x), [], x.new_zeros(len(x))
            for level in range(self.levels):
                nearest = _nearest(residual.detach().flatten(0, 1), self.of_level(level))
                found = self.of_level(level)[nearest].unflatten(0, x.shape[:2])
                if generator is not None:
                    self._learn(level, residual.detach().flatten(0, 1), nearest, generator)
                commitment = commitment + (residual - found).square().mean((1, 2))
                # The gradient of each level's distance is that of the input.
                residual, total = residual - found, total + found
                codes.append(nearest.unflatten(0, x.shape[:2]))
            # Straight through: the value is the sum of the entries, to the last bit.
            return Quantized(total + (x - x.detach()), torch.stack(codes, 2), commitment)

    def of_level(self, level: int) -> Float[Tensor, "entry width"]:
        """Entries of a codebook, as they are now."""
        return self.entries[level * self.size : (level + 1) * self.size].clone()

    def lookup(self, codes: Int[Tensor, "batch position level"]) -> Float[Tensor, "batch position width"]:
        """Vectors of codes: the sums of their entries."""
        rows = codes + self.size * torch.arange(self.levels, device=codes.device)
        return self.entries[rows].sum(2)

    @torch.no_grad()
    def _start(self, x: Float[Tensor, "vector width"], generator: torch.Generator) -> None:
        """Fit the codebooks to the vectors of a batch by k-means, level by level."""
        even = len(x) / self.size
        for level in range(self.levels):
            self._put(level, _seeds(x, self.size, generator), x.new_full((self.size,), even))
            for _ in range(_FIRST_ITERATIONS):
                nearest = _nearest(x, self.of_level(level))
                self._learn(level, x, nearest, generator, decay=0.0)
            entries = self.of_level(level)
            self.uses[level] = even
            x = x - entries[_nearest(x, entries)]

    @torch.no_grad()
    def _learn(
        self,
        level: int,
        x: Float[Tensor, "vector width"],
        nearest: Int[Tensor, " vector"],
        generator: torch.Generator,
        decay: float | None = None,
    ) -> None:
        """Move the entries of a codebook to the running means of their vectors, and dead ones elsewhere."""
        decay = self.decay if decay is None else decay
        entries, before = self.of_level(level), decay * self.uses[level]
        assigned = torch.zeros_like(before).index_add_(0, nearest, x.new_ones(len(x)))
        total = torch.zeros_like(entries).index_add_(0, nearest, x)
        uses = before + (1 - decay) * assigned
        means = (before[:, None] * entries + (1 - decay) * total) / uses.clamp(min=_LEAST)[:, None]
        error = (x - entries[nearest]).square().sum(1)
        even = len(x) / self.size
        dead = uses < self.dead * even
        # Drawn for all entries, so that the draws that follow are the same for any number of dead ones.
        chosen = torch.multinomial(error + _LEAST, self.size, replacement=True, generator=generator)
        self._put(
            level,
            torch.where(dead[:, None], x[chosen], means),
            torch.where(dead, torch.full_like(uses, even), uses),
        )

    def _put(self, level: int, entries: Float[Tensor, "entry width"], uses: Float[Tensor, " entry"]) -> None:
        self.entries[level * self.size : (level + 1) * self.size] = entries
        self.uses[level] = uses


def _seeds(
    x: Float[Tensor, "vector width"], count: int, generator: torch.Generator
) -> Float[Tensor, "count width"]:
    """Draw vectors one after the other, each in proportion to its squared distance from those before it."""
    distance, seeds = x.new_ones(len(x)), []
    for number in range(count):
        row = torch.multinomial(distance + _LEAST, 1, generator=generator)
        apart = (x - x[row]).square().sum(1)
        distance = torch.minimum(distance, apart) if number else apart
        seeds.append(x[row[0]])
    return torch.stack(seeds)


def _nearest(
    x: Float[Tensor, "vector width"], entries: Float[Tensor, "entry width"]
) -> Int[Tensor, " vector"]:
    # Differences are squared one by one: with a product of matrices a code could depend on its batch.
    return torch.cdist(x, entries, compute_mode="donot_use_mm_for_euclid_dist").argmin(1)


def perplexity(codes: Int[Tensor, "word level"], entries: int) -> Float[Tensor, " level"]:
    """Perplexity of each level: its effective number of entries in use.

    Args:
        codes: Codes of some vectors.
        entries: Entries of each codebook.

    Returns:
        From 1, where every code is the same, to ``entries``.
    """
    return torch.special.entr(_shares(codes, entries)).sum(1).exp()


def used_share(codes: Int[Tensor, "word level"], entries: int) -> Float[Tensor, " level"]:
    """Share of the entries of each level that occur among codes.

    Args:
        codes: Codes of some vectors.
        entries: Entries of each codebook.

    Returns:
        From 0 to 1.
    """
    return (_shares(codes, entries) > 0).float().mean(1)


def _shares(codes: Int[Tensor, "word level"], entries: int) -> Float[Tensor, "level entry"]:
    return torch.stack([column.bincount(minlength=entries) for column in codes.T]) / max(len(codes), 1)

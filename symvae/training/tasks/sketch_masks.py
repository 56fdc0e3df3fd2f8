"""Masks of the known codes of bars in a training step of the sketch model.

A phrase has one gap, now and then two. Within it pitches, and apart from them rhythm, are unknown, given in
every bar, or given in some: Music SketchNet's protocol (Chen et al. 2020, arXiv 2008.01291, section 4.1) with
gaps of any length and place.
"""

import torch
from jaxtyping import Bool
from torch import Tensor

from symvae.models.sketch.inpainter import Known

#: Share of the phrases with a second gap.
_TWICE = 0.2


def draw_gaps(batch: int, bars: int, generator: torch.Generator) -> Bool[Tensor, "batch bar"]:
    """Draw gaps of up to half of the bars.

    Args:
        batch: number of phrases.
        bars: bars of each.
        generator: source of the draws.

    Returns:
        Mask of the bars in gaps, one or more in each phrase.
    """
    place = torch.arange(bars)

    def gap() -> Bool[Tensor, "batch bar"]:
        length = torch.randint(1, max(2, bars // 2 + 1), (batch, 1), generator=generator)
        first = (torch.rand(batch, 1, generator=generator) * (bars - length + 1)).long()
        return (place >= first) & (place < first + length)

    second = torch.rand(batch, 1, generator=generator) < _TWICE
    return gap() | (gap() & second)


def draw_known(gaps: Bool[Tensor, "batch bar"], share: float, generator: torch.Generator) -> Known:
    """Draw the codes that are known.

    Args:
        gaps: mask of the bars in gaps.
        share: share of the phrases that have a sketch of pitches in every bar of their gaps; as many have one
            in some bars, and the same holds for rhythm.
        generator: source of the draws.

    Returns:
        Masks; all bars outside of gaps are known.
    """

    def factor() -> Bool[Tensor, "batch bar"]:
        way = torch.rand(len(gaps), 1, generator=generator)
        some = torch.rand(gaps.shape, generator=generator) < 0.5
        return ~gaps | (way < share) | ((way < 2 * share) & some)

    return Known(factor(), factor())

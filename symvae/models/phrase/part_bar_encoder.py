"""Encoder of one bar of several parts: an encoder for each, their codes side by side.

    ids ─┬─ BarEncoder of the first part  ─ code ─┐
         ├─ BarEncoder of the second part ─ code ─┼─ code of the bar, and a summary of all
         └─ …                                     ┘

A part that is absent costs no computation: its code is a vector that is learned.

It handles ids and knows no pitch or rhythm.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor, nn

from symvae.models.phrase.bar_encoder import BarCodes, BarEncoder
from symvae.models.phrase.part_layout import PartLayout


class PartBarEncoder(nn.Module):
    """Encoders of all parts; the interface is that of `BarEncoder`.

    Args:
        parts: encoder of each part.
        layout: places and ids of the parts.
        summary_size: width of the summary of all parts.
        absent_std: standard deviation of the code of a part that is absent.
    """

    own_ids: Tensor

    def __init__(
        self, parts: Sequence[BarEncoder], *, layout: PartLayout, summary_size: int, absent_std: float
    ) -> None:
        super().__init__()
        self.layout = layout
        self.parts = nn.ModuleList(parts)
        self.code_sizes = [part.code_size for part in parts]
        self.summary_sizes = [part.summary_size for part in parts]
        self.code_size, self.summary_size = sum(self.code_sizes), summary_size
        self.absent_log_std = math.log(absent_std)
        self.absent = nn.Parameter(torch.zeros(self.code_size))
        self.summarize = nn.Linear(sum(self.summary_sizes), summary_size)
        self.register_buffer("own_ids", layout.tables(), persistent=False)

    def forward(self, ids: Int[Tensor, "batch bar position"]) -> BarCodes:
        rows = ids.flatten(0, 1)
        present = self.layout.present(rows)
        means, log_stds, summaries = [], [], []
        absent = self.absent.split(self.code_sizes)
        for number, encoder in enumerate(self.parts):
            there = present[:, number].nonzero()[:, 0]
            own = self.own_ids[number][rows[there, self.layout.slice(number)]]
            mean = absent[number].expand(len(rows), -1)
            log_std = torch.full_like(mean, self.absent_log_std)
            summary = mean.new_zeros((len(rows), self.summary_sizes[number]))
            if len(there):
                codes = encoder(own[:, None])
                mean = mean.index_copy(0, there, codes.mean[:, 0].to(mean.dtype))
                log_std = log_std.index_copy(0, there, codes.log_std[:, 0].to(mean.dtype))
                summary = summary.index_copy(0, there, codes.summary[:, 0].to(mean.dtype))
            means.append(mean)
            log_stds.append(log_std)
            summaries.append(summary)
        summary = nn.functional.gelu(self.summarize(torch.cat(summaries, dim=1)))
        shaped = (each.view(*ids.shape[:2], -1) for each in (torch.cat(means, 1), torch.cat(log_stds, 1)))
        mean, log_std = shaped
        return BarCodes(mean, log_std, summary.view(*ids.shape[:2], -1))

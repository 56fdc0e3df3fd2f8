"""Encoder of one bar as a set of members for each step: a Gaussian code and a summary.

    members ─ embed, sum by step ─ (step, hidden) ─ linear layer over all steps ─ residual blocks ─ summary

A member is embedded by its key and its marks together, and the members of a step are summed, so that their
order does not matter (Zaheer et al., "Deep Sets", 2017, arXiv 1703.06114).

It handles ids and knows no pitch or rhythm.
"""

import math

from jaxtyping import Float, Int
from torch import Tensor, float32, nn
from torch.nn.functional import gelu

from symvae.models.phrase.bar_encoder import BarCodes
from symvae.models.phrase.set_rows import Members, SetLayout, heads_of, members_of
from symvae.nn.residual import ResidualBlock


class SetBarEncoder(nn.Module):
    """Sums of member embeddings by step, then residual blocks; the interface is that of `BarEncoder`.

    Args:
        layout: layout of the rows.
        embedding_size: width of the embeddings of keys and marks.
        hidden_size: width of the embedding of a step.
        summary_size: width of a bar's summary.
        code_size: coordinates of a bar's code.
        initial_std: standard deviation of the codes at initialization.
    """

    def __init__(
        self,
        *,
        layout: SetLayout,
        embedding_size: int,
        hidden_size: int,
        summary_size: int,
        code_size: int,
        initial_std: float = 0.3,
    ) -> None:
        super().__init__()
        self.code_size, self.summary_size = code_size, summary_size
        self.layout = layout
        first, second = layout.marks
        self.key = nn.Embedding(layout.keys, embedding_size)
        self.first = nn.Embedding(first, embedding_size)
        self.second = nn.Embedding(second, embedding_size)
        self.member = nn.Linear(embedding_size, hidden_size)
        self.steps = nn.Linear(layout.steps * hidden_size, summary_size)
        self.head = nn.Embedding(layout.heads, summary_size)
        self.blocks = nn.Sequential(*(ResidualBlock(summary_size, summary_size) for _ in range(2)))
        self.mean = nn.Linear(summary_size, code_size)
        self.log_std = nn.Linear(summary_size, code_size)
        nn.init.zeros_(self.log_std.weight)  # a narrow posterior does not collapse
        nn.init.constant_(self.log_std.bias, math.log(initial_std))

    def forward(self, ids: Int[Tensor, "batch bar position"]) -> BarCodes:
        batch, bars, _ = ids.shape
        rows = ids.flatten(0, 1)
        pooled = self._pool(members_of(rows, self.layout), len(rows))
        summary = self.blocks(self.steps(pooled) + self.head(heads_of(rows, self.layout)))
        summary = summary.view(batch, bars, -1)
        return BarCodes(self.mean(summary), self.log_std(summary), summary)

    def _pool(self, members: Members, rows: int) -> Float[Tensor, "row step_and_hidden"]:
        """Sum the embeddings of the members by row and step."""
        together = self.key(members.key) + self.first(members.first) + self.second(members.second)
        each = gelu(self.member(gelu(together)))
        pooled = each.new_zeros((rows * self.layout.steps, each.shape[-1]), dtype=float32)
        pooled = pooled.index_add(0, members.row * self.layout.steps + members.step, each.float())
        return pooled.view(rows, -1)

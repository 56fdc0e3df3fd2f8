"""Encoder of one bar on a grid, one token for each position: a Gaussian code and a summary.

It handles ids and knows no pitch or rhythm.
"""

import math
from typing import NamedTuple

from jaxtyping import Float, Int
from torch import Tensor, nn

from symvae.nn.bits import BitEmbedding


class BarCodes(NamedTuple):
    """Encoding of each bar by itself."""

    mean: Float[Tensor, "batch bar code"]
    log_std: Float[Tensor, "batch bar code"]
    summary: Float[Tensor, "batch bar summary"]


class BarEncoder(nn.Module):
    """BiLSTM over the positions of a bar; the states of all positions enter the summary.

    Args:
        vocabulary_size: number of token ids.
        positions: tokens in a bar.
        embedding_size: width of a token embedding.
        hidden_size: hidden units of the LSTM, each direction.
        summary_size: width of a bar's summary.
        code_size: coordinates of a bar's code.
        initial_std: standard deviation of the codes at initialization.
        bits: elements of the sets that ids stand for (`symvae.nn.bits`); None for ids without parts.
    """

    def __init__(
        self,
        *,
        vocabulary_size: int,
        positions: int,
        embedding_size: int,
        hidden_size: int,
        summary_size: int,
        code_size: int,
        initial_std: float = 0.3,
        bits: int | None = None,
    ) -> None:
        super().__init__()
        self.code_size, self.summary_size = code_size, summary_size
        self.embedding: nn.Embedding | BitEmbedding
        if bits is None:
            self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        else:
            self.embedding = BitEmbedding(bits, embedding_size)
        self.lstm = nn.LSTM(embedding_size, hidden_size, batch_first=True, bidirectional=True)
        self.squeeze = nn.Linear(2 * hidden_size, 64)
        self.summarize = nn.Linear(positions * 64, summary_size)
        self.mean = nn.Linear(summary_size, code_size)
        self.log_std = nn.Linear(summary_size, code_size)
        nn.init.zeros_(self.log_std.weight)  # a narrow posterior does not collapse
        nn.init.constant_(self.log_std.bias, math.log(initial_std))

    def forward(self, ids: Int[Tensor, "batch bar position"]) -> BarCodes:
        batch, bars, _ = ids.shape
        states, _ = self.lstm(self.embedding(ids.flatten(0, 1)))
        summary = nn.functional.gelu(self.summarize(nn.functional.gelu(self.squeeze(states)).flatten(1)))
        summary = summary.view(batch, bars, -1)
        return BarCodes(self.mean(summary), self.log_std(summary), summary)

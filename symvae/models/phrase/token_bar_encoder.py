"""Encoder of one bar as a sequence of tokens without fixed positions, as in REMI.

Each token belongs to a time slot: the one named by the last position token before it. The states of a
BiLSTM over the row are summed by slot, so that the summary sees the bar laid out in time.

It handles ids and knows no pitch or rhythm; which ids open a slot is an argument.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from symvae.models.phrase.bar_encoder import BarCodes
from symvae.nn.ragged import groups_by_length, lengths_of, reversed_within

_STATE_SIZE = 64


class TokenBarEncoder(nn.Module):
    """BiLSTM over the tokens of a bar; the interface is that of `BarEncoder`.

    Args:
        vocabulary_size: number of token ids.
        slots: for each id the time slot that it opens, from 0, or -1.
        padding: the id that fills a row after its end.
        embedding_size: width of a token embedding.
        hidden_size: hidden units of the LSTM, each direction.
        summary_size: width of a bar's summary.
        code_size: coordinates of a bar's code.
        initial_std: standard deviation of the codes at initialization.
    """

    slot_of: Tensor

    def __init__(
        self,
        *,
        vocabulary_size: int,
        slots: Sequence[int],
        padding: int,
        embedding_size: int,
        hidden_size: int,
        summary_size: int,
        code_size: int,
        initial_std: float = 0.3,
    ) -> None:
        super().__init__()
        self.code_size, self.summary_size = code_size, summary_size
        self.padding = padding
        self.num_slots = max(slots) + 1
        self.register_buffer("slot_of", torch.tensor(slots, device="cpu"), persistent=False)
        self.embedding = nn.Embedding(vocabulary_size, embedding_size)
        self.forwards = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.backwards = nn.LSTM(embedding_size, hidden_size, batch_first=True)
        self.squeeze = nn.Linear(2 * hidden_size, _STATE_SIZE)
        self.summarize = nn.Linear(self.num_slots * _STATE_SIZE, summary_size)
        self.mean = nn.Linear(summary_size, code_size)
        self.log_std = nn.Linear(summary_size, code_size)
        nn.init.zeros_(self.log_std.weight)
        nn.init.constant_(self.log_std.bias, math.log(initial_std))

    def forward(self, ids: Int[Tensor, "batch bar position"]) -> BarCodes:
        batch, bars, _ = ids.shape
        rows = ids.flatten(0, 1)
        lengths = lengths_of(rows, self.padding)
        pooled = rows.new_zeros((len(rows), self.num_slots * _STATE_SIZE), dtype=torch.float32)
        for some, longest in groups_by_length(lengths):
            if longest:
                pooled = pooled.index_copy(0, some, self._pool(rows[some, :longest], lengths[some]))
        summary = nn.functional.gelu(self.summarize(pooled)).view(batch, bars, -1)
        return BarCodes(self.mean(summary), self.log_std(summary), summary)

    def _pool(
        self, ids: Int[Tensor, "row position"], lengths: Int[Tensor, " row"]
    ) -> Float[Tensor, "row slots_and_state"]:
        """Sum the states of the tokens by slot."""
        embedded = self.embedding(ids)
        backwards = reversed_within(lengths, ids.shape[1])
        row = torch.arange(len(ids), device=ids.device)[:, None]
        ahead, _ = self.forwards(embedded)
        back, _ = self.backwards(embedded[row, backwards])
        states = nn.functional.gelu(self.squeeze(torch.cat([ahead, back[row, backwards]], dim=-1))).float()
        inside = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
        slot = self.slot_of[ids].cummax(dim=1).values.clamp(min=0)
        pooled = states.new_zeros((len(ids), self.num_slots, _STATE_SIZE))
        states = states * inside[:, :, None]
        return pooled.scatter_add(1, slot[:, :, None].expand_as(states), states).flatten(1)
